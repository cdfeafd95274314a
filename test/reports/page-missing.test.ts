import express from "express";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { type Group, type LearnOptions, memoryStore, policyHash, reportsPage } from "../../src/reports/index.js";
import { ask, serve } from "../http/support.js";
import { GROUP } from "./support.js";

const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["none"] } });
const ONE_DAY = [{ value: "2026-11-21", count: 40 }];
const FEW: Group = { ...GROUP, policyHash: policyHash("default-src 'none'"), clients: 1, days: ONE_DAY };

/** The paragraph of the page of these groups; undefined where it has none. */
async function noteOf(groups: readonly Group[], learn: LearnOptions = {}): Promise<string | undefined> {
  const store = { ...memoryStore(), groups: async () => groups };
  const port = await serve(express().use("/reports", reportsPage({ store, policy, learn })));
  return /<p>(Too little evidence yet.*?)<\/p>/.exec((await ask(port, "/reports")).body)?.[1];
}

const HOST_NEEDS =
  "for a third-party host, reports from 10 clients (addresses that visitors come from), on 2 days and 1 route, and from a quarter of the clients that report anything from the same routes";

describe("the page says of sources with too little evidence", () => {
  it("which ones they are, what each lacks, and what is enough", async () => {
    expect(await noteOf([FEW, { ...FEW, id: "1", directive: "font-src", blocked: "self", clients: 5 }])).toBe(
      `Too little evidence yet: <code>fontSrc self</code> has 1 of 2 days; <code>imgSrc https://img.example</code> has 1 of 10 clients, 1 of 2 days. What is enough: for the site itself, data: or blob:, reports from 3 clients (addresses that visitors come from), on 2 days and 1 route; ${HOST_NEEDS}.`,
    );
  });

  it("the thresholds of its own options", async () => {
    expect(await noteOf([FEW], { minClients: 4, minDays: 1, minRoutes: 2 })).toBe(
      "Too little evidence yet: <code>imgSrc https://img.example</code> has 1 of 4 clients, 1 of 2 routes. What is enough: for a third-party host, reports from 4 clients (addresses that visitors come from), on 1 day and 2 routes, and from a quarter of the clients that report anything from the same routes.",
    );
  });

  it("only the first five", async () => {
    const groups = Array.from({ length: 7 }, (_, index) => ({ ...FEW, id: String(index), blocked: `https://h${index}.example` }));
    expect(await noteOf(groups)).toContain(
      "<code>imgSrc https://h4.example</code> has 1 of 10 clients, 1 of 2 days; and 2 more. What is enough:",
    );
  });

  it("nothing where the evidence is enough", async () => {
    expect(await noteOf([{ ...FEW, clients: 12, days: [...ONE_DAY, { value: "2026-11-22", count: 1 }] }])).toBeUndefined();
  });
});
