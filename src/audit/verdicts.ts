import { headers } from "../headers/index.js";
import { isSameSite } from "./cookies.js";
import { type CspPolicy, effective, isBroad, isInertUnderStrictDynamic, isProof } from "./csp.js";
import { FIGURES, type TestName, type Verdict } from "./figures.js";
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

/** All policies are enforced together: the best of them counts. */
function contentSecurityPolicy({ enforced, reportOnly }: Subject): CspVerdict {
  const figures = FIGURES["content-security-policy"];
  const [best] = enforced.map(judgePolicy).sort((one, other) => figures[other] - figures[one]);
  return best ?? (reportOnly.length > 0 ? "report-only" : "missing");
}

const MAY_REPEAT = ["report-uri", "report-to"];
const PASSIVE = ["img-src", "media-src"];
const ACTIVE = ["script-src", "object-src", "style-src", "connect-src", "font-src", "frame-src", "child-src", "worker-src", "manifest-src"];
// Where 'strict-dynamic' speaks: workers are loaded by scripts too.
const SCRIPT_LIKE = ["script-src", "worker-src"];

function judgePolicy(policy: CspPolicy): CspVerdict {
  const list = (name: string) => listOf(policy, name);
  const script = effective(policy, "script-src") ?? [];
  if (policy.directives.size === 0 || policy.twice.some((name) => !MAY_REPEAT.includes(name))) return "invalid";
  if (script.includes("'strict-dynamic'") && !script.some(isProof)) return "invalid";
  if (list("script-src").some(isUnsafe) || list("object-src").some(isBroad)) return "unsafe-inline";
  if (ACTIVE.some((name) => list(name).some(isInsecure))) return "insecure-scheme";
  if (list("script-src").includes("'unsafe-eval'")) return "unsafe-eval";
  if (PASSIVE.some((name) => list(name).some(isInsecure))) return "insecure-scheme-in-passive-content";
  if (list("style-src").some(isUnsafe)) return "unsafe-inline-in-style-only";
  const fallback = policy.directives.get("default-src") ?? [];
  return fallback.length === 1 && fallback[0] === "'none'" ? "no-unsafe-default-none" : "no-unsafe";
}

const isUnsafe = (source: string) => source === "'unsafe-inline'" || source === "data:" || isBroad(source);
const isInsecure = (source: string) => /^(?:http|ftp):/.test(source);

/** What a directive lets in, without what a nonce, a hash or `'strict-dynamic'` makes inert; everything where nothing governs it. */
function listOf(policy: CspPolicy, name: string): readonly string[] {
  const list = effective(policy, name) ?? ["*"];
  const strict = SCRIPT_LIKE.includes(name) && list.includes("'strict-dynamic'");
  const cancelled = list.some(isProof);
  return list.filter((source) => !(strict && isInertUnderStrictDynamic(source)) && !(cancelled && source === "'unsafe-inline'"));
}

/** The worst row of all cookies, in the order of the figures. */
function cookies(subject: Subject): Verdict<"cookies"> {
  const { cookies: list } = subject;
  if (list === undefined) return { unseen: "No cookie was seen. Give the Set-Cookie values, or [] for none." };
  if (list.length === 0) return "none";
  const hsts = transportSecurity(subject);
  const safe = hsts === "preloaded" || hsts === "at-least-six-months";
  if (list.some(({ session, secure }) => session && !secure) && !safe) return "session-without-secure";
  if (list.some(({ session, httpOnly }) => session && !httpOnly)) return "session-without-httponly";
  if (list.some(({ antiCsrf, sameSite }) => antiCsrf && sameSite === undefined)) return "anti-csrf-without-samesite";
  if (list.some(({ sameSite }) => sameSite !== undefined && !isSameSite(sameSite))) return "samesite-invalid";
  if (list.some(({ secure }) => !secure) && !safe) return "without-secure";
  if (list.some(({ session, secure }) => session && !secure)) return "session-without-secure-but-hsts";
  if (list.some(({ secure }) => !secure)) return "without-secure-but-hsts";
  return list.every(({ sameSite }) => sameSite !== undefined)
    ? "secure-with-httponly-sessions-and-samesite"
    : "secure-with-httponly-sessions";
}

function crossOriginSharing({ values }: Subject): Verdict<"cross-origin-resource-sharing"> {
  const [origin] = values("access-control-allow-origin");
  const credentials = values("access-control-allow-credentials")[0] === "true";
  if (origin === undefined) return "none";
  if (origin === "*" || origin === "null") return credentials ? "universal-with-credentials" : "public";
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

function subresourceIntegrity({ page, isDocument }: Subject): Verdict<"subresource-integrity"> {
  if (!isDocument) return "not-html";
  if (page === undefined) return { unseen: "The page was not given." };
  const external = page.scripts.filter((script) => script.external);
  const overHttp = (script: { readonly url: URL }) => script.url.protocol === "http:";
  if (page.scripts.length === 0) return "no-scripts";
  if (external.some((script) => !script.integrity && overHttp(script))) return "external-without-integrity-over-http";
  if (external.some((script) => script.integrity && overHttp(script))) return "integrity-over-http";
  if (external.some((script) => !script.integrity)) return "external-without-integrity";
  if (page.scripts.every((script) => script.integrity)) return "all-scripts";
  return external.length > 0 ? "external-scripts" : "same-origin";
}

function contentTypeOptions({ values }: Subject): Verdict<"x-content-type-options"> {
  const [line] = values("x-content-type-options");
  if (line === undefined) return "absent";
  // Only the first of a list counts. Fetch §3.6.
  return line.split(",")[0]?.trim().toLowerCase() === "nosniff" ? "nosniff" : "invalid";
}

function frameOptions(subject: Subject): Verdict<"x-frame-options"> {
  const lists = subject.enforced.map(({ directives }) => directives.get("frame-ancestors"));
  if (lists.some((list) => list !== undefined && !list.some(isBroad))) return "by-frame-ancestors";
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
