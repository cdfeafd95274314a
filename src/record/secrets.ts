import { routeOf } from "../reports/sighting.js";
import { type Hide, knownHiderOf } from "./known-secrets.js";

/**
 * Returns the function that every output of a recording goes through: it hides known values, in each spelling that a page may have shown, and
 * what addresses have besides their path.
 *
 * @param secrets values of headers, cookies, storage and queries; a walk may add more, and none may go again.
 */
export function hiderOf(secrets: ReadonlySet<string>): Hide {
  const hideKnown = knownHiderOf(secrets);
  return (text) => withoutAddressSecrets(hideKnown(text));
}

/** `https://user:password@site.example`. */
const USER = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'`<>]{1,300}@/gi;

/** `/b;jsessionid=1`: a parameter of a path that names a session or a token. */
const PATH_PARAMETER = /;\w{0,40}(?:sess|sid|token|auth|key|cftoken|cfid)\w{0,40}=[^\s"'`<>/?#;&:)]{1,2000}/gi;

/** What follows the path of an address or of a path: `/api?token=1`, `/api?1`. */
const QUERY_OF_PATH =
  /((?:\b[a-z][a-z0-9+.-]{0,20}:\/|(?<![\w)\]}<]))\/[\w./~%@:;+,*$&=[\]-]{0,2000})[?#][\w~%+./:&;=,@-][^\s"'`<>(){}]{0,4000}/gi;

/** A query or fragment after anything else: `export?token=1`. */
const PAIRS = /([?#])[\w.~%+[\]-]{1,100}=(?!=)[^\s"'`<>(){};,]{1,4000}/g;

/** A text without user names, passwords, queries, fragments and session parameters of the addresses in it; `…` is where they were. */
function withoutAddressSecrets(text: string): string {
  return text.replace(USER, "$1").replace(PATH_PARAMETER, ";…").replace(QUERY_OF_PATH, "$1?…").replace(PAIRS, "$1…");
}

/** Characters of code that are kept: a hash allows the code, and the text only shows which it is. */
const LONGEST_TEXT = 300;

/** A long word: with a digit in it, it may be a token or a key. */
const LONG_WORD = /[\w+/=.~-]{16,}/g;

/** The beginning of code or HTML, with `…` for what may be a token, a key or a query. */
export function withoutSecrets(text: string): string {
  const beginning = text.slice(0, 2 * LONGEST_TEXT);
  const words = withoutAddressSecrets(beginning).replace(LONG_WORD, (word) => (/\d/.test(word) ? "…" : word));
  // The mark tells what hides known secrets that one may be cut there.
  return words.length > LONGEST_TEXT || text.length > beginning.length ? `${words.slice(0, LONGEST_TEXT)}…` : words;
}

/** An address without query, fragment, user name and password, and with `*` for what varies in its path; the empty string for others. */
export function withoutVarying(address: string): string {
  if (!URL.canParse(address)) return "";
  const url = new URL(address);
  return url.host === "" ? url.protocol : `${url.protocol}//${url.host}${withoutAddressSecrets(routeOf(url))}`;
}
