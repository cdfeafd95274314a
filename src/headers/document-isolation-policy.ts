import { reportingWordHeader } from "./reporting-word.js";

/** `Document-Isolation-Policy`: cross-origin isolation for this document alone. WICG Document-Isolation-Policy. */
export const documentIsolationPolicy = reportingWordHeader("Document-Isolation-Policy", [
  "isolate-and-require-corp",
  "isolate-and-credentialless",
  "none",
]);
