import type { Group, Learned } from "../reports/index.js";

/** Whether a policy can be enforced, as far as this command knows. Only a walk with the enforced policy proves that the page works. */
export interface Proof {
  readonly state: "not enforceable yet" | "not proven";
  /** The kinds of advice that are open, such as `"script-src-elem inline"`. */
  readonly open: readonly string[];
  /** The same as a sentence. */
  readonly text: string;
}

/** Reports that no policy caused: advice on them does not keep a policy from being enforced. */
const WITHOUT_POLICY: readonly string[] = ["deprecation", "intervention", "crash", "network-error", "csp-hash"];

/** For a policy on which nothing is known but its headers. */
export const UNWATCHED: Proof = {
  state: "not proven",
  open: [],
  text: "Not proven: no browser was watched on the page. A policy with a high score can still break it.",
};

/**
 * What reports show of a policy.
 *
 * @param groups the groups that `learned` was made from: they name the type of each advice.
 */
export function proofOf({ advice, suggestions, leftOut }: Learned, groups: readonly Group[]): Proof {
  const caused = (one: Learned["advice"][number]) =>
    groups.some(({ type, directive, blocked }) => directive === one.directive && blocked === one.blocked && !WITHOUT_POLICY.includes(type));
  const open = [...new Set(advice.filter(caused).map(({ directive, blocked }) => kindOf(directive, blocked)))];
  if (open.length > 0) {
    const kinds = open.length === 1 ? "1 kind of advice is" : `${open.length} kinds of advice are`;
    return { state: "not enforceable yet", open, text: `Not enforceable yet: ${kinds} open (${open.join(", ")}).` };
  }
  if (advice.length + suggestions.length + leftOut.allowed + leftOut.unusable === 0)
    return { state: "not proven", open, text: "Not proven: no browser has reported on this policy." };
  return { state: "not proven", open, text: "Not proven: reports show what was blocked, not that every page works." };
}

/** Addresses are one kind: what to do about them is the same. */
function kindOf(directive: string, blocked: string): string {
  const what = /^[a-z][a-z\d+.-]*:\/\//i.test(blocked) ? "address" : blocked;
  return `${directive} ${what}`.trim();
}
