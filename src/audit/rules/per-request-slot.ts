import type { AuditRule } from "../finding.js";

/** What a `perRequest` function returns is known only with a request. */
export const perRequestSlot: AuditRule<"per-request-slot"> = {
  rule: "per-request-slot",

  check: ({ policy }) =>
    policy === undefined || policy.slots === 0
      ? []
      : [
          {
            header: "Content-Security-Policy",
            severity: "info",
            message: "The policy has sources that a function returns per request; they were not checked.",
            fix: "Audit the headers of real responses too.",
          },
        ],
};
