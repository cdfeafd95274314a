import { routeOf } from "../reports/sighting.js";

/** Characters of code that are kept: a hash allows the code, and the text only shows which it is. */
const LONGEST_TEXT = 300;

/** A long word: with a digit in it, it may be a token or a key. */
const LONG_WORD = /[\w+/=.~-]{16,}/g;

/** What follows the path of an address. */
const QUERY = /\?[\w.~%+-]+=[^\s"'`<>]*/g;

/** The beginning of code or HTML, with `…` for what may be a token, a key or a query. */
export function withoutSecrets(text: string): string {
  const beginning = text.slice(0, 2 * LONGEST_TEXT);
  const words = beginning.replace(QUERY, "…").replace(LONG_WORD, (word) => (/\d/.test(word) ? "…" : word));
  return words.slice(0, LONGEST_TEXT);
}

/** An address without query, fragment, user name and password, and with `*` for what varies in its path; the empty string for others. */
export function withoutVarying(address: string): string {
  if (!URL.canParse(address)) return "";
  const url = new URL(address);
  return url.host === "" ? url.protocol : `${url.protocol}//${url.host}${routeOf(url)}`;
}
