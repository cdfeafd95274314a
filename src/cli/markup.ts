import { createHash } from "node:crypto";
import type { DefaultTreeAdapterTypes } from "parse5";
import { attributeOf, documentOf, elementsOf } from "../audit/page.js";
import { type Addresses, addressesOf, meetAddresses } from "../audit/sources/addresses.js";
import { type CspPolicy, effective, isProof } from "../headers/content-security-policy/wire.js";
import { type HashAlgorithm, readSource, type SourceExpression } from "../values/sources.js";

type Element = DefaultTreeAdapterTypes.Element;

/** One thing in the HTML, and what its policy does to it. */
export interface MarkupNote {
  /** From 1; undefined where the parser added the element. */
  readonly line: number | undefined;
  /** Such as `"<script>"` or `"onclick of <button>"`. */
  readonly what: string;
  /** The directive that blocks it, or the header that matters. */
  readonly by: string;
  readonly message: string;
}

/** What the HTML of a page shows under its headers. */
export interface Markup {
  /** Undefined where the policy has no nonce for scripts. */
  readonly nonce:
    | {
        readonly scripts: number;
        readonly carrying: number;
        /** Scripts without the nonce that the policy allows by a hash. */
        readonly hashed: number;
        /** The lines of scripts with neither. */
        readonly without: readonly (number | undefined)[];
      }
    | undefined;
  readonly notes: readonly MarkupNote[];
  /** Whether the page was read to its end. */
  readonly isWhole: boolean;
}

/** The most notes that are listed. */
const MOST_NOTES = 1_000;

/**
 * Compares the HTML of a page with its policies: what scripts add later is not in it.
 *
 * @param policies all that are enforced, each of which may block.
 * @param opener the value of Cross-Origin-Opener-Policy.
 * @param url the address of the page; without it, `'self'` and relative addresses are not judged.
 */
export function readMarkup(html: string, policies: readonly CspPolicy[], opener: string | undefined, url: string | undefined): Markup {
  const { document, isWhole } = documentOf(html, true);
  const elements = [...elementsOf(document)];
  const scripts = elements.filter(isScript);
  const nonces = policies.flatMap((policy) => (effective(policy, "script-src-elem") ?? []).filter(isNonce));
  const bare = scripts.filter((one) => !nonces.includes(`'nonce-${attributeOf(one, "nonce") ?? ""}'`));
  const without = bare.filter((one) => !policies.every((policy) => hasHash(policy, one)));
  const base = baseOf(elements, url);
  const notes = elements.flatMap((one) => [...blockedIn(one, policies, base, url), ...popupIn(one, opener, base, url)]);
  return {
    nonce:
      nonces.length === 0
        ? undefined
        : {
            scripts: scripts.length,
            carrying: scripts.length - bare.length,
            hashed: bare.length - without.length,
            without: without.map(lineOf),
          },
    notes: notes.slice(0, MOST_NOTES),
    isWhole,
  };
}

const isNonce = (source: string) => isProof(source) && source.startsWith("'nonce-");
const lineOf = ({ sourceCodeLocation }: Element) => sourceCodeLocation?.startLine;
const textOf = ({ childNodes }: Element) => childNodes.map((node) => ("value" in node ? node.value : "")).join("");

/** JavaScript types, HTML §4.12.1.1; everything else is data. */
const SCRIPT_TYPE =
  /^(?:module|importmap|speculationrules|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/(?:jscript|livescript))?$/i;

function isScript(element: Element): boolean {
  if (element.tagName !== "script" || !SCRIPT_TYPE.test(attributeOf(element, "type")?.trim() ?? "")) return false;
  return attributeOf(element, "src") !== undefined || textOf(element) !== "";
}

function baseOf(elements: readonly Element[], url: string | undefined): string | undefined {
  const href = elements.flatMap((one) => (one.tagName === "base" ? (attributeOf(one, "href") ?? []) : []))[0];
  return href !== undefined && URL.canParse(href, url) ? new URL(href, url).href : url;
}

/** Which directive governs the address in which attribute of which element. */
const LOADS: Readonly<Record<string, readonly (readonly [attribute: string, directive: string])[]>> = {
  img: [["src", "img-src"]],
  iframe: [["src", "frame-src"]],
  frame: [["src", "frame-src"]],
  video: [
    ["src", "media-src"],
    ["poster", "img-src"],
  ],
  audio: [["src", "media-src"]],
  track: [["src", "media-src"]],
  object: [["data", "object-src"]],
  embed: [["src", "object-src"]],
  form: [["action", "form-action"]],
  base: [["href", "base-uri"]],
};

const LINKS: Readonly<Record<string, string>> = { stylesheet: "style-src-elem", icon: "img-src", manifest: "manifest-src" };

function blockedIn(element: Element, policies: readonly CspPolicy[], base: string | undefined, page: string | undefined): MarkupNote[] {
  const { tagName, attrs } = element;
  const notes: MarkupNote[] = [];
  const note = (what: string, directive: string, message: string) => notes.push({ line: lineOf(element), what, by: directive, message });
  const inline = (what: string, directive: string, text: string) => {
    if (policies.some((policy) => !allowsInline(policy, directive, text, element)))
      note(what, directive, "has no nonce or hash that the policy allows, and is blocked");
  };
  const load = (address: string, directive: string) => {
    const blocked = base !== undefined && URL.canParse(address, base) ? new URL(address, base) : absolute(address);
    if (blocked !== undefined && policies.some((policy) => !allowsUrl(policy, directive, blocked, element, page)))
      note(`<${tagName}>`, directive, `${directive === "script-src-elem" ? blocked.href : blocked.origin} is blocked`);
  };
  if (isScript(element)) {
    const src = attributeOf(element, "src");
    if (src === undefined) inline("<script>", "script-src-elem", textOf(element));
    else load(src, "script-src-elem");
  }
  if (tagName === "style") inline("<style>", "style-src-elem", textOf(element));
  for (const { name, value } of attrs) {
    if (/^on[a-z]+$/.test(name)) inline(`${name} of <${tagName}>`, "script-src-attr", value);
    else if (name === "style") inline(`style of <${tagName}>`, "style-src-attr", value);
  }
  const rels = tagName === "link" ? (attributeOf(element, "rel") ?? "").toLowerCase().split(/\s+/) : [];
  for (const [attribute, directive] of [
    ...(Object.hasOwn(LOADS, tagName) ? (LOADS[tagName] ?? []) : []),
    ...rels.flatMap((rel) => (Object.hasOwn(LINKS, rel) ? [["href", LINKS[rel] as string] as const] : [])),
  ]) {
    const address = attributeOf(element, attribute);
    if (address !== undefined && address !== "") load(address, directive);
  }
  return notes;
}

const absolute = (address: string) => (URL.canParse(address) ? new URL(address) : undefined);

const ALGORITHMS: readonly HashAlgorithm[] = ["sha256", "sha384", "sha512"];

/** CSP3 §6.7.3.3. Attributes have no nonce, and hashes only with 'unsafe-hashes'. */
function allowsInline(policy: CspPolicy, directive: string, text: string, element: Element): boolean {
  const list = effective(policy, directive);
  if (list === undefined) return true;
  const isStrict = directive.startsWith("script-") && list.includes("'strict-dynamic'");
  if (list.includes("'unsafe-inline'") && !list.some(isProof) && !isStrict) return true;
  const isAttribute = directive.endsWith("-attr");
  if (!isAttribute && list.includes(`'nonce-${attributeOf(element, "nonce") ?? ""}'`)) return true;
  if (isAttribute && !list.includes("'unsafe-hashes'")) return false;
  return list.some((source) => isHashOf(source, text));
}

function isHashOf(source: string, text: string): boolean {
  const read = readSource(source, "wire");
  if (read.kind !== "hash" || !ALGORITHMS.includes(read.algorithm)) return false;
  return createHash(read.algorithm).update(text).digest("base64") === read.digest.replace(/-/g, "+").replace(/_/g, "/");
}

/** Whether a policy for scripts has the hash of an inline script, or all of the `integrity` of a file. CSP3 §6.7.1.1. */
function hasHash(policy: CspPolicy, script: Element): boolean {
  const list = effective(policy, "script-src-elem");
  if (list === undefined) return true;
  if (attributeOf(script, "src") === undefined) return list.some((source) => isHashOf(source, textOf(script)));
  const hashes = (attributeOf(script, "integrity") ?? "").split(/\s+/).filter(Boolean);
  return hashes.length > 0 && hashes.every((hash) => list.includes(`'${hash.split("?")[0]}'`));
}

/** CSP3 §6.7.2. What cannot be judged here counts as allowed: only what is certainly blocked is named. */
function allowsUrl(policy: CspPolicy, directive: string, url: URL, element: Element, page: string | undefined): boolean {
  const list = effective(policy, directive);
  if (list === undefined) return true;
  const takesNonce = directive === "script-src-elem" || directive === "style-src-elem";
  if (takesNonce && list.includes(`'nonce-${attributeOf(element, "nonce") ?? ""}'`)) return true;
  if (directive === "script-src-elem") {
    if (attributeOf(element, "integrity") !== undefined && list.some((source) => isProof(source) && !isNonce(source))) return true;
    if (list.includes("'strict-dynamic'")) return false;
  }
  const sources = list.map((text) => readSource(text, "wire"));
  if (!/^https?:$/.test(url.protocol))
    return sources.some((source) => source.kind === "scheme" && `${source.scheme}:` === url.protocol) || url.protocol === "about:";
  const target = addressesIn(`${url.origin}${url.pathname}`);
  return target === undefined || sources.some((source) => matches(source, target, url, page));
}

function matches(source: SourceExpression | { readonly kind: "fault" }, target: Addresses, url: URL, page: string | undefined): boolean {
  if (source.kind === "host" || source.kind === "scheme") return meetAddresses(addressesOf(source), target) !== undefined;
  if (source.kind !== "keyword" || source.keyword !== "self") return false;
  if (page === undefined) return true;
  const own = new URL(page);
  return own.host === url.host && (own.protocol === url.protocol || (own.protocol === "http:" && url.protocol === "https:"));
}

function addressesIn(text: string): Addresses | undefined {
  const source = readSource(text, "wire");
  return source.kind === "host" ? addressesOf(source) : undefined;
}

/** A link that keeps its opener, to another origin: under `same-origin` the new window is cut off. HTML §7.1.3. */
function popupIn(element: Element, opener: string | undefined, base: string | undefined, page: string | undefined): MarkupNote[] {
  if (!/^\s*same-origin\s*(?:;|$)/i.test(opener ?? "") || base === undefined || page === undefined) return [];
  const address = attributeOf(element, element.tagName === "form" ? "action" : "href");
  if (!["a", "area", "form"].includes(element.tagName) || address === undefined || !URL.canParse(address, base)) return [];
  const target = attributeOf(element, "target")?.toLowerCase() ?? "";
  const rel = (attributeOf(element, "rel") ?? "").toLowerCase().split(/\s+/);
  const opens = target !== "" && !["_self", "_parent", "_top"].includes(target);
  const keeps = target === "_blank" ? rel.includes("opener") : !rel.includes("noopener");
  const { origin } = new URL(address, base);
  if (!opens || !keeps || rel.includes("noreferrer") || origin === new URL(page).origin || origin === "null") return [];
  const message = `the window of ${origin} will not talk back: same-origin cuts its opener. Write same-origin-allow-popups where it has to`;
  return [{ line: lineOf(element), what: `<${element.tagName}>`, by: "Cross-Origin-Opener-Policy", message }];
}
