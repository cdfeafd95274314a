import type { Group } from "../group.js";
import { directiveToWiden } from "./directives.js";
import { groupedBy } from "./evidence.js";
import type { Observed } from "./observed.js";
import type { LearnOptions } from "./options.js";
import { sourcesOf } from "./sources.js";
import { isScriptFile, type StrictDynamic } from "./strict-dynamic.js";

/** A source that could be added to a directive. */
export interface Wanted {
  /** The key in a CSP. */
  readonly directive: string;
  readonly source: string;
}

/** The same, with the groups that need it. */
export interface Candidate extends Wanted {
  readonly groups: readonly Group[];
}

/** Groups, by what can be done about them. */
export interface SortedGroups {
  readonly candidates: readonly Candidate[];
  /** Those that no source should allow; each list is about the same violation. */
  readonly advised: readonly (readonly Group[])[];
}

/** Separates the groups that need a source from those that need advice. */
export function sortGroups(
  groups: readonly Group[],
  { csp }: Observed,
  strictDynamic: StrictDynamic | undefined,
  width: LearnOptions["width"],
): SortedGroups {
  const wanted: (Wanted & { readonly group: Group })[] = [];
  const advised: Group[] = [];
  for (const group of groups) {
    const directive = group.type === "csp-violation" ? directiveToWiden(group.directive, csp) : undefined;
    const isInert = strictDynamic !== undefined && isScriptFile(group);
    const sources = directive === undefined || isInert ? [] : sourcesOf(group, width);
    if (directive === undefined || sources.length === 0) advised.push(group);
    else wanted.push(...sources.map((source) => ({ directive, source, group })));
  }
  const byWanted = groupedBy(wanted, ({ directive, source }) => `${directive} ${source}`);
  return {
    candidates: [...byWanted.values()].map((list) => {
      const { directive, source } = list[0] as Wanted;
      return { directive, source, groups: list.map(({ group }) => group) };
    }),
    advised: [...groupedBy(advised, ({ type, directive, blocked }) => `${type} ${directive} ${blocked}`).values()],
  };
}
