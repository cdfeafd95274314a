import { type CspPolicy, cspPath, effective, isProof } from "../../headers/content-security-policy/wire.js";
import type { AuditRule, Found } from "../finding.js";

const INLINE = ["script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr"];

/** A nonce or a hash makes `'unsafe-inline'` inert. CSP3 §6.7.3.2. */
export const unsafeInlineInert: AuditRule<"unsafe-inline-inert"> = {
  rule: "unsafe-inline-inert",

  check: ({ enforced }) =>
    enforced.flatMap((policy) =>
      [...policy.directives].flatMap(([directive, list]): Found[] => {
        const proof = list.find(isProof);
        // Beside 'strict-dynamic' it is meant for browsers that do not know nonces.
        const isMeant = list.includes("'unsafe-inline'") && !list.includes("'strict-dynamic'");
        if (proof === undefined || !isMeant || !governsInline(policy, list)) return [];
        const kind = proof.startsWith("'nonce-") ? "nonce" : "hash";
        const message = `'unsafe-inline' in ${directive} has no effect beside a ${kind}: inline content without one is blocked, attributes too.`;
        const fix = `Remove 'unsafe-inline', or where it is needed remove every nonce and hash.`;
        return [{ header: "Content-Security-Policy", path: cspPath(directive), severity: "info", message, fix }];
      }),
    ),
};

const governsInline = (policy: CspPolicy, list: readonly string[]) => INLINE.some((name) => effective(policy, name) === list);
