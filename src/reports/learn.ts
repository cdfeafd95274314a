import { audit, type Comparison, compare, type Finding } from "../audit/index.js";
import { PolicyError, policyError } from "../errors.js";
import { directives, keyOfName, takesOf } from "../headers/content-security-policy/directives.js";
import { nonceAdvice } from "../headers/content-security-policy/nonce-advice.js";
import type { Patch } from "../headers/patch.js";
import { definePolicy, isPolicy, makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { observe } from "../policy/rollout.js";
import { limitOf } from "../policy/size.js";
import { edit } from "../values/edits.js";
import { deepFreeze } from "../values/freeze.js";
import { type Option, readOptions, SWITCH } from "../values/legacy-options.js";
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

/**
 * `"high"` and `"medium"` are in the patch; `"low"` has too little evidence, or no room in the header; `"risky"` would open a way around
 * the policy.
 */
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
  /** Distinct addresses that have to report a source; by default 3, and 10 where it is another host than the document's. */
  readonly minClients?: number | undefined;
  /** Different days; default: 2. */
  readonly minDays?: number | undefined;
  /** Different routes; default: 1. */
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

/**
 * What a source needs for the patch, `confidence: "medium"`. Anybody can make up reports, and some addresses are cheap to come by: a few
 * clients are enough for the site itself and for schemes such as `data:`, which an attacker gains nothing from, but not for a host.
 */
const NEEDED = {
  own: { clients: 3, days: 2, routes: 1 },
  thirdParty: { clients: 10, days: 2, routes: 1 },
} as const;

/** Of the clients that reported anything from the same routes, the part that has to have reported a host. Fewer have an extension. */
const SHARE = 1 / 4;

/** `"high"` takes so many times the clients, a day more than `"medium"`, and two routes. */
const PLENTY = 3;

/** More than a policy can hold; whoever sends more made them up. */
const MOST_SUGGESTIONS = 200;

/**
 * Proposes what to add to a policy from what browsers reported of it. Inline code and `eval` are never allowed, but explained; a source
 * that few visitors reported, or only an enforced policy blocked, or that would open a bypass, is listed and left out of the patch.
 *
 * @param policy the one that was observed: given to `observe`, or a policy with the twin in it.
 * @param reported groups of a report store: `await store.groups()`.
 * @param options thresholds against made-up reports, and how wide sources are.
 * @returns frozen plain data: the patch, what it rests on, and what it changes.
 * @throws {PolicyError} where the policy is none, has no Content-Security-Policy, or an option is wrong.
 */
export function learn(policy: Policy, reported: readonly Group[], options?: LearnOptions): Learned {
  if (!isPolicy(policy)) {
    throw policyError("wrong-type", ["learn"], `${show(policy)} is not a policy`, "Wrap it: learn(definePolicy(…), groups).");
  }
  const settings = readOptions<LearnOptions>("learn", options, OPTIONS);
  const key = policy.resolved.contentSecurityPolicyReportOnly ? "contentSecurityPolicyReportOnly" : "contentSecurityPolicy";
  const csp = policy.resolved[key];
  if (!csp) {
    const hint = 'Give the policy that was observed, as in observe("strict").';
    throw policyError("invalid-value", ["learn"], "the policy has no Content-Security-Policy to learn for", hint);
  }

  // A hash of a file tells of nothing that was blocked.
  const groups = reported.filter(({ type }) => type !== "csp-hash");
  const hashes = settings.anyPolicy || hasPerRequest(policy) ? undefined : hashesOf(policy);
  const csps = groups.filter(({ type }) => type === "csp-violation");
  const own = csps.filter(({ policyHash: hash }) => hashes === undefined || hashes.has(hash));
  const dynamic = dynamicList(policy, key);
  const heard = clientsByRoute(own);
  const wanted = new Map<string, { directive: string; source: string; groups: Group[] }>();
  const advised = new Map<string, Group[]>();
  for (const group of [...own, ...groups.filter(({ type }) => type !== "csp-violation")]) {
    const directive = directiveFor(group, csp as Readonly<Record<string, unknown>>);
    const sources = directive === undefined || isInert(group, dynamic) ? [] : sourcesOf(group, settings.width);
    if (sources.length === 0) push(advised, `${group.type} ${group.directive} ${group.blocked}`, group);
    for (const source of sources) {
      const name = `${directive} ${source}`;
      const known = wanted.get(name);
      if (known === undefined) wanted.set(name, { directive: directive as string, source, groups: [group] });
      else known.groups.push(group);
    }
  }

  const { before, judge } = judgeFor(policy, key);
  const leftOut = { otherPolicy: csps.length - own.length, allowed: 0, unusable: 0 };
  const mostReported = [...wanted.values()].sort((one, other) => countOf(other.groups) - countOf(one.groups));
  const suggestions = mostReported.slice(0, MOST_SUGGESTIONS).flatMap(({ directive, source, groups: from }): Suggestion[] => {
    const risks = judge(directive, source);
    if (risks === "allowed" || risks === "unusable") {
      leftOut[risks] += from.length;
      return [];
    }
    const evidence = evidenceOf(from);
    if (risks === NO_ROOM) return [{ directive, source, confidence: "low", why: noRoom(policy, key), evidence, risks: [] }];
    return [{ directive, source, ...confidenceIn(source, evidence, risks, needed(source, settings), heard), evidence, risks }];
  });
  leftOut.unusable += mostReported.slice(MOST_SUGGESTIONS).reduce((sum, one) => sum + one.groups.length, 0);

  const trusted = suggestions.filter(({ source, confidence, evidence }) => {
    if (confidence === "risky") return settings.acceptRisks === true && doubt(evidence, needed(source, settings), heard) === "";
    return confidence !== "low";
  });
  const accepted = fitting(policy, key, trusted.sort(bySurety));
  const left: ReadonlySet<Suggestion> = new Set(trusted.slice(accepted.length));
  const proposal = tryPatch(policy, key, accepted) ?? policy;
  return deepFreeze({
    patch: patchOf(key, accepted),
    proposal,
    suggestions: suggestions
      .map((one): Suggestion => (left.has(one) ? { ...one, confidence: "low", why: noRoom(policy, key) } : one))
      .sort(bySurety),
    advice: [...advised.values()]
      .map((from) => adviceOf(from, key, dynamic))
      .sort((one, other) => other.evidence.count - one.evidence.count),
    coverage: coverageOf(groups, settings.routes ?? []),
    leftOut,
    comparison: compared(policy, proposal),
    findings: newFindings(before, auditOf(proposal)),
  });
}

/** What a source would do to a policy: why it is not looked at, or what an audit finds with it. */
type Judgement = "allowed" | "unusable" | typeof NO_ROOM | readonly Finding[];

const NO_ROOM = "no room";

interface Judge {
  /** What an audit finds without it. */
  readonly before: readonly Finding[];
  readonly judge: (directive: string, source: string) => Judgement;
}

const judges = new WeakMap<Policy, Judge>();

/** Judgements of one policy that are remembered: the slow part of learning, and nothing that new reports change. */
const JUDGEMENTS = 1_000;

function judgeFor(policy: Policy, key: string): Judge {
  const known = judges.get(policy);
  if (known !== undefined) return known;
  const before = auditOf(policy);
  const judgements = new Map<string, Judgement>();
  const fresh = (wanted: Wanted): Judgement => {
    const next = tryPatch(policy, key, [wanted]);
    if (next === undefined) return "unusable";
    if (!fits(next)) return NO_ROOM;
    return compared(policy, next).verdict === "same" ? "allowed" : newFindings(before, auditOf(next));
  };
  const made: Judge = {
    before,
    judge(directive, source) {
      const name = `${directive} ${source}`;
      const judgement = judgements.get(name) ?? fresh({ directive, source });
      if (judgements.size >= JUDGEMENTS) judgements.clear();
      judgements.set(name, judgement);
      return judgement;
    },
  };
  judges.set(policy, made);
  return made;
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
  return (!Object.hasOwn(csp, key) || csp[key] === undefined) && Object.hasOwn(directives, whole) ? whole : key;
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

/** Of one number or more; the arguments of one call, as `Math.max` takes them, are a hundred thousand at most. */
const largest = (numbers: readonly number[]) => numbers.reduce((one, other) => Math.max(one, other));

/** Whether its headers are as short as it says. */
function fits(policy: Policy): boolean {
  try {
    compiledOf(policy);
    return true;
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}

/** As many from the beginning as there is room for in the header. */
function fitting<T extends Wanted>(policy: Policy, key: string, wanted: readonly T[]): readonly T[] {
  let [most, tooMany, tried] = [0, wanted.length + 1, wanted.length];
  while (tooMany - most > 1) {
    const next = tryPatch(policy, key, wanted.slice(0, tried));
    if (next !== undefined && fits(next)) most = tried;
    else tooMany = tried;
    tried = Math.floor((most + tooMany) / 2);
  }
  return wanted.slice(0, most);
}

function noRoom(policy: Policy, key: string): string {
  const name = key === "contentSecurityPolicy" ? "Content-Security-Policy" : "Content-Security-Policy-Report-Only";
  return `No room: ${name} would have more than ${limitOf(policy.resolved)} bytes. Remove sources, or write a larger maxBytes.`;
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
    clients: largest(groups.map(({ clients }) => clients)),
    firstSeen: -largest(groups.map(({ firstSeen }) => -firstSeen)),
    lastSeen: largest(groups.map(({ lastSeen }) => lastSeen)),
    days: all("days").sort(),
    routes: [...new Set(groups.map(({ route }) => route))],
    pages: all("pages").slice(0, 10),
    browsers: all("browsers").slice(0, 10),
    urls: (urls.length > 0 ? urls : all("files")).slice(0, 10),
  };
}

interface Needed {
  readonly isThirdParty: boolean;
  readonly clients: number;
  readonly days: number;
  readonly routes: number;
}

function needed(source: string, { minClients, minDays, minRoutes }: LearnOptions): Needed {
  const isThirdParty = /^(?:https?|wss?):\/\//.test(source);
  const { clients, days, routes } = isThirdParty ? NEEDED.thirdParty : NEEDED.own;
  return { isThirdParty, clients: minClients ?? clients, days: minDays ?? days, routes: minRoutes ?? routes };
}

/** The clients that reported anything from a route: whether two groups have the same is not known, so never more than there were. */
function clientsByRoute(groups: readonly Group[]): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { route, clients } of groups) most.set(route, Math.max(clients, most.get(route) ?? 0));
  return most;
}

/** Why a source is not to be trusted; empty where it is. */
function doubt({ clients, days, routes, observed }: Evidence, least: Needed, heard: ReadonlyMap<string, number>): string {
  const missing = [
    clients < least.clients && `${clients} of ${least.clients} clients`,
    days.length < least.days && `${days.length} of ${least.days} days`,
    routes.length < least.routes && `${routes.length} of ${least.routes} routes`,
  ].filter((text) => text !== false);
  if (missing.length > 0) return `Too little evidence${least.isThirdParty ? " for a third-party host" : ""}: ${missing.join(", ")}.`;
  if (observed === 0) return "Only an enforced policy blocked it: observe the policy too before it is widened.";
  const all = largest(routes.map((route) => heard.get(route) ?? 0));
  if (!least.isThirdParty || clients >= all * SHARE) return "";
  return `Reported by ${clients} of at least ${all} clients that reported from the same routes: perhaps an extension, or made up.`;
}

function confidenceIn(
  source: string,
  evidence: Evidence,
  risks: readonly Finding[],
  least: Needed,
  heard: ReadonlyMap<string, number>,
): { confidence: Confidence; why: string } {
  const why = doubt(evidence, least, heard);
  if (why !== "") return { confidence: "low", why };
  if (/^(?:http|ws):\/\/(?!localhost\b|127\.)/.test(source)) {
    return { confidence: "low", why: "Comes over plain http, where anybody on the way can change it: serve it over https." };
  }
  const [worst] = risks.filter(({ severity }) => severity === "high" || severity === "medium");
  if (worst !== undefined) return { confidence: "risky", why: worst.message };
  const isPlenty = evidence.clients >= PLENTY * least.clients && evidence.days.length > least.days && evidence.routes.length > 1;
  return { confidence: isPlenty ? "high" : "medium", why: "" };
}

const CONFIDENCES: readonly Confidence[] = ["high", "medium", "risky", "low"];

function bySurety(one: Suggestion, other: Suggestion): number {
  const rank = CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence);
  return rank || other.evidence.clients - one.evidence.clients || other.evidence.count - one.evidence.count;
}

function adviceOf(groups: readonly Group[], key: string, dynamic: DynamicList | undefined): Advice {
  const [first] = groups as readonly [Group];
  const { type, directive, blocked } = first;
  const samples = [...new Set(groups.flatMap((group) => group.samples.map(({ value }) => value)))].slice(0, 5);
  const evidence = evidenceOf(groups);
  const message = isInert(first, dynamic)
    ? nonceAdvice(first.urls[0]?.value ?? blocked, dynamic?.hasNonce ? undefined : `${key}: { ${dynamic?.directive}: append(nonce) }`)
    : adviceFor({ type, directive, blocked, key });
  return { directive, blocked, message, evidence, samples };
}

/** A list for `<script>` elements with `'strict-dynamic'` in it. */
interface DynamicList {
  /** Where it is added to: of `default-src` it is `scriptSrc` that starts from it. */
  readonly directive: "scriptSrcElem" | "scriptSrc";
  readonly hasNonce: boolean;
}

/** The list that governs `<script>` elements, where it has `'strict-dynamic'`: then hosts and `'self'` in it are inert. CSP3 §8.2. */
function dynamicList(policy: Policy, key: string): DynamicList | undefined {
  const text = render(policy, "secure")[
    key === "contentSecurityPolicy" ? "Content-Security-Policy" : "Content-Security-Policy-Report-Only"
  ];
  const lists = new Map((text ?? "").split("; ").map((one) => [one.split(" ", 1)[0], one.toLowerCase().split(" ")]));
  const name = ["script-src-elem", "script-src", "default-src"].find((one) => lists.has(one));
  const list = lists.get(name) ?? [];
  if (!list.includes("'strict-dynamic'")) return undefined;
  const hasNonce = list.some((source) => source.startsWith("'nonce-"));
  return { directive: name === "script-src-elem" ? "scriptSrcElem" : "scriptSrc", hasNonce };
}

/** Whether a group is about a script of a file that no source could allow beside `'strict-dynamic'`. */
function isInert({ type, directive, blocked }: Group, dynamic: DynamicList | undefined): boolean {
  return (
    dynamic !== undefined &&
    type === "csp-violation" &&
    /^script-src(?:-elem)?$/.test(directive) &&
    (blocked === "self" || /^https?:\/\//.test(blocked))
  );
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
