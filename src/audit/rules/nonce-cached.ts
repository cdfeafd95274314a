import { cacheDirectives, isNeverStored } from "../../headers/cache-control.js";
import { isProof } from "../../headers/content-security-policy/wire.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

/**
 * A response with a nonce that a cache may send to others: a nonce has to be used only once. CSP3 §7.1. Or one with a validator: the
 * cached page keeps its nonce, and a 304 response with a new one replaces the stored header, which blocks its scripts. RFC 9111 §3.2.
 */
export const nonceCached: AuditRule<"nonce-cached"> = {
  rule: "nonce-cached",
  standard: standard("A02", "CWE-323", "https://www.w3.org/TR/CSP3/#security-nonces"),

  check: ({ enforced, values, policy, page }) => {
    const nonced = enforced.some(({ directives }) => [...directives.values()].some((list) => list.some(isNonce)));
    const control = values("cache-control").join(", ");
    if (!nonced || isNeverStored(control)) return [];
    const directives = cacheDirectives(control);
    const explicit = isKeptFresh(directives, values("expires"));
    // With an argument they apply to single headers.
    const kept = directives.some(([name, argument]) => argument === undefined && (name === "private" || name === "no-cache"));
    // A policy is only a part of the response; the rest is not known.
    const untold = !explicit && (policy !== undefined || control !== "");
    const shared = !kept && !untold;
    // A static page: no script of it stops where its nonce is not that of the header.
    const unused = page?.hasNonce === false;
    if (!shared && (unused || values("etag").length + values("last-modified").length === 0)) return [];
    return [{ header: "Cache-Control", ...(unused ? UNUSED : !shared ? REVALIDATED : explicit ? KEPT : KEPT_BY_DEFAULT) }];
  },
};

type Cached = Pick<Found, "severity" | "message" | "fix">;

const NO_STORE = "Send Cache-Control: no-store with every response that has a nonce.";

const UNUSED: Cached = {
  severity: "low",
  message: "The policy has a nonce that no element of the page carries, and caches may store the response: attackers can read the nonce.",
  fix: "Leave the nonce out of the policy of this page, and allow its inline scripts by hash; or send Cache-Control: no-store.",
};
const REVALIDATED: Cached = {
  severity: "low",
  message:
    "The response has a nonce, and an ETag or Last-Modified: a 304 response with another nonce blocks the scripts of the cached page.",
  fix: NO_STORE,
};
const KEPT: Cached = {
  severity: "medium",
  message: "The response has a nonce, and caches may store it: every visitor gets the same nonce, and attackers can read it.",
  fix: NO_STORE,
};
const KEPT_BY_DEFAULT: Cached = {
  severity: "low",
  message: "The response has a nonce, and nothing prevents caches from storing it.",
  fix: NO_STORE,
};

/** Whether the response says that a shared cache may send it to others without asking the server. RFC 9111 §4.2.1. */
function isKeptFresh(directives: ReturnType<typeof cacheDirectives>, expires: readonly string[]): boolean {
  const ages = ["s-maxage", "max-age"].map((age) => directives.find(([name]) => name === age)?.[1]);
  const age = ages.find((one) => one !== undefined);
  if (age !== undefined) return /^0*[1-9]/.test(age);
  return directives.some(([name]) => name === "public" || name === "immutable") || expires.some((date) => !Number.isNaN(Date.parse(date)));
}

const isNonce = (source: string) => isProof(source) && source.startsWith("'nonce-");
