import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { selectGroups } from "../../src/reports/filter.js";
import type { GroupRecord } from "../../src/reports/group.js";
import { collectReports, learn, memoryStore, redisStore, reportsPage } from "../../src/reports/index.js";
import { matches, readView } from "../../src/reports/page/view.js";
import { parseReport } from "../../src/reports/parse.js";
import { readRecord } from "../../src/reports/stores/stored.js";
import { GROUP, legacy, modern } from "./support.js";

/** What something comes to while every object has these properties by inheritance. */
function polluted<T>(names: Readonly<Record<string, unknown>>, act: () => T): T {
  try {
    for (const [name, value] of Object.entries(names))
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    return act();
  } finally {
    for (const name of Object.keys(names)) delete (Object.prototype as Record<string, unknown>)[name];
  }
}

const stored = () => readRecord(GROUP.id, JSON.stringify({ ...GROUP, tallies: {} })) as GroupRecord;

const LEGACY = legacy()["csp-report"];

describe("an inherited property is no part of", () => {
  it.each<[string, Readonly<Record<string, unknown>>, unknown]>([
    ["a report: csp-report", { "csp-report": LEGACY }, {}],
    ["a report: type and body", { type: "csp-violation", body: modern().body }, { url: "https://site.example/" }],
    ["a report: the directive", { effectiveDirective: "img-src" }, { "csp-report": { "document-uri": "https://site.example/" } }],
    ["a report: the document", { url: "https://site.example/" }, { type: "deprecation", body: { id: "x" } }],
  ])("%s", (_what, names, entry) => {
    expect(polluted(names, () => parseReport(entry, ""))).toBe("no-report");
  });

  it("a report: its sample, place, policy, disposition and user agent", () => {
    const names = { sample: "s", lineNumber: 7, originalPolicy: "p", disposition: "report", user_agent: "Firefox/1" };
    const entry = { "csp-report": { "document-uri": "https://site.example/", "effective-directive": "img-src" } };
    expect(polluted(names, () => parseReport(entry, "mine"))).toEqual({
      type: "csp-violation",
      disposition: "enforce",
      directive: "img-src",
      blocked: "",
      document: "https://site.example/",
      policy: "",
      sourceFile: "",
      position: "",
      sample: "",
      userAgent: "mine",
    });
  });

  it("a filter of groups", () => {
    const record = stored();
    expect(polluted({ type: "x", limit: 0, since: 9e15 }, () => selectGroups([record], {}))).toHaveLength(1);
  });

  it("a stored group", () => {
    expect(polluted({ pages: { evil: 1 } }, () => stored().tallies.pages.size)).toBe(0);
  });

  it("the page's filter", () => {
    expect(polluted({ route: "/x" }, () => matches(GROUP, readView(new URLSearchParams(), [GROUP])))).toBe(true);
  });

  it("the options of collectReports", () => {
    const store = { add: () => undefined };
    expect(polluted({ store, path: "/x", hosts: ["evil.example"] }, () => collectReports({}).store)).not.toBe(store);
  });

  it("the options of stores", () => {
    expect(() =>
      polluted({ maxGroups: "x", prefix: 7, deadlineMs: -1 }, () => [memoryStore({}), redisStore({ eval: async () => [] }, {})]),
    ).not.toThrow();
  });

  it("the options of learn", () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    const one = { ...GROUP, clients: 2 };
    const { suggestions } = polluted({ minClients: 1, acceptRisks: true }, () => learn(policy, [one], {}));
    expect(suggestions.map(({ confidence }) => confidence)).toEqual(["low"]);
  });

  it("the options of reportsPage", () => {
    expect(() => polluted({ store: memoryStore() }, () => reportsPage({} as never))).toThrow("the store is missing");
  });
});
