import { isNonce } from "../../values/slots.js";
import type { Evidence } from "../evidence.js";
import type { Allowed } from "./part.js";

/**
 * `'strict-dynamic'` instead of the hosts of scripts that other scripts load. Only where every script of the HTML is inline, with a hash or
 * a nonce: files would need a nonce. CSP3 §8.2.
 */
export function withStrictDynamic(
  allowed: readonly Allowed[],
  { hasScriptFile }: Evidence,
  csp: Readonly<Record<string, unknown>>,
): readonly Allowed[] {
  const [directive, list] = csp["scriptSrcElem"] === undefined ? ["scriptSrc", csp["scriptSrc"]] : ["scriptSrcElem", csp["scriptSrcElem"]];
  const isHost = (one: Allowed) => one.directive === directive && /^https?:/.test(one.source);
  const isTrusted = ({ directive: key, source }: Allowed) => key === directive && (source === "nonce" || source.startsWith("'sha"));
  const hasNonce = Array.isArray(list) && list.some(isNonce);
  if (hasScriptFile || !allowed.some(isHost) || !(hasNonce || allowed.some(isTrusted))) return allowed;
  const hosts = allowed.filter(isHost);
  const why = `scripts load scripts, from ${hosts.map(({ source }) => source).join(", ")}`;
  return [...allowed.filter((one) => !isHost(one)), { directive, source: "strict-dynamic", why, code: undefined }];
}
