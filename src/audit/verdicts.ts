import { type CspPolicy, effective, isBroad, isInertUnderStrictDynamic, isProof } from "../headers/content-security-policy/wire.js";
import { headers } from "../headers/index.js";
import { isKnownSameSite } from "../values/set-cookie.js";
import { type Cookie, missingForPrefix } from "./cookies.js";
import type { FIGURES, TestName, Verdict } from "./figures.js";
import type { Script } from "./page.js";
import { readHeader, type Subject } from "./subject.js";

/** What each test of the score makes of a subject. */
export const verdicts: { readonly [Test in TestName]: (subject: Subject) => Verdict<Test> } = {
  "content-security-policy": contentSecurityPolicy,
  cookies,
  "cross-origin-resource-sharing": crossOriginSharing,
  redirection,
  "referrer-policy": referrerPolicy,
  "strict-transport-security": transportSecurity,
  "subresource-integrity": subresourceIntegrity,
  "x-content-type-options": contentTypeOptions,
  "x-frame-options": frameOptions,
  "cross-origin-resource-policy": (subject) => wordOf(readHeader(subject, headers.crossOriginResourcePolicy), (word) => word),
  "cross-origin-embedder-policy": (subject) => wordOf(readHeader(subject, headers.crossOriginEmbedderPolicy), ({ policy }) => policy),
  "cross-origin-opener-policy": (subject) => wordOf(readHeader(subject, headers.crossOriginOpenerPolicy), ({ policy }) => policy),
};

type CspVerdict = keyof (typeof FIGURES)["content-security-policy"];

/** All policies are enforced together: what counts is what every one of them allows. */
function contentSecurityPolicy({ enforced, reportOnly, overHttp }: Subject): CspVerdict {
  if (enforced.length === 0) return reportOnly.length > 0 ? "report-only" : "missing";
  if (enforced.some(isInvalid)) return "invalid";
  const verdict = judgePolicies(enforced, overHttp);
  return MAY_REPEAT_UNDER.includes(verdict) && enforced.some(({ twice }) => twice.length > 0) ? "repeated-reporting" : verdict;
}

const MAY_REPEAT = ["report-uri", "report-to"];
/** Verdicts that do not show where one of those is repeated. */
const MAY_REPEAT_UNDER: readonly CspVerdict[] = [
  "no-unsafe-default-none",
  "no-unsafe",
  "unsafe-inline-in-style-only",
  "insecure-scheme-in-passive-content",
];
/** The shortest text that the Observatory takes for a policy. */
const SHORTEST = 6;

function isInvalid({ text, directives, twice }: CspPolicy): boolean {
  return text.length < SHORTEST || directives.size === 0 || twice.some((name) => !MAY_REPEAT.includes(name));
}

const PASSIVE = ["img-src", "media-src"];

/** The first hit wins. */
function judgePolicies(policies: readonly CspPolicy[], overHttp: boolean): CspVerdict {
  const list = (name: string) => allowedByAll(policies, name) ?? ["*"];
  const written = (name: string) => allowedByAll(policies, name) ?? [];
  const active = policies.flatMap(({ directives }) => [...directives.keys()]).filter((name) => !PASSIVE.includes(name));
  const script = list("script-src");
  const style = list("style-src");
  if (script.includes("'strict-dynamic'") && !script.some(isProof)) return "invalid";
  if (script.some(isUnsafe) || list("object-src").some(isBroad)) return "unsafe-inline";
  if (!overHttp && [...new Set(active)].some((name) => written(name).some(isInsecure))) return "insecure-scheme";
  if ([...script, ...style].includes("'unsafe-eval'")) return "unsafe-eval";
  if (!overHttp && PASSIVE.some((name) => written(name).some(isInsecure))) return "insecure-scheme-in-passive-content";
  if (style.some(isUnsafe)) return "unsafe-inline-in-style-only";
  return list("default-src").every((source) => source === "'none'") ? "no-unsafe-default-none" : "no-unsafe";
}

const isUnsafe = (source: string) => source === "'unsafe-inline'" || source === "data:" || isBroad(source);
const isInsecure = (source: string) => /^(?:http|ftp):/i.test(source);

/** The sources that each policy allows which says something of a directive; undefined where none does. */
function allowedByAll(policies: readonly CspPolicy[], name: string): readonly string[] | undefined {
  const lists = policies.flatMap((policy) => {
    const list = effective(policy, name);
    return list === undefined ? [] : [liveSources(name, list)];
  });
  if (lists.length === 0) return undefined;
  const judged = lists.map((list) => ({ all: new Set(list), broad: [...new Set(list.filter(isBroad))] }));
  return [...new Set(lists.flat())].filter((source) =>
    judged.every(({ all, broad }) => all.has(source) || broad.some((wide) => covers(wide, source))),
  );
}

/** Without what a nonce, a hash or `'strict-dynamic'` makes inert. */
function liveSources(name: string, list: readonly string[]): readonly string[] {
  const isStrict = name === "script-src" && list.includes("'strict-dynamic'") && list.some(isProof);
  const isCancelled = list.some(isProof);
  return list.filter((source) => !(isStrict && isInertUnderStrictDynamic(source)) && !(isCancelled && source === "'unsafe-inline'"));
}

/** Whether what a source stands for is in one of half the web: hosts and their schemes are. */
function covers(wide: string, source: string): boolean {
  return !/^(?:'|data:)/.test(source) && !(isInsecure(source) && wide.startsWith("https:"));
}

/** Heroku's router sets it, and no site can change it. */
const NOT_COUNTED = "heroku-session-affinity";
const SESSION = /login|sess/i;
const ANTI_CSRF = /csrf/i;

/** The worst row of all cookies that browsers keep, in the order of the figures; the names are those the Observatory goes by. */
function cookies(subject: Subject): Verdict<"cookies"> {
  if (subject.cookies === undefined) return { unseen: "No cookie was seen. Give the Set-Cookie values, or [] for none." };
  const list = subject.cookies.filter((cookie) => !["", NOT_COUNTED].includes(cookie.name) && missingForPrefix(cookie).length === 0);
  if (list.length === 0) return "none";
  const hsts = transportSecurity(subject);
  const safe = hsts === "preloaded" || hsts === "at-least-six-months";
  const sessions = list.filter(({ name }) => SESSION.test(name));
  const allSecure = list.every(({ secure }) => secure);
  const sessionsSecure = sessions.every(({ secure }) => secure);
  if (!sessionsSecure && !safe) return "session-without-secure";
  if (sessions.some(({ httpOnly }) => !httpOnly)) return "session-without-httponly";
  if (list.some(({ name, sameSite }) => ANTI_CSRF.test(name) && sameSite === undefined)) return "anti-csrf-without-samesite";
  if (list.some(isSameSiteInvalid)) return "samesite-invalid";
  if (!allSecure && !safe) return "without-secure";
  if (!sessionsSecure) return "session-without-secure-but-hsts";
  if (!allSecure) return "without-secure-but-hsts";
  return list.every(({ sameSite }) => sameSite !== undefined)
    ? "secure-with-httponly-sessions-and-samesite"
    : "secure-with-httponly-sessions";
}

function isSameSiteInvalid({ sameSite, secure }: Cookie): boolean {
  return sameSite !== undefined && (!isKnownSameSite(sameSite) || (sameSite === "none" && !secure));
}

function crossOriginSharing({ values }: Subject): Verdict<"cross-origin-resource-sharing"> {
  const [origin] = values("access-control-allow-origin");
  const credentials = values("access-control-allow-credentials")[0] === "true";
  if (origin === undefined) return "none";
  // Browsers refuse credentials together with a "*".
  if (origin === "*") return "public";
  if (origin === "null") return credentials ? "universal-with-credentials" : "public";
  if (!credentials) return "restricted";
  return { unseen: "One response does not show whether the server allows every origin that asks." };
}

function redirection({ context: { redirects = [], preloaded }, overHttp }: Subject): Verdict<"redirection"> {
  if (preloaded) return "preloaded";
  const [first, second] = redirects.map(({ url }) => (URL.canParse(url) ? new URL(url) : undefined));
  const last = redirects.at(-1);
  if (first === undefined)
    return overHttp ? "none" : { unseen: "No request over http was seen. Give the redirects that one goes through." };
  if (first.protocol !== "http:") return { unseen: "The redirects begin with https. Give those of a request over http." };
  if (redirects[0]?.fault === "unreachable") return "no-http";
  if (redirects.some(({ fault }) => fault === "certificate")) return "bad-certificate";
  if (!last?.url.toLowerCase().startsWith("https://")) return "none";
  if (second?.protocol !== "https:") return "first-hop-not-https";
  return second.hostname === first.hostname ? "to-https" : "off-host";
}

const REFERRERS: Readonly<Record<string, "private" | "unsafe">> = {
  "no-referrer": "private",
  "same-origin": "private",
  "strict-origin": "private",
  "strict-origin-when-cross-origin": "private",
  origin: "unsafe",
  "origin-when-cross-origin": "unsafe",
  "no-referrer-when-downgrade": "unsafe",
  "unsafe-url": "unsafe",
};

/** Of a list the last word that browsers know counts; a `<meta>` overrules the header. */
function referrerPolicy({ values, page }: Subject): Verdict<"referrer-policy"> {
  if (page?.isWhole === false) return CUT_OFF;
  const lines = [...values("referrer-policy"), ...(page?.referrer === undefined ? [] : [page.referrer])];
  const words = lines.flatMap((line) => line.toLowerCase().split(",")).map((word) => word.trim());
  if (words.length === 0) return "absent";
  return words.flatMap((word) => (Object.hasOwn(REFERRERS, word) ? (REFERRERS[word] ?? []) : [])).at(-1) ?? "invalid";
}

const SIX_MONTHS = 15_552_000;

function transportSecurity(subject: Subject): Verdict<"strict-transport-security"> {
  if (subject.overHttp) return "no-https";
  const hsts = readHeader(subject, headers.strictTransportSecurity);
  if (subject.context.preloaded) return "preloaded";
  if (hsts.kind !== "read") return hsts.kind === "absent" ? "absent" : "invalid";
  return hsts.value.maxAge >= SIX_MONTHS ? "at-least-six-months" : "less-than-six-months";
}

/** What stands after the part that was read may say otherwise. */
const CUT_OFF = { unseen: "Only the beginning of the page was read." };

function subresourceIntegrity({ page, isDocument, overHttp }: Subject): Verdict<"subresource-integrity"> {
  if (!isDocument) return "not-html";
  if (page === undefined) return { unseen: "The page was not given." };
  if (!page.isWhole) return CUT_OFF;
  if (page.scripts.length === 0) return "no-scripts";
  const isOwn = ({ sameSite, schemeless }: Script) => sameSite && !schemeless;
  const isSecure = ({ url, schemeless }: Script) => url.protocol === "https:" && !schemeless;
  const others = page.scripts.filter((script) => !isOwn(script));
  const bare = others.filter(({ integrity }) => !integrity);
  if (!bare.every(isSecure)) return "external-without-integrity-over-http";
  if (bare.length > 0) return "external-without-integrity";
  if (!others.every(isSecure)) return "integrity-over-http";
  if (page.scripts.some((script) => isOwn(script) && script.integrity && isSecure(script) && !overHttp)) return "own-scripts";
  return others.length > 0 ? "external-scripts" : "same-origin";
}

function contentTypeOptions({ values }: Subject): Verdict<"x-content-type-options"> {
  const [line] = values("x-content-type-options");
  if (line === undefined) return "absent";
  // Only the first of a list counts. Fetch §3.6.
  return line.split(",")[0]?.trim().toLowerCase() === "nosniff" ? "nosniff" : "invalid";
}

function frameOptions(subject: Subject): Verdict<"x-frame-options"> {
  const lists = subject.enforced.flatMap(({ directives }) =>
    directives.has("frame-ancestors") ? [directives.get("frame-ancestors")] : [],
  );
  // Where it is there, browsers do not look at X-Frame-Options. CSP3 §6.4.2.1.
  if (lists.length > 0) return lists.some((list) => !list?.some(isBroad)) ? "by-frame-ancestors" : "absent";
  const options = readHeader(subject, headers.xFrameOptions);
  if (options.kind === "read") return "deny-or-sameorigin";
  if (options.kind === "absent") return "absent";
  return subject.values("x-frame-options").every((value) => /^allow-from\s/i.test(value)) ? "allow-from" : "invalid";
}

type WordReading<T> = { readonly kind: "absent" | "broken" } | { readonly kind: "read"; readonly value: T };

function wordOf<T, Word>(reading: WordReading<T>, word: (value: T) => Word): Word | "absent" | "invalid" {
  if (reading.kind === "read") return word(reading.value);
  return reading.kind === "absent" ? "absent" : "invalid";
}
