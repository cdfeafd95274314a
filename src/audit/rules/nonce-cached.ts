import { cacheDirectives, isNeverStored } from "../../headers/cache-control.js";
import { isProof } from "../../headers/content-security-policy/wire.js";
import { bare } from "../../values/own.js";
import type { AuditRule } from "../finding.js";
import { standard } from "../standard.js";

/**
 * A response with a nonce that a cache may send to others: a nonce has to be used only once. CSP3 §7.1. Or one with a validator: the
 * cached page keeps its nonce, and a 304 response with a new one replaces the stored header, which blocks its scripts. RFC 9111 §3.2.
 */
export const nonceCached: AuditRule = {
  rule: "nonce-cached",
  standard: standard("A02", "CWE-323", "https://www.w3.org/TR/CSP3/#security-nonces"),

  check: ({ enforced, values, policy }) => {
    const nonced = enforced.some(({ directives }) => [...directives.values()].some((list) => list.some(isNonce)));
    const control = values("cache-control").join(", ");
    if (!nonced || isNeverStored(control)) return [];
    const directives = cacheDirectives(control);
    const explicit = directives.some(([name, argument]) => KEEPS[name]?.test(argument ?? "")) || values("expires").length > 0;
    // With an argument they apply to single headers.
    const kept = directives.some(([name, argument]) => argument === undefined && (name === "private" || name === "no-cache"));
    // A policy is only a part of the response; the rest is not known.
    const untold = !explicit && (policy !== undefined || control !== "");
    const shared = !kept && !untold;
    if (!shared && values("etag").length + values("last-modified").length === 0) return [];
    return [
      {
        header: "Cache-Control",
        severity: shared && explicit ? "medium" : "low",
        message: !shared
          ? "The response has a nonce, and an ETag or Last-Modified: a 304 response with another nonce blocks the scripts of the cached page."
          : explicit
            ? "The response has a nonce, and caches may store it: every visitor gets the same nonce, and attackers can read it."
            : "The response has a nonce, and nothing prevents caches from storing it.",
        fix: "Send Cache-Control: no-store with every response that has a nonce.",
      },
    ];
  },
};

/** Directives that let a shared cache store the response, and the arguments with which they do. */
const KEEPS: Readonly<Record<string, RegExp>> = bare({
  public: /^/,
  immutable: /^/,
  "max-age": /^0*[1-9]/,
  "s-maxage": /^0*[1-9]/,
});

const isNonce = (source: string) => isProof(source) && source.startsWith("'nonce-");
