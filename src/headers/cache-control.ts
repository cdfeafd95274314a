import { policyError } from "../errors.js";
import { checked } from "../values/schema.js";
import { didYouMean, isFieldValue, show, trimmed } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";

/** Directives as one string: `"no-store"`, `"public, max-age=3600"`. */
export type CacheControl = "no-store" | "no-store, max-age=0" | "no-cache" | "private" | (string & {});

const DIRECTIVES = [
  "no-store",
  "no-cache",
  "private",
  "public",
  "max-age",
  "s-maxage",
  "must-revalidate",
  "proxy-revalidate",
  "no-transform",
  "must-understand",
  "immutable",
  "stale-while-revalidate",
  "stale-if-error",
];
// cache-directive = token [ "=" ( token / quoted-string ) ], RFC 9111 §5.2
const DIRECTIVE =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"))?$/;
const SECONDS = /^(?:max-age|s-maxage|stale-while-revalidate|stale-if-error)(?:=(?!\d+$)|$)/i;

function problem(text: string): readonly [string, string] | undefined {
  if (!isFieldValue(text)) return ["is not a field value", "Write visible ASCII on one line, without blanks around it."];
  for (const part of splitOutsideQuotes(text)) {
    const name = DIRECTIVE.exec(part.trim())?.[1];
    if (name === undefined) return ["is not a list of cache directives", 'Write for example "no-store".'];
    if (SECONDS.test(part.trim())) return [`has ${name} without a number of seconds`, `Write ${name}=3600.`];
    const near = DIRECTIVES.includes(name.toLowerCase()) ? "" : didYouMean(name, DIRECTIVES);
    if (near !== "") return [`has ${show(name)}, which no cache knows`, near];
  }
  return undefined;
}

/**
 * The directives of a Cache-Control as caches read them, in their order: the name in lower case, and the argument
 * without its quotes; undefined if there is no such directive. RFC 9111 §5.2.
 */
export function cacheDirectives(text: string): readonly (readonly [name: string, argument: string | undefined])[] {
  const parts = splitOutsideQuotes(text).map((part) => trimmed(part));
  return parts.filter(Boolean).map((part) => {
    const equals = part.indexOf("=");
    if (equals < 0) return [part.toLowerCase(), undefined];
    return [part.slice(0, equals).toLowerCase(), part.slice(equals + 1).replace(/^"|"$/g, "")];
  });
}

/**
 * Whether no cache may store the response. With `must-understand`, caches that understand the response's status ignore `no-store`.
 * RFC 9111 §5.2.2.3, §5.2.2.5.
 */
export function isNeverStored(text: string): boolean {
  const names = cacheDirectives(text).map(([name, argument]) => (argument === undefined ? name : ""));
  return names.includes("no-store") && !names.includes("must-understand");
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let [start, quoted] = [0, false];
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (quoted && char === "\\") index += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === "," && !quoted) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  const written = [...parts, text.slice(start)].filter((part) => part !== "");
  return written.length === 0 ? [text] : written;
}

/** `Cache-Control`: who may store this response, and for how long. RFC 9111 §5.2.2. */
export const cacheControl: Header<CacheControl, "Cache-Control"> & WithDefaults = {
  name: "Cache-Control",
  defaults: "no-store",
  example: '"no-store"',
  value: () => checked("a string of cache directives", problem, 'Write a string such as "no-store".'),
  serialize: (text) => text,

  parse(text) {
    const found = problem(text.trim());
    if (found !== undefined) throw policyError("invalid-value", [], `${show(text)} ${found[0]}`, found[1]);
    return text.trim();
  },

  // Caches ignore directives that they do not recognise.
  read(text, report) {
    const found = problem(text);
    if (found !== undefined) report({ path: [], message: `${show(text)} ${found[0]}`, hint: found[1] });
    return text;
  },
};
