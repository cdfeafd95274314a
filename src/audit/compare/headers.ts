import { cacheDirectives, isNeverStored } from "../../headers/cache-control.js";
import type { IntegrityPolicy } from "../../headers/integrity-policy.js";
import type { ReferrerPolicy } from "../../headers/referrer-policy.js";
import type { StrictTransportSecurity } from "../../headers/strict-transport-security.js";
import type { Gain } from "./verdict.js";

/** What each word of a header lets happen; `""` is the header's absence. A word that lets happen less is the stronger one. */
type Permits = Readonly<Record<string, readonly string[]>>;

const NO_ISOLATION = ["files of other origins that do not agree, without credentials", "files of other origins that do not agree"];

const WORDS: Readonly<Record<string, Permits>> = {
  // HTML §7.1.3
  crossOriginOpenerPolicy: wordsWithDefault("unsafe-none", {
    "noopener-allow-popups": ["a handle on this page for the popups it opens"],
    "same-origin-allow-popups": ["a handle on this page for the popups it opens", "a handle on this page for its own origin's windows"],
    "same-origin": ["a handle on this page for its own origin's windows"],
    "unsafe-none": [
      "a handle on this page for the popups it opens",
      "a handle on this page for its own origin's windows",
      "a handle on this page for windows of other origins",
    ],
  }),
  // HTML §7.1.4
  crossOriginEmbedderPolicy: wordsWithDefault("unsafe-none", {
    "require-corp": [],
    credentialless: NO_ISOLATION.slice(0, 1),
    "unsafe-none": NO_ISOLATION,
  }),
  documentIsolationPolicy: wordsWithDefault("none", {
    "isolate-and-require-corp": [],
    "isolate-and-credentialless": NO_ISOLATION.slice(0, 1),
    none: NO_ISOLATION,
  }),
  // Fetch §3.7; an embedder with COEP takes silence for a no, which is the embedder's own doing.
  crossOriginResourcePolicy: {
    "same-origin": [],
    "same-site": ["this response in pages of the same site"],
    "": ["this response in pages of the same site", "this response in pages of any site"],
    "cross-origin": [
      "this response in pages of the same site",
      "this response in pages of any site",
      "this response in isolated pages of any site",
    ],
  },
  xFrameOptions: {
    DENY: [],
    SAMEORIGIN: ["this page in a frame of its own origin"],
    "": ["this page in a frame of its own origin", "this page in a frame of any origin"],
  },
  xContentTypeOptions: { nosniff: [], "": ["a script or style sheet under another media type"] },
  originAgentCluster: {
    "?1": [],
    "": ["one agent cluster with the rest of the site, where browsers do so by default"],
    "?0": [
      "one agent cluster with the rest of the site, where browsers do so by default",
      "one agent cluster with the rest of the site, by request",
    ],
  },
  xDnsPrefetchControl: {
    off: [],
    "": ["DNS lookups ahead, where browsers do so by default"],
    on: ["DNS lookups ahead, where browsers do so by default", "DNS lookups ahead"],
  },
  xDownloadOptions: { noopen: [], "": ["downloads opened in the site's context by Internet Explorer"] },
  xPermittedCrossDomainPolicies: {
    none: [],
    "master-only": ["this site's data for Adobe's products, by the policy file at its root"],
    "by-content-type": ["this site's data for Adobe's products, by files of the right media type"],
    all: [
      "this site's data for Adobe's products, by the policy file at its root",
      "this site's data for Adobe's products, by files of the right media type",
      "this site's data for Adobe's products, by any policy file",
    ],
    "": [
      "this site's data for Adobe's products, by the policy file at its root",
      "this site's data for Adobe's products, by files of the right media type",
      "this site's data for Adobe's products, as they see fit",
    ],
  },
  // Old browsers only, each of which does something else: there is no order.
  xXssProtection: {
    "0": ["scripts past the filter of old browsers, which is off"],
    "1": ["holes made by the filter of old browsers, which mends pages"],
    "1; mode=block": ["holes made by the filter of old browsers, which blocks pages"],
    "": ["what the filter of old browsers does by default"],
  },
};

/** Whether a text is a word that its header does not have: one in another case is ignored for sure, this one a browser may know. */
export function isUnknownWord(key: string, text: string): boolean {
  const known = WORDS[key.replace(/ReportOnly$/, "")];
  const word = text.split(/[;,]/)[0]?.toLowerCase() ?? "";
  return (
    known !== undefined && /^[a-z0-9-]+$/.test(word) && word !== "allowall" && !Object.keys(known).some((one) => one.toLowerCase() === word)
  );
}

function wordsWithDefault(absent: string, words: Permits): Permits {
  return { ...words, "": words[absent] ?? [] };
}

const missing = (from: readonly string[], to: readonly string[]) => to.find((one) => !from.includes(one));

function wordGain(permits: Permits): Gain<unknown> {
  const of = (value: unknown) => {
    const word = typeof value === "object" && value !== null ? (value as { policy: string }).policy : ((value ?? "") as string);
    return permits[word] ?? permits[""] ?? [];
  };
  return (from, to) => missing(of(from), of(to));
}

const HSTS = (options: StrictTransportSecurity | undefined) => {
  // RFC 6797 §6.1.1: 0 makes browsers forget what they were told, so that it is less than silence.
  const seconds = options === undefined ? 0 : options.maxAge === 0 ? -1 : options.maxAge;
  return { seconds, subdomains: seconds > 0 && options?.includeSubDomains === true, preload: seconds > 0 && options?.preload === true };
};

function transportGain(before: StrictTransportSecurity | undefined, after: StrictTransportSecurity | undefined): string | undefined {
  const [from, to] = [HSTS(before), HSTS(after)];
  if (to.seconds < from.seconds)
    return to.seconds > 0 ? `plain http after ${to.seconds} seconds` : to.seconds < 0 ? "plain http at once" : "plain http";
  if (from.subdomains && !to.subdomains) return "plain http on subdomains";
  return from.preload && !to.preload ? "plain http on the first visit, once the preload lists have dropped the site" : undefined;
}

/** How much is told: 0 nothing, 1 the origin, 2 the address; to the same origin, to another, and from https to http. Referrer Policy §3. */
const REFERRER: Readonly<Record<string, readonly [number, number, number]>> = {
  "no-referrer": [0, 0, 0],
  "same-origin": [2, 0, 0],
  "strict-origin": [1, 1, 0],
  origin: [1, 1, 1],
  "strict-origin-when-cross-origin": [2, 1, 0],
  "origin-when-cross-origin": [2, 1, 1],
  "no-referrer-when-downgrade": [2, 2, 0],
  "unsafe-url": [2, 2, 2],
};
const TOLD_TO = ["its own origin", "other origins", "plain http sites"];

function referrerGain(before: ReferrerPolicy | undefined, after: ReferrerPolicy | undefined): string | undefined {
  // Of several the last one that a browser knows counts; of none, the default of §3.
  const of = (policy: ReferrerPolicy | undefined) =>
    REFERRER[(typeof policy === "string" ? policy : policy?.at(-1)) ?? "strict-origin-when-cross-origin"] ?? [2, 2, 2];
  const [from, to] = [of(before), of(after)];
  const place = to.findIndex((told, index) => told > (from[index] ?? 0));
  return place < 0 ? undefined : `${to[place] === 2 ? "the whole address" : "the origin"} of the page told to ${TOLD_TO[place]}`;
}

function integrityGain(from: IntegrityPolicy | undefined, to: IntegrityPolicy | undefined): string | undefined {
  const loose = from?.blockedDestinations.find((one) => !to?.blockedDestinations.includes(one));
  return loose && `a ${loose} without integrity`;
}

const DATA = ["cache", "cookies", "storage", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "what is not named"];

function clearingGain(from: readonly string[] = [], to: readonly string[] = []): string | undefined {
  const cleared = (types: readonly string[]) => (types.includes("*") ? DATA : types);
  const kept = cleared(from).find((type) => !cleared(to).includes(type));
  return kept && `browsers that keep ${kept}`;
}

/** The same text for what says the same: directives in any order, but for one that is repeated. RFC 9111 §4.2.1. */
function cachingText(text: string): string {
  const given = cacheDirectives(text).map(([name, argument]) => [name, argument?.toLowerCase()]);
  return JSON.stringify(given.sort(([one = ""], [other = ""]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** `no-store` keeps it from every cache; beside that, other words have no order. */
function cachingGain(from = "", to: string | undefined = undefined): string | undefined {
  if (isNeverStored(to ?? "")) return undefined;
  return cachingText(from) === cachingText(to ?? "") ? undefined : `keeping it as ${to === undefined ? "caches see fit" : `${to} says`}`;
}

/** How a header's parsed values compare, by key. What has no row here is compared as text. */
export const GAINS: Readonly<Record<string, Gain<never>>> = {
  ...Object.fromEntries(Object.entries(WORDS).map(([key, permits]) => [key, wordGain(permits)])),
  strictTransportSecurity: transportGain as Gain<never>,
  referrerPolicy: referrerGain as Gain<never>,
  integrityPolicy: integrityGain as Gain<never>,
  clearSiteData: clearingGain as Gain<never>,
  cacheControl: cachingGain as Gain<never>,
};
