import { audit, type Comparison, compare, type Finding } from "../audit/index.js";
import { PolicyError, policyError } from "../errors.js";
import { directives, keyOfName, takesOf } from "../headers/content-security-policy/directives.js";
import type { Patch } from "../headers/patch.js";
import { type Option, readOptions, SWITCH } from "../middleware/options.js";
import { definePolicy, isPolicy, makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { observe } from "../policy/rollout.js";
import { edit } from "../values/edits.js";
import { deepFreeze } from "../values/freeze.js";
import { bare } from "../values/own.js";
import { isPerRequest, type PerRequest } from "../values/slots.js";
import { show } from "../values/text.js";
import { adviceFor } from "./advice.js";
import { policyHash } from "./fingerprint.js";
import type { Counted, Group } from "./group.js";

/** What a suggestion rests on. All text in it was written by strangers. */
export interface Evidence {
  readonly count: number;
  /** Of them, those of a policy in report-only. */
  readonly observed: number;
  /** Distinct addresses, at least. */
  readonly clients: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** `2026-11-21`, in order. */
  readonly days: readonly string[];
  readonly routes: readonly string[];
  readonly pages: readonly string[];
  readonly browsers: readonly string[];
  /** What was blocked, or where in which script. */
  readonly urls: readonly string[];
}

/** `"high"` and `"medium"` are in the patch; `"low"` has too little evidence, `"risky"` would open a way around the policy. */
export type Confidence = "high" | "medium" | "low" | "risky";

/** A source that the site seems to need. */
export interface Suggestion {
  /** The key in a CSP, `"imgSrc"`. */
  readonly directive: string;
  /** As a policy has it: `"self"`, `"https://cdn.example"`. */
  readonly source: string;
  readonly confidence: Confidence;
  /** Why it is not in the patch, or what to know of it; empty where there is nothing to say. */
  readonly why: string;
  readonly evidence: Evidence;
  /** What an audit finds with this source that it does not find without it. */
  readonly risks: readonly Finding[];
}

/** What no source is worth, and what to do instead. */
export interface Advice {
  /** The directive or feature as browsers name it. */
  readonly directive: string;
  /** `"inline"`, `"eval"`, an address, or nothing. */
  readonly blocked: string;
  readonly message: string;
  readonly evidence: Evidence;
  /** Beginnings of what was blocked, where `'report-sample'` tells. */
  readonly samples: readonly string[];
}

/** How often a part of the site was heard of. */
export interface RouteCoverage {
  readonly route: string;
  readonly count: number;
  readonly clients: number;
  readonly lastSeen: number;
}

/** A proposal; nothing is in force by it. */
export interface Learned {
  /** To be laid on the policy that was observed. */
  readonly patch: Patch;
  /** That policy with the patch on it. */
  readonly proposal: Policy;
  /** The surest first. */
  readonly suggestions: readonly Suggestion[];
  readonly advice: readonly Advice[];
  /** Routes that somebody reported from, and those of `routes` that nobody did. */
  readonly coverage: { readonly reported: readonly RouteCoverage[]; readonly silent: readonly string[] };
  /** Groups that were left out: of another policy than this one, asking for what is allowed already, or of a value that no policy takes. */
  readonly leftOut: { readonly otherPolicy: number; readonly allowed: number; readonly unusable: number };
  /** The policy before and after. */
  readonly comparison: Comparison;
  /** What an audit finds in the proposal and did not find before. */
  readonly findings: readonly Finding[];
}

export interface LearnOptions {
  /** Distinct addresses that have to report a source; 3 unless told. */
  readonly minClients?: number | undefined;
  /** Different days; 2 unless told. */
  readonly minDays?: number | undefined;
  /** Different routes; 1 unless told. */
  readonly minRoutes?: number | undefined;
  /** How wide a source is written: `"origin"` unless told, or the narrower `"directory"` or `"path"`. */
  readonly width?: "origin" | "directory" | "path" | undefined;
  /** Reports of other versions of the policy count too. */
  readonly anyPolicy?: boolean | undefined;
  /** Sources with risks are put into the patch too. */
  readonly acceptRisks?: boolean | undefined;
  /** The routes there are, such as `"/users/*"`, to see which were never heard of. */
  readonly routes?: readonly string[] | undefined;
}

const COUNT: Option = {
  fits: (value) => Number.isInteger(value) && (value as number) >= 1,
  hint: "Write a whole number from 1 on.",
};

const OPTIONS: Readonly<Record<keyof LearnOptions, Option>> = {
  minClients: COUNT,
  minDays: COUNT,
  minRoutes: COUNT,
  width: {
    fits: (value) => value === "origin" || value === "directory" || value === "path",
    hint: 'Write "origin", "directory" or "path".',
  },
  anyPolicy: SWITCH,
  acceptRisks: SWITCH,
  routes: { fits: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"), hint: 'Write ["/", "/users/*"].' },
};

/** More than a policy can hold; whoever sends more made them up. */
const MOST_SUGGESTIONS = 200;

/**
 * Proposes what to add to a policy from what browsers reported of it. Inline code and `eval` are never allowed, but explained; a source
 * that few visitors reported, or only an enforced policy blocked, or that would open a bypass, is listed and left out of the patch.
 *
 * @param policy the one that was observed: given to `observe`, or a policy with the twin in it.
 * @param groups of a report store: `await store.groups()`.
 * @param options thresholds against made-up reports, and how wide sources are.
 * @returns frozen plain data: the patch, what it rests on, and what it changes.
 * @throws {PolicyError} where the policy is none, has no Content-Security-Policy, or an option is wrong.
 */
export function learn(policy: Policy, groups: readonly Group[], options?: LearnOptions): Learned {
  if (!isPolicy(policy)) {
    throw policyError("wrong-type", ["learn"], `${show(policy)} is not a policy`, "Wrap it: learn(definePolicy(…), groups).");
  }
  const settings = bare({
    minClients: 3,
    minDays: 2,
    minRoutes: 1,
    width: "origin",
    ...readOptions<LearnOptions>("learn", options, OPTIONS),
  } as const);
  const key = policy.resolved.contentSecurityPolicyReportOnly ? "contentSecurityPolicyReportOnly" : "contentSecurityPolicy";
  const csp = policy.resolved[key];
  if (!csp) {
    const hint = 'Give the policy that was observed, as in observe("strict").';
    throw policyError("invalid-value", ["learn"], "the policy has no Content-Security-Policy to learn for", hint);
  }

  const hashes = settings.anyPolicy || hasPerRequest(policy) ? undefined : hashesOf(policy);
  const csps = groups.filter(({ type }) => type === "csp-violation");
  const own = csps.filter(({ policyHash: hash }) => hashes === undefined || hashes.has(hash));
  const wanted = new Map<string, { directive: string; source: string; groups: Group[] }>();
  const advised = new Map<string, Group[]>();
  for (const group of [...own, ...groups.filter(({ type }) => type !== "csp-violation")]) {
    const directive = directiveFor(group, csp as Readonly<Record<string, unknown>>);
    const sources = directive === undefined ? [] : sourcesOf(group, settings.width);
    if (sources.length === 0) push(advised, `${group.type} ${group.directive} ${group.blocked}`, group);
    for (const source of sources) {
      const name = `${directive} ${source}`;
      const known = wanted.get(name);
      if (known === undefined) wanted.set(name, { directive: directive as string, source, groups: [group] });
      else known.groups.push(group);
    }
  }

  const before = auditOf(policy);
  const leftOut = { otherPolicy: csps.length - own.length, allowed: 0, unusable: 0 };
  const mostReported = [...wanted.values()].sort((one, other) => countOf(other.groups) - countOf(one.groups));
  const suggestions = mostReported.slice(0, MOST_SUGGESTIONS).flatMap(({ directive, source, groups: from }): Suggestion[] => {
    const next = tryPatch(policy, key, [{ directive, source }]);
    if (next === undefined) {
      leftOut.unusable += from.length;
      return [];
    }
    if (compared(policy, next).verdict === "same") {
      leftOut.allowed += from.length;
      return [];
    }
    const evidence = evidenceOf(from);
    const risks = newFindings(before, auditOf(next));
    return [{ directive, source, ...confidenceIn(source, evidence, risks, settings), evidence, risks }];
  });
  leftOut.unusable += mostReported.slice(MOST_SUGGESTIONS).reduce((sum, one) => sum + one.groups.length, 0);

  const accepted = suggestions.filter(({ confidence, evidence }) => {
    if (confidence === "risky") return settings.acceptRisks === true && isEnough(evidence, settings) === "";
    return confidence !== "low";
  });
  const proposal = tryPatch(policy, key, accepted) ?? policy;
  return deepFreeze({
    patch: patchOf(key, accepted),
    proposal,
    suggestions: suggestions.sort(bySurety),
    advice: [...advised.values()].map((from) => adviceOf(from, key)).sort((one, other) => other.evidence.count - one.evidence.count),
    coverage: coverageOf(groups, settings.routes ?? []),
    leftOut,
    comparison: compared(policy, proposal),
    findings: newFindings(before, auditOf(proposal)),
  });
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function hasPerRequest(policy: Policy): boolean {
  return slotsOf(policy).length > 0;
}

function slotsOf(policy: Policy): readonly PerRequest[] {
  const parts = compiledOf(policy).secure.values.flatMap((value) => (typeof value === "string" ? [] : value));
  return parts.flatMap((part) => (typeof part === "string" ? [] : part.slots.filter(isPerRequest)));
}

const render = (policy: Policy, transport: "secure" | "plain") =>
  renderHeaders(policy, {
    nonce: "bm9uY2U=",
    slots: new Map(slotsOf(policy).map((slot): [PerRequest, string[]] => [slot, []])),
    transport,
  });

/** The hashes under which this policy is reported: enforced, as it goes out on either transport, and observed. */
function hashesOf(policy: Policy): ReadonlySet<string> {
  const twin = policy.resolved.contentSecurityPolicyReportOnly ? [] : [definePolicy("none", observe(policy))];
  const sets = [policy, ...twin].flatMap((one) => [render(one, "secure"), render(one, "plain")]);
  const texts = sets.flatMap((set) => [set["Content-Security-Policy"], set["Content-Security-Policy-Report-Only"]]);
  return new Set(texts.flatMap((text) => (text === undefined ? [] : [policyHash(text)])));
}

/** Where a source would be written: the directive itself where the policy has it, else the one for all of its kind. */
function directiveFor({ type, directive }: Group, csp: Readonly<Record<string, unknown>>): string | undefined {
  const key = type === "csp-violation" ? keyOfName.get(directive) : undefined;
  if (key === undefined || NEVER_LEARNED.has(key)) return undefined;
  const whole = key.replace(/(?:Elem|Attr)$/, "");
  return csp[key] === undefined && whole in directives ? whole : key;
}

/** Who may frame the page and what <base> names is for the author to say; the others take no sources. */
const NEVER_LEARNED: ReadonlySet<string> = new Set([
  "frameAncestors",
  "baseUri",
  ...Object.keys(directives).filter((key) => takesOf(key) === undefined),
]);

/** Content in an address of these schemes is as good as inline. */
const CODE = /^(?:script|worker|object|frame|child|default|fenced-frame)-src/;

/** None where no source is worth what was blocked. */
function sourcesOf({ directive, blocked, urls }: Group, width: LearnOptions["width"]): readonly string[] {
  if (blocked === "self") return ["self"];
  if (/^(?:data|blob|filesystem|mediastream)$/.test(blocked)) {
    const harmless = !CODE.test(directive) || (blocked === "blob" && directive === "worker-src");
    return harmless ? [`${blocked}:`] : [];
  }
  if (!/^(?:https?|wss?):\/\//.test(blocked)) return [];
  if (width === "origin" || width === undefined) return [blocked];
  return [...new Set(urls.map(({ value }) => narrow(value, width)))];
}

function narrow(address: string, width: "directory" | "path"): string {
  const path = address.replace(/[;,]/g, encodeURIComponent);
  return width === "path" ? path : path.slice(0, path.lastIndexOf("/") + 1);
}

interface Wanted {
  readonly directive: string;
  readonly source: string;
}

function patchOf(key: string, wanted: readonly Wanted[]): Patch {
  if (wanted.length === 0) return {};
  const byDirective = new Map<string, string[]>();
  for (const { directive, source } of wanted) push(byDirective, directive, source);
  return { [key]: Object.fromEntries([...byDirective].map(([directive, sources]) => [directive, edit("append", sources)])) } as Patch;
}

/** Undefined where a policy does not take it. */
function tryPatch(policy: Policy, key: string, wanted: readonly Wanted[]): Policy | undefined {
  try {
    return makePolicy([policy, patchOf(key, wanted)]);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

const countOf = (groups: readonly Group[]) => groups.reduce((sum, { count }) => sum + count, 0);

function evidenceOf(groups: readonly Group[]): Evidence {
  const all = (name: "days" | "pages" | "browsers" | "urls" | "files") => {
    const sums = new Map<string, number>();
    for (const group of groups)
      for (const { value, count } of group[name] as readonly Counted[]) sums.set(value, (sums.get(value) ?? 0) + count);
    return [...sums].sort((one, other) => other[1] - one[1]).map(([value]) => value);
  };
  const urls = all("urls");
  return {
    count: countOf(groups),
    observed: countOf(groups.filter(({ disposition }) => disposition === "report")),
    // Whether two groups have the same clients is not known: never more than there were.
    clients: Math.max(...groups.map(({ clients }) => clients)),
    firstSeen: Math.min(...groups.map(({ firstSeen }) => firstSeen)),
    lastSeen: Math.max(...groups.map(({ lastSeen }) => lastSeen)),
    days: all("days").sort(),
    routes: [...new Set(groups.map(({ route }) => route))],
    pages: all("pages").slice(0, 10),
    browsers: all("browsers").slice(0, 10),
    urls: (urls.length > 0 ? urls : all("files")).slice(0, 10),
  };
}

type Thresholds = Required<Pick<LearnOptions, "minClients" | "minDays" | "minRoutes">>;

/** What is missing for a source to be trusted; empty where nothing is. */
function isEnough(
  { clients, days, routes, observed }: Evidence,
  { minClients, minDays, minRoutes }: { [K in keyof Thresholds]: number | undefined },
): string {
  const missing = [
    clients < (minClients ?? 1) && `${clients} of ${minClients} clients`,
    days.length < (minDays ?? 1) && `${days.length} of ${minDays} days`,
    routes.length < (minRoutes ?? 1) && `${routes.length} of ${minRoutes} routes`,
  ].filter((text) => text !== false);
  if (missing.length > 0) return `Too little evidence: ${missing.join(", ")}.`;
  return observed === 0 ? "Only an enforced policy blocked it: observe the policy too before it is widened." : "";
}

function confidenceIn(
  source: string,
  evidence: Evidence,
  risks: readonly Finding[],
  thresholds: { [K in keyof Thresholds]: number | undefined },
): { confidence: Confidence; why: string } {
  const missing = isEnough(evidence, thresholds);
  if (missing !== "") return { confidence: "low", why: missing };
  if (/^(?:http|ws):\/\/(?!localhost\b|127\.)/.test(source)) {
    return { confidence: "low", why: "Comes over plain http, where anybody on the way can change it: serve it over https." };
  }
  const [worst] = risks.filter(({ severity }) => severity === "high" || severity === "medium");
  if (worst !== undefined) return { confidence: "risky", why: worst.message };
  const { minClients = 1, minDays = 1 } = thresholds;
  const plenty = evidence.clients >= 3 * minClients && evidence.days.length > minDays && evidence.routes.length > 1;
  return { confidence: plenty ? "high" : "medium", why: "" };
}

const CONFIDENCES: readonly Confidence[] = ["high", "medium", "risky", "low"];

function bySurety(one: Suggestion, other: Suggestion): number {
  const rank = CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence);
  return rank || other.evidence.count - one.evidence.count;
}

function adviceOf(groups: readonly Group[], key: string): Advice {
  const [{ type, directive, blocked }] = groups as readonly [Group];
  const samples = [...new Set(groups.flatMap((group) => group.samples.map(({ value }) => value)))].slice(0, 5);
  const evidence = evidenceOf(groups);
  return { directive, blocked, message: adviceFor({ type, directive, blocked, key }), evidence, samples };
}

/** A twin protects nobody: what is observed is judged as what it would be when it is enforced. */
function enforced(policy: Policy): Policy {
  const { contentSecurityPolicyReportOnly: twin } = policy.resolved;
  if (!twin) return policy;
  const off = { contentSecurityPolicyReportOnly: false, contentSecurityPolicy: false };
  return makePolicy([policy, off, { contentSecurityPolicy: twin }]);
}

const auditOf = (policy: Policy) => audit(enforced(policy)).findings;
const compared = (before: Policy, after: Policy) => compare(enforced(before), enforced(after));

function newFindings(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const known = new Set(before.map((finding) => JSON.stringify(finding)));
  return after.filter((finding) => !known.has(JSON.stringify(finding)));
}

function coverageOf(groups: readonly Group[], routes: readonly string[]): Learned["coverage"] {
  const byRoute = new Map<string, Group[]>();
  for (const group of groups) push(byRoute, group.route, group);
  const reported = [...byRoute].map(([route, from]): RouteCoverage => {
    const { count, clients, lastSeen } = evidenceOf(from);
    return { route, count, clients, lastSeen };
  });
  return { reported: reported.sort((one, other) => other.count - one.count), silent: routes.filter((route) => !byRoute.has(route)) };
}
