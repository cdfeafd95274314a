import { routeOf } from "../reports/sighting.js";

/** Characters of code that are kept: a hash allows the code, and the text only shows which it is. */
const LONGEST_TEXT = 300;

/** Long words with a digit, such as tokens and keys, and what follows a question mark in an address. */
const SECRETS = /(?<![\w+/=.~-])(?=[^\d\s]{0,200}\d)[\w+/=.~-]{16,}|(?<=[\w/)])\?[\w.~%+-]+=[^\s"'`<>]*/g;

/** The beginning of code or HTML, with `…` for what may be a token, a key or a query. */
export function withoutSecrets(text: string): string {
  return text
    .slice(0, 2 * LONGEST_TEXT)
    .replace(SECRETS, "…")
    .slice(0, LONGEST_TEXT);
}

/** An address without query, fragment, user name and password, and with `*` for what varies in its path; the empty string for others. */
export function withoutVarying(address: string): string {
  if (!URL.canParse(address)) return "";
  const url = new URL(address);
  return url.host === "" ? url.protocol : `${url.protocol}//${url.host}${routeOf(url)}`;
}
