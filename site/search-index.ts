import MiniSearch from "minisearch";
import type { ParsedPage } from "./links.js";
import { SEARCH_OPTIONS, type SearchEntry } from "./search-options.js";
import { addressOf, labelOf } from "./site.js";

/** What people type for a header. Its page is found first. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  "strict-transport-security": "hsts",
  "content-security-policy": "csp",
  "cross-origin-opener-policy": "coop",
  "cross-origin-embedder-policy": "coep",
  "cross-origin-resource-policy": "corp",
  "x-frame-options": "xfo clickjacking",
  "network-error-logging": "nel",
};

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
    names: namesOf(labelOf(page)),
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
function namesOf(title: string): string {
  const words = title.replace(/([a-z])([A-Z])/g, "$1 $2");
  const word = /\s/.test(title) ? "" : title.replace(/[^A-Za-z0-9]/g, "");
  return [words === title ? "" : words, word, ABBREVIATIONS[title.toLowerCase()] ?? ""].filter((name) => name !== "").join(" ");
}
