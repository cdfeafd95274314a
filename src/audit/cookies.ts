import { readSetCookie } from "../values/set-cookie.js";

/** One Set-Cookie, as browsers read it. RFC 6265bis §5.6, §5.7. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly partitioned: boolean;
  /** In lower case; undefined where it is absent. */
  readonly sameSite: string | undefined;
  readonly path: string | undefined;
  /** Undefined or empty: the cookie is sent only to the host that set it. */
  readonly domain: string | undefined;
  /** Whether its text is neither empty nor too long, and has no control characters; browsers reject any other cookie. */
  readonly wellFormed: boolean;
  /** Whether its name is that of a session: whoever has it is logged in. */
  readonly session: boolean;
  /** Whether its name is that of an anti-CSRF token, which scripts of the page read. */
  readonly antiCsrf: boolean;
}

const SESSION = /sess|login|(?:^|[._-])sid$/i;
const ANTI_CSRF = /csrf|xsrf/i;
/** Identifies a server, not a visitor: routers such as Heroku's set it. */
const AFFINITY = /affinity/i;

/** Of name and value together, in octets: a longer cookie is ignored. RFC 6265bis §5.6. */
const LONGEST_PAIR = 4096;
/** A control character other than the tab: everything outside these ranges. */
const CONTROL = /[^\t -~\u0080-\uffff]/;

/** Reads one Set-Cookie; never throws. The last one of a repeated attribute counts. */
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

/** What a prefix may require, each as it is written. */
const NEEDS: Readonly<Record<string, (cookie: Cookie) => boolean>> = {
  Secure: ({ secure }) => secure,
  HttpOnly: ({ httpOnly }) => httpOnly,
  "Path=/": ({ path }) => path === "/",
  "no Domain": ({ domain = "" }) => domain === "",
};

/** The prefixes of names, in lower case, as browsers compare them; the first match counts. RFC 6265bis §4.1.3. */
const PREFIXES: readonly (readonly [prefix: string, needs: readonly (keyof typeof NEEDS)[]])[] = [
  ["__host-http-", ["Secure", "HttpOnly", "Path=/", "no Domain"]],
  ["__host-", ["Secure", "Path=/", "no Domain"]],
  ["__http-", ["Secure", "HttpOnly"]],
  ["__secure-", ["Secure"]],
];

/** What the prefix of a cookie's name requires and the cookie lacks, so that browsers reject it; empty where nothing is missing. */
export function missingForPrefix(cookie: Cookie): readonly string[] {
  return (prefixOf(cookie.name)?.[1] ?? []).filter((need) => !NEEDS[need]?.(cookie));
}

/** Whether a text begins with one of the prefixes: browsers reject a cookie without a name whose value does. */
export function hasPrefix(text: string): boolean {
  return prefixOf(text) !== undefined;
}

function prefixOf(text: string) {
  const start = text.slice(0, 12).toLowerCase();
  return PREFIXES.find(([prefix]) => start.startsWith(prefix));
}
