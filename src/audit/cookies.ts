import { readSetCookie } from "../values/set-cookie.js";

/** One Set-Cookie, as browsers read it. RFC 6265bis §5.6, §5.7. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly partitioned: boolean;
  /** In lower case; undefined where it does not say. */
  readonly sameSite: string | undefined;
  readonly path: string | undefined;
  /** Undefined or empty: the cookie goes to no other host than the one that set it. */
  readonly domain: string | undefined;
  /** Whether browsers keep it as far as its text goes: it is neither empty nor too long, and without control characters. */
  readonly wellFormed: boolean;
  /** By its name: whoever has it is logged in. */
  readonly session: boolean;
  /** By its name: scripts of the page read it, to prove that they are its own. */
  readonly antiCsrf: boolean;
}

const SESSION = /sess|login|(?:^|[._-])sid$/i;
const ANTI_CSRF = /csrf|xsrf/i;
/** Names the server that answers next, not a visitor; routers set it, such as Heroku's. */
const AFFINITY = /affinity/i;

/** Of name and value together, in octets: a longer cookie is ignored. RFC 6265bis §5.6. */
const LONGEST_PAIR = 4096;
/** A control character other than the tab: everything outside these ranges. */
const CONTROL = /[^\t -~\u0080-\uffff]/;

/** Reads one Set-Cookie; never throws. Of an attribute that is repeated the last one counts. */
export function readCookie(line: string): Cookie {
  const { name, value, attributes } = readSetCookie(line);
  const antiCsrf = ANTI_CSRF.test(name);
  const length = name.length + value.length;
  return {
    name,
    value,
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    partitioned: attributes.has("partitioned"),
    sameSite: attributes.get("samesite")?.toLowerCase(),
    path: attributes.get("path"),
    domain: attributes.get("domain"),
    wellFormed: length > 0 && length <= LONGEST_PAIR && !CONTROL.test(line),
    session: SESSION.test(name) && !antiCsrf && !AFFINITY.test(name),
    antiCsrf,
  };
}

/** What a prefix asks for, each as it is written. */
const NEEDS: Readonly<Record<string, (cookie: Cookie) => boolean>> = {
  Secure: ({ secure }) => secure,
  HttpOnly: ({ httpOnly }) => httpOnly,
  "Path=/": ({ path }) => path === "/",
  "no Domain": ({ domain = "" }) => domain === "",
};

/** The prefixes of names, in lower case, as browsers compare them; the first that fits counts. RFC 6265bis §4.1.3. */
const PREFIXES: readonly (readonly [prefix: string, needs: readonly (keyof typeof NEEDS)[]])[] = [
  ["__host-http-", ["Secure", "HttpOnly", "Path=/", "no Domain"]],
  ["__host-", ["Secure", "Path=/", "no Domain"]],
  ["__http-", ["Secure", "HttpOnly"]],
  ["__secure-", ["Secure"]],
];

/** What the prefix of a cookie's name asks for and the cookie lacks, so that browsers refuse it; empty where nothing is wrong. */
export function missingForPrefix(cookie: Cookie): readonly string[] {
  return (prefixOf(cookie.name)?.[1] ?? []).filter((need) => !NEEDS[need]?.(cookie));
}

/** Whether a text begins with one of the prefixes: browsers refuse a cookie without a name whose value does. */
export function hasPrefix(text: string): boolean {
  return prefixOf(text) !== undefined;
}

function prefixOf(text: string) {
  const start = text.slice(0, 12).toLowerCase();
  return PREFIXES.find(([prefix]) => start.startsWith(prefix));
}
