import express from "express";
import { parse } from "parse5";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { definePolicy, securityHeaders } from "../../src/index.js";
import { collectReports, memoryStore, type ReportStore, type ReportsPageOptions, reportsPage } from "../../src/reports/index.js";
import { ask, serve } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { modern, post } from "./support.js";

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
