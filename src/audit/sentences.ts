import type { PolicyIssue } from "../errors.js";
import { isNeverStored } from "../headers/cache-control.js";
import { headers } from "../headers/index.js";
import { isFeature } from "../headers/permissions-policy/index.js";
import { bare, own } from "../values/own.js";
import { kebabCase } from "../values/text.js";
import { RESPONSE_ORIGIN, readAllowlist } from "./connection-allowlist.js";
import { type Readable, readLines } from "./reading.js";
import { readOnce, type Subject } from "./subject.js";

type Say = (value: string, subject: Subject) => string;

/** `"a, b and c"`. */
export function and(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const BROKEN = "Browsers cannot read this value, and go on as if it were not there.";

/** One value, as browsers read it alone. */
function read<T>(header: Readable<T>, value: string, subject: Subject) {
  return readLines(header, [value], (one, text) => readOnce(subject, one, text));
}

/** A header of one word, by the word; its parameters, such as `;report-to="default"`, change nothing of what it says. */
function byWord(header: Readable<unknown>, words: Readonly<Record<string, string>>): Say {
  return (value, subject) => {
    const reading = read(header, value, subject);
    if (reading.kind !== "read") return BROKEN;
    const said = reading.value;
    const word = typeof said === "object" && said !== null && "policy" in said ? said.policy : said;
    return words[word as string] ?? BROKEN;
  };
}

/** What browsers leave out, a sentence each. */
const leftOut = (issues: readonly PolicyIssue[]) => issues.map(({ message }) => ` ${message}.`).join("");

const UNITS = [
  [31_536_000, "year"],
  [604_800, "week"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

/** `"a year"`, `"2 weeks"`. */
function duration(seconds: number): string {
  if (seconds > 3_153_600_000) return "more than 100 years";
  const [size, unit] = UNITS.find(([one]) => seconds >= one && seconds % one === 0) ?? [1, "second"];
  const count = seconds / size;
  return count === 1 ? `${unit === "hour" ? "an" : "a"} ${unit}` : `${count} ${unit}s`;
}

function transport(value: string, subject: Subject): string {
  const reading = read(headers.strictTransportSecurity, value, subject);
  if (reading.kind !== "read") return BROKEN;
  const { maxAge, includeSubDomains, preload } = bare(reading.value);
  if (maxAge === 0) return `Browsers forget that this site wanted https.${leftOut(reading.issues)}`;
  const others = includeSubDomains ? ", and on all its subdomains" : "";
  const list = preload ? " It asks to be on browsers' preload list." : "";
  return `For ${duration(maxAge)} browsers use only https on this host${others}.${list}${leftOut(reading.issues)}`;
}

function features(value: string, subject: Subject): string {
  const reading = read(headers.permissionsPolicy, value, subject);
  if (reading.kind !== "read") return BROKEN;
  const rows = Object.entries(reading.value as object).map(([key, given]): [string, unknown] => [key, own(given, "allow") ?? given]);
  const known = rows.filter(([key]) => isFeature(key)).map(([key, allow]) => [kebabCase(key), allow] as const);
  const forNobody = known.filter(([, allow]) => Array.isArray(allow) && allow.length === 0).map(([name]) => name);
  const others = known.flatMap(([name, allow]) => {
    if (allow === "*") return [`${name}: this page and every frame.`];
    if (!Array.isArray(allow) || allow.length === 0) return [];
    return [`${name}: ${and(allow.map((origin) => (origin === "self" ? "this site" : origin)))}.`];
  });
  const unknown = rows.flatMap(([key]) => (isFeature(key) ? [] : [`${key}: not known here.`]));
  const said = [...(forNobody.length === 0 ? [] : [`Nobody here may use ${and(forNobody)}.`]), ...others, ...unknown];
  const dropped = leftOut(reading.issues.filter(({ code }) => code !== "unknown-name"));
  return said.length === 0 ? `It names no feature.${dropped}` : said.join(" ") + dropped;
}

function connections(value: string): string {
  const list = readAllowlist(value);
  if (list === undefined) return BROKEN;
  const places = list.patterns.map((one) => (one === RESPONSE_ORIGIN ? "this response's origin" : one));
  const where = places.length === 0 ? "nowhere" : `only to ${and(places)}`;
  const { redirects, webrtc } = list;
  const rest =
    redirects === webrtc
      ? redirects
        ? "redirects and WebRTC are allowed"
        : "redirects are blocked, and WebRTC too"
      : `redirects are ${redirects ? "allowed" : "blocked"}, and WebRTC is ${webrtc ? "allowed" : "blocked"}`;
  return `Connections of any kind go ${where}; ${rest}. Chromium alone.`;
}

/** What each header says to a browser, by its name in lower case. */
export const sentences: Readonly<Record<string, Say>> = {
  "strict-transport-security": transport,
  "permissions-policy": features,
  "x-frame-options": byWord(headers.xFrameOptions, {
    DENY: "Nobody may show this page in a frame.",
    SAMEORIGIN: "Only this site may show this page in a frame.",
  }),
  "x-content-type-options": byWord(headers.xContentTypeOptions, {
    nosniff: "Scripts and style sheets load only under their own media type.",
  }),
  "referrer-policy": (value, subject) => {
    const reading = read(headers.referrerPolicy, value, subject);
    // Of several the last that a browser knows counts, Referrer Policy §8.1.
    return reading.kind === "read" ? (REFERRERS[[reading.value].flat().at(-1) as string] ?? BROKEN) : BROKEN;
  },
  "cross-origin-opener-policy": byWord(headers.crossOriginOpenerPolicy, {
    "same-origin": "Windows of other sites can neither reach this one nor be reached by it.",
    "same-origin-allow-popups": "Windows of other sites cannot reach this one, but it reaches the pop-ups it opens.",
    "noopener-allow-popups": "Whoever opened this window cannot reach it; it reaches the pop-ups it opens.",
    "unsafe-none": "Windows of other sites may hold on to this one.",
  }),
  "cross-origin-embedder-policy": byWord(headers.crossOriginEmbedderPolicy, {
    "require-corp": "The page embeds only what agrees to it, by CORS or Cross-Origin-Resource-Policy.",
    credentialless: "What other sites give without agreeing is asked for without cookies.",
    "unsafe-none": "The page embeds anything.",
  }),
  "cross-origin-resource-policy": byWord(headers.crossOriginResourcePolicy, {
    "same-origin": "Only this origin may embed this response.",
    "same-site": "Only this site and its subdomains may embed this response.",
    "cross-origin": "Any site may embed this response.",
  }),
  "origin-agent-cluster": byWord(headers.originAgentCluster, {
    "?1": "The origin asks for a process of its own.",
    "?0": "The origin shares a process with its subdomains.",
  }),
  "x-dns-prefetch-control": byWord(headers.xDnsPrefetchControl, {
    off: "Hosts of links are not looked up ahead.",
    on: "Hosts of links are looked up ahead.",
  }),
  "x-download-options": byWord(headers.xDownloadOptions, { noopen: "Internet Explorer does not open downloads in the site's name." }),
  "x-permitted-cross-domain-policies": byWord(headers.xPermittedCrossDomainPolicies, {
    none: "Adobe's products may not read this site's data.",
    "master-only": "Adobe's products go by one policy file of this site.",
    "by-content-type": "Adobe's products go by any policy file of this site that has the right media type.",
    all: "Adobe's products go by any policy file of this site.",
  }),
  "x-xss-protection": (value) =>
    value.trim().startsWith("0")
      ? "Old browsers' harmful filters are off."
      : "Switches on a filter of old browsers that did harm; new ones have none.",
  "cache-control": (value) =>
    isNeverStored(value) ? "Nobody keeps a copy of this response." : `Who may keep this response, and for how long: ${value}.`,
  "clear-site-data": (value, subject) => {
    const reading = read(headers.clearSiteData, value, subject);
    if (reading.kind !== "read") return BROKEN;
    const said = reading.value.length === 0 ? "No effect." : `The browser forgets of this site: ${reading.value.join(", ")}.`;
    return said + leftOut(reading.issues);
  },
  "reporting-endpoints": (value, subject) => {
    const reading = read(headers.reportingEndpoints, value, subject);
    return reading.kind === "read" ? `Names for the places that get reports: ${value}.${leftOut(reading.issues)}` : BROKEN;
  },
  "integrity-policy": (value, subject) => {
    const reading = read(headers.integrityPolicy, value, subject);
    if (reading.kind !== "read") return BROKEN;
    const what = and(reading.value.blockedDestinations.map((one) => (one === "script" ? "<script src>" : "<link rel=stylesheet>")));
    return `Blocked: every ${what} without an integrity attribute, also the site's own; whoever writes the HTML has to add one to each.${leftOut(reading.issues)}`;
  },
  "document-isolation-policy": byWord(headers.documentIsolationPolicy, {
    "isolate-and-require-corp": "This document is isolated from other origins, and embeds only what agrees to it.",
    "isolate-and-credentialless":
      "This document is isolated from other origins; what others give without agreeing is asked for without cookies.",
    none: "This document is not isolated from other origins.",
  }),
  "connection-allowlist": connections,
  "service-worker-allowed": (value) => `A service worker from here may govern every address below ${value}.`,
  "timing-allow-origin": (value) =>
    `${value.split(",").some((one) => one.trim() === "*") ? "Every site" : value} may see how long this response took, and how large it is.`,
  "x-robots-tag": (value) => `Search engines are told: ${value}.`,
  nel: () => "Chromium reports requests to this site that failed on the network.",
  "speculation-rules": (value) => `Which links browsers may load ahead stands in ${value}.`,
  "supports-loading-mode": (value) => `The page may also be loaded in these ways: ${value}.`,
  "no-vary-search": (value) => `Which parts of a query make no other page, for the browser's cache: ${value}.`,
  "activate-storage-access": (value) =>
    `In a frame of another site the page may use its own cookies, where the visitor allowed that: ${value}.`,
  "set-login": (value) => `The browser is told whether the visitor is logged in here as an identity provider: ${value}.`,
  "secure-session-registration": () => "The browser is asked to bind the session to a key that does not leave the device.",
  "document-policy": (value) => `Limits that the document sets itself: ${value}.`,
};

const REFERRERS: Readonly<Record<string, string>> = {
  "no-referrer": "No site is told where its visitor came from.",
  "no-referrer-when-downgrade": "Every https site is told the whole address, http ones nothing.",
  origin: "Every site is told the origin alone.",
  "origin-when-cross-origin": "Other sites are told the origin alone, over http too.",
  "same-origin": "Other sites are told nothing.",
  "strict-origin": "https sites are told the origin alone, http ones nothing.",
  "strict-origin-when-cross-origin": "Other sites are told the origin alone, http ones nothing.",
  "unsafe-url": "Every site is told the whole address, queries and all.",
};
