import { routeOf } from "../reports/sighting.js";

/** What is in the output instead of a secret. */
const HIDDEN = "[hidden]";

/** Hides what may be a secret in a text of the output. */
export type Hide = (text: string) => string;

/** Shorter values are no secrets, and could be any word of the output. */
const SHORTEST_SECRET = 8;

/** Whether a value is long enough to be a secret. */
export const isLong = (value: string): boolean => value.length >= SHORTEST_SECRET;

/**
 * Returns the function that every output goes through: it hides known values, in each spelling that a page may have shown, and what
 * addresses have besides their path.
 *
 * @param secrets values of headers, cookies, storage and queries; called for each text, as a walk brings more. None may go again.
 */
export function hiderOf(secrets: () => Iterable<string>): Hide {
  // Their forms are made once: a site may set another cookie in each response.
  let count = 0;
  let forms: readonly string[] = [];
  return (text) => {
    const values = new Set(secrets());
    if (values.size !== count) {
      count = values.size;
      // The longest first: one may contain another.
      forms = [...new Set([...values].flatMap(formsOf))].sort((one, other) => other.length - one.length);
    }
    let shown = text;
    for (const form of forms) shown = shown.replaceAll(form, HIDDEN);
    return withoutAddressSecrets(shown);
  };
}

/** As it is and percent-decoded, each as it is, in JSON, in HTML and in an address. */
function formsOf(secret: string): readonly string[] {
  if (!isLong(secret)) return [];
  const plain = decoded(secret);
  return [secret, ...(isLong(plain) && !ADDRESS_OF_WORDS.test(plain) ? [plain] : [])].flatMap(spellingsOf);
}

/** An origin or a path of words, as cookies name the last page: the site has it in its own addresses. */
const ADDRESS_OF_WORDS = /^(?:https?:\/\/[^/?#\s]+)?(?:\/[a-z._/-]*)?$/i;

/** A secret without percent-encoding, as a page reads it that has set a cookie; the same text where it has none. */
export function decoded(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}

function spellingsOf(secret: string): readonly string[] {
  const escaped = secret.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  // Half a surrogate pair has no percent-encoding.
  const encoded = encodeURIComponent(Buffer.from(secret).toString());
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    escaped,
    escaped.replace(/'/g, "&#39;"),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
  ];
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

/** Members whose values are words of the output itself, or sent to every visitor. */
const PUBLIC: ReadonlySet<string> = new Set([
  ...["viewport", "kind", "directive", "disposition", "type", "id", "policyHash", "consent", "item", "hash", "source", "preset"],
  ...["policy", "headers", "portcullis", "writer", "address", "near", "top", "patch", "pictures"],
]);

/** Data with its strings hidden, never its keys; one object that is there twice is one object in the result too. */
export function hideIn<T>(data: T, hide: Hide): T {
  const known = new Map<object, unknown>();
  const hidden = (value: unknown): unknown => {
    if (typeof value === "string") return hide(value);
    if (typeof value !== "object" || value === null) return value;
    if (known.has(value)) return known.get(value);
    const made: Record<string, unknown> | unknown[] = Array.isArray(value)
      ? value.map(hidden)
      : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, PUBLIC.has(key) ? one : hidden(one)]));
    known.set(value, made);
    return made;
  };
  return hidden(data) as T;
}

/** Characters of code that are kept: a hash allows the code, and the text only shows which it is. */
const LONGEST_TEXT = 300;

/** A long word: with a digit in it, it may be a token or a key. */
const LONG_WORD = /[\w+/=.~-]{16,}/g;

/** The beginning of code or HTML, with `…` for what may be a token, a key or a query. */
export function withoutSecrets(text: string): string {
  const beginning = text.slice(0, 2 * LONGEST_TEXT);
  const words = withoutAddressSecrets(beginning).replace(LONG_WORD, (word) => (/\d/.test(word) ? "…" : word));
  return words.slice(0, LONGEST_TEXT);
}

/** An address without query, fragment, user name and password, and with `*` for what varies in its path; the empty string for others. */
export function withoutVarying(address: string): string {
  if (!URL.canParse(address)) return "";
  const url = new URL(address);
  return url.host === "" ? url.protocol : `${url.protocol}//${url.host}${withoutAddressSecrets(routeOf(url))}`;
}
