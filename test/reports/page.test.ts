import express from "express";
import { parse } from "parse5";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { definePolicy, securityHeaders } from "../../src/index.js";
import { collectReports, memoryStore, type ReportStore, type ReportsPageOptions, reportsPage } from "../../src/reports/index.js";
import { statsOf } from "../../src/reports/limits.js";
import { shareBar, timelineChart } from "../../src/reports/page/charts.js";
import { detailPage } from "../../src/reports/page/detail.js";
import { htmlText, type Markup } from "../../src/reports/page/html.js";
import { overviewPage } from "../../src/reports/page/overview.js";
import { ask, serve } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { AT, GROUP, modern, post } from "./support.js";

/** A site with reports of these bodies, and its page at /reports. */
async function site(entries: readonly object[], options: Partial<ReportsPageOptions> = {}, hosts?: readonly string[]) {
  const store = memoryStore();
  const reports = collectReports({ store, hosts, limits: { newGroups: 200 } });
  const app = express();
  app.use(securityHeaders("strict"));
  app.use("/csp-report", reports);
  app.use("/reports", reportsPage({ store, ...options }));
  const port = await serve(app);
  if (entries.length > 0) await post(port, entries, { type: "application/reports+json" });
  await reports.flush();
  const page = async (query = "") => ask(port, `/reports${query}`);
  return { port, page, store, reports };
}

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&\u202e`;
/** Each field with markup in it. */
const hostile = modern(
  {
    documentURL: `https://site.example/${encodeURIComponent("<b>")}"><script>`,
    blockedURL: `https://evil.example/"><svg onload=alert(1)>`,
    sourceFile: `https://site.example/app.js"><script>`,
    sample: HOSTILE.slice(0, 40),
    disposition: "report",
  },
  { url: "https://site.example/", user_agent: HOSTILE },
);

/** The elements of a page by name, and every attribute that could run something. */
function elementsOf(text: string): { names: Set<string>; handlers: string[] } {
  const names = new Set<string>();
  const handlers: string[] = [];
  const walk = (node: { nodeName: string; attrs?: { name: string; value: string }[]; childNodes?: unknown[] }): void => {
    names.add(node.nodeName);
    for (const { name, value } of node.attrs ?? []) {
      if (name.startsWith("on") || name === "style" || name === "src" || /^\s*javascript:/i.test(value)) handlers.push(name);
    }
    for (const child of node.childNodes ?? []) walk(child as never);
  };
  walk(parse(text) as never);
  return { names, handlers };
}

/** The sources of the rows of an overview. */
const rowsOf = (body: string) => [...body.matchAll(/<td class="source"><a [^>]*><code>([^<]*)/g)].map(([, source]) => source);

describe("reportsPage", () => {
  it("has a strict policy of its own, in place of the site's", async () => {
    const { page } = await site([]);
    const { headers } = await page();
    expect(headers["Content-Security-Policy"]?.replace(/(?<='nonce-)[^']+/, "…")).toBe(
      "default-src 'none'; style-src 'nonce-…'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({ "Cache-Control": "no-store", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin" });
  });

  it("stamps its style with the response's nonce", async () => {
    const { headers, body } = await (await site([])).page();
    const [, nonce = "none"] = /'nonce-([^']+)'/.exec(headers["Content-Security-Policy"] ?? "") ?? [];
    expect(body).toContain(`<style nonce="${nonce}">`);
  });

  it("says so where no report has come", async () => {
    expect((await (await site([])).page()).body).toContain("No reports yet.");
  });

  it("says that hosts decides, where reports of other names came and none was counted", async () => {
    const { page } = await site([modern({ documentURL: "https://other.example/" })], {}, ["shop.example"]);
    const { body } = await page();
    expect(body).toContain("1 report came for <code>other.example</code>, which is not in <code>hosts</code>.");
    expect(body).toContain("If these are names of your site, write them into the option <code>hosts</code> of collectReports.");
    expect(body).toContain("None of the received reports was counted.");
    expect(body).not.toContain("No reports yet.");
  });

  it("names both causes that hosts decides", async () => {
    const { page, port, reports } = await site([modern({ documentURL: "https://other.example/" })], {}, ["shop.example"]);
    await post(port, [modern()], { type: "application/reports+json", headers: { Origin: "https://site.example" } });
    await reports.flush();
    const { body } = await page();
    expect(body).toContain("1 report came for <code>other.example</code>, which is not in <code>hosts</code>.");
    expect(body).toContain("1 request with reports came from pages of <code>site.example</code>, which is not in <code>hosts</code>.");
  });

  it("says nothing of hosts where no report was refused by name", async () => {
    expect((await (await site([modern()])).page()).body).not.toContain("<code>hosts</code>");
  });

  it("shows each group on the page of its source, and where it happened", async () => {
    const { page } = await site([modern(), modern(), modern({ effectiveDirective: "font-src", disposition: "report" })]);
    const { body } = await page();
    expect(body).toContain("<b>3</b> counted");
    expect(body).toContain("<b>2</b> groups");
    const source = (await page("?source=https%3A%2F%2Fcdn.example")).body;
    expect(source).toMatch(/>img-src<\/a> <span class="tag enforce">blocked<\/span> <\/td>\s*<td class="text"><code>\/page<\/code>/);
    expect(source).toMatch(/>font-src<\/a> <span class="tag report">observed<\/span>/);
  });

  it("draws a bar for today, and tells its numbers to those who do not see it", async () => {
    const { body } = await (await site([modern(), modern({ disposition: "report" })])).page();
    const today = new Date().toISOString().slice(0, 10);
    expect(body).toContain(`<title>${today}: 1 blocked, 1 observed, 0 other</title>`);
    expect(body.match(/<rect class="(?:enforce|report)" x="722/g)).toHaveLength(2);
  });

  it("narrows to what the address asks for", async () => {
    const { page } = await site([modern(), modern({ blockedURL: "https://font.example/", effectiveDirective: "font-src" })]);
    const { body } = await page("?directive=font-src&type=&route=");
    expect(rowsOf(body)).toEqual(["https://font.example"]);
    expect(body).toContain("<option selected>font-src</option>");
  });

  it("passes over a filter that no group has", async () => {
    const { body } = await (await site([modern()])).page("?directive=%22%3E%3Cscript%3E&since=x");
    expect(rowsOf(body)).toEqual(["https://cdn.example"]);
    expect(elementsOf(body).names).not.toContain("script");
  });

  it("shows one group whole", async () => {
    const { page, store } = await site([modern({ sample: "alert(1)" })]);
    const [group] = await store.groups();
    const { status, body } = await page(`?group=${group?.id}`);
    expect(status).toBe(200);
    expect(body).toContain("https://cdn.example/a.png");
    expect(body).toContain("<code>alert(1)</code>");
    expect(body).toContain("Chrome 142");
  });

  it("answers 404 for a group that is not there", async () => {
    expect((await (await site([])).page("?group=<script>")).status).toBe(404);
  });

  it("makes no markup of what strangers wrote, wherever they wrote it", async () => {
    const { page, store } = await site([hostile], { policy: definePolicy("strict"), learn: { anyPolicy: true } });
    const [group] = await store.groups();
    for (const { body } of [await page(), await page(`?group=${group?.id}`)]) {
      const { names, handlers } = elementsOf(body);
      expect(handlers).toEqual([]);
      expect([...names].filter((name) => ["script", "img", "b onload", "iframe", "object"].includes(name))).toEqual([]);
      expect(body).not.toContain("\u202e");
    }
  });

  it("shows what learn proposes, as code", async () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    const entry = modern({ disposition: "report", originalPolicy: "default-src 'self'" });
    const { page } = await site([entry], { policy, learn: { minClients: 1, minDays: 1, routes: ["/page", "/pay"] } });
    const { body } = await page();
    expect(body).toContain("imgSrc: append(&quot;https://cdn.example&quot;),");
    expect(body).toContain("Routes without a report: <code>/pay</code>.");
  });

  it("answers HEAD without a body, and nothing but GET, HEAD and POST", async () => {
    const { port } = await site([]);
    const head = await ask(port, "/reports", { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, ""]);
    const put = await ask(port, "/reports", { method: "PUT" });
    expect([put.status, put.headers["Allow"]]).toEqual([405, "GET, HEAD, POST"]);
    expect(put.headers["Content-Security-Policy"]).toContain("default-src 'none'");
  });

  it("shows a dash for a time that no date has", async () => {
    const { store } = await site([modern({ blockedURL: "https://cdn.example/a.js" })]);
    const groups = async () => (await store.groups()).map((group) => ({ ...group, firstSeen: 9e15, lastSeen: 1e300 }));
    const app = express().use(reportsPage({ store: { ...store, groups } }));
    const { status, body } = await ask(await serve(app), "/");
    expect([status, body.split("–</td>").length - 1]).toEqual([200, 2]);
  });

  it("hands on what goes wrong in the store", async () => {
    const app = express();
    const store = { ...memoryStore(), groups: () => Promise.reject(new Error("away")) } as ReportStore;
    app.use(reportsPage({ store }));
    app.use(((error, _req, res, _next) => void res.status(503).send(error.message)) as express.ErrorRequestHandler);
    const { status, body } = await ask(await serve(app), "/");
    expect([status, body]).toEqual([503, "away"]);
  });

  it("does not start unprotected in production", () => {
    vi.stubEnv("NODE_ENV", "production");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(issuesOf(() => reportsPage({ store: memoryStore() }))).toEqual([
      "reportsPage: in production, anybody could read the reports. Mount it behind a middleware that authenticates users, and write behindAuth: true.",
    ]);
    expect(reportsPage({ store: memoryStore(), behindAuth: true })).toBeTypeOf("function");
  });

  it("says at once what is wrong with its options", () => {
    expect(issuesOf(() => reportsPage({ store: 7, polcy: 1 } as never))).toEqual([
      "reportsPage.store: 7 is not a store of reports. Write the store of collectReports.",
      'reportsPage.polcy: unknown option. Did you mean "policy"?',
    ]);
    expect(issuesOf(() => reportsPage({ store: memoryStore(), timeZone: "Mars/Olympus" }))).toEqual([
      'reportsPage.timeZone: "Mars/Olympus" is not a time zone. Write one that this runtime knows, such as "UTC" or "Europe/Berlin".',
    ]);
    expect(issuesOf(() => reportsPage({} as never))).toEqual([
      "reportsPage.store: the store is missing. Write reportsPage({ store }), with that of collectReports.",
    ]);
  });
});

const textOf = (markup: Markup) => htmlText(markup);
/** The cells of every table row, without markup. */
const rowsOf = (markup: Markup) =>
  [...textOf(markup).matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = ""]) => cell.replace(/<[^>]*>/g, "").trim()),
  );

describe("the timeline", () => {
  const NOW = Date.UTC(2026, 10, 21, 15);
  const day = (of: number) => Date.UTC(2026, 10, of);
  const point = (start: number, enforce: number, report: number, none: number) => ({ start, enforce, report, none });

  it("has a bar for each of 31 days, the last one today", () => {
    const titles = [...textOf(timelineChart([], NOW)).matchAll(/<title>([^:]*):/g)].map(([, title]) => title);
    expect([titles.length, titles[0], titles.at(-1)]).toEqual([31, "2026-10-22", "2026-11-21"]);
  });

  it("names the first and the last day at the edges, and two between", () => {
    const labels = [...textOf(timelineChart([], NOW)).matchAll(/<text x="([^"]*)" y="166" text-anchor="([^"]*)">([^<]*)</g)];
    expect(labels.map(([, ...rest]) => rest)).toEqual([
      ["0", "start", "10-22"],
      ["252", "middle", "11-01"],
      ["492", "middle", "11-11"],
      ["744", "end", "11-21"],
    ]);
  });

  it("puts the parts of a day on each other, and adds the hours of a day", () => {
    const chart = textOf(timelineChart([point(day(21), 1, 0, 1), point(day(21) + 3_600_000, 0, 2, 0)], NOW));
    const rects = [...chart.matchAll(/<rect class="([^"]*)" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/g)];
    expect(rects.map(([, ...rest]) => rest)).toEqual([
      ["enforce", "722", "113.5", "20", "30.5"],
      ["report", "722", "52.5", "20", "61"],
      ["none", "722", "22", "20", "30.5"],
    ]);
    expect(chart).toContain('aria-label="Reports by day; maximum 4"');
  });

  it("leaves out what is older, and what is to come", () => {
    const chart = textOf(timelineChart([point(day(22), 5, 0, 0), point(Date.UTC(2026, 9, 21, 23), 5, 0, 0)], NOW));
    expect([chart.includes("<rect class"), chart.includes("maximum 1")]).toEqual([false, true]);
  });

  it.each([
    [5, 10, "50"],
    [10, 10, "100"],
    [1, 1_000, "1"],
    [0, 0, "1"],
  ])("has a bar of %i beside %i that is %s wide", (count, most, width) => {
    expect(textOf(shareBar(count, most))).toContain(`<rect class="report" width="${width}" height="10"/>`);
  });
});

describe("the page of one group", () => {
  it("has its facts and its lists", () => {
    const group = { ...GROUP, disposition: "enforce" as const, samples: [{ value: "alert(1)", count: 2 }] };
    expect(rowsOf(detailPage(group))).toEqual([
      ["Property", "Value"],
      ["Type", "csp-violation"],
      ["Blocked", "https://img.example"],
      ["Route", "/"],
      ["Reports", "40"],
      ["Clients", "12"],
      ["First seen", "2026-11-20 00:00"],
      ["Last seen", "2026-11-21 00:00"],
      ["Policy", "e052c701c45be760"],
      ["Value", "", "Count"],
      ["https://site.example/", "", "40"],
      ["Value", "", "Count"],
      ["https://img.example/a/logo.png", "", "40"],
      ["Value", "", "Count"],
      ["alert(1)", "", "2"],
      ["Value", "", "Count"],
      ["Firefox 145", "", "40"],
      ["Value", "", "Count"],
      ["2026-11-20", "", "30"],
      ["2026-11-21", "", "10"],
    ]);
  });

  it.each([
    ["csp-violation", "Samples"],
    ["csp-hash", "Hashes"],
  ] as const)("of the type %s calls its samples %s", (type, title) => {
    const text = textOf(detailPage({ ...GROUP, type, samples: [{ value: "x", count: 1 }] }));
    expect([...text.matchAll(/<h2>([^<]*)</g)].map(([, one]) => one)).toEqual(["Pages", "Blocked URLs", title, "Browsers", "Days"]);
  });

  it("has a dash for what it does not have", () => {
    const rows = rowsOf(detailPage({ ...GROUP, blocked: "", policyHash: "" }));
    expect([rows[2], rows[8]]).toEqual([
      ["Blocked", "–"],
      ["Policy", "–"],
    ]);
  });
});

describe("the overview", () => {
  const overview = (groups: readonly (typeof GROUP)[], filter = {}, totals: readonly (readonly [string, number])[] = []) =>
    overviewPage({ groups, stats: statsOf(new Map(totals)), timeline: [], now: AT, filter, learned: undefined });

  it("ranks directives and sources, and lists groups and routes", () => {
    const groups = [
      GROUP,
      { ...GROUP, id: "1", route: "/shop", count: 5, lastSeen: AT + 60_000, disposition: "enforce" as const },
      { ...GROUP, id: "2", directive: "", type: "crash" as const, blocked: "", count: 7, disposition: "none" as const },
    ];
    expect(rowsOf(overview(groups))).toEqual([
      ["Directive", "", "Count"],
      ["img-src", "", "45"],
      ["–", "", "7"],
      ["Source", "", "Count"],
      ["https://img.example", "", "45"],
      ["–", "", "7"],
      ["Directive", "Blocked", "Route", "", "Count", "Clients", "Last seen"],
      ["img-src", "https://img.example", "/", "observed", "40", "12", "2026-11-21 00:00"],
      ["img-src", "https://img.example", "/shop", "blocked", "5", "12", "2026-11-21 00:01"],
      ["crash", "–", "/", "", "7", "12", "2026-11-21 00:00"],
      ["Route", "Count", "Groups", "Last seen"],
      ["/", "47", "2", "2026-11-21 00:00"],
      ["/shop", "5", "1", "2026-11-21 00:01"],
    ]);
  });

  it("aligns numbers to the right", () => {
    const heads = [...textOf(overview([GROUP])).matchAll(/<th class="count">([^<]*)</g)].map(([, head]) => head);
    expect(new Set(heads)).toEqual(new Set(["Count", "Clients", "Groups", "Last seen"]));
  });

  it("says how many groups are not shown", () => {
    const groups = Array.from({ length: 203 }, (_, id) => ({ ...GROUP, id: String(id) }));
    expect(textOf(overview(groups))).toContain('<p class="soft">3 less frequent groups are not shown.</p>');
  });

  it("says nothing of the kind where all are shown", () => {
    const groups = Array.from({ length: 200 }, (_, id) => ({ ...GROUP, id: String(id) }));
    expect(textOf(overview(groups))).not.toContain("are not shown");
  });

  it("selects only the value of the filter", () => {
    const text = textOf(overview([GROUP, { ...GROUP, id: "1", route: "/shop" }], { route: "/shop" }));
    expect(text.match(/<option selected>[^<]*/g)).toEqual(["<option selected>/shop"]);
  });

  it("counts what came, and why some of it was not counted", () => {
    const text = textOf(
      overview([GROUP], {}, [
        ["accepted", 40],
        ["noise", 3],
        ["evicted", 2],
        ["slow", 1],
        ["busy", 4],
      ]),
    );
    expect(text).toContain(
      "<li><b>40</b> counted</li>\n<li><b>1</b> groups</li>\n<li><b>3</b> from browser extensions and similar</li>\n<li><b>5</b> not counted</li>",
    );
    expect(text).toContain('<p class="soft">Not counted: slow 1, busy 4.</p>');
    expect(text).toContain('<p class="soft">2 counted reports were removed to make room for others.</p>');
  });
});
