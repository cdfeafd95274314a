import { randomBytes } from "node:crypto";
import type { Browser, CDPSession } from "playwright-core";
import { parseReport, type Report } from "../reports/parse.js";
import { type BodyLimits, readBody } from "./body.js";
import { parsedJson } from "./parsed-json.js";
import { isRefusedResource } from "./resource-policy.js";
import { isShown } from "./uncovered.js";

/** One header, as the Chrome DevTools Protocol writes it. */
export interface HeaderEntry {
  readonly name: string;
  readonly value: string;
}

/** A response that gets headers of its own: a document, the script of a worker, or what a document loads: scripts, styles, images. */
export interface Served {
  readonly url: string;
  readonly kind: "document" | "worker" | "subresource";
  readonly status: number;
  readonly headers: readonly HeaderEntry[];
  /** Of a document in HTML, its text as the server sent it; otherwise the empty string. */
  readonly html: string;
}

/** What the network layer calls. None of them may throw. */
export interface NetworkListener {
  /** Returns the headers that the browser gets instead of those of the response; `frame` asked for it, or is the service worker itself. */
  headersFor(served: Served, frame: string): readonly HeaderEntry[] | Promise<readonly HeaderEntry[]>;
  /** Called with each violation that the browser reports, and the address below `reportUri` that it was reported to. */
  onReport(report: Report, address: string): void;
  /** Called with an address that was passed on unchanged, and why. */
  onSkipped(url: string, why: string): void;
  /** Called with the address of a document of which the browser gets the beginning only, and why. */
  onCut?(url: string, why: string): void;
  /** Whether the redirect of a frame's document to an address is not to be followed; default: each one is. */
  refusesRedirect?(to: string, frame: string): boolean;
  /** Whether a response from this address gets headers at all; default: each one does. */
  isOwn?(url: string): boolean;
}

/** Headers for requests to some origins, such as `Authorization`. */
export interface RequestHeaders {
  readonly origins: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** The network layer of one browser, while it puts headers on responses. */
export interface Network {
  /** Where the headers have to send their reports; answered here, and known to nobody else. */
  readonly reportUri: string;
  /** The origin of the document in a frame, by the id that {@link NetworkListener.headersFor} gets; undefined where it is not known. */
  originOf(frame: string): string | undefined;
  /** From now on, everything that comes from these origins gets headers, and not only documents and workers. */
  watchSubresources(origins: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A response of the DevTools protocol's domain Fetch, paused before the browser reads it. */
interface Paused {
  readonly requestId: string;
  readonly frameId: string;
  readonly request: {
    readonly url: string;
    readonly postData?: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly resourceType: string;
  readonly responseStatusCode?: number;
  readonly responseHeaders?: readonly HeaderEntry[];
  readonly responseErrorReason?: string;
}

/** Documents of more bytes keep their own headers. */
const LIMITS: BodyLimits = { seconds: 10, bytes: 32_000_000 };

/**
 * Puts headers on every document and worker that a browser loads, in all its contexts, and receives the violations that they report.
 *
 * It pauses responses in the browser itself: the site needs no change, over http or https. `Fetch.continueResponse` does not change the
 * policy of a document, so the response is fulfilled anew. Enabled for the whole browser, since service workers are not reached from the
 * session of a page. Violations come by `report-uri`, which Chromium sends at once, from documents, frames and workers of all kinds.
 *
 * @param browser Chromium, launched by Playwright.
 * @param listener see {@link NetworkListener}.
 * @param sent headers that requests to some origins get; other origins, and redirects to them, do not.
 * @param limits of each document. One that does not end within them is cut off: the browser gets what was read, with the headers.
 */
export async function watchNetwork(
  browser: Browser,
  listener: NetworkListener,
  sent: RequestHeaders,
  limits: BodyLimits = LIMITS,
): Promise<Network> {
  const session = await browser.newBrowserCDPSession();
  // No host has this name: what is not answered here goes nowhere.
  const host = `https://${randomBytes(16).toString("hex")}.invalid`;
  const reportUri = `${host}/`;
  const frames = frameOrigins();
  session.on("Fetch.requestPaused", (event) => {
    const paused = event as Paused;
    // The page or the browser may be closed meanwhile.
    handle(session, paused, { ...listener, reportUri, frames, isWatched }, sent, limits).catch(() => undefined);
  });
  let watched: readonly string[] = [];
  const isWatched = (url: string) => watched.includes(new URL(url).origin);
  const watchSubresources = async (origins: readonly string[]) => {
    watched = origins;
    const patterns = [
      { urlPattern: `${host}/*`, requestStage: "Request" as const },
      ...(Object.keys(sent.headers).length === 0
        ? []
        : sent.origins.map((origin) => ({ urlPattern: `${origin}/*`, requestStage: "Request" as const }))),
      { urlPattern: "*", resourceType: "Document" as const, requestStage: "Response" as const },
      // The scripts of workers, among others.
      { urlPattern: "*", resourceType: "Other" as const, requestStage: "Response" as const },
      ...origins.map((origin) => ({ urlPattern: `${origin}/*`, requestStage: "Response" as const })),
    ];
    await session.send("Fetch.enable", { patterns });
  };
  await watchSubresources([]);
  return {
    reportUri,
    originOf: frames.get,
    watchSubresources,
    close: async () => {
      await session.send("Fetch.disable").catch(() => undefined);
      await session.detach().catch(() => undefined);
    },
  };
}

/** The origin of the document in each frame. */
interface FrameOrigins {
  get(frame: string): string | undefined;
  set(frame: string, address: string): void;
}

/** Frames whose origin is remembered. */
const MOST_FRAMES = 10_000;

function frameOrigins(): FrameOrigins {
  const origins = new Map<string, string>();
  return {
    get: (frame) => origins.get(frame),
    set(frame, address) {
      if (origins.size >= MOST_FRAMES) origins.clear();
      origins.set(frame, new URL(address).origin);
    },
  };
}

interface Listening extends NetworkListener {
  readonly reportUri: string;
  readonly frames: FrameOrigins;
  /** Whether what documents load from this address gets headers. */
  isWatched(url: string): boolean;
}

function handle(
  session: CDPSession,
  paused: Paused,
  listener: Listening,
  { origins, headers }: RequestHeaders,
  limits: BodyLimits,
): Promise<unknown> {
  const { requestId, request, responseStatusCode, responseErrorReason } = paused;
  if (request.url.startsWith(listener.reportUri)) return answerReport(session, paused, listener);
  if (responseStatusCode !== undefined || responseErrorReason !== undefined) return passOn(session, paused, listener, limits);
  // A pattern of the protocol has wildcards, which an origin may contain by accident: it is compared again.
  if (!origins.includes(new URL(request.url).origin)) return session.send("Fetch.continueRequest", { requestId });
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const kept = Object.entries(request.headers).filter(([name]) => !names.has(name.toLowerCase()));
  const all = [...kept, ...Object.entries(headers)].map(([name, value]) => ({ name, value }));
  return session.send("Fetch.continueRequest", { requestId, headers: all });
}

async function answerReport(session: CDPSession, { requestId, request, resourceType }: Paused, listener: NetworkListener): Promise<void> {
  // Only the browser's own reports have this type: a script of the page cannot send one.
  if (resourceType === "CSPViolationReport") {
    const report = parseReport(parsedJson(request.postData ?? ""), "");
    if (typeof report !== "string") listener.onReport(report, request.url);
  }
  // Fails where the page was closed meanwhile.
  await session.send("Fetch.fulfillRequest", { requestId, responseCode: 204 });
}

async function passOn(session: CDPSession, paused: Paused, listener: Listening, limits: BodyLimits): Promise<void> {
  const { requestId, request, responseStatusCode: status = 0, responseHeaders = [] } = paused;
  const { url } = request;
  const unchanged = () => session.send("Fetch.continueRequest", { requestId });
  if (isRefusedRedirect(paused, listener))
    return void (await session.send("Fetch.failRequest", { requestId, errorReason: "BlockedByClient" }));
  const kind = kindOf(paused);
  if (kind === "document") listener.frames.set(paused.frameId, url);
  if (kind === undefined || listener.isOwn?.(url) === false) return void (await unchanged());
  if (kind === "subresource") return void (await (listener.isWatched(url) ? passSubresource(session, paused, listener) : unchanged()));
  const why = unreadable(responseHeaders, limits);
  if (why !== undefined) {
    listener.onSkipped(url, why);
    return void (await unchanged());
  }
  const { bytes, cut } = await readBody(session, requestId, limits);
  if (cut !== undefined) listener.onCut?.(url, cut);
  const html = kind === "document" && isHtml(responseHeaders) ? bytes.toString() : "";
  const headers = await listener.headersFor({ url, kind, status, headers: responseHeaders, html }, paused.frameId);
  await session.send("Fetch.fulfillRequest", {
    requestId,
    responseCode: status,
    responseHeaders: headers.filter(({ name }) => !FRAMING.test(name)),
    body: bytes.toString("base64"),
  });
}

/** The browser has the redirect here, and has not asked for its address yet. */
function isRefusedRedirect({ resourceType, frameId, request, responseStatusCode = 0, responseHeaders = [] }: Paused, listener: Listening) {
  const location = fieldOf(responseHeaders, "location");
  const isRedirect = resourceType === "Document" && responseStatusCode >= 300 && responseStatusCode < 400 && location !== "";
  if (!isRedirect || !URL.canParse(location, request.url)) return false;
  return listener.refusesRedirect?.(new URL(location, request.url).href, frameId) === true;
}

/** Only a document has to be fulfilled: of what it loads, `Fetch.continueResponse` changes the headers, and its body is not read. */
async function passSubresource(session: CDPSession, paused: Paused, listener: Listening): Promise<void> {
  const { requestId, request, frameId, responseStatusCode: status = 0, responseHeaders = [] } = paused;
  const served: Served = { url: request.url, kind: "subresource", status, headers: responseHeaders, html: "" };
  const headers = await listener.headersFor(served, frameId);
  // With CORS, a request has an Origin header, and Cross-Origin-Resource-Policy is not asked for.
  const hasCors = Object.keys(request.headers).some((name) => name.toLowerCase() === "origin");
  const origin = hasCors ? undefined : listener.frames.get(frameId);
  if (origin !== undefined && isRefusedResource(fieldOf(headers, "cross-origin-resource-policy"), request.url, origin)) {
    await session.send("Fetch.failRequest", { requestId, errorReason: "BlockedByResponse" });
    return;
  }
  await session.send("Fetch.continueResponse", { requestId, responseCode: status, responseHeaders: [...headers] });
}

/** Why a body is not read, as far as the headers say it. */
function unreadable(headers: readonly HeaderEntry[], { bytes }: BodyLimits): string | undefined {
  if (Number(fieldOf(headers, "content-length")) > bytes) return `it is longer than ${bytes} bytes`;
  return /^\s*multipart\//i.test(fieldOf(headers, "content-type")) ? "it is a stream of several parts" : undefined;
}

/** The body is decoded by now, and its length is another. */
const FRAMING = /^(?:content-encoding|content-length|transfer-encoding)$/i;

/** What scripts ask for themselves: the headers change nothing there, and some pages show them. */
const CALLS: ReadonlySet<string> = new Set(["XHR", "Fetch"]);

/** What gets headers: no redirects, which have no body, and no downloads. The scripts of workers have a type that others have too. */
function kindOf({ resourceType, responseStatusCode = 0, responseErrorReason, responseHeaders = [] }: Paused): Served["kind"] | undefined {
  if (responseErrorReason !== undefined) return undefined;
  const disposition = resourceType === "Document" ? fieldOf(responseHeaders, "content-disposition") : "";
  if (!isShown(responseStatusCode, disposition)) return undefined;
  if (resourceType === "Document") return "document";
  if (CALLS.has(resourceType)) return undefined;
  const isScript = /(?:java|ecma)script/i.test(fieldOf(responseHeaders, "content-type"));
  return resourceType === "Other" && isScript ? "worker" : "subresource";
}

/** The first value of a header; the empty string where it is absent. */
export function fieldOf(headers: readonly HeaderEntry[], name: string): string {
  return headers.find((one) => one.name.toLowerCase() === name)?.value ?? "";
}

function isHtml(headers: readonly HeaderEntry[]): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(fieldOf(headers, "content-type"));
}
