import { isBroad } from "../../headers/content-security-policy/wire.js";
import { headers } from "../../headers/index.js";
import { unreachable } from "../../values/never.js";
import type { Script } from "../page.js";
import type { Reading } from "../reading.js";
import { readHeader, type Subject } from "../subject.js";
import { contentSecurityPolicy } from "./content-security-policy.js";
import { cookies } from "./cookies.js";
import type { Outcome, TestName } from "./figures.js";
import { redirection, transportSecurity } from "./transport.js";

/** The outcome of each test of the score. */
export const outcomes: { readonly [Test in TestName]: (subject: Subject) => Outcome<Test> } = {
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

function crossOriginSharing({ values }: Subject): Outcome<"cross-origin-resource-sharing"> {
  const [origin] = values("access-control-allow-origin");
  const credentials = values("access-control-allow-credentials")[0] === "true";
  if (origin === undefined) return "none";
  // Browsers refuse credentials together with a "*".
  if (origin === "*") return "public";
  if (origin === "null") return credentials ? "universal-with-credentials" : "public";
  if (!credentials) return "restricted";
  return { unseen: "One response does not show whether the server allows every origin that asks." };
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

/** The last word of the list that browsers know counts; a `<meta>` overrules the header. */
function referrerPolicy({ values, page }: Subject): Outcome<"referrer-policy"> {
  if (page?.isWhole === false) return CUT_OFF;
  const lines = [...values("referrer-policy"), ...(page?.referrer === undefined ? [] : [page.referrer])];
  const words = lines.flatMap((line) => line.toLowerCase().split(",")).map((word) => word.trim());
  if (words.length === 0) return "absent";
  return words.flatMap((word) => (Object.hasOwn(REFERRERS, word) ? (REFERRERS[word] ?? []) : [])).at(-1) ?? "invalid";
}

/** The rest of the page may change the outcome. */
const CUT_OFF = { unseen: "Only the beginning of the page was read." };

function subresourceIntegrity({ page, isDocument, overHttp }: Subject): Outcome<"subresource-integrity"> {
  if (!isDocument) return "not-html";
  if (page === undefined) return { unseen: "The page is not known." };
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

function contentTypeOptions({ values }: Subject): Outcome<"x-content-type-options"> {
  const [line] = values("x-content-type-options");
  if (line === undefined) return "absent";
  // Only the first of a list counts. Fetch §3.6.
  return line.split(",")[0]?.trim().toLowerCase() === "nosniff" ? "nosniff" : "invalid";
}

function frameOptions(subject: Subject): Outcome<"x-frame-options"> {
  const lists = subject.enforced.flatMap(({ directives }) =>
    directives.has("frame-ancestors") ? [directives.get("frame-ancestors")] : [],
  );
  // Where it is present, browsers ignore X-Frame-Options. CSP3 §6.4.2.1.
  if (lists.length > 0) return lists.some((list) => !list?.some(isBroad)) ? "by-frame-ancestors" : "absent";
  const options = readHeader(subject, headers.xFrameOptions);
  if (options.kind === "read") return "deny-or-sameorigin";
  if (options.kind === "absent") return "absent";
  return subject.values("x-frame-options").every((value) => /^allow-from\s/i.test(value)) ? "allow-from" : "invalid";
}

function wordOf<T, Word>(reading: Reading<T>, word: (value: T) => Word): Word | "absent" | "invalid" {
  switch (reading.kind) {
    case "read":
      return word(reading.value);
    case "absent":
      return "absent";
    case "broken":
      return "invalid";
    default:
      return unreachable(reading);
  }
}
