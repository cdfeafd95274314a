import { own } from "../../values/own.js";
import type { Group } from "../group.js";
import { groupedBy, largest } from "../learn/evidence.js";
import { subjectOf } from "../subject.js";
import { matches, type View } from "./view.js";

/** What the groups of one subject report together: a row of the overview. */
export interface SourceRow {
  /** See `subjectOf`. */
  readonly subject: string;
  readonly groups: readonly Group[];
  /** As browsers name them, the most reported first. */
  readonly directives: readonly string[];
  readonly routes: readonly string[];
  readonly count: number;
  /** Distinct addresses, at least. */
  readonly clients: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly ignored: boolean;
  /** Whether some of it is new since what was recorded. */
  readonly isNew: boolean;
}

/** Whether a group is new since what was recorded; undefined where nothing was. */
export type IsNew = ((group: Group) => boolean) | undefined;

/** A row for each subject of the groups. */
export function rowsOf(groups: readonly Group[], isNew: IsNew): readonly SourceRow[] {
  return [...groupedBy(groups, subjectOf)].map(([subject, list]) => ({
    subject,
    groups: list,
    directives: distinct(list.map(({ directive, type }) => directive || type)),
    routes: distinct(list.map(({ route }) => route)),
    count: list.reduce((sum, { count }) => sum + count, 0),
    // Two groups may have the same clients: the largest number is certain, the sum is not.
    clients: largest(list.map(({ clients }) => clients)),
    firstSeen: -largest(list.map(({ firstSeen }) => -firstSeen)),
    lastSeen: largest(list.map(({ lastSeen }) => lastSeen)),
    ignored: list.some((group) => own(group, "ignored") === true),
    isNew: isNew !== undefined && list.some(isNew),
  }));
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];

/** The rows that a view shows, on all of its pages, in its order. */
export function rowsIn(view: View, groups: readonly Group[], isNew: IsNew): readonly SourceRow[] {
  const search = view.search.toLowerCase();
  const isShown = (group: Group) => matches(group, view) && (!view.onlyNew || isNew === undefined || isNew(group));
  const found = rowsOf(groups.filter(isShown), isNew).filter(
    (row) =>
      row.ignored === view.ignored && [row.subject, ...row.directives, ...row.routes].some((text) => text.toLowerCase().includes(search)),
  );
  const { sort, isAscending } = view;
  return found.sort((one, other) => (isAscending ? compared(one, other, sort) : compared(other, one, sort)));
}

/** Negative where one row is before the other in ascending order. */
function compared(one: SourceRow, other: SourceRow, sort: View["sort"]): number {
  const [first, second] = [one[sort], other[sort]];
  if (first === second) return one.count - other.count;
  return first < second ? -1 : 1;
}
