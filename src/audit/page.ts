import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from "parse5";
import { type CspPolicy, firstPolicies } from "../headers/content-security-policy/wire.js";
import { isSameSite } from "./site.js";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A `<script src>` of a page. */
export interface Script {
  /** Resolved against the page. */
  readonly url: URL;
  /** As it is written. */
  readonly src: string;
  /** Whether it carries an `integrity` that browsers read. */
  readonly integrity: boolean;
  /** Whether it comes from another origin than the page. */
  readonly external: boolean;
  /** Whether its host and the page's belong to one owner. */
  readonly sameSite: boolean;
  /** Whether it is written as `//host/path`: over https only where the page is. */
  readonly schemeless: boolean;
}

/** What a page says of its own safety. */
export interface Page {
  readonly scripts: readonly Script[];
  /** Of `<meta http-equiv="Content-Security-Policy">` in the head, which has no frame-ancestors, reports or sandbox. CSP3 §3.3. */
  readonly policies: readonly CspPolicy[];
  /** Of the last `<meta name="referrer">` that says something. */
  readonly referrer: string | undefined;
  /** Whether it was read to its end. */
  readonly isWhole: boolean;
}

// Where the page's own address is not known, a relative URL is still the page's own.
const SOMEWHERE = "https://page.invalid/";

/** Reads what the audit wants to know of a page; never throws. */
export function readPage(text: string, url: string | undefined): Page {
  const { document, isWhole } = documentOf(text);
  const elements = [...elementsOf(document)];
  const found = (name: string) => elements.filter((element) => element.tagName === name);
  const page = new URL(url ?? SOMEWHERE);
  const href = found("base").flatMap((element) => attributeOf(element, "href") ?? [])[0];
  const base = href !== undefined && URL.canParse(href, page.href) ? new URL(href, page) : page;
  const isBased = href !== undefined && URL.canParse(href);
  const metas = found("meta").map((element) => ({
    inHead: element.parentNode?.nodeName === "head",
    equiv: attributeOf(element, "http-equiv")?.toLowerCase(),
    name: attributeOf(element, "name")?.toLowerCase(),
    content: attributeOf(element, "content") ?? "",
  }));
  return {
    scripts: found("script").flatMap((element) => scriptOf(element, { base, isBased, page })),
    policies: firstPolicies(
      metas.flatMap(({ inHead, equiv, content }) => (inHead && equiv === "content-security-policy" ? content : [])),
      inMeta,
    ),
    referrer: metas.findLast(({ name, content }) => name === "referrer" && content !== "")?.content,
    isWhole,
  };
}

/** Characters of the shortest tag: as many elements as a page may write itself. */
const SHORTEST_TAG = 3;
/** Elements beside those: what a small page leaves open and the parser opens again. */
const REOPENED = 1_000;

/**
 * The document, or its beginning: each paragraph opens all formatting elements again that were left open before it, HTML §13.2.4.3, and
 * so a page of a hundred kilobytes can come to a hundred million elements.
 */
function documentOf(text: string): { readonly document: DefaultTreeAdapterTypes.Document; readonly isWhole: boolean } {
  const enough = new Error("too many elements");
  const document = defaultTreeAdapter.createDocument();
  let left = text.length / SHORTEST_TAG + REOPENED;
  const treeAdapter: typeof defaultTreeAdapter = {
    ...defaultTreeAdapter,
    createDocument: () => document,
    createElement(...element) {
      left -= 1;
      if (left < 0) throw enough;
      return defaultTreeAdapter.createElement(...element);
    },
  };
  try {
    parse(text, { treeAdapter });
    return { document, isWhole: true };
  } catch (error) {
    if (error !== enough) throw error;
    return { document, isWhole: false };
  }
}

/** What addresses of a page are resolved against; `isBased` where a `<base>` gives a scheme and host. */
interface Bases {
  readonly base: URL;
  readonly isBased: boolean;
  readonly page: URL;
}

function scriptOf(element: Element, { base, isBased, page }: Bases): Script[] {
  const src = attributeOf(element, "src");
  if (src === undefined || !URL.canParse(src, base.href)) return [];
  const url = new URL(src, base);
  const integrity = /(?:^|\s)sha(?:256|384|512)-\S/.test(attributeOf(element, "integrity") ?? "");
  if (!/^https?:$/.test(url.protocol)) return [];
  const sameSite = isSameSite(url.hostname, page.hostname);
  const schemeless = !isBased && /^\s*\/\/[^/]/.test(src);
  return [{ url, src, integrity, external: url.origin !== page.origin, sameSite, schemeless }];
}

const NOT_IN_META = ["frame-ancestors", "report-uri", "sandbox"];

function inMeta(policy: CspPolicy): CspPolicy | undefined {
  const directives = new Map([...policy.directives].filter(([name]) => !NOT_IN_META.includes(name)));
  return directives.size === 0 ? undefined : { ...policy, directives };
}

function attributeOf({ attrs }: Element, name: string): string | undefined {
  return attrs.find((attribute) => attribute.name === name)?.value;
}

/** In the order of the page, without recursion: a hostile page is nested a hundred thousand deep. */
function* elementsOf(document: Node): Generator<Element> {
  const left: Node[] = [document];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ("tagName" in node) yield node;
    if ("childNodes" in node)
      for (let index = node.childNodes.length - 1; index >= 0; index -= 1) left.push(node.childNodes[index] as Node);
  }
}
