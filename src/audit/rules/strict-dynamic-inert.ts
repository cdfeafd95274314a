import { cspPath, effective, isInertUnderStrictDynamic, isProof } from "../../headers/content-security-policy/wire.js";
import { oneOf } from "../../values/text.js";
import type { Found, Rule } from "../finding.js";

const SCRIPTS = ["default-src", "script-src", "script-src-elem", "script-src-attr"];

/** `'strict-dynamic'` makes hosts, schemes, `'self'` and `'unsafe-inline'` inert. CSP3 §8.2. */
export const strictDynamicInert: Rule = {
  rule: "strict-dynamic-inert",

  check: ({ enforced }) =>
    enforced.flatMap((policy) =>
      SCRIPTS.flatMap((directive): Found[] => {
        const list = policy.directives.get(directive) ?? [];
        // In default-src they still count for all but scripts.
        const governs = directive !== "default-src" || effective(policy, "script-src") === list;
        if (!list.includes("'strict-dynamic'") || !governs) return [];
        const common = { header: "Content-Security-Policy", path: cspPath(directive) };
        if (!list.some(isProof)) {
          const message = `'strict-dynamic' in ${directive} stands without a nonce or a hash, so that no script runs.`;
          return [{ ...common, severity: "medium", message, fix: "Add a nonce or a hash, or take 'strict-dynamic' out." }];
        }
        const inert = list.filter((source) => isInertUnderStrictDynamic(source) && source !== "'unsafe-inline'").slice(0, 5);
        if (inert.length === 0 || directive === "default-src") return [];
        const message = `'strict-dynamic' in ${directive} makes ${oneOf(inert).replaceAll(" or ", " and ")} inert, but for browsers that do not know it.`;
        return [{ ...common, severity: "info", message, fix: "Take them out, unless old browsers are to be served." }];
      }),
    ),
};
