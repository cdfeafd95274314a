import http from "node:http";
import https from "node:https";
import type { Browser } from "playwright-core";
import { onTestFinished } from "vitest";
import type { RecordOptions } from "../../src/record/record.js";
import { VIEWPORTS } from "../../src/record/walk.js";
import { launchChromium } from "../browser/support.js";
import { CERTIFICATE, listen } from "../http/support.js";

/** A browser of the test's own, which it may close; hosts of `.test` are this machine. */
export async function newBrowser(): Promise<Browser> {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  return browser;
}

/** A recording of one site, in one window, without links. */
export const optionsOf = (browser: Browser, url: string, more: Partial<RecordOptions> = {}): RecordOptions => ({
  browser,
  starts: [new URL(url)],
  pages: 10,
  depth: 0,
  include: [],
  exclude: [],
  viewports: [VIEWPORTS.desktop],
  flow: undefined,
  seconds: 10,
  pictures: true,
  context: { ignoreHTTPSErrors: true },
  headers: {},
  signal: new AbortController().signal,
  onProgress: () => undefined,
  accepted: new Set(),
  prove: true,
  ...more,
});

/** What a path answers: a text, the text of one visit of many, or `undefined` for a connection that is cut. */
export type Answers = Readonly<Record<string, string | ((visit: number) => string | undefined)>>;

/** A server whose answers may differ from one request to the next; visits of a path are counted from 1. `PORT` is the server's. */
export async function serveAnswers(
  answers: Answers,
  { headers = {}, secure = false }: { readonly headers?: Readonly<Record<string, string>>; readonly secure?: boolean } = {},
): Promise<string> {
  const visits = new Map<string, number>();
  let port = 0;
  const listener: http.RequestListener = (req, res) => {
    const path = new URL(req.url ?? "/", "http://localhost").pathname;
    const visit = (visits.get(path) ?? 0) + 1;
    visits.set(path, visit);
    const answer = answers[path];
    if (answer === undefined) return void res.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    const text = typeof answer === "string" ? answer : answer(visit);
    if (text === undefined) return void req.socket.destroy();
    res.setHeader("Content-Type", typeOf(path));
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    res.end(text.replaceAll("PORT", String(port)));
  };
  port = await listen(secure ? https.createServer(CERTIFICATE, listener) : http.createServer(listener));
  return `${secure ? "https" : "http"}://localhost:${port}`;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
  json: "application/json",
};

const typeOf = (path: string) => TYPES[path.split(".").at(-1) ?? ""] ?? "text/html; charset=utf-8";

/** A picture of 320 by 160 pixels in one colour: 5 % of the window. */
export const svg = (colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="160"><rect width="320" height="160" fill="${colour}"/></svg>`;

/** What is in a recording that a test compares; the port is another each time. */
export function withoutPort<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replace(/(localhost|\.test):\d+/g, "$1")) as T;
}
