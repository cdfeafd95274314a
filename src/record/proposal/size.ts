import { PolicyError } from "../../errors.js";
import { makePolicy, type Policy } from "../../policy/policy.js";
import { renderHeaders } from "../../policy/render.js";
import { edit } from "../../values/edits.js";
import { type Allowed, pointsOf } from "./part.js";

/** Of a longer policy the summary says so: some proxies refuse responses whose headers are longer than 8 kB. */
const LONG_POLICY = 4_096;

/** Remarks on the size of a policy, and what is smaller. */
export function sizeNotes(policy: Policy, allowed: readonly Allowed[]): readonly string[] {
  try {
    const size = sizeOf(policy);
    if (size <= LONG_POLICY) return [];
    return [`The policy has ${size} bytes: some proxies refuse responses whose headers are longer than 8 kB.`, ...offers(policy, allowed)];
  } catch (error) {
    if (error instanceof PolicyError) return [error.message];
    throw error;
  }
}

const sizeOf = (policy: Policy) => (renderHeaders(policy, { nonce: "bm9uY2U=" })["Content-Security-Policy"] ?? "").length;

function offers(policy: Policy, allowed: readonly Allowed[]): readonly string[] {
  const hashes = (keys: readonly string[]) =>
    allowed.filter(({ directive, source }) => keys.includes(directive) && source.startsWith("'sha"));
  const [scripts, styles, handlers] = [
    hashes(["scriptSrc", "scriptSrcElem"]),
    hashes(["styleSrc", "styleSrcElem"]),
    hashes(["scriptSrcAttr"]),
  ];
  return [
    ...(styles.length > 1 ? [styleOffer(policy, styles)] : []),
    ...(scripts.length > 1
      ? [
          `${scripts.length} hashes are of inline scripts: write nonce="…" on their elements and scriptSrc: append(nonce), or move them into files.`,
        ]
      : []),
    ...(handlers.length > 1 ? [`${handlers.length} hashes are of event handlers: write addEventListener in a script instead.`] : []),
  ];
}

/** Styles run no code: for them alone `'unsafe-inline'` is offered. */
function styleOffer(policy: Policy, styles: readonly Allowed[]): string {
  const directive = styles[0]?.directive as "styleSrc" | "styleSrcElem";
  const sources = styles.map(({ source }) => source as `'sha256-${string}'`);
  const without = makePolicy([policy, { contentSecurityPolicy: { [directive]: edit("remove", sources) } }]);
  const smaller = makePolicy([without, { contentSecurityPolicy: { [directive]: edit("append", ["unsafe-inline"]) } }]);
  const cost = pointsOf(policy) - pointsOf(smaller);
  return `${styles.length} hashes are of inline styles: with "unsafe-inline" in ${directive} instead, the policy has ${sizeOf(smaller)} bytes, and ${cost === 0 ? "the same score" : `${cost} points less`}.`;
}
