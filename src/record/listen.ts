import type { BrowserContext } from "playwright-core";
import * as z from "zod/mini";

/** What a violation is about, as only the page itself knows it: the report of a browser has no element and 40 characters of code. */
export interface Detail {
  /** The document, without its query and fragment. */
  readonly document: string;
  /** The effective directive: `script-src-attr`. */
  readonly directive: string;
  /** `inline`, `eval`, or an address. */
  readonly blocked: string;
  /** In the source file, counted from one; 0 where the browser does not say it. */
  readonly line: number;
  readonly column: number;
  readonly sourceFile: string;
  readonly sample: string;
  /** The beginning of the element's HTML; the empty string where the violation has none. */
  readonly element: string;
  /** The inline code, whole; the empty string where it is not known. */
  readonly text: string;
  /** The name of the attribute that the code is in; the empty string for the text of an element. */
  readonly attribute: string;
  /** The policy that reports it, as browsers have it. */
  readonly policy: string;
}

const BINDING = "__portcullisDetail";

/** Longer code is not sent, and its hash is not known. */
const LONGEST_CODE = 500_000;

/**
 * Listens in each document for violations. As text, because a bundler or a coverage tool may have changed a function. The element may be
 * gone when the event comes; then the browser sends it to the document.
 */
const LISTEN = `{
  const tell = globalThis.${BINDING};
  const codeOf = (element, { effectiveDirective, sample }) => {
    if (!(element instanceof Element)) return {};
    const html = element.cloneNode(false).outerHTML.slice(0, 300);
    if (effectiveDirective === "style-src-attr") return { element: html, attribute: "style", text: element.getAttribute("style") ?? "" };
    if (effectiveDirective === "script-src-attr") {
      const found = [...element.attributes].find(({ name, value }) => name.startsWith("on") && value.startsWith(sample) && value !== "");
      return { element: html, attribute: found?.name ?? "", text: found?.value ?? "" };
    }
    const isCode = element.matches("script, style");
    return { element: html, attribute: "", text: isCode ? element.textContent : "" };
  };
  addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective, blockedURI, documentURI, sourceFile, lineNumber, columnNumber, sample, originalPolicy } = event;
    const code = codeOf(event.composedPath()[0], event);
    if ((code.text ?? "").length > ${LONGEST_CODE}) code.text = "";
    tell(JSON.stringify({
      document: documentURI, directive: effectiveDirective, blocked: blockedURI, line: lineNumber, column: columnNumber,
      sourceFile: sourceFile ?? "", sample, policy: originalPolicy, element: "", text: "", attribute: "", ...code,
    }));
  }, true);
}`;

const text = (most: number) => z.string().check(z.maxLength(most));
const position = z.number().check(z.int(), z.gte(0));

/** Scripts of the page can call the binding too: what comes is checked like any other input. */
const DETAIL = z.object({
  document: text(100_000),
  directive: text(64),
  blocked: text(100_000),
  line: position,
  column: position,
  sourceFile: text(100_000),
  sample: text(1_000),
  element: text(300),
  text: text(LONGEST_CODE),
  attribute: text(100),
  policy: text(100_000),
});

/**
 * Calls a function with the detail of each violation in any document of a context.
 *
 * @param context a context whose pages are not open yet.
 */
export async function listenForDetails(context: BrowserContext, onDetail: (detail: Detail) => void): Promise<void> {
  await context.exposeBinding(BINDING, (_, sent: unknown) => {
    const read = DETAIL.safeParse(typeof sent === "string" && sent.length < 2 * LONGEST_CODE ? parsed(sent) : undefined);
    if (read.success) onDetail({ ...read.data, document: withoutQuery(read.data.document) });
  });
  await context.addInitScript({ content: LISTEN });
}

function parsed(sent: string): unknown {
  try {
    return JSON.parse(sent);
  } catch {
    return undefined;
  }
}

/** An address without its query, fragment, user name and password; text that is not an address is unchanged. */
export function withoutQuery(text: string): string {
  if (!URL.canParse(text)) return text;
  const { protocol, host, pathname } = new URL(text);
  return host === "" ? `${protocol}` : `${protocol}//${host}${pathname}`;
}
