import type { AuditRule } from "../finding.js";
import { split } from "../reading.js";
import { standard } from "../standard.js";

/** Every site may measure this response. Resource Timing §4.5.1. */
export const timingUniversal: AuditRule<"timing-universal"> = {
  rule: "timing-universal",
  standard: standard("A01", "CWE-203", "https://www.w3.org/TR/resource-timing/#sec-timing-allow-origin"),

  check: ({ values }) =>
    split(values("timing-allow-origin")).includes("*")
      ? [
          {
            header: "Timing-Allow-Origin",
            severity: "low",
            message: "Every site may measure how long this response took, and how large it is: that can reveal facts about a visitor.",
            fix: "Name the origins that measure, or use * only for files that are the same for every visitor.",
          },
        ]
      : [],
};
