import { createHash } from "node:crypto";
import { routeOf } from "../reports/sighting.js";
import { withoutNonces } from "./served.js";

/** A page that was visited. Its address is kept as a hash only: the query may be a secret. */
export interface VisitedPage {
  /** A hash of the whole address, query included. */
  readonly id: string;
  /** The origin and the route. */
  readonly route: string;
  /** A hash of its HTML without nonces: one page may have several addresses. */
  readonly html: string;
}

/** Which pages were visited, and which of them had what. */
export interface Visits {
  readonly pages: readonly VisitedPage[];
  /** Of each group of violations, by its id: the ids of the pages that had it. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
  /** Of each inline text of the served HTML, by its hash: the same. */
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Where only the pages' addresses without queries are known. */
export const NO_VISITS: Visits = { pages: [], groups: new Map(), texts: new Map() };

/** Pages that are compared. */
const MOST_PAGES = 10_000;

/** A page by its address: a slash at the end of its path and its fragment do not count. Text that is not an address is its own page. */
export function pageOf(address: string): Pick<VisitedPage, "id" | "route"> {
  if (!URL.canParse(address)) return { id: digest(address), route: address };
  const url = new URL(address);
  url.pathname = url.pathname.replace(/(?<!\/)\/$/, "");
  return { id: digest(`${url.origin}${url.pathname}${url.search}`), route: `${url.origin}${routeOf(url)}` };
}

const digest = (text: string) => createHash("sha256").update(text, "utf8").digest("base64");

/** Collects pages by their loads. The first document of a load is its page: what was asked for may redirect to it. */
export interface VisitCollector<Load extends object> {
  /** Says which document a load has begun with; later documents are within it. */
  begin(address: string, load: Load): void;
  /** Adds the HTML of the page of a load; the first one of each page counts. */
  addPage(address: string, html: string): void;
  /** Whether a load has begun with the document at this address. */
  isPage(address: string, load: Load): boolean;
  /** The id of the page of a load; undefined before its document has come. */
  idOf(load: Load): string | undefined;
  addGroup(group: string, load: Load): void;
  visits(texts: Visits["texts"]): Visits;
}

/** A {@link VisitCollector} without pages. */
export function collectVisits<Load extends object>(): VisitCollector<Load> {
  const pages = new Map<string, VisitedPage>();
  const ids = new WeakMap<Load, string>();
  const groups = new Map<string, Set<Load>>();
  return {
    begin(address, load) {
      if (!ids.has(load)) ids.set(load, pageOf(address).id);
    },
    addPage(address, html) {
      const { id, route } = pageOf(address);
      if (!pages.has(id) && pages.size < MOST_PAGES) pages.set(id, { id, route, html: digest(withoutNonces(html)) });
    },
    isPage: (address, load) => ids.get(load) === pageOf(address).id,
    idOf: (load) => ids.get(load),
    addGroup(group, load) {
      groups.set(group, (groups.get(group) ?? new Set()).add(load));
    },
    visits: (texts) => ({
      pages: [...pages.values()],
      groups: new Map([...groups].map(([group, loads]) => [group, new Set([...loads].flatMap((load) => ids.get(load) ?? []))])),
      texts,
    }),
  };
}

/** The visits of the first evidence, and what its pages had in the second one too. */
export function mergeVisits(one: Visits, other: Visits): Visits {
  return { pages: one.pages, groups: merged(one.groups, other.groups), texts: merged(one.texts, other.texts) };
}

function merged(one: Visits["groups"], other: Visits["groups"]): Visits["groups"] {
  const all = new Map(one);
  for (const [name, ids] of other) all.set(name, new Set([...(all.get(name) ?? []), ...ids]));
  return all;
}

/** On how many of the pages something was. */
export interface Spread {
  /**
   * `"everywhere"`: on every page, or only one was visited. `"routes"`: on every page of each route on which it was at all, and at least two
   * pages of each of these were visited. Otherwise `"some"`: one of its pages may have it from its content.
   */
  readonly on: "everywhere" | "routes" | "some";
  /** How many pages had it. */
  readonly count: number;
  readonly of: number;
}

/**
 * Where something was. Addresses with the same HTML are one page: whoever can store a link on a page can give it as many addresses as needed.
 *
 * @param ids the pages that had it.
 */
export function spreadOf(ids: ReadonlySet<string>, pages: readonly VisitedPage[]): Spread {
  const byAddress = spreadBy("id", ids, pages);
  const byHtml = spreadBy("html", ids, pages);
  return RANKS.indexOf(byHtml.on) > RANKS.indexOf(byAddress.on) ? byHtml : byAddress;
}

const RANKS: readonly Spread["on"][] = ["everywhere", "routes", "some"];

function spreadBy(key: "id" | "html", ids: ReadonlySet<string>, pages: readonly VisitedPage[]): Spread {
  const all = new Set(pages.map((page) => page[key]));
  const had = new Set(pages.filter(({ id }) => ids.has(id)).map((page) => page[key]));
  const counts = { count: had.size, of: all.size };
  if (all.size < 2 || had.size === all.size) return { on: "everywhere", ...counts };
  const routes = new Set(pages.filter((page) => had.has(page[key])).map(({ route }) => route));
  const isWhole = (route: string) => {
    const keys = new Set(pages.filter((page) => page.route === route).map((page) => page[key]));
    return keys.size > 1 && [...keys].every((one) => had.has(one));
  };
  return { on: had.size > 0 && [...routes].every(isWhole) ? "routes" : "some", ...counts };
}
