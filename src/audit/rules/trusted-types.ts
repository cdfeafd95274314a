import { cspPath } from "../../headers/content-security-policy/wire.js";
import type { AuditRule, Found } from "../finding.js";

const HEADER = "Content-Security-Policy";

/** One half of Trusted Types: sinks that require policies, or the names of policies. Trusted Types §4.2. */
export const trustedTypes: AuditRule<"trusted-types"> = {
  rule: "trusted-types",

  check: ({ enforced }) => {
    const has = (name: string) => enforced.some(({ directives }) => directives.has(name));
    const [sinks, names] = [has("require-trusted-types-for"), has("trusted-types")];
    if (sinks === names) return [];
    const common = { header: HEADER, severity: "low" } as const;
    const found: Found = sinks
      ? {
          ...common,
          path: cspPath("trusted-types"),
          message: "Trusted Types are required, but any script may create a policy of any name: trusted-types is missing.",
          fix: "Name the policies that the scripts create: trusted-types dompurify default, or 'none' where no script passes text to a sink.",
        }
      : {
          ...common,
          path: cspPath("require-trusted-types-for"),
          message: "trusted-types names policies, but no sink requires them: require-trusted-types-for is missing.",
          fix: "Write require-trusted-types-for 'script' once no script passes plain text to innerHTML and similar sinks; test it report-only first.",
        };
    return [found];
  },
};
