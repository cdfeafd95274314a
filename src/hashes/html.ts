import { type DefaultTreeAdapterTypes, html as markup, parse } from "parse5";
import { issueCollector, type PolicyIssue, policyError, quote } from "../errors.js";
import { type Edit, edit } from "../values/edits.js";
import { type Option, readOptions } from "../values/legacy-options.js";
import { show } from "../values/text.js";

type Element = DefaultTreeAdapterTypes.Element;
type Attribute = Element["attrs"][number];

/** What Web Crypto calls the algorithms of CSP3 §2.3.1. */
const DIGESTS = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

export type HashAlgorithm = keyof typeof DIGESTS;

/** A hash as it stands in a policy, in its single quotes. */
export type HashSource = `'${HashAlgorithm}-${string}'`;

/** How the inline content of pages is hashed. */
export interface HashOptions {
  /** `"sha256"` unless told otherwise; the longer ones make a longer header and nothing else. */
  readonly algorithm?: HashAlgorithm | undefined;
  /**
   * Is told of each `onclick="…"`, `style="…"` and `javascript:` URL, which no hash of an element covers.
   * Where it is given nothing is thrown for them, and the browser blocks them unless the policy says otherwise.
   */
  readonly onUncovered?: ((issue: PolicyIssue) => void) | undefined;
}

/**
 * A patch that allows what was found; a directive of which there was nothing is not in it. Where a policy has a `scriptSrcElem` or
 * `styleSrcElem`, that one governs: `scriptSrcElem: append(...sources)`.
 */
export interface InlineHashes {
  readonly contentSecurityPolicy: {
    readonly scriptSrc?: Edit<HashSource>;
    readonly styleSrc?: Edit<HashSource>;
  };
}

/** What is hashed, where not both are. */
export type InlineKind = "scripts" | "styles";

type HashedDirective = keyof InlineHashes["contentSecurityPolicy"];

const DIRECTIVES: Readonly<Record<InlineKind, HashedDirective>> = { scripts: "scriptSrc", styles: "styleSrc" };
const EITHER: readonly HashedDirective[] = Object.values(DIRECTIVES);

export const HASH_OPTIONS: Readonly<Record<keyof HashOptions, Option>> = {
  algorithm: { fits: (value) => typeof value === "string" && Object.hasOwn(DIGESTS, value), hint: 'Write "sha256", "sha384" or "sha512".' },
  onUncovered: { fits: (value) => typeof value === "function", hint: "Write a function, such as (issue) => console.warn(issue.message)." },
};

/**
 * The hashes of the inline scripts of one page, as a layer: `securityHeaders("strict", await hashInlineScripts(html))`.
 *
 * Scripts, modules, import maps and speculation rules are hashed as browsers do, also in SVG, in `<template>` (they run when it is
 * cloned) and in `srcdoc` (which inherits the policy). Left out are scripts with a `src`, empty ones, and data such as JSON, which
 * need no permission. CSP3 §6.7.3.3, HTML §4.12.1.1.
 *
 * @param html the text of a page, exactly as it is served: what changes it on the way changes the hashes.
 * @returns a promise (Web Crypto has no other way) of a patch of `append(…)` to `scriptSrc`, in the order of the page; the plain
 *   texts are `contentSecurityPolicy.scriptSrc?.sources`.
 * @throws {PolicyError} (the promise rejects) with every event handler and `javascript:` URL by line and column: with hashes in
 *   force they are blocked. `onUncovered` takes them instead.
 */
export async function hashInlineScripts(html: string, options?: HashOptions): Promise<InlineHashes> {
  return hashPage("hashInlineScripts", html, options, "scripts");
}

/**
 * The hashes of the inline styles of one page, also in SVG, `<template>`, `srcdoc` and `<noscript>`, as a layer. Where it is in force
 * `'unsafe-inline'` of `styleSrc` no longer counts: styles that a script adds with a text of their own are blocked. CSP3 §6.7.3.2.
 *
 * @param html the text of a page, exactly as it is served.
 * @returns a promise of a patch of `append(…)` to `styleSrc`, in the order of the page.
 * @throws {PolicyError} (the promise rejects) with every `style` attribute by line and column: with hashes in force they are blocked.
 *   `onUncovered` takes them instead.
 */
export async function hashInlineStyles(html: string, options?: HashOptions): Promise<InlineHashes> {
  return hashPage("hashInlineStyles", html, options, "styles");
}

async function hashPage(name: string, html: unknown, options: HashOptions | undefined, only: InlineKind): Promise<InlineHashes> {
  const collector = hashCollector(readOptions<HashOptions>(name, options, HASH_OPTIONS), only);
  if (typeof html !== "string" || /^[^<>\n]+\.x?html?$/i.test(html)) {
    const message = `${show(html)} is not the text of a page`;
    throw policyError("wrong-type", [name], message, 'Write what is in the file, or hashesOf("dist/**/*.html").');
  }
  collector.add(html, "html");
  return collector.hashes();
}

/** Gathers the inline content of pages, each text once, in the order of the pages. */
export function hashCollector({ algorithm = "sha256", onUncovered }: HashOptions, only?: InlineKind) {
  const directives = only === undefined ? EITHER : [DIRECTIVES[only]];
  const texts = { scriptSrc: new Set<string>(), styleSrc: new Set<string>() };
  const { issues, report, throwIfAny } = issueCollector();
  const told = new Set<string>();

  const tell = (place: string, { name, value }: Attribute, hint: string): void => {
    const message = `${name}=${quote(value)} would be blocked: hashes cover elements, not attributes`;
    if (told.has(place + name)) return;
    told.add(place + name);
    report({ path: [place], code: "conflict", message, hint });
  };

  const gather = (html: string, placeOf: PlaceOf, scripting: boolean): void => {
    const document = parse(html, { scriptingEnabled: scripting, sourceCodeLocationInfo: true });
    for (const element of elementsOf(document)) {
      const directive = directiveOf(element);
      const counts = directive === "styleSrc" || scripting;
      if (directive !== undefined && counts && directives.includes(directive)) texts[directive].add(textOf(element));
      for (const attribute of element.attrs) {
        const place = placeOf(element, attribute);
        const governs = attribute.name === "style" ? "styleSrc" : "scriptSrc";
        const hint = directives.includes(governs) && (scripting || governs === "styleSrc") ? uncovered(attribute) : undefined;
        if (hint !== undefined) tell(place, attribute, hint);
        if (attribute.name === "srcdoc" && element.tagName === "iframe") read(attribute.value, () => place);
      }
    }
  };

  // What stands in <noscript> is text to a browser that runs scripts, and elements to one that does not: styles count in both.
  const read = (html: string, placeOf: PlaceOf): void => {
    gather(html, placeOf, true);
    gather(html, placeOf, false);
  };

  return {
    /** @param page what it is called in errors. */
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
        // An append of nothing is refused by policies.
        ...(scripts.length > 0 && { scriptSrc: edit("append", scripts) }),
        ...(styles.length > 0 && { styleSrc: edit("append", styles) }),
      };
      return Object.freeze({ contentSecurityPolicy: Object.freeze(contentSecurityPolicy) });
    },
  };
}

type PlaceOf = (element: Element, attribute: Attribute) => string;

function lineAndColumn({ sourceCodeLocation }: Element, { prefix, name }: Attribute): string {
  const { startLine, startCol } = sourceCodeLocation?.attrs?.[prefix ? `${prefix}:${name}` : name] ?? sourceCodeLocation ?? {};
  return `${startLine ?? 1}:${startCol ?? 1}`;
}

/** Every element in document order, those in templates too. */
function* elementsOf(document: DefaultTreeAdapterTypes.Document): Generator<Element> {
  // A list of what waits instead of recursion: pages may be nested more deeply than a stack.
  const waiting: DefaultTreeAdapterTypes.Node[] = [document];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ("tagName" in node) yield node;
    const children = "content" in node ? node.content.childNodes : "childNodes" in node ? node.childNodes : [];
    for (const child of children.toReversed()) waiting.push(child);
  }
}

const { NS } = markup;

/** The attribute with which a script is fetched from elsewhere; in other namespaces a script is an element like any other. */
const FETCHED_BY: Readonly<Record<string, string>> = { [NS.HTML]: "src", [NS.SVG]: "href" };

/** Which directive governs the text of an element, if it is looked at at all. */
function directiveOf(element: Element): HashedDirective | undefined {
  const fetchedBy = FETCHED_BY[element.namespaceURI];
  if (fetchedBy === undefined) return undefined;
  // Also an empty style, whose sheet scripts fill, and one of a type that is no CSS: Chromium looks at its hash first.
  if (element.tagName === "style") return "styleSrc";
  const runs = element.tagName === "script" && attributeOf(element, fetchedBy) === undefined && isExecuted(element);
  return runs && textOf(element) !== "" ? "scriptSrc" : undefined;
}

// JavaScript MIME types, WHATWG MIME Sniffing §4.6, and the types that HTML gives a meaning of their own.
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

/** The child text content, which is what is hashed: in SVG without what stands in elements further in. CSP3 §6.7.3.3. */
function textOf(element: Element): string {
  return element.childNodes.map((node) => (node.nodeName === "#text" && "value" in node ? node.value : "")).join("");
}

const URL_ATTRIBUTES = ["href", "src", "action", "formaction"];

/** What to write instead of an attribute that only `'unsafe-inline'` or `'unsafe-hashes'` would allow. CSP3 §4.2.3, §4.2.4. */
function uncovered({ name, value }: Attribute): string | undefined {
  if (value.trim() === "") return undefined;
  if (name === "style") {
    return 'Write a class and a rule for it; or allow all of them with styleSrcAttr: ["unsafe-inline"], and take note with onUncovered.';
  }
  // The list of events grows with every browser; an attribute of another meaning that looks like one is better told than lost.
  const [, event] = /^on([a-z]+)$/.exec(name) ?? [];
  if (event !== undefined) return `Write addEventListener("${event}", …) in a script.`;
  // As URLs are read: blanks before, and line breaks anywhere, do not count. WHATWG URL §4.4.
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
