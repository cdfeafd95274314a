import { cspPolicies, directiveTexts } from "../headers/content-security-policy/wire.js";
import { definePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, type HeaderSet, renderHeaders } from "../policy/render.js";
import { observe } from "../policy/rollout.js";
import { isLoopback } from "../values/loopback.js";
import { readSource } from "../values/sources.js";
import { enforceable } from "./enforceable.js";
import type { HeaderEntry, Served } from "./network.js";
import { fieldOf } from "./network.js";

/** Whether the policy is put beside that of the site and only observed, or replaces it and is enforced. */
export type Mode = "observe" | "enforce";

const CSP = "content-security-policy";
const NO_NONCE = "bm9uY2U=";

/**
 * Returns a function that puts a policy on a response.
 *
 * A nonce is that of the site's own policy where it sends one: its pages carry it already. What a document loads gets no CSP: browsers
 * ignore it there.
 *
 * @param reportUri where the violations are reported to, instead of where the policy says.
 */
export function headersWith(policy: Policy, mode: Mode, reportUri: string): (served: Served) => readonly HeaderEntry[] {
  const sent = mode === "observe" ? definePolicy("none", observe(withoutReports(policy))) : withoutReports(policy);
  const { hasNonce } = compiledOf(sent);
  return ({ url, kind, headers }) => {
    const own = headers.filter(({ name }) => !(mode === "observe" ? isDoubled(name, sent) : isReplaced(name, sent)));
    const set = renderHeaders(sent, { transport: transportOf(url), ...(hasNonce && { nonce: nonceIn(headers) ?? NO_NONCE }) });
    const entries = entriesOf(set, reportUri);
    return [...own, ...(kind === "subresource" ? entries.filter(({ name }) => !name.toLowerCase().startsWith(CSP)) : entries)];
  };
}

const withoutReports = (policy: Policy) => definePolicy(enforceable(policy), { reporting: false });

function transportOf(address: string): "secure" | "plain" | "loopback" {
  const { protocol, hostname } = new URL(address);
  if (isLoopback(hostname)) return "loopback";
  return protocol === "https:" ? "secure" : "plain";
}

/** Of other headers than the CSP browsers take one report-only policy: two of them are read as none. */
function isDoubled(name: string, policy: Policy): boolean {
  const lower = name.toLowerCase();
  return !lower.startsWith(CSP) && compiledOf(policy).secure.names.some((one) => one.toLowerCase() === lower);
}

/** An enforced policy replaces the site's own header of each name, and its report-only policies, which would report beside it. */
function isReplaced(name: string, policy: Policy): boolean {
  const lower = name.toLowerCase().replace(/-report-only$/, "");
  if (lower === CSP) return true;
  const { names } = compiledOf(policy).secure;
  return names.some((one) => one.toLowerCase() === lower);
}

/** The nonce that the site's own policy names in this response. */
function nonceIn(headers: readonly HeaderEntry[]): string | undefined {
  const text = fieldOf(headers, CSP) || fieldOf(headers, `${CSP}-report-only`);
  const words = cspPolicies(text).flatMap(({ directives }) => [...directives.values()].flat());
  return words.map((word) => readSource(word, "wire")).find((source) => source.kind === "nonce")?.nonce;
}

/** The headers on the wire; those of the CSP report to `reportUri` alone, with samples. */
function entriesOf(set: HeaderSet, reportUri: string): readonly HeaderEntry[] {
  return Object.entries(set).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const isCsp = name.toLowerCase().startsWith(CSP);
    return [{ name, value: isCsp ? reporting(value, reportUri) : value }];
  });
}

/** Directives whose violations have a sample where the list has `'report-sample'`. CSP3 §2.3.1. */
const SAMPLED = /^(?:default-src|(?:script|style)-src(?:-elem|-attr)?)(?=\s|$)/i;

/** A CSP that reports to one address, and samples code: Chromium sends nothing to `report-uri` beside `report-to`. */
export function reporting(csp: string, reportUri: string): string {
  return cspPolicies(csp)
    .map(({ text }) => {
      const kept = directiveTexts(text).filter((one) => !/^report-(?:uri|to)(?=\s|$)/i.test(one));
      const sampled = kept.map((one) => (SAMPLED.test(one) && !/'report-sample'/i.test(one) ? `${one} 'report-sample'` : one));
      return [...sampled, `report-uri ${reportUri}`].join("; ");
    })
    .join(", ");
}
