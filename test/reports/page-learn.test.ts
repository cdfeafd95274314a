import express from "express";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { definePolicy } from "../../src/index.js";
import { collectReports, memoryStore, type ReportStore, reportsPage } from "../../src/reports/index.js";
import { learn } from "../../src/reports/learn.js";
import { ask, serve } from "../http/support.js";
import { GROUP, legacy, post } from "./support.js";

vi.mock(import("../../src/reports/learn.js"), async (original) => {
  const real = await original();
  return { ...real, learn: vi.fn(real.learn) };
});

const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });

/** A site whose page learns; `learned` counts how often since it started. */
async function site(store: ReportStore) {
  const reports = collectReports({ store });
  const app = express().use("/csp-report", reports).use("/reports", reportsPage({ store, policy }));
  const port = await serve(app);
  vi.mocked(learn).mockClear();
  return {
    learned: () => vi.mocked(learn).mock.calls.length,
    page: async (query = "") => ask(port, `/reports${query}`),
    report: async (blocked: string) => {
      await post(port, legacy({ "blocked-uri": blocked }));
      await reports.flush();
    },
  };
}

beforeEach(() => void vi.mocked(learn).mockClear());

describe("the page learns", () => {
  it("once for one version of the store", async () => {
    const { page, report, learned } = await site(memoryStore());
    await report("https://a.example/");
    const [first, second] = [await page(), await page()];
    expect([learned(), first.body.includes("https://a.example"), second.body.includes("https://a.example")]).toEqual([1, true, true]);
  });

  it("once for requests that come together", async () => {
    const { page, report, learned } = await site(memoryStore());
    await report("https://a.example/");
    await Promise.all([page(), page(), page()]);
    expect(learned()).toBe(1);
  });

  it("again when there are new reports", async () => {
    const { page, report, learned } = await site(memoryStore());
    await report("https://a.example/");
    await page();
    await report("https://b.example/");
    expect([(await page()).body.includes("imgSrc  https://b.example"), learned()]).toEqual([true, 2]);
  });

  it("what fits into the header, and says what does not", async () => {
    const store = memoryStore();
    const host = (index: number) => `https://${"a".repeat(60)}.${"b".repeat(60)}.h${index}.example`;
    const groups = Array.from({ length: 200 }, (_, index) => ({ ...GROUP, id: String(index), blocked: host(index) }));
    const { page } = await site({ ...store, groups: async () => groups });
    const { status, body } = await page();
    expect([status, body.includes("No room: Content-Security-Policy would have more than 16384 bytes.")]).toEqual([200, true]);
  });

  it("nothing for the page of one group", async () => {
    const { page, learned } = await site(memoryStore());
    await page("?group=x");
    expect(learned()).toBe(0);
  });

  it("each time where the store does not tell its version", async () => {
    const { revision, ...store } = memoryStore();
    const { page, learned } = await site(store);
    await page();
    await page();
    expect(learned()).toBe(2);
  });
});
