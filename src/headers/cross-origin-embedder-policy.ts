import { reportingWordHeader } from "./reporting-word.js";

/** `Cross-Origin-Embedder-Policy`: this page embeds only what agrees to it. HTML §7.1.4. */
export const crossOriginEmbedderPolicy = reportingWordHeader("Cross-Origin-Embedder-Policy", [
  "require-corp",
  "credentialless",
  "unsafe-none",
]);
