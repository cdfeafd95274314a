import { audit, type Comparison, compare, type Finding } from "../../audit/index.js";
import type { Policy } from "../../policy/policy.js";
import type { Wanted } from "./candidates.js";
import { enforced, type Observed } from "./observed.js";
import { isWithinSize, withSources } from "./patch.js";
import { trustIn } from "./sources.js";

/**
 * What a source would change. `"allowed"`: nothing, because the policy allows it. `"unusable"`: no policy takes it. `"no room"`: the header
 * would be too long. Else the findings that an audit has with it and not without it.
 */
export type Judgement = "allowed" | "unusable" | "no room" | readonly Finding[];

/** Judges sources for one policy. */
export interface Judge {
  readonly judge: (wanted: Wanted) => Judgement;
  /** The policy compared with a proposal, and the findings that only the proposal has. */
  readonly review: (proposal: Policy) => { readonly comparison: Comparison; readonly findings: readonly Finding[] };
}

const judges = new WeakMap<Policy, Judge>();

/** Judgements of one policy that are remembered: they take most of the time of learning, and new reports do not change them. */
const MOST_JUDGEMENTS = 1_000;

/** The judge of a policy; it is made once for each. */
export function judgeOf(observed: Observed): Judge {
  const known = judges.get(observed.policy);
  if (known !== undefined) return known;
  const made = newJudge(observed);
  judges.set(observed.policy, made);
  return made;
}

function newJudge(observed: Observed): Judge {
  const { policy } = observed;
  const before = findingsOf(policy);
  const judgements = new Map<string, Judgement>();

  function judge(wanted: Wanted): Judgement {
    const next = withSources(observed, [wanted]);
    const trust = trustIn(wanted.source);
    if (next === undefined || trust === undefined) return "unusable";
    if (!isWithinSize(next)) return "no room";
    // For an unknown kind of source, a comparison may not know what it allows.
    const isAllowed = trust !== "unknown" && compared(policy, next).verdict === "same";
    return isAllowed ? "allowed" : newFindings(before, findingsOf(next));
  }

  return {
    judge(wanted) {
      const name = `${wanted.directive} ${wanted.source}`;
      const judgement = judgements.get(name) ?? judge(wanted);
      if (judgements.size >= MOST_JUDGEMENTS) judgements.clear();
      judgements.set(name, judgement);
      return judgement;
    },
    review: (proposal) => ({ comparison: compared(policy, proposal), findings: newFindings(before, findingsOf(proposal)) }),
  };
}

function findingsOf(policy: Policy): readonly Finding[] {
  return audit(enforced(policy)).findings;
}

function compared(before: Policy, after: Policy): Comparison {
  return compare(enforced(before), enforced(after));
}

function newFindings(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const known = new Set(before.map((finding) => JSON.stringify(finding)));
  return after.filter((finding) => !known.has(JSON.stringify(finding)));
}
