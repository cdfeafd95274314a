import type { Group } from "../group.js";

/** What the page is narrowed to; each value is one that some group has. */
export interface PageFilter {
  readonly type?: string;
  readonly disposition?: string;
  readonly directive?: string;
  readonly route?: string;
}

export const FILTERS = ["type", "disposition", "directive", "route"] as const satisfies readonly (keyof PageFilter)[];

/** What the address asks for; a value that no group has would show nothing, and is passed over. */
export function readFilter(query: URLSearchParams, groups: readonly Group[]): PageFilter {
  const given = FILTERS.flatMap((name) => {
    const value = query.get(name) ?? "";
    return groups.some((group) => group[name] === value) && value !== "" ? [[name, value]] : [];
  });
  return Object.fromEntries(given);
}

export function fits(group: Group, filter: PageFilter): boolean {
  return FILTERS.every((name) => !Object.hasOwn(filter, name) || filter[name] === group[name]);
}

/** The values there are to choose from, in order. */
export function choices(groups: readonly Group[], name: keyof PageFilter): readonly string[] {
  return [...new Set(groups.map((group) => group[name]))].filter((value) => value !== "").sort();
}
