import type { BrowserContext, Frame, Request } from "playwright-core";
import * as z from "zod/mini";
import { parseReport, type Report } from "../reports/parse.js";
import { unreachable } from "../values/never.js";
import { type LoggedCode, readLoggedCode } from "./console.js";
import { parsedJson } from "./parsed-json.js";

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
  /** Whether the element has a nonce. */
  readonly hasNonce: boolean;
  /** The policy that reports it, as browsers have it. */
  readonly policy: string;
}

/** A window of another origin that has sent a message to the page which opened it. */
export interface PopupMessage {
  readonly document: string;
  /** Of the window. */
  readonly origin: string;
}

/** A document within a frame. */
export interface Framed {
  readonly document: string;
  /** The origins of the documents around it. */
  readonly ancestors: readonly string[];
}

/** A request that a policy has blocked, as the browser's network layer names it. */
export interface BlockedRequest {
  /** The document or worker that has asked; it may have a policy of its own. */
  readonly document: string;
  readonly url: string;
  /** Playwright's: `"script"`, `"image"`. */
  readonly resourceType: string;
}

/** Gets what the documents of a context report. None of the functions may throw. */
export interface DocumentListener {
  addDetail(detail: Detail): void;
  /** Violations of other headers than the CSP. */
  addReport(report: Report): void;
  addPopupMessage(message: PopupMessage): void;
  addFramed(framed: Framed): void;
  /** @param place the file and the line: `https://site.example/app.js:10`. */
  addLogged(code: LoggedCode, place: string): void;
  addBlocked(request: BlockedRequest): void;
  /** A page that X-Frame-Options keeps out of a frame. */
  addRefusedFrame(address: string): void;
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
    const hasNonce = typeof element.nonce === "string" && element.nonce !== "";
    const html = element.cloneNode(false).outerHTML.slice(0, 300);
    if (effectiveDirective === "style-src-attr") return { element: html, text: element.getAttribute("style") ?? "" };
    if (effectiveDirective === "script-src-attr") {
      const found = [...element.attributes].find(({ name, value }) => name.startsWith("on") && value.startsWith(sample) && value !== "");
      return { element: html, text: found?.value ?? "" };
    }
    return { element: html, hasNonce, text: element.matches("script, style") ? element.textContent : "" };
  };
  addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective, blockedURI, documentURI, sourceFile, lineNumber, columnNumber, sample, originalPolicy } = event;
    const code = codeOf(event.composedPath()[0], event);
    if ((code.text ?? "").length > ${LONGEST_CODE}) code.text = "";
    tell(JSON.stringify({ kind: "csp",
      document: documentURI, directive: effectiveDirective, blocked: blockedURI, line: lineNumber, column: columnNumber,
      sourceFile: sourceFile ?? "", sample, policy: originalPolicy, element: "", text: "", hasNonce: false, ...code,
    }));
  }, true);
  // Not by source.top: under a report-only Cross-Origin-Opener-Policy, Chromium logs an error for each use of a popup.
  const isFrame = (target, within, depth) => {
    for (let index = 0; index < Math.min(within.length, 100); index += 1)
      if (within[index] === target || (depth < 5 && isFrame(target, within[index], depth + 1))) return true;
    return false;
  };
  addEventListener("message", ({ source, origin }) => {
    const isOther = source !== null && origin !== location.origin && source !== top && source !== opener;
    if (!isOther || origin === "" || isFrame(source, top, 0)) return;
    tell(JSON.stringify({ kind: "popup", document: location.href, origin }));
  }, true);
  if (top !== window) tell(JSON.stringify({ kind: "framed", document: location.href, ancestors: [...(location.ancestorOrigins ?? [])] }));
  if (typeof ReportingObserver === "function") {
    const types = ["permissions-policy-violation", "potential-permissions-policy-violation", "coep"];
    new ReportingObserver((reports) => {
      for (const { type, url, body } of reports) tell(JSON.stringify({ kind: "report", report: { type, url, body: body.toJSON() } }));
    }, { types, buffered: true }).observe();
  }
}`;

const text = (most: number) => z.string().check(z.maxLength(most));
const position = z.number().check(z.int(), z.gte(0));

/** Scripts of the page and of all its frames can call the binding too: what comes is checked like any other input. */
const SENT = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("csp"),
    document: text(100_000),
    directive: text(64),
    blocked: text(100_000),
    line: position,
    column: position,
    sourceFile: text(100_000),
    sample: text(1_000),
    element: text(300),
    text: text(LONGEST_CODE),
    hasNonce: z.boolean(),
    policy: text(100_000),
  }),
  z.object({ kind: z.literal("popup"), document: text(100_000), origin: text(1_000) }),
  z.object({ kind: z.literal("framed"), document: text(100_000), ancestors: z.array(text(1_000)).check(z.maxLength(100)) }),
  z.object({
    kind: z.literal("report"),
    report: z.object({
      type: z.enum(["permissions-policy-violation", "potential-permissions-policy-violation", "coep"]),
      url: text(100_000),
      body: z.looseObject({ destination: z.optional(z.string()), srcAttribute: z.nullish(text(100_000)) }),
    }),
  }),
]);

/**
 * Calls the functions of a listener with what is reported in any document of a context.
 *
 * @param context a context whose pages are not open yet.
 */
export async function listenToDocuments(context: BrowserContext, listener: DocumentListener): Promise<void> {
  await context.exposeBinding(BINDING, ({ frame }, sent: unknown) => {
    const read = SENT.safeParse(typeof sent === "string" && sent.length < 2 * LONGEST_CODE ? parsedJson(sent) : undefined);
    if (read.success) passOn(read.data, frame, listener);
  });
  context.on("console", (message) => {
    // What a script logs has arguments, and the browser's own lines have none.
    if (message.args().length > 0) return;
    const code = readLoggedCode(message.text());
    const { url, lineNumber } = message.location();
    if (code !== undefined) listener.addLogged(code, `${withoutQuery(url)}:${lineNumber + 1}`);
    const refused = REFUSED_FRAME.exec(message.text())?.[1];
    if (refused !== undefined) listener.addRefusedFrame(refused);
  });
  context.on("requestfailed", (request) => {
    if (request.failure()?.errorText !== "csp") return;
    listener.addBlocked({ document: askerOf(request), url: request.url(), resourceType: request.resourceType() });
  });
  await context.addInitScript({ content: LISTEN });
}

const REFUSED_FRAME = /^Refused to display '([^']*)' in a frame because it set 'X-Frame-Options'/;

/**
 * The document of a frame, by the address that the browser has of it and not by what the document says. `about:srcdoc` belongs to the document
 * around it, `blob:` to the origin in it. Undefined where the address does not tell: any frame can go to `about:blank` or a `data:` URL.
 */
function documentOf(frame: Frame | null): string | undefined {
  for (let one = frame; one !== null; one = one.parentFrame()) {
    const address = one.url();
    if (/^https?:/.test(address)) return address;
    if (/^blob:https?:/.test(address)) return `${new URL(address).origin}/`;
    if (address !== "about:srcdoc") return undefined;
  }
  return undefined;
}

/** The document or worker that has made a request. A navigation is asked for by the document around the frame. */
function askerOf(request: Request): string {
  const worker = request.serviceWorker();
  if (worker !== null) return worker.url();
  try {
    const frame = request.frame();
    return documentOf(request.isNavigationRequest() ? (frame.parentFrame() ?? frame) : frame) ?? "";
  } catch {
    // The frame of a navigation that has not begun yet.
    return "";
  }
}

function passOn(sent: z.infer<typeof SENT>, frame: Frame, listener: DocumentListener): void {
  const document = documentOf(frame);
  if (sent.kind === "csp") {
    // Without an address only the policy that it names, which no foreign document knows, shows whose it is.
    return listener.addDetail({ ...sent, document: withoutQuery(document ?? sent.document) });
  }
  if (document === undefined) return;
  switch (sent.kind) {
    case "popup":
      return listener.addPopupMessage({ ...sent, document });
    case "framed":
      // Documents without an address are framed by those around them only.
      if (frame.url() === document) listener.addFramed({ ...sent, document });
      return;
    case "report": {
      const { report } = sent;
      // The policy itself has the browser send reports: they are no part of the page.
      if (report.body.destination === "report") return;
      const read = parseReport({ ...report, url: document }, "");
      // Of an allow attribute that delegates a feature: the address of the frame.
      const blocked = report.body.srcAttribute;
      if (typeof read !== "string") listener.addReport(typeof blocked === "string" ? { ...read, blocked } : read);
      return;
    }
    default:
      return unreachable(sent);
  }
}

/** An address without its query, fragment, user name and password; text that is not an address is unchanged. */
export function withoutQuery(text: string): string {
  if (!URL.canParse(text)) return text;
  const { protocol, host, pathname } = new URL(text);
  return host === "" ? `${protocol}` : `${protocol}//${host}${pathname}`;
}
