import type { Group } from "../group.js";

/** The members of groups that the page can filter by. */
export const FILTERS = ["type", "disposition", "directive", "route"] as const satisfies readonly (keyof Group)[];

export type Filter = (typeof FILTERS)[number];

/** What the rows can be sorted by. */
export const SORTS = ["subject", "count", "clients", "firstSeen", "lastSeen"] as const;

export type Sort = (typeof SORTS)[number];

/** What the overview shows: everything that its address says. */
export interface View {
  /** A text that the row must contain; the empty string for all. */
  readonly search: string;
  /** Each value is one that some group has. */
  readonly filter: Readonly<Partial<Record<Filter, string>>>;
  /** Whether what is ignored is shown, and nothing else. */
  readonly ignored: boolean;
  /** Whether only groups are shown that are new since what was recorded. */
  readonly onlyNew: boolean;
  readonly sort: Sort;
  readonly isAscending: boolean;
  /** The first page is 1. */
  readonly page: number;
}

const SEARCH_CHARACTERS = 200;
const MOST_PAGES = 1_000_000;

/** Reads the query of the page's address. A value that no group has is left out, because no group would match. */
export function readView(query: URLSearchParams, groups: readonly Group[]): View {
  const filter = FILTERS.flatMap((name) => {
    const value = query.get(name) ?? "";
    return value !== "" && groups.some((group) => group[name] === value) ? [[name, value]] : [];
  });
  const sort = SORTS.find((one) => one === query.get("sort")) ?? "count";
  const page = Number(query.get("page") ?? 1);
  return {
    search: (query.get("q") ?? "").slice(0, SEARCH_CHARACTERS),
    filter: Object.fromEntries(filter),
    ignored: query.get("show") === "ignored",
    onlyNew: query.get("since") === "recorded",
    sort,
    isAscending: query.get("order") === "ascending",
    page: Number.isInteger(page) && page >= 1 && page <= MOST_PAGES ? page : 1,
  };
}

/** The address of a view, relative to the page: `?q=cdn&page=2`. */
export function addressOfView(
  { search, filter, ignored, onlyNew, sort, isAscending, page }: View,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams(filter);
  if (search !== "") query.set("q", search);
  if (ignored) query.set("show", "ignored");
  if (onlyNew) query.set("since", "recorded");
  if (sort !== "count") query.set("sort", sort);
  if (isAscending) query.set("order", "ascending");
  if (page !== 1) query.set("page", String(page));
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `?${query}`;
}

/** Whether the filter of a view shows a group. */
export function matches(group: Group, { filter }: Pick<View, "filter">): boolean {
  return FILTERS.every((name) => !Object.hasOwn(filter, name) || filter[name] === group[name]);
}

/** The values of the groups to choose from, in order. */
export function choices(groups: readonly Group[], name: Filter): readonly string[] {
  return [...new Set(groups.map((group) => group[name]))].filter((value) => value !== "").sort();
}

/** Rows on one page of a table. */
const PAGE_ROWS = 20;

/** One page of a list; beyond the last page, the last. */
export function pageOf<T>(
  list: readonly T[],
  wanted: number,
): { readonly shown: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(list.length / PAGE_ROWS));
  const page = Math.min(wanted, pages);
  return { shown: list.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS), page, pages };
}
