import type { Evidence, InlineCode } from "./evidence.js";
import { differ } from "./inline.js";
import type { SavedCode, SavedRecording } from "./saved.js";
import { NO_VISITS } from "./visited.js";

/** A recording as the evidence for a proposal. */
export interface SavedEvidence {
  readonly evidence: Evidence;
  /** Code that had no chance to be seen again: whether it stays the same is not known. */
  readonly seenOnce: readonly SavedCode[];
}

/**
 * Reads a recording as evidence. Code is stable that two sessions had, text for text; where all is of one session, two loads.
 */
export function evidenceOf(saved: SavedRecording): SavedEvidence {
  const pages = new Map(saved.pages.map((one) => [one.page, one]));
  const isStable = ({ loads, sessions }: SavedCode) => (saved.sessions > 1 ? sessions > 1 : loads > 1);
  const hadChance = (code: SavedCode) =>
    code.pages.some((page) => (saved.sessions > 1 ? (pages.get(page)?.sessions ?? 0) > 1 : (pages.get(page)?.loads ?? 0) > 1));
  // Code without a hash needs a change of the site, however often it was seen.
  const isKnown = (code: SavedCode) => code.hash === undefined || isStable(code) || hadChance(code);
  const { groups, origins, policyNames, popups, framedBy, hasScriptFile, violations, dropped } = saved;
  return {
    evidence: {
      ...{ groups, origins, policyNames, popups, framedBy, hasScriptFile, violations, dropped },
      inline: saved.inline.filter(isKnown).map((code) => inlineCode(code, isStable(code))),
      pages: saved.pages.map(({ page }) => page),
      // X-Frame-Options is not sent while a policy is observed: a refusal would be that of the site's own header.
      refusedFrames: [],
      visits: NO_VISITS,
    },
    seenOnce: saved.inline.filter((code) => !isKnown(code)),
  };
}

function inlineCode({ loads, sessions, around, ...code }: SavedCode, isStable: boolean): InlineCode {
  return { ...code, isStable, isOnce: false, differsAround: differsAround(around) };
}

/** What of the surroundings differs from one address to another. */
function differsAround(around: SavedCode["around"]): InlineCode["differsAround"] {
  const differs = (part: "near" | "top") => {
    const prints = new Map<string, Set<string>>();
    for (const one of around) prints.set(one.address, (prints.get(one.address) ?? new Set()).add(one[part]));
    return differ([...prints.values()]);
  };
  if (differs("near")) return "near";
  return differs("top") ? "far" : "nowhere";
}
