import type http from "node:http";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { proveSite, type RecordOptions } from "../../src/record/record.js";
import { CHROMIUM, recordersBrowser } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { optionsOf, withoutPort } from "./proving.js";
import { type Pages, servePages } from "./walking.js";

const HTML = { "Content-Type": "text/html; charset=utf-8" };

/** Blocks nothing of these pages. */
const OPEN = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["*", "unsafe-inline"] } });

/** What a proof says of the pages at `/` and of those that it links to. */
async function prove(pages: Pages, more: Partial<RecordOptions> = {}, policy = OPEN) {
  const { port } = await servePages(pages);
  const options = optionsOf(await recordersBrowser(), `http://localhost:${port}/`, { depth: 1, pictures: false, seconds: 6, ...more });
  const { outcome, proof, walks } = await proveSite(policy, options);
  const found = proof?.pages.map(({ url, differences }) => [url, ...differences]);
  return withoutPort({ outcome, pages: found, uncovered: walks[0].uncovered });
}

const long = (_: http.IncomingMessage, res: http.ServerResponse) =>
  void res.writeHead(200, { ...HTML, "Content-Length": 4_000 }).end("long ".repeat(800));

describe.skipIf(skipWithout("documents without the policy", [CHROMIUM]))("a page is not proven", { timeout: 120_000 }, () => {
  it("that is too long for the policy to be put on it, and the other pages are", async () => {
    expect(await prove({ "/": "<a href=/long?token=secret>long</a>", "/long": long }, { documentBytes: 3_000 })).toEqual({
      outcome: "not proven",
      pages: [["http://localhost/long", "http://localhost/long was loaded without the policy: it is longer than 3000 bytes."]],
      uncovered: [
        {
          page: "http://localhost/long",
          viewport: "desktop",
          url: "http://localhost/long",
          kind: "bare",
          why: "it is longer than 3000 bytes",
        },
      ],
    });
  });

  it("with a frame that is a stream of several parts", async () => {
    const parts = (_: http.IncomingMessage, res: http.ServerResponse) =>
      void res
        .writeHead(200, { "Content-Type": "multipart/x-mixed-replace; boundary=b" })
        .end("--b\r\nContent-Type: text/html\r\n\r\nhello\r\n--b--\r\n");
    const { outcome, pages } = await prove({ "/": "<p>outer</p><iframe src=/parts></iframe>", "/parts": parts });
    expect({ outcome, pages }).toEqual({
      outcome: "not proven",
      pages: [["http://localhost/", "http://localhost/parts was loaded without the policy: it is a stream of several parts."]],
    });
  });

  it("that was cut off", async () => {
    const growing = (_: http.IncomingMessage, res: http.ServerResponse) => void res.writeHead(200, HTML).end("long ".repeat(800));
    const { outcome, pages } = await prove({ "/": growing }, { documentBytes: 3_000 });
    expect({ outcome, pages }).toEqual({
      outcome: "not proven",
      pages: [["http://localhost/", "http://localhost/ was cut off: it is longer than 3000 bytes."]],
    });
  });

  /** A service worker that answers one page from its cache, and leaves the others alone. */
  const CACHED: Pages = {
    "/": `first <button onclick="location = '/cached'">go</button><script>navigator.serviceWorker.register("/worker.js")</script>`,
    "/worker.js": (_, res) =>
      void res.writeHead(200, { "Content-Type": "text/javascript" }).end(`
        oninstall = (event) => event.waitUntil(caches.open("v1").then((cache) => cache.add("/cached")).then(() => skipWaiting()));
        onfetch = (event) => { if (event.request.url.endsWith("/cached")) event.respondWith(caches.match(event.request)) };`),
    "/cached": "cached",
  };

  it.each<[string, string, NonNullable<RecordOptions["flow"]>]>([
    [
      "that a service worker answers after a click",
      "http://localhost/cached",
      async ({ page, visit, snapshot }) => {
        await visit("/");
        await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
        await page.click("button");
        await page.waitForURL("**/cached");
        await snapshot("cached");
      },
    ],
    [
      "whose popup a service worker answers",
      "http://localhost/",
      async ({ page, visit }) => {
        await visit("/");
        await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
        const [popup] = await Promise.all([page.waitForEvent("popup"), page.evaluate("void open('/cached')")]);
        await popup.waitForURL("**/cached");
      },
    ],
  ])("%s", async (_, page, flow) => {
    const { outcome, pages } = await prove(CACHED, { depth: 0, flow });
    expect({ outcome, pages }).toEqual({
      outcome: "not proven",
      pages: [[page, "http://localhost/cached was loaded without the policy: it came from its service worker."]],
    });
  });
});

describe.skipIf(skipWithout("documents with a policy", [CHROMIUM]))("a page is proven", { timeout: 120_000 }, () => {
  it("under a policy without a CSP", async () => {
    const policy = definePolicy("none", { referrerPolicy: "no-referrer" });
    expect(await prove({ "/": "hello" }, {}, policy)).toEqual({ outcome: "proven", pages: [], uncovered: [] });
  });

  it("that links to a download and has a frame with one", async () => {
    const file = { "Content-Type": "text/html", "Content-Disposition": "attachment; filename=a.html" };
    const pages: Pages = {
      "/": "<p>hello</p><a href=/file>file</a><iframe src=/file></iframe>",
      "/file": (_, res) => void res.writeHead(200, file).end("bytes"),
    };
    expect(await prove(pages)).toMatchObject({ outcome: "proven", pages: [], uncovered: [] });
  });
});
