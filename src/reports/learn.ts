import type { Policy } from "../policy/policy.js";
import { deepFreeze } from "../values/freeze.js";
import { own } from "../values/own.js";
import type { Group } from "./group.js";
import { adviceOn } from "./learn/advice.js";
import { type Candidate, sortGroups } from "./learn/candidates.js";
import { byConfidence, confidenceIn, doubt, thresholdFor } from "./learn/confidence.js";
import { clientsByRoute, countOf, coverageOf, evidenceOf } from "./learn/evidence.js";
import { type Judgement, judgeOf } from "./learn/judge.js";
import type { Learned, Suggestion } from "./learn/learned.js";
import { type Observed, observedIn, policyHashesOf } from "./learn/observed.js";
import { type LearnOptions, readLearnOptions } from "./learn/options.js";
import { fitting, noRoom, patchOf, withSources } from "./learn/patch.js";
import { sampleIn } from "./learn/sample.js";
import { learnedServices } from "./learn/services.js";
import { trustIn } from "./learn/sources.js";
import { strictDynamicOf } from "./learn/strict-dynamic.js";
import { readGroups } from "./read-groups.js";

/**
 * Proposes which sources to add to a policy, from what browsers reported on it. Inline code and `eval` are never allowed: the result has
 * advice on them. Listed but left out of the patch is a source that few visitors reported, that only an enforced policy blocked, or that
 * opens a bypass.
 *
 * @param policy the policy that was observed: passed to `observe`, or with a report-only CSP in it.
 * @param groups groups of a report store: `await store.groups()`.
 * @param options thresholds against made-up reports, and how narrow sources are.
 * @returns frozen plain data: the patch, the evidence for it, and what it changes.
 * @throws {PolicyError} for anything but a policy with a Content-Security-Policy, a list of groups, and valid options.
 */
export function learn(policy: Policy, groups: readonly Group[], options?: LearnOptions): Learned {
  const observed = observedIn(policy);
  const settings = readLearnOptions("learn", options);
  // A csp-hash reports a file that was loaded, not a violation.
  const violations = readGroups(groups, ["learn", "groups"]).filter(({ type }) => type !== "csp-hash");
  const wanted = violations.filter((group) => own(group, "ignored") !== true);
  const { onPolicy, otherPolicy } = byPolicy(wanted, policy, settings);
  const strictDynamic = strictDynamicOf(observed);
  const { candidates, advised } = sortGroups(onPolicy, observed, strictDynamic, settings.width);
  const { suggestions, allowed, unusable } = suggestionsFor(observed, candidates, clientsOf(onPolicy), settings);
  const { accepted, rejected } = acceptedOf(observed, suggestions, clientsOf(onPolicy), settings);
  const proposal = withSources(observed, accepted) ?? policy;
  const sample = sampleIn(observed);
  const sorted = [...accepted, ...rejected].sort(byConfidence);
  return deepFreeze({
    patch: patchOf(observed, accepted),
    proposal,
    sample,
    suggestions: sorted,
    services: learnedServices(sorted.map(({ directive, source, evidence }) => ({ directive, source, urls: evidence.urls }))),
    advice: advised
      .map((some) => adviceOn(some, observed.key, strictDynamic))
      .sort((one, other) => other.evidence.count - one.evidence.count),
    coverage: coverageOf(violations, settings.routes ?? []),
    leftOut: { otherPolicy, ignored: violations.length - wanted.length, allowed, unusable },
    ...judgeOf(observed).review(proposal),
  });
}

/** CSP violations of this policy, then all other reports; and how many groups are about another policy. */
function byPolicy(groups: readonly Group[], policy: Policy, { anyPolicy }: LearnOptions) {
  const hashes = anyPolicy ? undefined : policyHashesOf(policy);
  const csp = groups.filter(({ type }) => type === "csp-violation");
  const own = csp.filter(({ policyHash }) => hashes === undefined || hashes.has(policyHash));
  const others = groups.filter(({ type }) => type !== "csp-violation");
  return { onPolicy: [...own, ...others], otherPolicy: csp.length - own.length };
}

type ClientsByRoute = ReadonlyMap<string, number>;

function clientsOf(groups: readonly Group[]): ClientsByRoute {
  return clientsByRoute(groups.filter(({ type }) => type === "csp-violation"));
}

/** More than fits into a policy: further sources are made up by the sender. */
const MOST_SUGGESTIONS = 200;

/** Suggestions for the most reported candidates, and how many groups got none. */
function suggestionsFor(observed: Observed, candidates: readonly Candidate[], clients: ClientsByRoute, settings: LearnOptions) {
  const mostReported = [...candidates].sort((one, other) => countOf(other.groups) - countOf(one.groups));
  const leftOut = { allowed: 0, unusable: 0 };
  const suggestions = mostReported.slice(0, MOST_SUGGESTIONS).flatMap((candidate): readonly Suggestion[] => {
    const judgement = judgeOf(observed).judge(candidate);
    if (judgement !== "allowed" && judgement !== "unusable") return [suggestionOf(observed, candidate, judgement, clients, settings)];
    leftOut[judgement] += candidate.groups.length;
    return [];
  });
  leftOut.unusable += mostReported.slice(MOST_SUGGESTIONS).reduce((sum, { groups }) => sum + groups.length, 0);
  return { suggestions, ...leftOut };
}

function suggestionOf(
  observed: Observed,
  { directive, source, groups }: Candidate,
  risks: Exclude<Judgement, "allowed" | "unusable">,
  clients: ClientsByRoute,
  settings: LearnOptions,
): Suggestion {
  const evidence = evidenceOf(groups);
  if (risks === "no room") return { directive, source, confidence: "low", why: noRoom(observed), evidence, risks: [] };
  const trust = trustIn(source) ?? "unknown";
  return { directive, source, ...confidenceIn(trust, evidence, risks, thresholdFor(trust, settings), clients), evidence, risks };
}

/** The suggestions in the patch, limited by the size of the header; and all others. */
function acceptedOf(observed: Observed, suggestions: readonly Suggestion[], clients: ClientsByRoute, settings: LearnOptions) {
  const isAcceptable = ({ source, confidence, evidence }: Suggestion): boolean => {
    if (confidence !== "risky") return confidence !== "low";
    return settings.acceptRisks === true && doubt(evidence, thresholdFor(trustIn(source) ?? "unknown", settings), clients) === "";
  };
  const acceptable = suggestions.filter(isAcceptable).sort(byConfidence);
  const accepted = fitting(observed, acceptable);
  const excess = acceptable.slice(accepted.length).map((one): Suggestion => ({ ...one, confidence: "low", why: noRoom(observed) }));
  return { accepted, rejected: [...suggestions.filter((one) => !isAcceptable(one)), ...excess] };
}
