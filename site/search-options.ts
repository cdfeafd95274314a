import type MiniSearch from "minisearch";
import type { Options, SearchResult } from "minisearch";

/** A page in the search. */
export interface SearchEntry {
  readonly id: number;
  readonly title: string;
  /** What else people type for it, and the title in one word. */
  readonly names: string;
  /** The headings as text, one a line. */
  readonly headings: string;
  readonly description: string;
  readonly text: string;
  /** The address on the site. */
  readonly url: string;
  /** `Reference › Headers`. */
  readonly group: string;
  /** The anchors of the headings, in their order. */
  readonly anchors: readonly string[];
}

/** Words of questions that say nothing about the page: "how to allow an iframe in react". */
const IGNORED = new Set(
  "a an and are as at be by do for from has have how i in is it its my of on or that the this to what with you your".split(" "),
);

/**
 * A word as the index has it: in lower case and in the singular, so that `iframes` finds `iframe`.
 *
 * @returns null for a word that is not searched for.
 */
export function searchTerm(word: string): string | null {
  const term = word.toLowerCase();
  if (IGNORED.has(term)) return null;
  // Also no plurals: css, https, nextjs, redis, status.
  if (term.length < 5 || /(?:[^e]is|js|ss|us|^https)$/.test(term)) return term;
  return term
    .replace(/ies$/, "y")
    .replace(/(sh|ch|x|ss)es$/, "$1")
    .replace(/s$/, "");
}

/** How much a page counts by its group. Guides come before the pages of the reference that they explain. */
function weightOf(group: string): number {
  const [area, kind] = group.split(" › ");
  // The change log and the like have every word.
  if (area === "Project") return 0.3;
  if (area !== "Reference") return 1.5;
  return WEIGHTS[kind ?? ""] ?? 1;
}

const WEIGHTS: Readonly<Record<string, number>> = { "Audit rules": 0.5, API: 0.4, Errors: 0.5 };

/** What the index is built with, and read with in the browser: it has to be the same. */
export const SEARCH_OPTIONS: Options<SearchEntry> = {
  fields: ["title", "names", "headings", "description", "text"],
  storeFields: ["title", "url", "group", "headings", "anchors"],
  processTerm: searchTerm,
  searchOptions: {
    boost: { title: 8, names: 9, headings: 3, description: 2 },
    boostDocument: (_id, _term, stored) => weightOf(String(stored?.["group"] ?? "")),
    combineWith: "AND",
    prefix: (term) => term.length > 1,
    fuzzy: (term) => (term.length > 3 ? 0.2 : false),
  },
};

/** A page that was found. */
export type Found = SearchResult & SearchEntry;

/**
 * Searches.
 *
 * @param index built or loaded with {@link SEARCH_OPTIONS}.
 * @param query what the reader typed.
 * @returns the pages, the best first: a page that is called what was typed comes before all that only mention it.
 */
export function find(index: MiniSearch<SearchEntry>, query: string): readonly Found[] {
  const results = index.search(query) as Found[];
  const score = (result: Found) => result.score * (nameOf(result.title) === nameOf(query) ? 3 : 1);
  return results.sort((one, other) => score(other) - score(one));
}

/** A title without what its group says, and a query, to be compared. */
function nameOf(text: string): string {
  return text
    .replace(/ \([^()]*\)$/, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
