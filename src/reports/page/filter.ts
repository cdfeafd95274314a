import type { Group } from "../group.js";

/** Which groups the page shows; each value is one that some group has. */
export interface PageFilter {
  readonly type?: string;
  readonly disposition?: string;
  readonly directive?: string;
  readonly route?: string;
}

/** The members that the page can filter by. */
export const FILTERS = ["type", "disposition", "directive", "route"] as const satisfies readonly (keyof PageFilter)[];

/** The filter in the query of the page's address. A value that no group has is ignored, because no group would match. */
export function readFilter(query: URLSearchParams, groups: readonly Group[]): PageFilter {
  const members = FILTERS.flatMap((name) => {
    const value = query.get(name) ?? "";
    return groups.some((group) => group[name] === value) && value !== "" ? [[name, value]] : [];
  });
  return Object.fromEntries(members);
}

/** Whether the filter shows a group. */
export function matches(group: Group, filter: PageFilter): boolean {
  return FILTERS.every((name) => !Object.hasOwn(filter, name) || filter[name] === group[name]);
}

/** The values of the groups to choose from, in order. */
export function choices(groups: readonly Group[], name: keyof PageFilter): readonly string[] {
  return [...new Set(groups.map((group) => group[name]))].filter((value) => value !== "").sort();
}
