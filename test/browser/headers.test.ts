import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { type Patch, securityHeaders } from "../../src/index.js";
import { snippet } from "../docs/snippets.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, type Served, serveSite } from "./support.js";

/** What is served under these headers and no others. */
function under(patch: Patch, body = "<title>page</title>", rest: Partial<Served> = {}): Served {
  return { policy: securityHeaders("none", patch), body, ...rest };
}

/** What an expression comes to on each of these pages, once it is loaded. */
async function valuesOn(page: Page, urls: readonly string[], expression: string): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const url of urls) {
    await page.goto(url);
    values.push(await page.evaluate(expression));
  }
  return values;
}

const IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>';
const SVG = { type: "image/svg+xml" };

describe.skipIf(skipWithout("Headers in a browser", [CHROMIUM]))("Chromium", () => {
  it.each<[string, string, Patch, Patch]>([
    ["X-Frame-Options: DENY, from the site itself", "localhost", {}, { xFrameOptions: "DENY" }],
    ["X-Frame-Options: DENY, which SAMEORIGIN would let through", "localhost", { xFrameOptions: "SAMEORIGIN" }, { xFrameOptions: "DENY" }],
    ["X-Frame-Options: SAMEORIGIN, from another site", "127.0.0.1", {}, { xFrameOptions: "SAMEORIGIN" }],
    ["frame-ancestors 'none', from the site itself", "localhost", framedBy("self"), framedBy("none")],
    ["frame-ancestors 'self', from another site", "127.0.0.1", framedBy("self", "http://127.0.0.1:*"), framedBy("self")],
    [
      "X-Frame-Options, unless frame-ancestors overrules it",
      "localhost",
      { xFrameOptions: "DENY", ...framedBy("self") },
      { xFrameOptions: "DENY" },
    ],
  ])("shows no frame of a page with %s", async (_, framer, allows, blocks) => {
    const frame = (path: string) => ({ body: `<iframe src=http://localhost:PORT${path}></iframe>` });
    const { port } = await serveSite({
      "/1": frame("/allows"),
      "/2": frame("/blocks"),
      "/allows": under(allows),
      "/blocks": under(blocks),
    });
    const page = await newPage();
    const shown: boolean[] = [];
    for (const path of ["/1", "/2"]) {
      await page.goto(`http://${framer}:${port}${path}`);
      shown.push((await page.frames()[1]?.title()) === "page");
    }
    expect(shown).toEqual([true, false]);
  });

  it.each([
    "docs/frameworks.md > Nest > 1",
    "docs/frameworks.md > Koa > 1",
    "docs/frameworks.md > Fastify > 1",
    "docs/overrides.md > Policy files > 1",
  ])("shows the frame that %s allows over strict", async (name) => {
    const printed = /\{ "?xFrameOptions"?: .*?\} \}/.exec(snippet(name))?.[0];
    const override = new Function(`return (${printed});`)() as Patch;
    const { port } = await serveSite({
      "/": { body: "<iframe src=/embed></iframe>" },
      "/other": { body: "<iframe src=/page></iframe>" },
      "/embed": { body: "<title>page</title>", policy: securityHeaders("strict", override) },
      "/page": { body: "<title>page</title>", policy: securityHeaders("strict") },
    });
    const page = await newPage();
    const shown: boolean[] = [];
    for (const path of ["/", "/other"]) {
      await page.goto(`http://localhost:${port}${path}`);
      shown.push((await page.frames()[1]?.title()) === "page");
    }
    expect(shown).toEqual([true, false]);
  });

  it.each<[string, string, Partial<Served> & { body: string }, string]>([
    ["script that calls itself text", "<script src=/file></script>", { body: "done = true", type: "text/plain" }, "done"],
    [
      "style sheet that calls itself text",
      "<link rel=stylesheet href=/file>",
      { body: "body { color: rgb(1, 2, 3) }", type: "text/plain" },
      "getComputedStyle(document.body).color === 'rgb(1, 2, 3)'",
    ],
  ])("under X-Content-Type-Options takes no %s", async (_, html, { body, ...file }, works) => {
    const results: unknown[] = [];
    for (const xContentTypeOptions of [false, true]) {
      const { port } = await serveSite({ "/": { body: html }, "/file": under({ xContentTypeOptions }, body, file) });
      results.push(...(await valuesOn(await newPage(), [`http://localhost:${port}/`], works)));
    }
    expect(results).toEqual([true, false]);
  });

  const FULL = "https://site.test/page?query";
  const ORIGIN = "https://site.test/";

  it.each<[NonNullable<Patch["referrerPolicy"]>, string | undefined, string | undefined, string | undefined]>([
    ["no-referrer", undefined, undefined, undefined],
    ["no-referrer-when-downgrade", FULL, FULL, undefined],
    ["origin", ORIGIN, ORIGIN, ORIGIN],
    ["origin-when-cross-origin", FULL, ORIGIN, ORIGIN],
    ["same-origin", FULL, undefined, undefined],
    ["strict-origin", ORIGIN, ORIGIN, undefined],
    ["strict-origin-when-cross-origin", FULL, ORIGIN, undefined],
    ["unsafe-url", FULL, FULL, FULL],
  ])(
    "tells the site itself, another one, and one over plain http no more than Referrer-Policy: %s lets it",
    async (referrerPolicy, same, cross, plain) => {
      const body = "<img src=/same/image.svg><img src=https://other.test:PORT/cross/image.svg>";
      const site = await serveSite({ "/page": under({ referrerPolicy }, body) }, { secure: true });
      const insecure = await serveSite({});
      const page = await newPage();
      await page.goto(`https://site.test:${site.port}/page?query`);
      const arrived = page.waitForURL(/^http:/);
      await page.evaluate(`{ location = "http://other.test:${insecure.port}/frame.html" }`);
      await arrived;
      const told = [...site.asked, ...insecure.asked].slice(1).map(({ what, referer }) => [what, referer?.replace(/:\d+/, "")]);
      expect(Object.fromEntries(told)).toEqual({ "GET /same/image.svg": same, "GET /cross/image.svg": cross, "GET /frame.html": plain });
    },
  );

  const POSITION = "new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve(true), () => resolve(false)))";
  const GRANTED = { permissions: ["geolocation", "camera"], geolocation: { latitude: 1, longitude: 1 } };
  const CAMERA = "navigator.mediaDevices.getUserMedia({ video: true }).then(() => true, () => false)";
  const FULLSCREEN = "document.body.requestFullscreen().then(() => true, () => false)";

  it.each<[string, string, Patch["permissionsPolicy"] & object, Patch["permissionsPolicy"] & object]>([
    ["geolocation", POSITION, { geolocation: ["self"] }, { geolocation: [] }],
    ["a camera", CAMERA, { camera: "*" }, { camera: [] }],
    ["fullscreen", FULLSCREEN, {}, { fullscreen: [] }],
  ])("refuses %s where Permissions-Policy does", async (_, expression, allows, blocks) => {
    const { port } = await serveSite({ "/allows": under({ permissionsPolicy: allows }), "/blocks": under({ permissionsPolicy: blocks }) });
    const page = await newPage(GRANTED as BrowserContextOptions);
    expect(await valuesOn(page, [`http://localhost:${port}/allows`, `http://localhost:${port}/blocks`], expression)).toEqual([true, false]);
  });

  it("refuses another site's frame what Permissions-Policy is for the site itself", async () => {
    const html = "<iframe allow=geolocation src=http://127.0.0.1:PORT/frame.html></iframe>";
    const { port } = await serveSite({
      "/allows": under({ permissionsPolicy: { geolocation: "*" } }, html),
      "/blocks": under({ permissionsPolicy: { geolocation: ["self"] } }, html),
    });
    const page = await newPage(GRANTED as BrowserContextOptions);
    const results: unknown[] = [];
    for (const path of ["/allows", "/blocks"]) {
      await page.goto(`http://localhost:${port}${path}`);
      results.push(await page.frames()[1]?.evaluate(POSITION));
    }
    expect(results).toEqual([true, false]);
  });

  it.each<[string, Patch, Patch, Patch, Patch]>([
    ["an opened page with same-origin", {}, {}, {}, { crossOriginOpenerPolicy: "same-origin" }],
    ["an opened page with noopener-allow-popups", {}, {}, {}, { crossOriginOpenerPolicy: "noopener-allow-popups" }],
    [
      "a page with same-origin that opens one without",
      { crossOriginOpenerPolicy: "same-origin-allow-popups" },
      {},
      { crossOriginOpenerPolicy: "same-origin" },
      {},
    ],
  ])("under Cross-Origin-Opener-Policy cuts the tie between pages of two sites: %s", async (_, opener, opened, cutOpener, cutOpened) => {
    const ties: unknown[] = [];
    for (const [from, to] of [
      [opener, opened],
      [cutOpener, cutOpened],
    ] as const) {
      const { port } = await serveSite({ "/from": under(from), "/to": under(to) });
      const page = await newPage();
      await page.goto(`http://localhost:${port}/from`);
      const popup = page.waitForEvent("popup");
      await page.evaluate(`{ open("http://127.0.0.1:${port}/to") }`);
      const other = await popup;
      await other.waitForURL("**/to");
      ties.push(await other.evaluate("opener !== null"));
    }
    expect(ties).toEqual([true, false]);
  });

  const ISOLATED = { crossOriginOpenerPolicy: "same-origin", crossOriginEmbedderPolicy: "require-corp" } as const;
  const FOREIGN = "<img id=x src=http://127.0.0.1:PORT/image>";
  const LOADED = "x.naturalWidth === 8";

  it.each<[string, Patch, Patch, string, Patch, string]>([
    ["isolates a page that has COOP and COEP", ISOLATED, { crossOriginOpenerPolicy: "same-origin" }, "", {}, "crossOriginIsolated"],
    ["under COEP takes no image that does not agree to it", {}, { crossOriginEmbedderPolicy: "require-corp" }, FOREIGN, {}, LOADED],
    [
      "under COEP: credentialless takes what require-corp does not",
      { crossOriginEmbedderPolicy: "credentialless" },
      { crossOriginEmbedderPolicy: "require-corp" },
      FOREIGN,
      {},
      LOADED,
    ],
    [
      "under COEP frames no page without it",
      {},
      { crossOriginEmbedderPolicy: "require-corp" },
      "<iframe id=x src=/frame.html></iframe>",
      {},
      "x.contentDocument?.title === 'frame'",
    ],
    [
      "under Integrity-Policy runs no script without a hash",
      {},
      { integrityPolicy: { blockedDestinations: ["script"] } },
      "<script src=/done.js></script>",
      {},
      "done",
    ],
  ])("%s", async (_, allows, blocks, html, image, works) => {
    const { port } = await serveSite({
      "/allows": under(allows, html),
      "/blocks": under(blocks, html),
      "/image": under(image, IMAGE, SVG),
    });
    const urls = [`http://localhost:${port}/allows`, `http://localhost:${port}/blocks`];
    expect(await valuesOn(await newPage(), urls, works)).toEqual([true, false]);
  });

  it.each<[string, string, Patch, Patch, Patch]>([
    [
      "same-origin, for another site",
      "other.test",
      {},
      { crossOriginResourcePolicy: "cross-origin" },
      { crossOriginResourcePolicy: "same-origin" },
    ],
    [
      "same-origin, for the same site",
      "b.site.test",
      {},
      { crossOriginResourcePolicy: "same-site" },
      { crossOriginResourcePolicy: "same-origin" },
    ],
    [
      "same-site, for another site",
      "other.test",
      {},
      { crossOriginResourcePolicy: "cross-origin" },
      { crossOriginResourcePolicy: "same-site" },
    ],
    [
      "same-origin, for a page with COEP",
      "localhost",
      { crossOriginEmbedderPolicy: "require-corp" },
      { crossOriginResourcePolicy: "cross-origin" },
      { crossOriginResourcePolicy: "same-origin" },
    ],
  ])("gives away no image with Cross-Origin-Resource-Policy: %s", async (_, host, embedder, allows, blocks) => {
    const html = (path: string) => `<img id=x src=http://a.site.test:PORT${path}>`;
    const { port } = await serveSite({
      "/1": under(embedder, html("/allows")),
      "/2": under(embedder, html("/blocks")),
      "/allows": under(allows, IMAGE, SVG),
      "/blocks": under(blocks, IMAGE, SVG),
    });
    expect(await valuesOn(await newPage(), [`http://${host}:${port}/1`, `http://${host}:${port}/2`], LOADED)).toEqual([true, false]);
  });

  it.each<[string, Patch, string]>([
    ["the site", { strictTransportSecurity: { maxAge: 300 } }, "site.test"],
    ["a site below it", { strictTransportSecurity: { maxAge: 300, includeSubDomains: true } }, "sub.site.test"],
  ])("asks %s over https where http is written, once it has seen Strict-Transport-Security", async (_, patch, host) => {
    const results: string[] = [];
    for (const one of [patch, { strictTransportSecurity: { maxAge: 0 } }]) {
      const { port } = await serveSite({ "/": under(one) }, { secure: true });
      const page = await newPage();
      await page.goto(`https://site.test:${port}/`);
      const other = await page.context().newPage();
      const answer = await other.goto(`http://${host}:${port}/`).catch((error: Error) => error);
      results.push(answer instanceof Error ? (/net::\w+/.exec(answer.message)?.[0] ?? answer.message) : new URL(other.url()).protocol);
    }
    expect(results).toEqual(["https:", "net::ERR_EMPTY_RESPONSE"]);
  });

  it.each<[string, Patch, string]>([
    ["cookies", { clearSiteData: ["cookies"] }, "document.cookie === ''"],
    ["storage", { clearSiteData: ["storage"] }, "localStorage.length === 0"],
  ])("forgets %s when Clear-Site-Data says so", async (_, patch, forgotten) => {
    const remember = "<script>document.cookie = 'a=1'; localStorage.a = 1</script>";
    const site = await serveSite({ "/": { body: remember }, "/stay": under({}), "/leave": under(patch) }, { secure: true });
    const page = await newPage();
    await page.goto(`https://localhost:${site.port}/`);
    const urls = [`https://localhost:${site.port}/stay`, `https://localhost:${site.port}/leave`];
    expect(await valuesOn(page, urls, forgotten)).toEqual([false, true]);
  });
});

function framedBy(...frameAncestors: ("self" | "none" | `http://${string}`)[]): Patch {
  return { contentSecurityPolicy: { frameAncestors } };
}
