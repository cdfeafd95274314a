import { permissionsPolicy } from "../headers/permissions-policy/index.js";
import { strictTransportSecurity } from "../headers/strict-transport-security.js";
import { bare } from "../values/own.js";
import { kebabCase } from "../values/text.js";
import { readValue, type Subject } from "./subject.js";

type Say = (value: string, subject: Subject) => string;

/** `"a, b and c"`. */
export function and(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const BROKEN = "Browsers cannot read this value, and go on as if it were not there.";

/** A header of one word. */
function byWord(words: Readonly<Record<string, string>>): Say {
  return (value) => {
    // A parameter, such as `;report-to="default"`, changes nothing of what the word says.
    const word = value.split(";")[0]?.trim().toLowerCase() ?? "";
    return Object.hasOwn(words, word) ? (words[word] as string) : BROKEN;
  };
}

const UNITS = [
  [31_536_000, "year"],
  [604_800, "week"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

/** `"a year"`, `"2 weeks"`. */
function duration(seconds: number): string {
  const [size, unit] = UNITS.find(([one]) => seconds >= one && seconds % one === 0) ?? [1, "second"];
  const count = seconds / size;
  return count === 1 ? `${unit === "hour" ? "an" : "a"} ${unit}` : `${count} ${unit}s`;
}

function transport(value: string): string {
  const read = readValue(strictTransportSecurity, value);
  if (read.kind !== "read") return BROKEN;
  const { maxAge, includeSubDomains, preload } = bare(read.value);
  if (maxAge === 0) return "Browsers forget that this site wanted https.";
  const others = includeSubDomains ? ", and on all its subdomains" : "";
  const list = preload ? " It asks to be on browsers' preload list." : "";
  return `For ${duration(maxAge)} browsers use only https on this host${others}.${list}`;
}

function features(value: string): string {
  const read = readValue(permissionsPolicy, value);
  if (read.kind !== "read") return BROKEN;
  const rows = Object.entries(read.value).map(([key, given]): [string, unknown] => {
    const allow = typeof given === "object" && given !== null && "allow" in given ? given.allow : given;
    return [kebabCase(key), allow];
  });
  const forNobody = rows.filter(([, allow]) => Array.isArray(allow) && allow.length === 0).map(([name]) => name);
  const others = rows.flatMap(([name, allow]) => {
    if (allow === "*") return [`${name}: this page and every frame.`];
    if (!Array.isArray(allow) || allow.length === 0) return [];
    return [`${name}: ${and(allow.map((origin) => (origin === "self" ? "this site" : origin)))}.`];
  });
  return [...(forNobody.length === 0 ? [] : [`Nobody here may use ${and(forNobody)}.`]), ...others].join(" ");
}

/** What each header says to a browser, by its name in lower case. */
export const sentences: Readonly<Record<string, Say>> = {
  "strict-transport-security": transport,
  "permissions-policy": features,
  "x-frame-options": byWord({
    deny: "Nobody may show this page in a frame.",
    sameorigin: "Only this site may show this page in a frame.",
  }),
  "x-content-type-options": byWord({ nosniff: "Scripts and style sheets load only under their own media type." }),
  "referrer-policy": (value) => {
    // Of several the last that a browser knows counts, Referrer Policy §8.1.
    const known = value
      .split(",")
      .map((word) => word.trim().toLowerCase())
      .findLast((word) => Object.hasOwn(REFERRERS, word));
    return known === undefined ? BROKEN : (REFERRERS[known] as string);
  },
  "cross-origin-opener-policy": byWord({
    "same-origin": "Windows of other sites can neither reach this one nor be reached by it.",
    "same-origin-allow-popups": "Windows of other sites cannot reach this one, but it reaches the pop-ups it opens.",
    "noopener-allow-popups": "Whoever opened this window cannot reach it; it reaches the pop-ups it opens.",
    "unsafe-none": "Windows of other sites may hold on to this one.",
  }),
  "cross-origin-embedder-policy": byWord({
    "require-corp": "The page embeds only what agrees to it, by CORS or Cross-Origin-Resource-Policy.",
    credentialless: "What other sites give without agreeing is asked for without cookies.",
    "unsafe-none": "The page embeds anything.",
  }),
  "cross-origin-resource-policy": byWord({
    "same-origin": "Only this origin may embed this response.",
    "same-site": "Only this site and its subdomains may embed this response.",
    "cross-origin": "Any site may embed this response.",
  }),
  "origin-agent-cluster": byWord({
    "?1": "The origin asks for a process of its own.",
    "?0": "The origin shares a process with its subdomains.",
  }),
  "x-dns-prefetch-control": byWord({ off: "Hosts of links are not looked up ahead.", on: "Hosts of links are looked up ahead." }),
  "x-download-options": byWord({ noopen: "Internet Explorer does not open downloads in the site's name." }),
  "x-permitted-cross-domain-policies": byWord({
    none: "Adobe's products may not read this site's data.",
    "master-only": "Adobe's products go by one policy file of this site.",
    all: "Adobe's products go by any policy file of this site.",
  }),
  "x-xss-protection": (value) =>
    value.trim().startsWith("0")
      ? "Old browsers' harmful filters are off."
      : "Switches on a filter of old browsers that did harm; new ones have none.",
  "cache-control": (value) =>
    /\bno-store\b/i.test(value) ? "Nobody keeps a copy of this response." : `Who may keep this response, and for how long: ${value}.`,
  "clear-site-data": (value) => `The browser forgets of this site: ${value.replaceAll('"', "")}.`,
  "reporting-endpoints": (value) => `Names for the places that get reports: ${value}.`,
  "integrity-policy": () => "What comes without an integrity hash is blocked.",
  "document-isolation-policy": () => "This document is isolated from other origins, whatever its windows do.",
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
