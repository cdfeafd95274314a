import { cspPath } from "../../headers/content-security-policy/wire.js";
import type { Found, Rule } from "../finding.js";

const HEADER = "Content-Security-Policy";

/** One half of Trusted Types: sinks that ask for policies, or the policies' names. Trusted Types §4.2. */
export const trustedTypes: Rule = {
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
          message: "Trusted Types are required, and any script may make a policy of any name: trusted-types is missing.",
          fix: "Name the policies that the scripts make: trusted-types dompurify default, or 'none' where no sink takes text.",
        }
      : {
          ...common,
          path: cspPath("require-trusted-types-for"),
          message: "trusted-types names policies, and no sink asks for them: require-trusted-types-for is missing.",
          fix: "Write require-trusted-types-for 'script' once no script sets innerHTML and its like to plain text; observe it first.",
        };
    return [found];
  },
};
