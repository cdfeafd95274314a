import { createHash } from "node:crypto";
import { type DefaultTreeAdapterTypes, parse } from "parse5";

type Element = DefaultTreeAdapterTypes.Element;

/** Where a piece of inline code is in a page: fingerprints of the HTML around it, empty in `<head>` and directly in `<body>`. */
export interface Surroundings {
  /** Of the element that has it as a child. */
  readonly near: string;
  /** Of the outermost element around it below `<body>`. */
  readonly top: string;
}

/** What a page's HTML has, as the server sent it. */
export interface ServedPage {
  /** Of each text of a script, style or event handler, where it is. */
  readonly surroundings: ReadonlyMap<string, readonly Surroundings[]>;
  /** Whether it has a script element with a file and without a nonce. */
  readonly hasScriptFile: boolean;
}

/** Characters of one page that fingerprints are made of: elements within elements are read several times. */
const MOST_READ = 20_000_000;

/** Reads the HTML of a page for what surrounds its inline code. */
export function readServed(html: string): ServedPage {
  const surroundings = new Map<string, Surroundings[]>();
  const printOf = fingerprints(html);
  let hasScriptFile = false;
  const document = parse(html, { scriptingEnabled: true, sourceCodeLocationInfo: true });
  // A list of waiting nodes instead of recursion: pages may be nested more deeply than the call stack. With each, the elements around it.
  const waiting: [node: DefaultTreeAdapterTypes.Node, near: Element | undefined, top: Element | undefined][] = [
    [document, undefined, undefined],
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [node, near, top] = next;
    let [nearer, outermost] = [near, top];
    if ("tagName" in node) {
      for (const text of textsOf(node)) {
        const places = surroundings.get(text) ?? [];
        places.push({ near: printOf(near), top: printOf(top) });
        surroundings.set(text, places);
      }
      hasScriptFile ||= isScriptFile(node);
      if (isContent(node)) [nearer, outermost] = [node, top ?? node];
    }
    const children = "content" in node ? node.content.childNodes : "childNodes" in node ? node.childNodes : [];
    for (const child of children) waiting.push([child, nearer, outermost]);
  }
  return { surroundings, hasScriptFile };
}

function textsOf({ tagName, attrs, childNodes }: Element): readonly string[] {
  const handlers = attrs.filter(({ name }) => name.startsWith("on")).map(({ value }) => value);
  if (tagName !== "script" && tagName !== "style") return handlers;
  return [...handlers, childNodes.map((node) => ("value" in node ? node.value : "")).join("")];
}

function isScriptFile({ tagName, attrs }: Element): boolean {
  const has = (name: string) => attrs.some((one) => one.name === name && one.value !== "");
  return tagName === "script" && has("src") && !has("nonce");
}

/** Whether it is an element of the HTML text, and not one that every page has. */
function isContent({ tagName, sourceCodeLocation }: Element): boolean {
  return sourceCodeLocation != null && !["html", "head", "body"].includes(tagName);
}

/** HTML without the nonces of its elements, which differ in every response. */
export const withoutNonces = (html: string) => html.replace(/ nonce="[^"]*"/g, "");

/** Whoever writes a part of the page must not be able to make two texts that have the same one. */
const fingerprint = (text: string) => createHash("sha256").update(text, "utf8").digest("base64");

/** Fingerprints of the texts of elements, each made once. */
function fingerprints(html: string): (element: Element | undefined) => string {
  const known = new Map<Element, string>();
  let read = 0;
  return (element) => {
    if (element === undefined) return "";
    const before = known.get(element);
    if (before !== undefined) return before;
    const { startOffset = 0, endOffset = 0 } = element.sourceCodeLocation ?? {};
    read += endOffset - startOffset;
    // Beyond the limit an element counts as different from all others.
    const print = read > MOST_READ ? `${startOffset} of ${html.length}` : fingerprint(withoutNonces(html.slice(startOffset, endOffset)));
    known.set(element, print);
    return print;
  };
}
