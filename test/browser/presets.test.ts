import { describe, expect, it } from "vitest";
import { type PresetName, securityHeaders } from "../../src/index.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, type Served, see, serveSite, until } from "./support.js";

/** What pages are made of, and when it works. */
const NEEDS = {
  script: ["<script src=/done.js></script>", "done"],
  noncedScripts: ["<script src=/done.js nonce=NONCE></script><script nonce=NONCE>var inline = true</script>", "done && inline"],
  noncedModule: ["<script type=module nonce=NONCE>import '/js/done.js'; globalThis.module = true</script>", "done && module"],
  inlineScript: ["<script>var inline = eval('true')</script>", "inline"],
  styleSheet: ["<link rel=stylesheet href=/style.css><b id=x>text</b>", "getComputedStyle(x).color === 'rgb(1, 2, 3)'"],
  inlineStyle: ["<style>#y { margin: 3px }</style><b id=y></b>", "getComputedStyle(y).margin === '3px'"],
  styleAttribute: ["<b id=z style='padding: 3px'></b>", "getComputedStyle(z).padding === '3px'"],
  image: ["<img id=i src=/image.svg>", "i.naturalWidth === 8"],
  imageInPage: [
    "<img id=d src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>\">",
    "d.naturalWidth === 8",
  ],
  imageOfAnotherSite: ["<img id=o src=https://other.test:PORT/image.svg>", "o.naturalWidth === 8"],
  font: ["<link rel=stylesheet href=/font.css>text", "[...document.fonts][0]?.status === 'loaded'"],
  frame: ["<iframe id=t src=/framed></iframe>", "t.contentDocument?.title === 'framed'"],
  fetch: ["", "fetch('/data.json').then(({ ok }) => ok, () => false)"],
  socket: [
    "",
    "new Promise((resolve) => Object.assign(new WebSocket('wss://' + location.host), { onopen: () => resolve(true), onerror: () => resolve(false) }))",
  ],
  isolation: ["", "crossOriginIsolated"],
} as const satisfies Record<string, readonly [html: string, works: string]>;

type Need = keyof typeof NEEDS;

const ASSETS = ["styleSheet", "image", "font", "fetch", "socket"] as const;

/** What the pages are made of that a preset is made for. */
const PAGES: readonly (readonly [preset: PresetName, needs: readonly Need[]])[] = [
  ["recommended", ["script", ...ASSETS, "inlineStyle", "styleAttribute", "imageInPage", "frame"]],
  ["strict", ["script", ...ASSETS]],
  ["strictDynamic", ["noncedScripts", "noncedModule", ...ASSETS, "imageInPage", "isolation"]],
  ["streamlit", ["script", "inlineScript", ...ASSETS, "inlineStyle", "styleAttribute", "imageInPage", "imageOfAnotherSite"]],
  ["none", ["script", "inlineScript", ...ASSETS, "inlineStyle", "styleAttribute", "imageInPage", "imageOfAnotherSite", "frame"]],
];

const FORM = "<form id=f action=/frame.html></form>";

/** What somebody may get into a page: each of them tries to say so in its title. */
const INJECTED = [
  "<script>document.title = 'injected'</script>",
  "<img src=/nothing onerror=\"document.title = 'injected'\">",
  "<iframe src=\"javascript:parent.document.title = 'injected'\"></iframe>",
  "<iframe srcdoc=\"<script>parent.document.title = 'injected'</script>\"></iframe>",
].join("");

function pageOf(preset: PresetName, needs: readonly Need[], injected = ""): Served {
  const body = needs.map((need) => NEEDS[need][0]).join("\n");
  return { policy: securityHeaders(preset), body: `<!doctype html><title>page</title>${FORM}\n${injected}${body}` };
}

const works = (needs: readonly Need[]) => needs.map((need) => `await (${NEEDS[need][1]})`).join(" && ");

describe.skipIf(skipWithout("Presets in a browser", [CHROMIUM]))("Chromium", () => {
  it.each(PAGES)("under %s blocks nothing of a page that is made for it", async (preset, needs) => {
    const framed = { policy: securityHeaders(preset), body: "<title>framed</title>" };
    const { port } = await serveSite({ "/": pageOf(preset, needs), "/framed": framed }, { secure: true });
    const page = await newPage();
    expect(await see(page, `https://site.test:${port}/`, works(needs))).toEqual({ works: true, violations: [] });
    const sent = page.waitForURL("**/frame.html?");
    await page.evaluate("f.submit()");
    await sent;
  });

  it.each(PAGES.slice(0, 3))("under %s runs nothing that somebody gets into the page, and the page still works", async (preset, needs) => {
    const framed = { policy: securityHeaders(preset), body: "<title>framed</title>" };
    const { port } = await serveSite({ "/": pageOf(preset, needs, INJECTED), "/framed": framed }, { secure: true });
    const page = await newPage();
    await page.goto(`https://site.test:${port}/`);
    await expect.poll(() => page.evaluate(`(async () => ${works(needs)})()`)).toBe(true);
    const { violations } = await until(page, "false");
    expect(violations).toEqual(expect.arrayContaining(["script-src-elem inline", "script-src-attr inline"]));
    expect(await page.title()).toBe("page");
  });

  it.each<PresetName>(["streamlit", "none"])(
    "under %s runs what somebody gets into the page: the preset allows what is inline",
    async (preset) => {
      const { port } = await serveSite({ "/": pageOf(preset, [], INJECTED) }, { secure: true });
      const page = await newPage();
      expect(await see(page, `https://site.test:${port}/`, "document.title === 'injected'")).toEqual({ works: true, violations: [] });
    },
  );

  it("under streamlit runs no script of another site", async () => {
    const { port } = await serveSite(
      { "/": pageOf("streamlit", [], "<script src=https://other.test:PORT/done.js></script>") },
      { secure: true },
    );
    expect(await see(await newPage(), `https://site.test:${port}/`, "done")).toEqual({
      works: false,
      violations: ["script-src-elem https://other.test/done.js"],
    });
  });

  it("under api lets the site's own pages fetch the data", async () => {
    const data = { policy: securityHeaders("api"), body: '{"a":1}', type: "application/json" };
    const { port } = await serveSite({ "/": pageOf("recommended", []), "/data": data }, { secure: true });
    const fetched = "fetch('/data').then((response) => response.json()).then(({ a }) => a === 1)";
    expect(await see(await newPage(), `https://site.test:${port}/`, fetched)).toEqual({ works: true, violations: [] });
  });

  it("under api gives the data to no page of another site", async () => {
    const data = (preset: PresetName) => ({ policy: securityHeaders(preset), body: "done = true", type: "text/javascript" });
    const html = (path: string) => ({ body: `<script src=https://site.test:PORT${path}></script>` });
    const { port } = await serveSite(
      { "/1": html("/none"), "/2": html("/api"), "/none": data("none"), "/api": data("api") },
      { secure: true },
    );
    const page = await newPage();
    const got: unknown[] = [];
    for (const path of ["/1", "/2"]) {
      await page.goto(`https://other.test:${port}${path}`);
      got.push(await page.evaluate("done"));
    }
    expect(got).toEqual([true, false]);
  });

  it("under api runs nothing of what is answered as a page", async () => {
    const { port } = await serveSite({ "/": pageOf("api", [], INJECTED) }, { secure: true });
    const page = await newPage();
    const { violations } = await see(page, `https://site.test:${port}/`, "document.title === 'injected'");
    expect(violations).toContain("script-src-elem inline");
    expect(await page.title()).toBe("page");
  });

  it("under development works over http by any name, where strictDynamic alone asks for https", async () => {
    const { body } = pageOf("strictDynamic", ["noncedScripts"]);
    const { port } = await serveSite({
      "/alone": { policy: securityHeaders("strictDynamic"), body },
      "/developed": { policy: securityHeaders("strictDynamic", "development"), body },
    });
    const page = await newPage();
    const worked: unknown[] = [];
    for (const path of ["/developed", "/alone"]) {
      await page.goto(`http://site.test:${port}${path}`);
      worked.push(await page.evaluate("done && inline"));
    }
    expect(worked).toEqual([true, false]);
  });

  it("under strictDynamic works over http on localhost without more", async () => {
    const { port } = await serveSite({ "/": pageOf("strictDynamic", ["noncedScripts", "styleSheet", "isolation"]) });
    expect(await see(await newPage(), `http://localhost:${port}/`, works(["noncedScripts", "styleSheet", "isolation"]))).toEqual({
      works: true,
      violations: [],
    });
  });
});
