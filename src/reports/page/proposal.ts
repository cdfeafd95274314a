import type { Policy } from "../../policy/policy.js";
import { own } from "../../values/own.js";
import { policyHash } from "../fingerprint.js";
import type { Group } from "../group.js";
import type { Learned } from "../learn/learned.js";
import { observedIn, policyTextsOf } from "../learn/observed.js";
import type { LearnOptions } from "../learn/options.js";
import { sampleIn } from "../learn/sample.js";
import { learn } from "../learn.js";
import { isGroup } from "../read-groups.js";

/** A policy, and what is needed to say how groups relate to it. */
export interface Learner {
  readonly options: LearnOptions;
  /** Its directives, by key. */
  readonly csp: Readonly<Record<string, unknown>>;
  /** See `sampleIn`. */
  readonly sample: number | undefined;
  /** The texts under which browsers report it; undefined where they differ with each request. */
  readonly texts: readonly string[] | undefined;
  /** Whether a group is about another version of the policy, so that `learn` does not use it. */
  readonly isOfAnother: (group: Group) => boolean;
  readonly learn: (groups: readonly Group[]) => Learned;
}

/** What `learn` proposes for the groups of a store. */
export interface Proposal extends Learner {
  readonly learned: Learned;
}

/** The learner of a policy. Throws PolicyError where the policy has no Content-Security-Policy. */
export function learnerOf(policy: Policy, options: LearnOptions): Learner {
  const observed = observedIn(policy);
  const texts = policyTextsOf(policy);
  const hashes = options.anyPolicy === true ? undefined : texts && new Set(texts.map(policyHash));
  return {
    options,
    csp: observed.csp,
    sample: sampleIn(observed),
    texts,
    isOfAnother: (group) => group.type === "csp-violation" && hashes !== undefined && !hashes.has(group.policyHash),
    learn: (groups) => learn(policy, groups.filter(isGroup), options),
  };
}

/** Whether the patch has a source in a directive, by its key. */
export function isInPatch({ patch }: Learned, directive: string, source: string): boolean {
  return Object.values(patch).some((directives) => {
    const sources = own(own(directives, directive), "sources");
    return Array.isArray(sources) && sources.includes(source);
  });
}
