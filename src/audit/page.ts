import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from "parse5";
import { type CspPolicy, firstPolicies } from "../headers/content-security-policy/wire.js";
import { readSource } from "../values/sources.js";
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

/** What an audit needs to know of a page. */
export interface Page {
  readonly scripts: readonly Script[];
  /** Of `<meta http-equiv="Content-Security-Policy">` in the head, which has no frame-ancestors, reports or sandbox. CSP3 §3.3. */
  readonly policies: readonly CspPolicy[];
  /** Whether an element carries a nonce; true where the rest of the page may have one. */
  readonly hasNonce: boolean;
  /** Of the last `<meta name="referrer">` that is not empty. */
  readonly referrer: string | undefined;
  /** Whether it was read to its end. */
  readonly isWhole: boolean;
}

// Where the URL of the page is not known, a relative URL still belongs to the page's own site.
const SOMEWHERE = "https://page.invalid/";

/** Reads a page; never throws. */
export function readPage(text: string, url: string | undefined): Page {
  const { document, isWhole } = documentOf(text);
  const elements = [...elementsOf(document)];
  const found = (name: string) => elements.filter((element) => element.tagName === name);
  const page = new URL(url ?? SOMEWHERE);
  const href = found("base").flatMap((element) => attributeOf(element, "href") ?? [])[0];
  const base = href === undefined ? page : baseUrl(href, page);
  const isBased = base !== page && URL.canParse(href as string);
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
    hasNonce: !isWhole || elements.some((element) => (attributeOf(element, "nonce") ?? "") !== ""),
    referrer: metas.findLast(({ name, content }) => name === "referrer" && content !== "")?.content,
    isWhole,
  };
}

/** What a `<base>` makes of the URLs of a page; browsers ignore one with a `data:` or `javascript:` URL. HTML §4.2.3. */
function baseUrl(href: string, page: URL): URL {
  const base = URL.canParse(href, page.href) ? new URL(href, page) : page;
  return /^(?:data|javascript):$/.test(base.protocol) ? page : base;
}

/** Characters of the shortest tag, which limit the elements that a page can write itself. */
const SHORTEST_TAG = 3;
/** Elements beside those: the parser reopens what a small page leaves open. */
const REOPENED = 1_000;

/**
 * The document, or its beginning: each paragraph reopens all formatting elements that were left open before it, HTML §13.2.4.3, so that
 * a page of a hundred kilobytes can have a hundred million elements.
 */
export function documentOf(
  text: string,
  sourceCodeLocationInfo = false,
): { readonly document: DefaultTreeAdapterTypes.Document; readonly isWhole: boolean } {
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
    parse(text, { treeAdapter, sourceCodeLocationInfo });
    return { document, isWhole: true };
  } catch (error) {
    if (error !== enough) throw error;
    return { document, isWhole: false };
  }
}

/** What URLs of a page are resolved against; `isBased` where a `<base>` has a scheme and a host. */
interface Bases {
  readonly base: URL;
  readonly isBased: boolean;
  readonly page: URL;
}

function scriptOf(element: Element, { base, isBased, page }: Bases): Script[] {
  const src = attributeOf(element, "src");
  if (src === undefined || !URL.canParse(src, base.href)) return [];
  const url = new URL(src, base);
  const integrity = hasIntegrity(attributeOf(element, "integrity") ?? "");
  if (!/^https?:$/.test(url.protocol)) return [];
  const sameSite = isSameSite(url.hostname, page.hostname);
  const schemeless = !isBased && /^\s*\/\/[^/]/.test(src);
  return [{ url, src, integrity, external: url.origin !== page.origin, sameSite, schemeless }];
}

/** Whether browsers find a hash in the list: `hash-expression`, with options behind a question mark. SRI §3.5. */
function hasIntegrity(metadata: string): boolean {
  return metadata.split(/\s+/).some((expression) => readSource(`'${expression.split("?")[0]}'`, "wire").kind === "hash");
}

const NOT_IN_META = ["frame-ancestors", "report-uri", "sandbox"];

function inMeta(policy: CspPolicy): CspPolicy | undefined {
  const directives = new Map([...policy.directives].filter(([name]) => !NOT_IN_META.includes(name)));
  return directives.size === 0 ? undefined : { ...policy, directives };
}

export function attributeOf({ attrs }: Element, name: string): string | undefined {
  return attrs.find((attribute) => attribute.name === name)?.value;
}

/** In the order of the page, without recursion: a hostile page is nested a hundred thousand levels deep. */
export function* elementsOf(document: Node): Generator<Element> {
  const left: Node[] = [document];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ("tagName" in node) yield node;
    if ("childNodes" in node)
      for (let index = node.childNodes.length - 1; index >= 0; index -= 1) left.push(node.childNodes[index] as Node);
  }
}
