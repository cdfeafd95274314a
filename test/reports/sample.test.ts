import express from "express";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { type Group, learn, memoryStore, policyHash, printLearned, type ReportStore, reportsPage } from "../../src/reports/index.js";
import { ask, serve } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { GROUP } from "./support.js";

const CSP = { defaultSrc: ["self"] } as const;
const POLICY = definePolicy("none", { contentSecurityPolicy: CSP, reporting: { csp: "/r", sample: 0.1 } });
const WHOLE = definePolicy("none", { contentSecurityPolicy: CSP, reporting: "/r" });
const EVAL: Group = { ...GROUP, id: "1", directive: "script-src", blocked: "eval", count: 2, pages: [], urls: [], browsers: [], days: [] };

const textOf = (policy: typeof POLICY, groups: readonly Group[]) => printLearned(learn(policy, groups), "text");

describe("what learn proposes from a sample", () => {
  it("is written for people with estimates beside what was counted", () => {
    expect(textOf(POLICY, [GROUP, EVAL])).toBe(`A sample of 10 %: about 420 reports (42 counted). Clients and days are as counted.

In the patch:
  imgSrc  https://img.example
      about 400 reports (40 counted), 12 clients, 2 days; on /; Firefox 145

No source should allow these:
  script-src eval: about 20 reports (2 counted), 12 clients, 0 days; on /; 
    eval, new Function, or a timer with a string is blocked. Find the library that uses it, and configure or replace it.

The patch adds:
  + contentSecurityPolicy.imgSrc  https://img.example
`);
  });

  it("has estimates in the comments of its code", () => {
    expect(printLearned(learn(POLICY, [GROUP]), "typescript")).toContain(
      "    // https://img.example: about 400 reports (40 counted), 12 clients, 2 days; on /; Firefox 145\n",
    );
  });

  it("has the sample and the counted numbers in JSON", () => {
    const { sample, suggestions, coverage } = JSON.parse(printLearned(learn(POLICY, [GROUP]), "json"));
    expect([sample, suggestions[0].evidence.count, coverage.reported[0].count]).toEqual([0.1, 40, 40]);
  });

  it("needs as many clients as from all reports", () => {
    const [suggestion] = learn(POLICY, [{ ...GROUP, clients: 9 }]).suggestions;
    expect(suggestion?.why).toBe("Too little evidence for a third-party host: 9 of 10 clients.");
  });

  it.each([
    [0.25, "A sample of 25 %: about 160 reports (40 counted)."],
    [0.07, "A sample of 7 %: about 571 reports (40 counted)."],
    [1 / 3, "A sample of 33.3 %: about 120 reports (40 counted)."],
    [0.0001, "A sample of 0.01 %: about 400000 reports (40 counted)."],
  ])("names its share without needless digits: %s", (sample, text) => {
    const policy = definePolicy("none", { contentSecurityPolicy: CSP, reporting: { csp: "/r", sample } });
    expect(textOf(policy, [GROUP])).toContain(text);
  });

  it("is undefined where every response asks for reports", () => {
    const policies = [WHOLE, definePolicy(POLICY, { reporting: { sample: 1 } }), definePolicy(POLICY, { reporting: { sample: false } })];
    expect(policies.map((policy) => learn(policy, [GROUP]).sample)).toEqual([undefined, undefined, undefined]);
  });

  it("does not exist where the CSP names where it is reported to, because each response does", () => {
    const reportUri = definePolicy(POLICY, { contentSecurityPolicy: { reportUri: ["/own"] } });
    const reportTo = definePolicy(POLICY, { contentSecurityPolicy: { reportTo: "own" }, reportingEndpoints: { own: "/own" } });
    expect([reportUri, reportTo].map((policy) => learn(policy, [GROUP]).sample)).toEqual([undefined, undefined]);
  });

  it("is that of the report-only header where the policy has one", () => {
    const policy = definePolicy("none", { contentSecurityPolicyReportOnly: CSP, reporting: { csp: "/r", sample: 0.1 } });
    expect(learn(policy, [GROUP]).sample).toBe(0.1);
  });

  it.each([0, -1, 1.5, "0.1"])("is not printed where it is no share: %j", (sample) => {
    expect(issuesOf(() => printLearned({ ...learn(POLICY, [GROUP]), sample } as never, "text"))).toHaveLength(1);
  });
});

/** A page of these groups, of which the store counted 42. */
async function pageOf(groups: readonly Group[], policy = POLICY) {
  const store: ReportStore = {
    ...memoryStore(),
    groups: async () => groups,
    stats: async () => ({ ...(await memoryStore().stats()), accepted: 42 }),
    timeline: async () => [
      { start: Date.now(), enforce: 1, report: 40, none: 1 },
      { start: Date.now(), enforce: 2, report: 0, none: 0 },
    ],
  };
  const port = await serve(express().use("/reports", reportsPage({ store, policy })));
  return async (query = "") => (await ask(port, `/reports${query}`)).body;
}

const NOTE = (text: string) => `<p class="soft">${text} The numbers of reports are scaled; those of clients and days are not.</p>`;

describe("the page of a sample", () => {
  it("says so above everything else", async () => {
    expect(await (await pageOf([GROUP, EVAL]))()).toContain(NOTE("A sample of 10 %: about 420 reports (42 counted)."));
  });

  it("scales the reports of a row, and not its clients", async () => {
    const body = await (await pageOf([GROUP]))();
    expect([...body.matchAll(/<i>(?:Reports|Clients) <\/i>(\d+)/g)].map(([, number]) => number)).toEqual(["400", "12"]);
  });

  it("scales the chart", async () => {
    const today = new Date().toISOString().slice(0, 10);
    expect(await (await pageOf([GROUP]))()).toContain(`<title>${today}: 30 blocked, 400 observed, 10 other</title>`);
  });

  it("has the proposal of a sample", async () => {
    const body = await (await pageOf([{ ...GROUP, policyHash: policyHash("default-src 'self'") }]))();
    expect(body).toContain("// https://img.example: about 400 reports (40 counted), 12 clients, 2 days; on /; Firefox 145");
  });

  it("scales the page of one source", async () => {
    const body = await (await pageOf([GROUP]))("?source=https%3A%2F%2Fimg.example");
    const counts = [...body.matchAll(/<td class="count">(\d+)<\/td>/g)].map(([, number]) => number);
    // Reports and clients of the group; a page, an address, a browser, two days.
    expect([body.includes(NOTE("A sample of 10 %: about 400 reports (40 counted).")), counts]).toEqual([
      true,
      ["400", "12", "400", "400", "400", "300", "100"],
    ]);
  });

  it("scales the page of one group", async () => {
    const body = await (await pageOf([GROUP]))("?group=0");
    expect(body).toContain(NOTE("A sample of 10 %: about 400 reports (40 counted)."));
    expect(body).toContain('<tr><td>Reports</td><td class="text"><code>400</code></td></tr>');
    expect(body).toContain('<tr><td>Clients</td><td class="text"><code>12</code></td></tr>');
  });

  it("exports as CSV what was counted, with the sample in the last column", async () => {
    const lines = (await (await pageOf([EVAL]))("?export=csv")).split("\r\n").map((line) => line.split(","));
    expect([lines[0]?.at(-1), lines[1]?.at(-1), lines[0]?.includes("reports"), lines[1]?.includes("2")]).toEqual([
      "sample",
      "0.1",
      true,
      true,
    ]);
  });

  it("exports as JSON what was counted, with the sample", async () => {
    const { sample, sources } = JSON.parse(await (await pageOf([GROUP]))("?export=json"));
    expect([sample, sources[0].reports]).toEqual([0.1, 40]);
  });

  it("says and scales nothing where every response asks for reports", async () => {
    const page = await pageOf([GROUP], WHOLE);
    const [body, csv] = [await page(), await page("?export=csv")];
    expect([body.includes("sample"), body.includes("<i>Reports </i>40<"), csv.includes("sample")]).toEqual([false, true, false]);
  });
});
