import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["crossOriginEmbedderPolicy", true, "Cross-Origin-Embedder-Policy", "require-corp"],
    ["crossOriginEmbedderPolicy", "credentialless", "Cross-Origin-Embedder-Policy", "credentialless"],
  ],
});
