import { createHash, X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { vi } from "vitest";
import { WebSocketServer } from "ws";
import { type Layer, nonceOf, securityHeaders } from "../../../src/index.js";
import { CERTIFICATE } from "../../http/support.js";
import { FONT, program } from "../support.js";

/** The site whose policy is on trial. */
const SITE = "shop.test";

/** What a page is, and what is on it. */
export interface Scene {
  readonly policy: readonly [Layer, ...Layer[]];
  /** `NONCE` becomes the response's nonce. */
  readonly html: string;
  /** The site's own files by path; scripts, or style sheets where the path ends in `.css`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What came of a page, each list sorted. */
export interface Outcome {
  /** What the policy blocked: `"img-src https://pixel.example/1.gif"`. */
  readonly violations: readonly string[];
  /** What was loaded and, seen from the page, worked: `"script https://js.stripe.com/v3/"`. */
  readonly worked: readonly string[];
  /** What arrived at the servers of others, in the same words. */
  readonly arrived: readonly string[];
}

interface Visit extends Scene {
  readonly arrived: string[];
}

/** A browser that knows one server, by every name. */
export interface Stage {
  /** Opens a page, and waits until `check` throws nothing. */
  play(scene: Scene, check: (outcome: Outcome, page: Page) => void | Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs in every document first. Vendors' code, as it is played, uses `play`; tests read `worked` and `violations`. An element's `load`
 * says that a script, style sheet or image is there; a frame and a popup send a message, since a blocked frame fires `load` as well.
 */
const IN_PAGES = `
globalThis.worked = [];
globalThis.violations = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => violations.push(effectiveDirective + " " + blockedURI), true);
document.addEventListener("load", ({ target }) => {
  const kind = { SCRIPT: "script", LINK: "style", IMG: "image" }[target.tagName];
  const url = target.src || target.href;
  if (kind && new URL(url).host !== "${SITE}") worked.push(kind + " " + url);
}, true);
addEventListener("message", ({ data }) => { if (/^(?:frame|popup) /.test(data)) worked.push(data) });
document.fonts.addEventListener("loadingdone", ({ fontfaces }) => {
  for (const { family } of fontfaces) worked.push("font " + family.replaceAll('"', ""));
});
const add = (name, properties) => document.head.append(Object.assign(document.createElement(name), properties));
globalThis.play = {
  script: (src, more) => add("script", { ...more, src }),
  style: (href) => add("link", { rel: "stylesheet", href }),
  inlineStyle() {
    const element = document.createElement("style");
    element.append("#played { margin: 3px }");
    document.head.append(element);
    if (element.sheet) worked.push("inline style");
  },
  image: (src) => add("img", { src }),
  frame: (src, more) => add("iframe", { ...more, src }),
  font(url) {
    const face = new FontFace(url, "url(" + url + ")");
    face.load().then(() => worked.push("font " + url), () => {});
  },
  fetch: (url, more) => void fetch(url, more).then(() => worked.push("fetch " + url), () => {}),
  beacon: (url) => navigator.sendBeacon(url, "played") && worked.push("fetch " + url),
  socket: (url) => { new WebSocket(url).onopen = () => worked.push("socket " + url) },
  worker() {
    const worker = new Worker(URL.createObjectURL(new Blob(["postMessage(1)"])));
    worker.onmessage = () => worked.push("blob worker");
  },
};`;

/** By `Sec-Fetch-Dest`. */
const KINDS: Readonly<Record<string, string>> = { iframe: "frame", document: "popup", empty: "fetch" };

const TYPES: Readonly<Record<string, string>> = {
  script: "text/javascript",
  style: "text/css",
  image: "image/svg+xml",
  font: "font/woff2",
  frame: "text/html",
  popup: "text/html",
  fetch: "application/json",
};

const BODIES: Readonly<Record<string, string | Buffer>> = {
  image: '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>',
  font: Buffer.from(FONT, "base64"),
  frame: '<!doctype html><script>parent.postMessage("frame " + location.href, "*")</script>',
  popup: '<!doctype html><script>opener?.postMessage("popup " + location.href, "*")</script>',
  fetch: "{}",
};

/**
 * Starts a browser in which every host is one local server.
 *
 * @param played scripts and style sheets by their URL. Anything else that is asked for is an empty one of its kind. No answer has a
 *   Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy header; each has the CORS headers of a public file.
 */
export async function openStage(played: Readonly<Record<string, string>>): Promise<Stage> {
  const visits = new Map<string, Visit>();
  const visitOf = ({ headers }: IncomingMessage) => visits.get(headers["user-agent"] ?? "");
  const server = https.createServer(CERTIFICATE, (req, res) => {
    const visit = visitOf(req);
    if (visit === undefined) return void res.writeHead(404).end();
    if (req.headers.host === SITE) return site(visit, req, res);
    vendor(visit, played, req, res);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (_, req) => visitOf(req)?.arrived.push(`socket wss://${req.headers.host}${req.url}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({ executablePath: program, args: flags(port) });

  const play: Stage["play"] = async (scene, check) => {
    const userAgent = `visit ${visits.size}`;
    const visit: Visit = { ...scene, arrived: [] };
    visits.set(userAgent, visit);
    const context = await browser.newContext({ userAgent });
    try {
      const page = await firstPage(context);
      await vi.waitFor(async () => check(await outcomeOf(page, visit), page), { timeout: 15_000, interval: 20 });
    } finally {
      await context.close();
    }
  };
  const close = async () => {
    await browser.close();
    sockets.close();
    server.closeAllConnections();
    server.close();
  };
  return { play, close };
}

async function firstPage(context: BrowserContext): Promise<Page> {
  await context.addInitScript({ content: IN_PAGES });
  const page = await context.newPage();
  await page.goto(`https://${SITE}/`);
  return page;
}

async function outcomeOf(page: Page, { arrived }: Visit): Promise<Outcome> {
  const seen = (await page.evaluate("({ violations, worked })")) as Pick<Outcome, "violations" | "worked">;
  return { violations: seen.violations.toSorted(), worked: seen.worked.toSorted(), arrived: arrived.toSorted() };
}

/** This certificate is trusted for every host. */
function flags(port: number): string[] {
  const key = new X509Certificate(CERTIFICATE.cert).publicKey.export({ type: "spki", format: "der" });
  return [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"],
    "--disable-background-networking",
    `--host-resolver-rules=MAP * 127.0.0.1:${port}`,
    `--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`,
  ];
}

function site({ policy, html, files = {} }: Visit, req: IncomingMessage, res: ServerResponse): void {
  const path = req.url ?? "/";
  const own = files[path];
  if (path !== "/" && own === undefined) return void res.writeHead(404).end();
  securityHeaders(...policy)(req, res);
  if (own !== undefined) return void res.setHeader("Content-Type", path.endsWith(".css") ? "text/css" : "text/javascript").end(own);
  res.setHeader("Content-Type", "text/html; charset=utf-8");
  res.end(html.replaceAll("NONCE", () => nonceOf(res)));
}

function vendor({ arrived }: Visit, played: Readonly<Record<string, string>>, req: IncomingMessage, res: ServerResponse): void {
  const dest = String(req.headers["sec-fetch-dest"]);
  const kind = KINDS[dest] ?? dest;
  const url = `https://${req.headers.host}${req.url}`;
  res.setHeader("Access-Control-Allow-Origin", req.headers.origin ?? "*");
  res.setHeader("Access-Control-Allow-Credentials", "true");
  res.setHeader("Access-Control-Allow-Headers", "content-type");
  if (req.method === "OPTIONS") return void res.end();
  arrived.push(`${kind} ${url}`);
  res.setHeader("Content-Type", TYPES[kind] ?? "text/plain");
  res.end(played[url] ?? BODIES[kind] ?? "");
}
