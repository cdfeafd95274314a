import { createHash } from "node:crypto";
import http from "node:http";
import express from "express";
import { expect, it } from "vitest";
import { nonce, nonceOf, sealHeaders, securityHeaders } from "../../src/index.js";
import { listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage } from "./support.js";

const skipped = skipWithout("a 304 in a browser", [CHROMIUM]);

const site = () => securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] } });

/** The page whose script carries the nonce; its validator says only which version it is, as that of a file does. */
const page = (value: string) => `<!doctype html><title>page</title><script nonce="${value}">document.title = "ran"</script>`;
const ETAG = `"${createHash("sha256").update(page("")).digest("hex").slice(0, 16)}"`;

/** Goes to the page, away and there again; tells what each answer of the page was, and what its script made of the title. */
async function visitedTwice(listener: http.RequestListener): Promise<readonly (number | string)[]> {
  const statuses: number[] = [];
  const port = await listen(
    http.createServer((req, res) => {
      if (req.url === "/page") res.on("finish", () => statuses.push(res.statusCode));
      listener(req, res);
    }),
  );
  const tab = await newPage();
  const titles: string[] = [];
  for (let visit = 0; visit < 2; visit += 1) {
    await tab.goto(`http://127.0.0.1:${port}/elsewhere`);
    await tab.goto(`http://127.0.0.1:${port}/page`);
    titles.push(await tab.title());
  }
  return [...statuses, ...titles];
}

it.skipIf(skipped).each<[string, readonly ReturnType<typeof site>[]]>([
  ["node:http", [site()]],
  ["node:http, sealed", [site(), sealHeaders()]],
])("a page with a nonce that is revalidated runs its scripts again: %s", async (_, chain) => {
  const seen = await visitedTwice((req, res) => {
    if (req.url !== "/page") return void res.setHeader("Content-Type", "text/html").end("<title>elsewhere</title>");
    for (const step of chain) step(req, res);
    res.setHeader("Content-Type", "text/html").setHeader("ETag", ETAG).setHeader("Cache-Control", "private, no-cache");
    if (req.headers["if-none-match"] === ETAG) return void res.writeHead(304).end();
    res.end(page(nonceOf(res)));
  });
  expect(seen).toEqual([200, 304, "ran", "ran"]);
});

it.skipIf(skipped)("a page with a nonce that is revalidated runs its scripts again: Express", async () => {
  const app = express();
  app.use(site());
  app.get("/elsewhere", (_req, res) => void res.send("<title>elsewhere</title>"));
  app.get("/page", (_req, res) => void res.set({ ETag: ETAG, "Cache-Control": "private, no-cache" }).send(page(nonceOf(res))));
  expect(await visitedTwice(app)).toEqual([200, 304, "ran", "ran"]);
});
