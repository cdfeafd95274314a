import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["crossOriginResourcePolicy", true, "Cross-Origin-Resource-Policy", "same-origin"],
    ["crossOriginResourcePolicy", "cross-origin", "Cross-Origin-Resource-Policy", "cross-origin"],
  ],
});
