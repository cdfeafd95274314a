import { cspPath, effective, isInertUnderStrictDynamic, isProof } from "../../headers/content-security-policy/wire.js";
import { oneOf } from "../../values/text.js";
import type { AuditRule, Found } from "../finding.js";

const SCRIPTS = ["default-src", "script-src", "script-src-elem", "script-src-attr"];

/** `'strict-dynamic'` makes hosts, schemes, `'self'` and `'unsafe-inline'` inert. CSP3 §8.2. */
export const strictDynamicInert: AuditRule<"strict-dynamic-inert"> = {
  rule: "strict-dynamic-inert",

  check: ({ enforced }) =>
    enforced.flatMap((policy) =>
      SCRIPTS.flatMap((directive): Found[] => {
        const list = policy.directives.get(directive) ?? [];
        // In default-src they still count, except for scripts.
        const governs = directive !== "default-src" || effective(policy, "script-src") === list;
        if (!list.includes("'strict-dynamic'") || !governs) return [];
        const common = { header: "Content-Security-Policy", path: cspPath(directive) };
        if (!list.some(isProof)) {
          const message = `'strict-dynamic' in ${directive} has no nonce or hash beside it: no script runs.`;
          return [{ ...common, severity: "medium", message, fix: "Add a nonce or a hash, or remove 'strict-dynamic'." }];
        }
        const inert = list.filter((source) => isInertUnderStrictDynamic(source) && source !== "'unsafe-inline'").slice(0, 5);
        if (inert.length === 0 || directive === "default-src") return [];
        const message = `'strict-dynamic' in ${directive} makes ${oneOf(inert).replaceAll(" or ", " and ")} inert, except in browsers that do not support it.`;
        return [{ ...common, severity: "info", message, fix: "Remove them, unless old browsers need them." }];
      }),
    ),
};
