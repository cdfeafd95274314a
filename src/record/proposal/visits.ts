import type { Evidence } from "../evidence.js";
import { pageOf, type Visits } from "../visited.js";

/** What is known about pages, and what they had. */
export type OnPages = Pick<Evidence, "pages" | "inline"> & Partial<Pick<Evidence, "visits" | "groups">>;

/** What the pages of a walk had. A recording of a suite of tests knows its pages without their queries, each as one page. */
export function visitsOf({ visits, pages, inline, groups = [] }: OnPages): Visits {
  if (visits !== undefined && visits.pages.length > 0) return visits;
  const ids = (addresses: readonly string[]) => new Set(addresses.map((address) => pageOf(address).id));
  const texts = new Map<string, Set<string>>();
  for (const { hash, pages: on } of inline) {
    if (hash !== undefined) texts.set(hash, new Set([...(texts.get(hash) ?? []), ...ids(on)]));
  }
  return {
    pages: pages.map(pageOf).map(({ id, route }) => ({ id, route, html: id })),
    groups: new Map(groups.map((group) => [group.id, ids(group.pages.map(({ value }) => value))])),
    texts,
  };
}
