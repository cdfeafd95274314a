import MiniSearch from "minisearch";
import type { ParsedPage } from "./links.js";
import { SEARCH_OPTIONS, type SearchEntry } from "./search-options.js";
import { SEARCH_WORDS } from "./search-words.js";
import { addressOf, labelOf } from "./site.js";

/**
 * The index of the search, for `MiniSearch.loadJSON` with the same options.
 *
 * @param pages all pages, with their text.
 * @param path the path of the site.
 * @returns JSON.
 */
export function searchIndex(pages: readonly ParsedPage[], path: string): string {
  const search = new MiniSearch<SearchEntry>(SEARCH_OPTIONS);
  search.addAll(pages.map(({ page, parsed }, id) => entryOf({ page, parsed }, id, path)));
  return JSON.stringify(search);
}

function entryOf({ page, parsed }: ParsedPage, id: number, path: string): SearchEntry {
  return {
    id,
    title: page.title,
    names: namesOf(labelOf(page), SEARCH_WORDS[page.path] ?? ""),
    headings: parsed.headings.map(({ text }) => text).join("\n"),
    description: page.description,
    // The text of an overview is that of the pages that it lists.
    text: page.isOverview ? "" : parsed.text,
    url: addressOf(path, page.path),
    group: page.group.join(" › "),
    anchors: parsed.headings.map((heading) => heading.id),
  };
}

/** `scriptSrc` is also `script src`, and `script-src` also `scriptsrc`. */
function namesOf(title: string, typed: string): string {
  const words = title.replace(/([a-z])([A-Z])/g, "$1 $2");
  const word = /\s/.test(title) ? "" : title.replace(/[^A-Za-z0-9]/g, "");
  return [words === title ? "" : words, word, typed].filter((name) => name !== "").join(" ");
}
