import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import express from "express";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { append, definePolicy } from "../../src/index.js";
import { type GroupRecord, memoryStore, type ReportStore, reportsPage } from "../../src/reports/index.js";
import { collectViolations } from "../../src/testing/index.js";
import { listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage } from "./support.js";

const MARKUP = `"'><script>stolen = true</script><img src=https://evil.test/x onerror="stolen = true"><base href=//evil.test></td></table></pre></style>`;
const LONG = "W".repeat(200);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NOW = Date.now();
const DAY = 86_400_000;

/** A group with this text in every list. */
function group(id: string, text: string, changes: Partial<GroupRecord> = {}): GroupRecord {
  const tally = new Map([
    [text, 3],
    [`https://site.example/${LONG}`, 2],
  ]);
  const days = new Map([new Date(NOW - DAY), new Date(NOW)].map((day) => [day.toISOString().slice(0, 10), 2]));
  const clients = new Map(Array.from({ length: 12 }, (_, index) => [`client-${index}`, 1]));
  return {
    id,
    type: "csp-violation",
    policyHash: text,
    disposition: "report",
    directive: text,
    blocked: text,
    route: text,
    count: 4,
    firstSeen: NOW - DAY,
    lastSeen: NOW,
    ...changes,
    tallies: { pages: tally, browsers: tally, urls: tally, files: tally, samples: tally, days, clients },
  };
}

/** As no collector would let them through: whoever writes to the store writes what he likes. */
const GROUPS: readonly GroupRecord[] = [
  group(MARKUP, MARKUP, { type: MARKUP as GroupRecord["type"], disposition: MARKUP as GroupRecord["disposition"] }),
  group("2", MARKUP, { directive: "img-src", blocked: "https://cdn.example" }),
  group("3", MARKUP, { directive: "script-src-elem", blocked: "inline", disposition: "enforce" }),
  group("4", MARKUP, { directive: "connect-src", blocked: `https://${MARKUP}` }),
  group("5", LONG, { directive: LONG.slice(0, 64), blocked: `https://${LONG}.example` }),
  group("6", "/plain", { directive: "font-src", blocked: "self", route: "/plain", disposition: "none" }),
];

interface Served {
  readonly url: string;
  readonly asked: string[];
  readonly store: ReportStore;
}

async function serveReports(groups: readonly GroupRecord[] = GROUPS): Promise<Served> {
  const store = memoryStore();
  const hours = new Map(["enforce", "report", "none"].map((disposition) => [`${NOW - (NOW % 3_600_000)} ${disposition}`, 4]));
  const totals = new Map([
    ["accepted", 24],
    ["noise", 3],
    ["evicted", 2],
    ["over-rate", 5],
  ]);
  await store.add({ writer: "test", seq: 1, at: NOW, groups, totals, hours });
  const policy = definePolicy("strict", { contentSecurityPolicy: { styleSrc: append("https://style.example") } });
  const asked: string[] = [];
  const app = express();
  app.use((req, _res, next) => {
    asked.push(req.url);
    next();
  });
  app.use("/reports", reportsPage({ store, policy, learn: { anyPolicy: true } }));
  return { url: `http://localhost:${await listen(createServer(app))}/reports`, asked, store };
}

const at = (id: string) => `?group=${encodeURIComponent(id).replaceAll("'", "%27")}`;

/** Each kind of page there is. */
const VIEWS: readonly (readonly [name: string, query: string])[] = [
  ["all groups", ""],
  ["a group of a made-up type", at(MARKUP)],
  ["a group with made-up evidence", at("2")],
  ["a group with long texts", at("5")],
  ["a source of a made-up type", `?source=${encodeURIComponent(`${MARKUP} ${MARKUP} ${MARKUP}`).replaceAll("'", "%27")}`],
  ["a group that is not there", at(`${MARKUP}!`)],
];

/** 500 groups of as many sources, and all that makes the page long. */
const MANY: readonly GroupRecord[] = Array.from({ length: 500 }, (_, index) => {
  const other = { policy: "default-src 'self';img-src 'none'", policyHash: "other" };
  const blocked = index % 9 === 0 ? "https://a-long-name.of-a-service.with-many-parts.example" : `https://h${index}.example`;
  const directive = ["img-src", "script-src-elem", "connect-src", "style-src-attr"][index % 4] as string;
  return group(String(index), `/route/${index}`, { blocked, directive, count: 600 - index, ...(index % 5 === 0 ? other : {}) });
});

/** What axe finds wrong with a page. */
async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return (await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
  )) as string[];
}

/** Texts whose contrast against what is behind them is too little. WCAG 2.2 §1.4.3. */
const PALE = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if ((channels(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pale = [];
  let seen = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === "" || element.tagName === "title") continue;
    const { color, fill } = getComputedStyle(element);
    const [one, other] = [luminance(element instanceof SVGElement ? fill : color), luminance(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    seen += 1;
    if (contrast < 4.5) pale.push(element.outerHTML.slice(0, 80) + " " + contrast.toFixed(2));
  }
  return { seen, pale };
})()`;

/** The page in a window, and all that it said and asked for. */
async function open(url: string, options: BrowserContextOptions = {}): Promise<{ page: Page; said: string[]; requests: string[] }> {
  const page = await newPage(options);
  const [said, requests]: [string[], string[]] = [[], []];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, said, requests };
}

const rows = (page: Page) => page.locator(".sources tbody tr").count();

describe.skipIf(skipWithout("The page of reports in a browser", [CHROMIUM]))("reportsPage in Chromium", () => {
  it.each(VIEWS)("runs nothing of what strangers wrote, on the page of %s", async (_, view) => {
    const { url } = await serveReports();
    const { page } = await open(url + view);
    const foreign = "document.querySelectorAll('script, img, base, iframe, object, link').length";
    expect(await page.evaluate(`[typeof stolen, ${foreign}, document.baseURI]`)).toEqual(["undefined", 0, url + view]);
  });

  // Of the last one Chromium itself says that it is not there.
  it.each(VIEWS.slice(0, -1))("says nothing on the console, and asks for nothing but itself, on the page of %s", async (_, view) => {
    const { url, asked } = await serveReports();
    const { said, requests } = await open(url + view);
    expect([said, requests, asked.filter((path) => path !== "/favicon.ico")]).toEqual([[], [url + view], [`/reports${view}`]]);
  });

  it.each(VIEWS)("keeps to its own policy, on the page of %s", async (_, view) => {
    const { url } = await serveReports();
    const page = await newPage();
    const seen = await collectViolations(page);
    await page.goto(url + view);
    await expect(seen.expectNone()).resolves.toBeUndefined();
  });

  it("is styled, by its nonce", async () => {
    const { page } = await open((await serveReports()).url);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.cards')).display")).toBe("grid");
  });

  it("shows what strangers wrote as they wrote it", async () => {
    const { page } = await open(`${(await serveReports()).url}?group=2`);
    expect(await page.textContent("h2:text-is('Browsers') + .wide tbody tr:first-child code")).toBe(MARKUP);
  });

  it("proposes the sources it has learned, whatever the reports say besides", async () => {
    const { page } = await open((await serveReports()).url);
    expect(await page.textContent("h2:text-is('Proposed patch') ~ pre >> nth=0")).toMatch(
      /^ {4}imgSrc: append\("https:\/\/cdn\.example"\),$/m,
    );
  });

  describe.each([390, 1280])("in a window %i wide", (width) => {
    it.each(VIEWS)("does not scroll sideways, on the page of %s", async (_, view) => {
      const { page } = await open((await serveReports()).url + view, { viewport: { width, height: 800 } });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    });
  });

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    it.each(VIEWS)("can be read, on the page of %s", async (_, view) => {
      const { page } = await open((await serveReports()).url + view, { colorScheme });
      const { seen, pale } = (await page.evaluate(PALE)) as { seen: number; pale: string[] };
      expect([seen >= 3, pale]).toEqual([true, []]);
    });

    it("is that", async () => {
      const { page } = await open((await serveReports()).url, { colorScheme });
      const [red = 0] =
        String(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
          .match(/\d+/g)
          ?.map(Number) ?? [];
      expect(red > 128).toBe(colorScheme === "light");
    });
  });

  describe.each(["light", "dark"] as const)("axe finds nothing wrong, %s,", (colorScheme) => {
    it.each(VIEWS)("with the page of %s", async (_, view) => {
      const { page } = await open((await serveReports()).url + view, { colorScheme });
      expect(await axeFindings(page)).toEqual([]);
    });
  });

  it.each<[string, number, readonly GroupRecord[], string]>([
    ["no groups", 1280, [], ""],
    ["500 groups", 1280, MANY, ""],
    ["500 groups on a phone", 390, MANY, ""],
    ["what is ignored", 1280, MANY, "?show=ignored"],
  ])("axe finds nothing wrong with the page of %s", async (_, width, groups, view) => {
    const { page } = await open((await serveReports(groups)).url + view, { viewport: { width, height: 800 } });
    expect(await axeFindings(page)).toEqual([]);
  });

  it("is at most 2,500 pixels high on a phone, for 500 groups", async () => {
    const { page } = await open((await serveReports(MANY)).url, { viewport: { width: 390, height: 800 } });
    expect(await rows(page)).toBe(20);
    const size = (await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")) as number[];
    expect([size[0], (size[1] ?? 0) <= 2_500 ? "at most 2500" : size[1]]).toEqual([390, "at most 2500"]);
  });

  describe("without JavaScript", () => {
    const plain = async () => (await open((await serveReports()).url, { javaScriptEnabled: false })).page;

    it("lists every source", async () => {
      expect(await rows(await plain())).toBe(GROUPS.length);
    });

    it("a choice in the form narrows the sources to those that fit", async () => {
      const page = await plain();
      await page.click("summary:text-is('Filter')");
      await page.selectOption("select[name=directive]", "font-src");
      await page.click("form[role=search] button");
      expect(await page.locator(".sources .source").allTextContents()).toEqual(["self"]);
    });

    it("a text narrows the sources to those that contain it", async () => {
      const page = await plain();
      await page.fill("input[name=q]", "CDN.example");
      await page.press("input[name=q]", "Enter");
      expect(await page.locator(".sources .source").allTextContents()).toEqual(["https://cdn.example"]);
    });

    it("a heading sorts, and once more the other way round", async () => {
      const page = await plain();
      const first = () => page.locator(".sources .source").first().textContent();
      await page.click(".sources th a:text-is('Source')");
      const ascending = await first();
      await page.click(".sources th:first-child a");
      expect([ascending, await first()]).toEqual([`${MARKUP} ${MARKUP} ${MARKUP}`, "self"]);
    });

    it("a button ignores a source, another one restores it, and each stays in the view", async () => {
      const { url, store } = await serveReports();
      const { page } = await open(`${url}?sort=subject`, { javaScriptEnabled: false });
      await page.click("button[aria-label='Ignore https://cdn.example']");
      const ignored = [await rows(page), await store.ignored?.(), new URL(page.url()).search];
      await page.click("a:text-is('Ignored (1)')");
      await page.click("button[aria-label='Restore https://cdn.example']");
      expect([ignored, await store.ignored?.(), new URL(page.url()).search]).toEqual([
        [GROUPS.length - 1, ["https://cdn.example"], "?sort=subject"],
        [],
        "?show=ignored&sort=subject",
      ]);
    });

    it("no form of another site ignores a source", async () => {
      const { url, store } = await serveReports();
      const form = `<form method="post" action="${url}"><input name="subject" value="https://cdn.example"><button name="action" value="ignore">`;
      const other = await listen(createServer((_req, res) => void res.setHeader("Content-Type", "text/html").end(form)));
      const { page } = await open(`http://127.0.0.1:${other}/`, { javaScriptEnabled: false });
      await page.click("button");
      expect([await page.textContent("h1"), await store.ignored?.()]).toEqual(["Refused", []]);
    });

    it("a choice that strangers wrote narrows too", async () => {
      const page = await plain();
      await page.click("summary:text-is('Filter')");
      await page.selectOption("select[name=directive]", MARKUP);
      await page.click("form[role=search] button");
      expect(await rows(page)).toBe(1);
    });

    it("the form shows what was chosen, and a link takes it back", async () => {
      const page = await plain();
      await page.click("summary:text-is('Filter')");
      await page.selectOption("select[name=disposition]", "enforce");
      await page.click("form[role=search] button");
      const chosen = [await page.inputValue("select[name=disposition]"), await rows(page)];
      await page.click("a:text-is('All')");
      expect([chosen, await rows(page)]).toEqual([["enforce", 1], GROUPS.length]);
    });

    it("links lead to a source, to one of its groups, and from there back to all", async () => {
      const page = await plain();
      await page.click(".sources code:text-is('self')");
      const source = await page.textContent("h1");
      await page.click("a:text-is('font-src')");
      const title = await page.textContent("h1");
      await page.click("a:text-is('All sources')");
      expect([source, title?.trim(), await page.textContent("h1")]).toEqual(["self", "font-src", "Violation reports"]);
    });

    it("leads to a group whose name strangers made up", async () => {
      const page = await plain();
      await page
        .locator(".sources .source a", {
          hasText: `onerror="stolen = true"><base href=//evil.test></td></table></pre></style> "'><script>`,
        })
        .click();
      expect((await page.textContent("h1"))?.startsWith(MARKUP)).toBe(true);
    });
  });
});
