import { type CspPolicy, cspPath, effective, isProof } from "../../headers/content-security-policy/wire.js";
import type { Found, Rule } from "../finding.js";

const INLINE = ["script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr"];

/** A nonce or a hash makes `'unsafe-inline'` inert. CSP3 §6.7.3.2. */
export const unsafeInlineInert: Rule = {
  rule: "unsafe-inline-inert",

  check: ({ enforced }) =>
    enforced.flatMap((policy) =>
      [...policy.directives].flatMap(([directive, list]): Found[] => {
        const proof = list.find(isProof);
        // Beside 'strict-dynamic' it is there for browsers that know no nonces, and nobody counts on it.
        const isMeant = list.includes("'unsafe-inline'") && !list.includes("'strict-dynamic'");
        if (proof === undefined || !isMeant || !governsInline(policy, list)) return [];
        const kind = proof.startsWith("'nonce-") ? "nonce" : "hash";
        const message = `'unsafe-inline' in ${directive} does not count beside a ${kind}: what is inline and has none is blocked, attributes too.`;
        const fix = `Take 'unsafe-inline' out, or where it is needed take out every nonce and hash.`;
        return [{ header: "Content-Security-Policy", path: cspPath(directive), severity: "info", message, fix }];
      }),
    ),
};

const governsInline = (policy: CspPolicy, list: readonly string[]) => INLINE.some((name) => effective(policy, name) === list);
