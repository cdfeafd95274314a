import { type Counted, type Group, ROLLING, TALLIES, type TallyName } from "../reports/group.js";

type ListName = Exclude<TallyName, "clients">;

const LISTS: readonly ListName[] = ["pages", "browsers", "urls", "files", "samples", "days"];

/**
 * The groups of several stores or recordings, with those of one id as one. Which clients they have in common is not known: a group has as
 * many as the store with the most.
 */
export function mergeGroups(groups: readonly Group[]): readonly Group[] {
  const merged = new Map<string, Group>();
  for (const group of groups) {
    const before = merged.get(group.id);
    merged.set(group.id, before === undefined ? group : added(before, group));
  }
  return [...merged.values()];
}

function added(one: Group, other: Group): Group {
  const lists = Object.fromEntries(LISTS.map((name) => [name, counts(name, [...one[name], ...other[name]])])) as Pick<Group, ListName>;
  return {
    // The policy and whether somebody ignored it may be known to one store only.
    ...other,
    ...one,
    ...lists,
    count: one.count + other.count,
    firstSeen: Math.min(one.firstSeen, other.firstSeen),
    lastSeen: Math.max(one.lastSeen, other.lastSeen),
    clients: Math.max(one.clients, other.clients),
  };
}

/** The same values counted together: the most frequent first, or the last days in order. */
function counts(name: ListName, all: readonly Counted[]): readonly Counted[] {
  const sums = new Map<string, number>();
  for (const { value, count } of all) sums.set(value, (sums.get(value) ?? 0) + count);
  const list = [...sums].map(([value, count]) => ({ value, count }));
  if (name === ROLLING) return list.sort((one, two) => (one.value < two.value ? -1 : 1)).slice(-TALLIES[name]);
  return list.sort((one, two) => two.count - one.count).slice(0, TALLIES[name]);
}
