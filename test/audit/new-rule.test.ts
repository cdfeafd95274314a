import { expect, it, vi } from "vitest";
import type { AuditRule } from "../../src/audit/finding.js";
import { audit } from "../../src/audit/index.js";

// What a new file and a new line in rules/index.ts do.
vi.mock("../../src/audit/rules/index.js", () => {
  const moon: AuditRule = {
    rule: "moon",
    check: ({ values }) =>
      values("referrer-policy").map((value) => ({
        header: "Referrer-Policy",
        severity: "low",
        message: `${value} is seen from the moon.`,
        fix: "Close the roof.",
      })),
  };
  return { rules: [moon] };
});

it("a rule states what it found, and its finding has the place and the standard of the header", () => {
  expect(audit({ "Referrer-Policy": "origin" }).findings).toEqual([
    {
      rule: "moon",
      severity: "low",
      header: "Referrer-Policy",
      path: "referrerPolicy",
      message: "origin is seen from the moon.",
      fix: "Close the roof.",
      owasp: "A01:2021",
      cwe: "CWE-200",
      reference: "https://www.w3.org/TR/referrer-policy/",
    },
  ]);
});
