import { cacheDirectives, isNeverStored } from "../../headers/cache-control.js";
import { isProof } from "../../headers/content-security-policy/wire.js";
import { bare } from "../../values/own.js";
import type { Rule } from "../finding.js";
import { standard } from "../standards.js";

/**
 * A response with a nonce that a cache may hand to others: a nonce seen twice is no nonce. CSP3 §7.1. Or one with a validator: the cached
 * page keeps its nonce, and a 304 with a new one replaces the stored header, so that its scripts are blocked. RFC 9111 §3.2.
 */
export const nonceCached: Rule = {
  rule: "nonce-cached",
  standard: standard("A02", "CWE-323", "https://www.w3.org/TR/CSP3/#security-nonces"),

  check: ({ enforced, values, policy }) => {
    const nonced = enforced.some(({ directives }) => [...directives.values()].some((list) => list.some(isNonce)));
    const control = values("cache-control").join(", ");
    if (!nonced || isNeverStored(control)) return [];
    const directives = cacheDirectives(control);
    const explicit = directives.some(([name, argument]) => KEEPS[name]?.test(argument ?? "")) || values("expires").length > 0;
    // With an argument they speak of single headers.
    const kept = directives.some(([name, argument]) => argument === undefined && (name === "private" || name === "no-cache"));
    // A policy is only a part of the response, and says nothing of the rest.
    const untold = !explicit && (policy !== undefined || control !== "");
    const shared = !kept && !untold;
    if (!shared && values("etag").length + values("last-modified").length === 0) return [];
    return [
      {
        header: "Cache-Control",
        severity: shared && explicit ? "medium" : "low",
        message: !shared
          ? "The response carries a nonce, and an ETag or Last-Modified: a 304 with another nonce blocks the scripts of the page in the cache."
          : explicit
            ? "The response carries a nonce, and caches may keep it: everybody gets the same nonce, and attackers can read it."
            : "The response carries a nonce, and nothing tells caches not to keep it.",
        fix: "Send Cache-Control: no-store with every response that carries a nonce.",
      },
    ];
  },
};

/** Directives by which a shared cache may keep the response, and the arguments that say so. */
const KEEPS: Readonly<Record<string, RegExp>> = bare({
  public: /^/,
  immutable: /^/,
  "max-age": /^0*[1-9]/,
  "s-maxage": /^0*[1-9]/,
});

const isNonce = (source: string) => isProof(source) && source.startsWith("'nonce-");
