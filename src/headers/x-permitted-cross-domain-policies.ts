import { oneWordHeader } from "./one-of.js";

/** `X-Permitted-Cross-Domain-Policies`: whether Adobe's products may read this site's data. Not standardised. */
export const xPermittedCrossDomainPolicies = oneWordHeader("X-Permitted-Cross-Domain-Policies", [
  "none",
  "master-only",
  "by-content-type",
  "all",
]);
