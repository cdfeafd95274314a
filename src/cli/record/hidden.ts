import { hideIn } from "../../record/hide-in.js";
import type { Hide } from "../../record/known-secrets.js";
import type { PageSeen } from "../../record/visit.js";
import type { RoutedRecording } from "./unapplied.js";

/** A recording as outputs show it: without secrets in what pages have shown. The policy is unchanged: no source in it that the walk has added has a secret. */
export function hiddenRecording(recording: RoutedRecording, hide: Hide): RoutedRecording {
  const { proposal, evidence, walks, proof, notes, unapplied } = recording;
  const { allowed, pending, needed, notes: remarks } = proposal;
  // Together: a piece of code that several of them have stays one.
  const parts = hideIn({ allowed, pending, needed, notes: remarks }, hide);
  const [first, second] = walks;
  const shownWalk = (walk: typeof first) => ({ ...walk, pages: walk.pages.map((page) => hiddenPage(page, hide)) });
  return {
    ...recording,
    proposal: { ...proposal, ...parts },
    evidence: { ...evidence, groups: hideIn(evidence.groups, hide) },
    walks: [shownWalk(first), shownWalk(second)],
    proof: proof && {
      ...proof,
      evidence: { ...proof.evidence, groups: hideIn(proof.evidence.groups, hide) },
      ...hideIn({ pages: proof.pages, masks: proof.masks, notes: proof.notes }, hide),
    },
    notes: hideIn(notes, hide),
    unapplied: unapplied && { ...unapplied, ...hideIn({ pages: unapplied.pages, inPages: unapplied.inPages }, hide) },
  };
}

/** The page behind it is still asked for its text and its picture, which are read from the disk each time. */
function hiddenPage(page: PageSeen, hide: Hide): PageSeen {
  const { url, title, errors, failed, notes } = page;
  return Object.assign(Object.create(page), hideIn({ url, title, errors, failed, notes }, hide)) as PageSeen;
}
