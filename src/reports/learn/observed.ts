import { policyError } from "../../errors.js";
import { definePolicy, isPolicy, makePolicy, type Policy } from "../../policy/policy.js";
import type { HeaderSet } from "../../policy/render.js";
import { compiledOf, renderHeaders } from "../../policy/render.js";
import { observe } from "../../policy/rollout.js";
import { awaited, shown } from "../../values/options.js";
import { isPerRequest, type PerRequest } from "../../values/slots.js";
import { policyHash } from "../fingerprint.js";

/** The two headers that `learn` works on, by key. */
const HEADERS = {
  contentSecurityPolicy: "Content-Security-Policy",
  contentSecurityPolicyReportOnly: "Content-Security-Policy-Report-Only",
} as const;

export type CspKey = keyof typeof HEADERS;

/** A policy, and which of its headers reports are about. */
export interface Observed {
  readonly policy: Policy;
  /** The report-only header where the policy has one. */
  readonly key: CspKey;
  /** The header's name on the wire. */
  readonly header: (typeof HEADERS)[CspKey];
  /** Its directives, by key. */
  readonly csp: Readonly<Record<string, unknown>>;
}

/** Finds the header that `learn` works on. Throws PolicyError for anything but a policy with a Content-Security-Policy. */
export function observedIn(policy: unknown): Observed {
  if (!isPolicy(policy)) {
    const hint = awaited(policy, 'Write learn(definePolicy(…), await store.groups()), or observe("strict") in definePolicy.');
    throw policyError("wrong-type", ["learn"], `${shown(policy)} is not a policy`, hint);
  }
  const key = policy.resolved.contentSecurityPolicyReportOnly ? "contentSecurityPolicyReportOnly" : "contentSecurityPolicy";
  const csp = policy.resolved[key];
  if (!csp) {
    const hint = 'Pass the policy that was observed, such as definePolicy("none", observe("strict")).';
    throw policyError("invalid-value", ["learn"], "the policy has no Content-Security-Policy", hint);
  }
  return { policy, key, header: HEADERS[key], csp: csp as Readonly<Record<string, unknown>> };
}

/** The header's text as browsers get it over https, with a made-up nonce. */
export function cspText({ policy, header }: Observed): string {
  return headersOf(policy, "secure")[header] ?? "";
}

/**
 * The hashes under which browsers report this policy: enforced over either transport, and observed.
 * Undefined where the text differs with each request.
 */
export function policyHashesOf(policy: Policy): ReadonlySet<string> | undefined {
  const texts = policyTextsOf(policy);
  return texts && new Set(texts.map(policyHash));
}

/** The texts under which browsers report this policy, as for {@link policyHashesOf}. */
export function policyTextsOf(policy: Policy): readonly string[] | undefined {
  if (perRequestSlotsOf(policy).length > 0) return undefined;
  const observed = policy.resolved.contentSecurityPolicyReportOnly ? [] : [definePolicy("none", observe(policy))];
  const sets = [policy, ...observed].flatMap((one) => [headersOf(one, "secure"), headersOf(one, "plain")]);
  return sets.flatMap((set) => Object.values(HEADERS).flatMap((name) => set[name] ?? []));
}

function headersOf(policy: Policy, transport: "secure" | "plain"): HeaderSet {
  const slots = new Map(perRequestSlotsOf(policy).map((slot): [PerRequest, string[]] => [slot, []]));
  return renderHeaders(policy, { nonce: "bm9uY2U=", slots, transport });
}

function perRequestSlotsOf(policy: Policy): readonly PerRequest[] {
  const parts = compiledOf(policy).secure.values.flatMap((value) => (typeof value === "string" ? [] : value));
  return parts.flatMap((part) => (typeof part === "string" ? [] : part.slots.filter(isPerRequest)));
}

/** The policy as if its report-only CSP were enforced: a report-only header blocks nothing, so an audit would not look at it. */
export function enforced(policy: Policy): Policy {
  const { contentSecurityPolicyReportOnly: reportOnly } = policy.resolved;
  if (!reportOnly) return policy;
  const off = { contentSecurityPolicyReportOnly: false, contentSecurityPolicy: false };
  return makePolicy([policy, off, { contentSecurityPolicy: reportOnly }]);
}
