import { gzipSync } from "node:zlib";
import MiniSearch from "minisearch";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuiltSite, buildSite } from "../../site/build.js";
import { find, SEARCH_OPTIONS, type SearchEntry } from "../../site/search-options.js";
import { SEARCH_WORDS } from "../../site/search-words.js";
import { type ServedSite, serveSite } from "../../site/serve.js";
import { addressOf, type SitePage } from "../../site/site.js";
import { CHROMIUM, newPage } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { AMONG_THREE, FIRST } from "./search-queries.js";
import { deadLinks, documentsOf, seriousFindings, WINDOWS } from "./support.js";

let site: BuiltSite;
let served: ServedSite;

beforeAll(async () => {
  site = await buildSite();
  served = await serveSite(site, { port: 0 });
}, 180_000);

afterAll(() => served?.close());

const urlOf = (path: string) => served.url.slice(0, -1) + addressOf("/", path);

it("all links, anchors and files of all pages lead somewhere", () => {
  expect(deadLinks(site, "/")).toEqual([]);
});

it("no page has an inline script but the one in its head: no hash covers handlers and javascript: links, so the build refuses those", () => {
  const others = documentsOf(site).filter(([, html]) => html.match(/<script(?![^>]* src=)/g)?.length !== 1);
  expect(others.map(([file]) => file)).toEqual([]);
});

it("the script of all pages, with the search, has at most 15 kB gzipped", () => {
  const scripts = [...site.files].filter(([file]) => /^assets\/site-.*\.js$/.test(file)).map(([, content]) => gzipSync(content).length);
  expect(scripts).toHaveLength(1);
  expect(scripts[0]).toBeLessThanOrEqual(15_000);
});

describe("the index of the search", () => {
  const index = () => [...site.files].find(([file]) => /^assets\/search-.*\.json$/.test(file))?.[1] ?? "";
  let loaded: MiniSearch<SearchEntry>;
  beforeAll(() => {
    loaded = MiniSearch.loadJSON(String(index()), SEARCH_OPTIONS);
  });
  const found = (query: string) => find(loaded, query).map(({ url }) => url);

  it.each(FIRST)("%s: /%s is first", (query, path) => {
    expect(found(query)[0]).toBe(addressOf("/", path));
  });

  it.each(AMONG_THREE)("%s: /%s is among the first three", (query, path) => {
    expect(found(query).slice(0, 3)).toContain(addressOf("/", path));
  });

  it("words of SEARCH_WORDS belong to pages that exist", () => {
    const paths = site.pages.map(({ path }) => path);
    expect(Object.keys(SEARCH_WORDS).filter((path) => !paths.includes(path))).toEqual([]);
  });

  it("each row of SEARCH_WORDS has a query here", () => {
    const asked = [...FIRST, ...AMONG_THREE].map(([, path]) => path);
    expect(Object.keys(SEARCH_WORDS).filter((path) => !asked.includes(path))).toEqual([]);
  });

  it("has at most 145 kB gzipped", () => {
    expect(gzipSync(index()).length).toBeLessThanOrEqual(145_000);
  });
});

it("the pages are served with the headers that _headers has", async () => {
  const rows = String(site.files.get("_headers")).split("\n").slice(1, -1);
  const headers = rows.map((row) => /^ {2}([^:]+): (.*)$/.exec(row)?.slice(1, 3) ?? []);
  const { headers: sent } = await fetch(urlOf("guides/nonces"));
  const missing = headers.filter(([name = "", value]) => sent.get(name) !== value);
  expect(headers).toHaveLength(12);
  expect(missing).toEqual([]);
});

it("the policy is strict, by hash, and requires Trusted Types", () => {
  const csp = /Content-Security-Policy: (.*)/.exec(String(site.files.get("_headers")))?.[1] ?? "";
  expect(csp.replace(/'sha256-[A-Za-z0-9+/]{43}='/, "HASH").split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'self' HASH",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
});

/** The elements that are wider than the window. */
const WIDE = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? "is " + scrollWidth + " wide at " + clientWidth : "";
})()`;

/** Collects what a page says on its console, and what fails to load. */
function listenTo(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => said.push(`failed: ${request.url()}`));
  page.on("response", (response) => response.status() >= 400 && said.push(`${response.status()}: ${response.url()}`));
  return said;
}

/** One page of each kind: of each group of the navigation, an overview, and of each layout. */
function kinds(): readonly string[] {
  const kindOf = ({ layout, isOverview, group }: SitePage) => layout ?? (isOverview ? "overview" : group.join("/"));
  return [...new Map(site.pages.toReversed().map((page) => [kindOf(page), page.path])).values()];
}

/** Runs a task for each item, in four pages at a time. */
async function inPages<T>(items: readonly T[], task: (page: Page, item: T, said: string[]) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    const page = await newPage({ viewport: { width: 360, height: 740 } });
    const said = listenTo(page);
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await task(page, item, said);
      said.length = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, items.length) }, work));
}

describe.skipIf(skipWithout("The documentation site in a browser", [CHROMIUM]))("in Chromium", () => {
  it("every page loads in silence, without a violation, and does not scroll sideways at 360 and 1280 pixels", {
    timeout: 300_000,
  }, async () => {
    const problems: string[] = [];
    await inPages(site.pages, async (page, { path }, said) => {
      await page.goto(urlOf(path));
      const first = page.viewportSize()?.width ?? 0;
      const wide = [await page.evaluate(WIDE)];
      await page.setViewportSize({ width: first === 360 ? 1280 : 360, height: 740 });
      wide.push(await page.evaluate(WIDE));
      const violations = (await page.evaluate("violations")) as readonly string[];
      problems.push(...[...said, ...violations, ...wide].filter((what) => what !== "").map((what) => `/${path} ${what}`));
    });
    expect(problems).toEqual([]);
  });

  it("a page of each kind is silent in each window, and axe-core finds nothing serious", { timeout: 300_000 }, async () => {
    const problems: string[] = [];
    await inPages(["404", ...kinds()], async (page, path, said) => {
      await page.goto(path === "404" ? `${served.url}404.html` : urlOf(path));
      for (const { width, colorScheme } of WINDOWS) {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ colorScheme });
        const found = [...(await seriousFindings(page)), ...said.splice(0), ...((await page.evaluate("violations")) as string[])];
        problems.push(...found.map((what) => `/${path} ${width} ${colorScheme}: ${what}`));
      }
    });
    expect(problems).toEqual([]);
  });

  it("an address that leads nowhere is answered with 404 and a page that has the way back", async () => {
    const page = await newPage();
    const response = await page.goto(`${served.url}guides/nowhere/`);
    expect(response?.status()).toBe(404);
    expect(await page.locator("main h1").textContent()).toBe("Page not found");
    expect(await page.locator("main a").first().getAttribute("href")).toBe("/");
  });

  describe("the search", () => {
    async function searched(query: string): Promise<Page> {
      const page = await newPage();
      await page.goto(urlOf("guides/nonces"));
      await page.keyboard.press("/");
      await page.keyboard.type(query);
      await page.locator("#results [role=option] mark, #search p:has-text('Nothing')").first().waitFor();
      return page;
    }

    /** The title of the chosen result. */
    const chosen = (page: Page) =>
      page.evaluate(`document.getElementById(document.querySelector("#search input").getAttribute("aria-activedescendant"))
        .querySelector(".result-title").textContent`);

    it("finds Strict-Transport-Security for hsts, and Enter goes there", async () => {
      const page = await searched("hsts");
      expect(await chosen(page)).toBe("Strict-Transport-Security");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/reference/headers/strict-transport-security/");
    });

    it("finds a section, names its group, and goes to its heading", async () => {
      const page = await searched("hsts slowly");
      const option = page.locator("[role=option]", { has: page.locator(".result-heading", { hasText: "7. HSTS, slowly" }) });
      expect(await option.locator(".result-group").textContent()).toBe("Check a site");
      await option.click();
      await page.waitForURL("**/guides/rollout/#7-hsts-slowly");
    });

    it("shows 8 results at most, and arrows choose among them, around the ends", async () => {
      const page = await searched("policy");
      expect(await page.locator("[role=option]").count()).toBe(8);
      const titles = await page.locator(".result-title").allTextContents();
      expect(await chosen(page)).toBe(titles[0]);
      await page.keyboard.press("ArrowDown");
      expect(await chosen(page)).toBe(titles[1]);
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      expect(await chosen(page)).toBe(titles[7]);
      expect(await page.locator("[role=option][aria-selected=true]").count()).toBe(1);
    });

    it("opens by Ctrl+K, closes by Escape, and gives the focus back", async () => {
      const page = await newPage();
      await page.goto(urlOf("guides/nonces"));
      await page.locator(".search-button").focus();
      await page.keyboard.press("Control+k");
      expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("combobox");
      await page.keyboard.press("Escape");
      expect(await page.evaluate("document.activeElement.className")).toContain("search-button");
    });

    it("has no serious finding of axe-core while it is open", async () => {
      const page = await searched("hsts");
      expect(await seriousFindings(page)).toEqual([]);
    });

    it("says that nothing was found, and shows the words as text", async () => {
      const page = await searched("<img src=x onerror=stolen=1>");
      expect(await page.locator("#search [role=status]").textContent()).toBe("Nothing found for “<img src=x onerror=stolen=1>”.");
      expect(await page.locator("#search img").count()).toBe(0);
    });
  });

  it("the switch changes the theme, remembers it, and forgets it when it is the system's", async () => {
    const page = await newPage({ colorScheme: "light" });
    await page.goto(urlOf("guides/nonces"));
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await background()).toBe("rgb(255, 255, 255)");
    await page.click("#theme");
    await page.reload();
    expect(await background()).toBe("rgb(15, 19, 27)");
    expect(await page.locator("#theme").getAttribute("aria-pressed")).toBe("true");
    await page.click("#theme");
    expect(await page.evaluate("localStorage.length")).toBe(0);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background()).toBe("rgb(15, 19, 27)");
  });

  it("the button at a block copies its code, and of a session the commands", async () => {
    const page = await newPage({ permissions: ["clipboard-read", "clipboard-write"] });
    await page.goto(urlOf(""));
    const copied = async (language: string) => {
      const block = page.locator(`[data-language=${language}]`).first();
      await block.hover();
      await block.locator(".copy").click();
      await block.locator(".copy:has-text('Copied')").waitFor();
      return page.evaluate("navigator.clipboard.readText()");
    };
    expect(await copied("sh")).toBe("npm install portcullis");
    expect(await copied("console")).toBe("curl -sI http://localhost:3000 > before.txt\nnpx portcullis check before.txt");
  });

  it("on a phone the navigation opens by its button, shows where one is, and closes by Escape", async () => {
    const page = await newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(urlOf("guides/nonces"));
    const current = page.locator("#navigation [aria-current]");
    expect(await current.isVisible()).toBe(false);
    await page.click(".menu");
    expect(await current.isVisible()).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.locator(".areas-short a").allTextContents()).toEqual(expect.arrayContaining(["Guides", "Reference"]));
    await page.keyboard.press("Escape");
    expect(await current.isVisible()).toBe(false);
  });

  it("the first Tab reaches the link that skips to the content", async () => {
    const page = await newPage();
    await page.goto(urlOf("guides/nonces"));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
  });

  it("without JavaScript the text, the navigation and the folded groups are there, and the search is not", async () => {
    const page = await newPage({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    await page.goto(urlOf("guides/rollout"));
    expect(await page.locator("main h2").first().isVisible()).toBe(true);
    expect(await page.locator(".search-button").isVisible()).toBe(false);
    expect(await page.locator("#theme").isVisible()).toBe(false);
    await page.click(".menu");
    expect(await page.locator("#navigation details a").first().isVisible()).toBe(true);
    await page.locator("#navigation summary").first().click();
    expect(await page.locator("#navigation details a").first().isVisible()).toBe(false);
  });

  it("the printed page is the text alone", async () => {
    const page = await newPage();
    await page.goto(urlOf("guides/hashes"));
    await page.emulateMedia({ media: "print" });
    const shown = (selector: string) =>
      page.evaluate(`[...document.querySelectorAll("${selector}")].filter((one) => one.offsetHeight > 0).length`);
    expect(await shown(".top, .navigation, .contents, .copy, .neighbours")).toBe(0);
    expect(await page.locator("main h1").isVisible()).toBe(true);
  });
});
