import type { Counted, Group } from "../group.js";
import type { Evidence, Learned, RouteCoverage } from "./learned.js";

const LONGEST_LIST = 10;

/** All that several groups report together. */
export function evidenceOf(groups: readonly Group[]): Evidence {
  const urls = valuesOf(groups, "urls");
  return {
    count: countOf(groups),
    observed: countOf(groups.filter(({ disposition }) => disposition === "report")),
    // Two groups may have the same clients: the largest number is certain, the sum is not.
    clients: largest(groups.map(({ clients }) => clients)),
    firstSeen: -largest(groups.map(({ firstSeen }) => -firstSeen)),
    lastSeen: largest(groups.map(({ lastSeen }) => lastSeen)),
    days: [...valuesOf(groups, "days")].sort(),
    routes: [...new Set(groups.map(({ route }) => route))],
    pages: valuesOf(groups, "pages").slice(0, LONGEST_LIST),
    browsers: valuesOf(groups, "browsers").slice(0, LONGEST_LIST),
    urls: (urls.length > 0 ? urls : valuesOf(groups, "files")).slice(0, LONGEST_LIST),
  };
}

/** The values of one list over all groups, the most frequent first. */
function valuesOf(groups: readonly Group[], name: "days" | "pages" | "browsers" | "urls" | "files"): readonly string[] {
  const sums = new Map<string, number>();
  for (const group of groups) {
    for (const { value, count } of group[name] as readonly Counted[]) sums.set(value, (sums.get(value) ?? 0) + count);
  }
  return [...sums].sort((one, other) => other[1] - one[1]).map(([value]) => value);
}

/** How many reports the groups have. */
export function countOf(groups: readonly Pick<Group, "count">[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

/** The largest of one number or more. `Math.max(...numbers)` fails beyond about a hundred thousand arguments. */
export function largest(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.max(one, other));
}

/** How many clients, at least, reported anything from each route. */
export function clientsByRoute(groups: readonly Group[]): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { route, clients } of groups) most.set(route, Math.max(clients, most.get(route) ?? 0));
  return most;
}

/** Which routes have reports, and which of `routes` have none. */
export function coverageOf(groups: readonly Group[], routes: readonly string[]): Learned["coverage"] {
  const byRoute = groupedBy(groups, ({ route }) => route);
  const reported = [...byRoute].map(([route, some]): RouteCoverage => {
    const { count, clients, lastSeen } = evidenceOf(some);
    return { route, count, clients, lastSeen };
  });
  return { reported: reported.sort((one, other) => other.count - one.count), silent: routes.filter((route) => !byRoute.has(route)) };
}

/** The items by a key of theirs, in the order of first appearance. `Map.groupBy` needs Node 21. */
export function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const lists = new Map<K, T[]>();
  for (const item of items) {
    const list = lists.get(keyOf(item));
    if (list === undefined) lists.set(keyOf(item), [item]);
    else list.push(item);
  }
  return lists;
}
