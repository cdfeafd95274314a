import type { Options } from "minisearch";

/** A page in the search. */
export interface SearchEntry {
  readonly id: number;
  readonly title: string;
  /** Other names: abbreviations, and the title in one word. */
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

/** What the index is built with, and read with in the browser: it has to be the same. */
export const SEARCH_OPTIONS: Options<SearchEntry> = {
  fields: ["title", "names", "headings", "description", "text"],
  storeFields: ["title", "url", "group", "headings", "anchors"],
  searchOptions: {
    boost: { title: 8, names: 8, headings: 3, description: 2 },
    // The change log and the like have every word.
    boostDocument: (_id, _term, stored) => (stored?.["group"] === "Project" ? 0.4 : 1),
    combineWith: "AND",
    prefix: (term) => term.length > 1,
    fuzzy: (term) => (term.length > 3 ? 0.2 : false),
  },
};
