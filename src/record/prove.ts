import type { Policy } from "../policy/policy.js";
import { comparePages, type Mask, type PageDifference } from "./differences.js";
import type { Evidence } from "./evidence.js";
import type { Recorder } from "./run.js";
import type { PageSeen } from "./visit.js";
import type { Walked } from "./walk.js";

/** One walk with the policy enforced, compared with two walks without. */
export interface Proof {
  /** Whether nothing was blocked, and every page was the same. */
  readonly isClean: boolean;
  /** What the policy blocked. */
  readonly evidence: Evidence;
  /** Pages that differ. */
  readonly pages: readonly PageDifference[];
  /** What differed before, and was not compared. */
  readonly masks: readonly Mask[];
  readonly notes: readonly string[];
}

/** Visits the pages of two earlier walks again, with the policy enforced. */
export async function prove(policy: Policy, recorder: Recorder, before: readonly [Walked, Walked]): Promise<Proof> {
  const collector = recorder.newEvidence();
  const walked = await recorder.walk(policy, "enforce", collector, before[0].addresses);
  const evidence = collector.evidence();
  const compared = walked.pages.flatMap((after, index) => {
    const pair = before.map(({ pages }) => pages[index]);
    return pair.every((one): one is PageSeen => one !== undefined && isSamePage(one, after))
      ? [comparePages(pair as [PageSeen, PageSeen], after)]
      : [];
  });
  const lost = before[0].pages.length - compared.length;
  const pages = compared.map(({ difference }) => difference).filter(({ differences }) => differences.length > 0);
  const notes = [...walked.notes, ...(lost > 0 ? [`${lost} pages could not be compared: they were not seen in each walk.`] : [])];
  return {
    isClean: evidence.violations === 0 && pages.length === 0 && lost === 0,
    evidence,
    pages,
    masks: compared.map(({ mask }) => mask).filter(({ lines, pixels }) => lines > 0 || pixels > 0),
    notes,
  };
}

const isSamePage = (one: PageSeen, other: PageSeen) => one.viewport === other.viewport && one.url === other.url;
