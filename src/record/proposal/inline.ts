import { directiveToWiden } from "../../reports/learn/directives.js";
import { routeOf } from "../../reports/sighting.js";
import type { InlineKind } from "../console.js";
import type { InlineCode } from "../inline.js";
import { spreadOf, type Visits } from "../visited.js";
import {
  type Accepted,
  type Allowed,
  type Consent,
  distinct,
  type Item,
  isAccepted,
  type Needed,
  NOTHING,
  type Part,
  type Pending,
  pagesText,
} from "./part.js";
import { type Question, questionsOf, shownCode } from "./template-lines.js";
import { type OnPages, visitsOf } from "./visits.js";

/** Beyond that, style attributes are allowed as a whole: their hashes would fill the header. */
const MOST_STYLE_HASHES = 12;

/** Inline code: by hash, by nonce where its element has one, or after somebody has looked at it. */
export function inlinePart(evidence: OnPages, csp: Readonly<Record<string, unknown>>, accepted: Accepted): Part {
  const { inline } = evidence;
  const visits = visitsOf(evidence);
  const allowed: Allowed[] = [];
  const needed = new Map<string, Needed>();
  const attributes = inline.filter(({ kind }) => kind === "style attribute");
  const asWhole =
    attributes.length > MOST_STYLE_HASHES || attributes.some(({ isStable, isOnce, hash }) => !(isStable || isOnce) || hash === undefined);
  if (asWhole) {
    const where = distinct(attributes.flatMap((one) => one.pages)).join(", ");
    const why = `${attributes.length} different style attributes, on ${where}`;
    allowed.push({ directive: "styleSrcAttr", source: "unsafe-inline", why, code: undefined });
  }
  const asked: Record<AskedCode, InlineCode[]> = { inline: [], runtime: [] };
  const allow = (code: InlineCode) => {
    for (const one of sourcesFor(code, csp)) allowed.push({ ...one, why: `on ${code.pages.join(", ")}`, code });
  };
  const varying = varyingPlaces(inline);
  for (const code of onceEach(inline)) {
    if (code.kind === "style attribute" && asWhole) continue;
    const fault = faultOf(code, varying);
    const consent = consentFor(code, visits);
    if (fault !== undefined) addNeeded(needed, fault, code, varying);
    else if (consent === undefined) allow(code);
    else asked[consent].push(code);
  }
  const pending = (["inline", "runtime"] as const).flatMap((consent) => {
    const questions = questionsOf(asked[consent]).map((one) => withoutAccepted(one, consent, accepted, allow));
    return questions.flatMap((one) => (one === undefined ? [] : pendingOn(consent, one, visits)));
  });
  return { ...NOTHING, allowed, pending, needed: [...needed.values()] };
}

type AskedCode = Extract<Consent, "inline" | "runtime">;

/** Allows what is confirmed of a question, and returns the rest of it; undefined where nothing is left. */
function withoutAccepted(
  { codes, item }: Question,
  consent: AskedCode,
  accepted: Accepted,
  allow: (code: InlineCode) => void,
): Question | undefined {
  const isConfirmed = ({ hash }: InlineCode) =>
    isAccepted(accepted, { consent, item }) || isAccepted(accepted, { consent, item: hash?.slice(1, -1) as Item | undefined });
  for (const code of codes) if (isConfirmed(code)) allow(code);
  const [first, ...others] = codes.filter((code) => !isConfirmed(code));
  return first && { codes: [first, ...others], item };
}

function pendingOn(consent: AskedCode, question: Question, visits: Visits): Pending {
  const code = shownCode(question);
  return { consent, item: question.item, message: questionOn(consent, question, visits), code, pages: code.pages };
}

/** What is about one place in the HTML of a route is one line, with all its pages. */
function addNeeded(needed: Map<string, Needed>, message: string, code: InlineCode, varying: ReadonlySet<string>): void {
  const key = placesOf(code).find((place) => varying.has(place)) ?? `${code.kind} ${code.place}`;
  const before = needed.get(key);
  needed.set(
    key,
    before === undefined ? { message, pages: code.pages, code } : { ...before, pages: distinct([...before.pages, ...code.pages]) },
  );
}

/**
 * Code of one hash as one. Where elements are gone, the console says which hashes their place has, not which of the pieces has which: each of
 * them is listed with each hash.
 */
function onceEach(inline: readonly InlineCode[]): readonly InlineCode[] {
  const known = new Map<string, InlineCode>();
  for (const code of inline) {
    const key = `${code.kind} ${code.hash ?? `${code.place} ${code.text}`}`;
    const before = known.get(key);
    const pages = distinct([...(before?.pages ?? []), ...code.pages]);
    known.set(key, before === undefined ? code : { ...before, pages, isStable: before.isStable && code.isStable });
  }
  return [...known.values()];
}

const NAMES: Readonly<Record<InlineKind, string>> = {
  script: "an inline script",
  style: "an inline style",
  "event handler": "an event handler",
  "style attribute": "a style attribute",
  "javascript: URL": "a javascript: URL",
};

const describe = ({ kind, element, place }: InlineCode) => `${NAMES[kind]}, ${element === "" ? "" : `${element} `}at ${place},`;

/**
 * Places in the HTML of one route whose code differs between its pages: a page that was not visited has code of yet another text. Such as
 * the data of a product, in a script of the template of all products.
 */
function varyingPlaces(inline: readonly InlineCode[]): ReadonlySet<string> {
  const hashes = new Map<string, Set<string>>();
  for (const { hash, isServed, ...code } of inline) {
    for (const place of isServed && hash !== undefined ? placesOf(code) : [])
      hashes.set(place, (hashes.get(place) ?? new Set()).add(hash as string));
  }
  return new Set([...hashes].filter(([, some]) => some.size > 1).map(([place]) => place));
}

/** The place in the HTML of each route that has the code. */
function placesOf({ kind, place, pages }: Pick<InlineCode, "kind" | "place" | "pages">): readonly string[] {
  const [position] = /:\d+:\d+$/.exec(place) ?? [];
  if (position === undefined || !pages.some((page) => place === page + position)) return [];
  return distinct(pages.flatMap((page) => (URL.canParse(page) ? `${kind} ${routeOf(new URL(page))}${position}` : [])));
}

/** What the site has to change; undefined where nothing. */
function faultOf(code: InlineCode, varying: ReadonlySet<string>): string | undefined {
  const { kind, hash, isStable, isOnce, hasNonce } = code;
  const what = capital(describe(code));
  if (kind === "javascript: URL")
    return `${what} cannot be allowed by a hash in all browsers. Write a button, and addEventListener in a script.`;
  if (hasNonce) return undefined;
  if (hash !== undefined && isOnce)
    return `${what} was seen in one load only: whether it stays the same is not known. Record again, so that the page is loaded twice.`;
  if (kind === "event handler" && (hash === undefined || !isStable)) {
    return `${what} ${hash === undefined ? "is not known as a whole" : "differs between loads"}. Write addEventListener in a script instead.`;
  }
  const isVarying = code.isServed && kind !== "style attribute" && placesOf(code).some((place) => varying.has(place));
  if (isVarying && kind === "event handler")
    return `${what} differs between pages of one route. Write addEventListener in a script instead.`;
  if (hash === undefined || !isStable || isVarying) {
    const list = kind === "style" ? "styleSrc" : "scriptSrc";
    const differs = isStable ? "differs between pages of one route" : "differs between loads";
    const why = hash === undefined ? "is gone before its hash is known" : differs;
    return `${what} ${why}: write nonce="…" on its element, and ${list}: append(nonce) in the policy.`;
  }
  return undefined;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What somebody has to confirm. A style attribute runs nothing, and a nonce is the site's own word. */
function consentFor(code: InlineCode, visits: Visits): AskedCode | undefined {
  const { kind, hasNonce, isServed } = code;
  if (kind === "style attribute" || hasNonce) return undefined;
  if (!isServed) return "runtime";
  return isSuspect(code, visits) ? "inline" : undefined;
}

/**
 * Whether the content of a page may have brought the code: it is not on every page, nor on every page of its routes, or what is around it
 * differs from page to page.
 */
function isSuspect(code: InlineCode, visits: Visits): boolean {
  const { on, of } = spreadIn(code, visits);
  if (on === "some") return true;
  return of > 1 && (code.differsAround === "near" || (code.differsAround === "far" && on === "routes"));
}

const spreadIn = ({ hash }: InlineCode, { texts, pages }: Visits) => spreadOf(texts.get(hash ?? "") ?? new Set(), pages);

function questionOn(consent: AskedCode, { codes: [code, ...others] }: Question, visits: Visits): string {
  const what = describe(code);
  if (consent === "runtime") return `A script added ${what.replace(/,$/, "")}: a user's content may have put it there.`;
  const end = `it may be somebody's stored ${code.kind === "style" ? "style" : "script"}.`;
  if (others.length > 0) return `${capital(what)} has another text on each of ${1 + others.length} pages: ${end}`;
  const { on, count, of } = spreadIn(code, visits);
  const where = on === "some" ? `on ${pagesText(count)} of ${of}` : `within content that differs between ${count} pages`;
  return `${capital(what)} is ${where}: ${end}`;
}

function sourcesFor(
  { kind, hash, hasNonce }: InlineCode,
  csp: Readonly<Record<string, unknown>>,
): readonly Pick<Allowed, "directive" | "source">[] {
  const source = hasNonce ? "nonce" : hash;
  if (source === undefined) return [];
  switch (kind) {
    case "script":
      return [{ directive: directiveToWiden("script-src-elem", csp) ?? "scriptSrc", source }];
    case "style":
      return [{ directive: directiveToWiden("style-src-elem", csp) ?? "styleSrc", source }];
    case "event handler":
      return hashed("scriptSrcAttr", source);
    case "style attribute":
      return hashed("styleSrcAttr", source);
    case "javascript: URL":
      return [];
  }
}

/** Hashes of attributes apply beside `'unsafe-hashes'` only. CSP3 §6.7.3.3. */
const hashed = (directive: string, hash: string) => ["unsafe-hashes", hash].map((source) => ({ directive, source }));
