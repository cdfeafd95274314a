import { type DefaultTreeAdapterTypes, html as markup, parse } from "parse5";
import * as z from "zod/mini";
import { issueCollector, type PolicyIssue, policyError, quote } from "../errors.js";
import { type Edit, edit } from "../values/edits.js";
import { awaited, type OptionSchemas, readOptions, shown } from "../values/options.js";
import { callable, expecting } from "../values/schema.js";

type Element = DefaultTreeAdapterTypes.Element;
type Attribute = Element["attrs"][number];

/** The hash algorithms of CSP3 §2.3.1, with their names in Web Crypto. */
const DIGESTS = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

/** A digest that a CSP can name: `"sha256"`, `"sha384"` or `"sha512"`. CSP3 §2.3.1. */
export type HashAlgorithm = keyof typeof DIGESTS;

/** A hash source in its single quotes. */
export type HashSource = `'${HashAlgorithm}-${string}'`;

/** Options of {@link hashInlineScripts} and {@link hashInlineStyles}. */
export interface HashOptions {
  /** Default: `"sha256"`. The longer ones make the header longer, and have no other effect. */
  readonly algorithm?: HashAlgorithm | undefined;
  /**
   * Called for each `onclick="…"`, `style="…"` and `javascript:` URL, which no hash of an element covers; `path` is its file, line and
   * column. With it, they are not errors; the browser blocks them unless the policy allows them.
   */
  readonly onUncovered?: ((issue: PolicyIssue) => void) | undefined;
}

/**
 * A patch that allows the inline content that was found; a directive without any is absent. If a policy has `scriptSrcElem` or
 * `styleSrcElem`, browsers use that one for elements: write `scriptSrcElem: append(...sources)`.
 */
export interface InlineHashes {
  readonly contentSecurityPolicy: {
    readonly scriptSrc?: Edit<HashSource>;
    readonly styleSrc?: Edit<HashSource>;
  };
}

/** The kind of inline content to hash. */
export type InlineKind = "scripts" | "styles";

type HashedDirective = keyof InlineHashes["contentSecurityPolicy"];

const DIRECTIVES: Readonly<Record<InlineKind, HashedDirective>> = { scripts: "scriptSrc", styles: "styleSrc" };
const EITHER: readonly HashedDirective[] = Object.values(DIRECTIVES);

/** The schemas of {@link HashOptions}. */
export const hashOptions: OptionSchemas<HashOptions> = () => ({
  algorithm: z.literal(Object.keys(DIGESTS), expecting("a hash algorithm of CSP", 'Write "sha256", "sha384" or "sha512".')),
  onUncovered: callable("Write a function, such as ({ path, message }) => console.warn(path, message)."),
});

/**
 * The hashes of the inline scripts of one page, as a layer: `securityHeaders("strict", await hashInlineScripts(html))`.
 *
 * Scripts, modules, import maps and speculation rules are hashed as browsers do, also in SVG, in `<template>` (they run when it is
 * cloned) and in `srcdoc` (which inherits the policy). Scripts with a `src`, empty scripts, and data such as JSON are skipped, because
 * they need no permission. CSP3 §6.7.3.3, HTML §4.12.1.1.
 *
 * @param html the text of a page, exactly as it is served: anything that changes it before it reaches the browser changes the hashes.
 * @param options see {@link HashOptions}.
 * @returns a promise (Web Crypto is asynchronous) of a patch that appends to `scriptSrc`, in the order of the page; the sources alone
 *   are `contentSecurityPolicy.scriptSrc?.sources`.
 * @throws {PolicyError} (the promise rejects) for wrong arguments, and with every event handler and `javascript:` URL by line and
 *   column: they are blocked once hashes are in force. With `onUncovered` they are not errors.
 */
export async function hashInlineScripts(html: string, options?: HashOptions): Promise<InlineHashes> {
  return hashPage("hashInlineScripts", html, options, "scripts");
}

/**
 * The hashes of the inline styles of one page, also in SVG, `<template>`, `srcdoc` and `<noscript>`, as a layer. With a hash in
 * `styleSrc`, browsers ignore its `'unsafe-inline'`: style elements that a script adds with other text are blocked. CSP3 §6.7.3.2.
 *
 * @param html the text of a page, exactly as it is served.
 * @param options see {@link HashOptions}.
 * @returns a promise of a patch that appends to `styleSrc`, in the order of the page.
 * @throws {PolicyError} (the promise rejects) for wrong arguments, and with every `style` attribute by line and column: they are blocked
 *   once hashes are in force. With `onUncovered` they are not errors.
 */
export async function hashInlineStyles(html: string, options?: HashOptions): Promise<InlineHashes> {
  return hashPage("hashInlineStyles", html, options, "styles");
}

async function hashPage(name: string, html: unknown, options: HashOptions | undefined, only: InlineKind): Promise<InlineHashes> {
  const collector = hashCollector(readOptions<HashOptions>(name, options, hashOptions), only);
  if (typeof html !== "string" || /^[^<>\n]+\.x?html?$/i.test(html)) {
    const hint = awaited(html, 'Pass the content of the file, or use hashesOf("dist/**/*.html").');
    throw policyError("wrong-type", [name, "html"], `${shown(html)} is not the text of a page`, hint);
  }
  collector.add(html, "html");
  return collector.hashes();
}

/** Collects the inline content of pages, each text once, in the order of the pages. */
export function hashCollector({ algorithm = "sha256", onUncovered }: HashOptions, only?: InlineKind) {
  const directives = only === undefined ? EITHER : [DIRECTIVES[only]];
  const texts = { scriptSrc: new Set<string>(), styleSrc: new Set<string>() };
  const { issues, report, throwIfAny } = issueCollector();
  const reported = new Set<string>();

  const reportAttribute = (place: string, { name, value }: Attribute, hint: string): void => {
    const message = `${name}=${quote(value)} would be blocked: hashes cover elements, not attributes`;
    if (reported.has(place + name)) return;
    reported.add(place + name);
    report({ path: [place], code: "conflict", message, hint });
  };

  const gather = (html: string, placeOf: PlaceOf, scripting: boolean): void => {
    const document = parse(html, { scriptingEnabled: scripting, sourceCodeLocationInfo: true });
    for (const element of elementsOf(document)) {
      const directive = directiveOf(element);
      const counts = directive === "styleSrc" || scripting;
      if (directive !== undefined && counts && directives.includes(directive)) texts[directive].add(childTextOf(element));
      for (const attribute of element.attrs) {
        const place = placeOf(element, attribute);
        const governs = attribute.name === "style" ? "styleSrc" : "scriptSrc";
        const hint = directives.includes(governs) && (scripting || governs === "styleSrc") ? uncovered(attribute) : undefined;
        if (hint !== undefined) reportAttribute(place, attribute, hint);
        if (attribute.name === "srcdoc" && element.tagName === "iframe") read(attribute.value, () => place);
      }
    }
  };

  // The content of <noscript> is text to a browser that runs scripts, and elements to one that does not: styles count in both.
  const read = (html: string, placeOf: PlaceOf): void => {
    gather(html, placeOf, true);
    gather(html, placeOf, false);
  };

  return {
    /** Adds a page; `page` is its name in errors. */
    add(html: string, page: string): void {
      read(html, (element, attribute) => `${page}:${lineAndColumn(element, attribute)}`);
    },

    /** The patch of all pages. Throws PolicyError. */
    async hashes(): Promise<InlineHashes> {
      if (onUncovered === undefined) throwIfAny();
      else for (const issue of issues) onUncovered(issue);
      const scripts = await hashAll(texts.scriptSrc, algorithm);
      const styles = await hashAll(texts.styleSrc, algorithm);
      const contentSecurityPolicy = {
        // A policy refuses an append of nothing.
        ...(scripts.length > 0 && { scriptSrc: edit("append", scripts) }),
        ...(styles.length > 0 && { styleSrc: edit("append", styles) }),
      };
      return Object.freeze({ contentSecurityPolicy: Object.freeze(contentSecurityPolicy) });
    },
  };
}

/** The texts of all inline code of a page: of scripts and styles, and of the attributes that no hash of an element covers. */
export function inlineTextsOf(html: string): readonly string[] {
  const texts: string[] = [];
  const waiting = [html];
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    for (const element of elementsOf(parse(page, { scriptingEnabled: true }))) {
      if (directiveOf(element) !== undefined) texts.push(childTextOf(element));
      for (const attribute of element.attrs) {
        if (uncovered(attribute) !== undefined) texts.push(attribute.value);
        if (attribute.name === "srcdoc" && element.tagName === "iframe") waiting.push(attribute.value);
      }
    }
  }
  return texts;
}

type PlaceOf = (element: Element, attribute: Attribute) => string;

function lineAndColumn({ sourceCodeLocation }: Element, { prefix, name }: Attribute): string {
  const { startLine, startCol } = sourceCodeLocation?.attrs?.[prefix ? `${prefix}:${name}` : name] ?? sourceCodeLocation ?? {};
  return `${startLine ?? 1}:${startCol ?? 1}`;
}

/** Every element in document order, including those in templates. */
function* elementsOf(document: DefaultTreeAdapterTypes.Document): Generator<Element> {
  // A list of waiting nodes instead of recursion: pages may be nested more deeply than the call stack.
  const waiting: DefaultTreeAdapterTypes.Node[] = [document];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ("tagName" in node) yield node;
    const children = "content" in node ? node.content.childNodes : "childNodes" in node ? node.childNodes : [];
    for (const child of children.toReversed()) waiting.push(child);
  }
}

const { NS } = markup;

/** The attribute that makes a script external; in other namespaces a script is an ordinary element. */
const FETCHED_BY: Readonly<Record<string, string>> = { [NS.HTML]: "src", [NS.SVG]: "href" };

/** The directive that governs the text of an element; undefined if none does. */
function directiveOf(element: Element): HashedDirective | undefined {
  const fetchedBy = FETCHED_BY[element.namespaceURI];
  if (fetchedBy === undefined) return undefined;
  // Including an empty style, which scripts fill, and one whose type is not CSS: Chromium checks its hash first.
  if (element.tagName === "style") return "styleSrc";
  const runs = element.tagName === "script" && attributeOf(element, fetchedBy) === undefined && isExecuted(element);
  return runs && childTextOf(element) !== "" ? "scriptSrc" : undefined;
}

// JavaScript MIME types, WHATWG MIME Sniffing §4.6, and the types that HTML defines for scripts.
const EXECUTED =
  /^(?:(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/(?:javascript1\.[0-5]|jscript|livescript)|module|importmap|speculationrules)$/i;

/** Whether a script's type makes it more than data. HTML §4.12.1.1, "prepare the script element". */
function isExecuted(element: Element): boolean {
  const type = attributeOf(element, "type");
  if (type === "") return true;
  if (type !== undefined) return EXECUTED.test(type.trim());
  const language = element.namespaceURI === NS.HTML ? attributeOf(element, "language") : undefined;
  return !language || EXECUTED.test(`text/${language}`);
}

function attributeOf(element: Element, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name)?.value;
}

/** The child text content, which is what browsers hash: in SVG without the text of descendant elements. CSP3 §6.7.3.3. */
function childTextOf(element: Element): string {
  return element.childNodes.map((node) => (node.nodeName === "#text" && "value" in node ? node.value : "")).join("");
}

const URL_ATTRIBUTES = ["href", "src", "action", "formaction"];

/** What to write instead of an attribute that only `'unsafe-inline'` or `'unsafe-hashes'` would allow. CSP3 §4.2.3, §4.2.4. */
function uncovered({ name, value }: Attribute): string | undefined {
  if (value.trim() === "") return undefined;
  if (name === "style") {
    return 'Write a class and a rule for it; or allow all of them with styleSrcAttr: ["unsafe-inline"] and onUncovered.';
  }
  // The list of events grows with every browser: an unknown attribute that looks like an event handler is reported.
  const [, event] = /^on([a-z]+)$/.exec(name) ?? [];
  if (event !== undefined) return `Write addEventListener("${event}", …) in a script.`;
  // As URLs are parsed: leading white space and line breaks anywhere are ignored. WHATWG URL §4.4.
  const isScript = URL_ATTRIBUTES.includes(name) && /^[\x00-\x20]*javascript:/i.test(value.replace(/[\t\n\r]/g, ""));
  return isScript ? 'Write a button, and addEventListener("click", …) in a script.' : undefined;
}

/** CSP3 §6.7.3.3: the digest of the UTF-8 bytes, in base64. */
function hashAll(texts: ReadonlySet<string>, algorithm: HashAlgorithm): Promise<HashSource[]> {
  return Promise.all(
    [...texts].map(async (text): Promise<HashSource> => {
      const digest = await crypto.subtle.digest(DIGESTS[algorithm], new TextEncoder().encode(text));
      return `'${algorithm}-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
    }),
  );
}
