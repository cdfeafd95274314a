import { createHash, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished, vi } from "vitest";
import { WebSocketServer } from "ws";
import { type Middleware, nonceOf } from "../../src/index.js";
import { whenFileEnds } from "../file-end.js";
import { CERTIFICATE, listen } from "../http/support.js";
import type { Peer } from "../peers.js";

/** The browser that people use. */
const WHOLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Chromium of the same version without windows, tabs and profiles: a context costs a third of the time. */
const SHELL = process.env["CHROMIUM_HEADLESS_SHELL"] ?? "/usr/bin/chromium-headless-shell";

/** What suites start: the headless shell where it is installed and the environment names no other. */
export let program = usual();

function usual(): string {
  return process.env["CHROMIUM"] === undefined && existsSync(SHELL) ? SHELL : WHOLE;
}

/** For a suite that needs what the shell does not have: the Reporting API, the interfaces of large applications. */
export function startWholeBrowser(): void {
  program = WHOLE;
  whenFileEnds(() => {
    program = usual();
  });
}

/** For `skipWithout`. */
export const CHROMIUM: Peer = { name: "Chromium", found: existsSync(WHOLE), get: "apt-get install chromium, or CHROMIUM=/path/to/it" };

const publicKey = new X509Certificate(CERTIFICATE.cert).publicKey.export({ type: "spki", format: "der" });

const COMMON = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"],
  ...["--disable-background-networking", "--use-fake-device-for-media-stream"],
  // Hosts of other origins and other sites.
  "--host-resolver-rules=MAP *.test 127.0.0.1",
];

export const FLAGS = [
  ...COMMON,
  // Trusted as if it were right: what is only overlooked (ignoreHTTPSErrors) has its HSTS ignored.
  `--ignore-certificate-errors-spki-list=${createHash("sha256").update(publicKey).digest("base64")}`,
];

/** A browser for recordings, which trusts no certificate of the tests. A response that the recorder passes on has no address, and would not reach a loopback host. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: [...COMMON, "--disable-features=LocalNetworkAccessChecks"] });
}

/** Every page sees in `violations` what its policy blocked, and can say in `done` that something has worked. */
const LISTEN = `
globalThis.done = false;
globalThis.violations = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, disposition }) => {
  const where = disposition === "enforce" ? "" : " (" + disposition + ")";
  violations.push(effectiveDirective + " " + blockedURI.replace(":" + location.port, "") + where);
}, true);`;

const browsers = new Map<string, Promise<Browser>>();

/** One browser of each program for all tests of a file. */
function browserOf(executablePath: string): Promise<Browser> {
  const started = browsers.get(executablePath);
  if (started !== undefined) return started;
  const browser = chromium.launch({ executablePath, args: FLAGS });
  browsers.set(executablePath, browser);
  whenFileEnds(async () => {
    browsers.delete(executablePath);
    await (await browser).close();
  });
  return browser;
}

let recorders: Promise<Browser> | undefined;

/** One browser for all recordings of a file. */
export function recordersBrowser(): Promise<Browser> {
  if (recorders !== undefined) return recorders;
  const browser = launchChromium();
  recorders = browser;
  whenFileEnds(async () => {
    recorders = undefined;
    await (await browser).close();
  });
  return browser;
}

/** Does something when a test is over: Vitest's own, or that of the context of a test that runs beside others. */
export type Finish = (end: () => void | Promise<void>) => void;

/** A page without a past, closed when the test is over. */
export async function newPage(options: BrowserContextOptions = {}, finish: Finish = onTestFinished): Promise<Page> {
  // The headless shell gives nobody a camera.
  const browser = await browserOf((options.permissions ?? []).includes("camera") ? WHOLE : program);
  const context = await browser.newContext(options);
  finish(() => context.close());
  await context.addInitScript({ content: LISTEN });
  return context.newPage();
}

/** What is served at a path. `NONCE` in the text becomes the response's nonce, `PORT` the server's port. */
export interface Served {
  readonly policy?: Middleware;
  readonly body: string | Buffer;
  readonly type?: string;
  /** More headers, which are no matter of the policy. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running server, by any name that leads to it. */
export interface Site {
  readonly port: number;
  /** Each request but for icons, as `"GET /path"`, and what its Referer said. */
  readonly asked: readonly { readonly what: string; readonly referer: string | undefined }[];
}

/** Half a second of silence. */
function wav(): Buffer {
  const samples = Buffer.alloc(4000, 128);
  const header = Buffer.from("RIFF____WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data____", "latin1");
  header.writeUInt32LE(36 + samples.length, 4);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** A font of one glyph, a triangle. */
export const FONT =
  "d09GMgABAAAAAADcAAoAAAAAAiwAAACWAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAABmAALAoUMgE2AiQDBAsEAAQgBTwHIBuXAaCeBXY7dDcMCuPzvQV78wiVzvN99+y+mQ2ioA9hQmkDmsg/nkBAmuAmDwBkjuXVN8LJ1yQ3OA44goQiy2FwCXQe9GC0AWG52FKb7GIRb6OuJyg0Di04LA+Ugr3ZWwABhaCxgPxJJx+zgSD8XDfTBv7e5dgYtALBgAZgTAvRAgoAAMtLQAQBJaJlXUWpRY11fp3CBg==";

const JS = "text/javascript";

/** What every site has, under any folder. */
const FILES: Readonly<Record<string, Served>> = {
  "done.js": { type: JS, body: "done = true" },
  "eval.js": { type: JS, body: "done = eval('true')" },
  "wasm.js": { type: JS, body: "WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(() => { done = true }, () => {})" },
  "click.js": { type: JS, body: "x.click()" },
  "worker.js": { type: JS, body: "globalThis.postMessage?.(1); onconnect = ({ ports: [port] }) => port.postMessage(1)" },
  "style.css": { type: "text/css", body: "#x { color: rgb(1, 2, 3) }" },
  "image.svg": { type: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>' },
  "font.woff2": { type: "font/woff2", body: Buffer.from(FONT, "base64") },
  "font.css": { type: "text/css", body: "@font-face { font-family: f; src: url(/font.woff2) } body { font-family: f, sans-serif }" },
  "tone.wav": { type: "audio/wav", body: wav() },
  "frame.html": { body: "<title>frame</title>" },
  "data.json": { type: "application/json", body: "{}" },
  "site.webmanifest": { type: "application/manifest+json", body: "{}" },
};

/** Serves pages until the test is over, over http or https, and a WebSocket at any path. */
export async function serveSite(pages: Readonly<Record<string, Served>>, { secure = false } = {}): Promise<Site> {
  const asked: { what: string; referer: string | undefined }[] = [];
  let port = 0;
  const listener: http.RequestListener = (req, res) => {
    const path = new URL(req.url ?? "/", "http://localhost").pathname;
    if (path !== "/favicon.ico") asked.push({ what: `${req.method} ${path}`, referer: req.headers.referer });
    const served = pages[req.url ?? path] ?? pages[path] ?? FILES[path.split("/").at(-1) ?? ""];
    if (served === undefined) return void res.writeHead(404).end();
    served.policy?.(req, res);
    res.setHeader("Content-Type", served.type ?? "text/html; charset=utf-8");
    res.setHeader("Access-Control-Allow-Origin", "*");
    for (const [name, value] of Object.entries(served.headers ?? {})) res.setHeader(name, value);
    const { body } = served;
    if (typeof body !== "string") return void res.end(body);
    res.end(body.replaceAll("PORT", String(port)).replaceAll("NONCE", () => nonceOf(res)));
  };
  const server = secure ? https.createServer(CERTIFICATE, listener) : http.createServer(listener);
  new WebSocketServer({ server }).on("error", () => undefined);
  port = await listen(server);
  return { port, asked };
}

/** What came of a page. */
export interface Seen {
  readonly works: boolean;
  /** What its policy blocked, as `"img-src http://localhost/image.svg"`: without the port, which is another every time. */
  readonly violations: readonly string[];
}

/** Goes to a page, and waits until an expression of its holds, now or as a promise, or something is blocked. */
export async function see(page: Page, url: string, works: string): Promise<Seen> {
  await page.goto(url);
  return until(page, works);
}

/** The same, of a page that is there already. */
export function until(page: Page, works: string): Promise<Seen> {
  // From here: to ask again and again within the page Playwright needs an eval, which most policies block.
  return vi.waitFor(
    async () => {
      const seen = (await page.evaluate(`(async () => ({ works: Boolean(await (${works})), violations }))()`)) as Seen;
      if (!seen.works && seen.violations.length === 0) throw new Error(`nothing is blocked, and this does not hold: ${works}`);
      return seen;
    },
    { timeout: 15_000, interval: 20 },
  );
}
