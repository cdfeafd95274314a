import express from "express";
import { describe, expect, it } from "vitest";
import { definePolicy, PolicyError } from "../../src/index.js";
import { newSaved } from "../../src/record/saved.js";
import { type Group, memoryStore, reportsPage } from "../../src/reports/index.js";
import { type Answer, ask, serve } from "../http/support.js";
import { GROUP } from "./support.js";

const recording = (groups: readonly object[]) => ({ ...newSaved(definePolicy("strict")), groups: groups as readonly Group[] });

const KNOWN: Group = { ...GROUP, blocked: "https://known.example" };
const FRESH: Group = { ...GROUP, id: "1", blocked: "https://fresh.example" };

async function pageOf(groups: readonly Group[], recorded?: unknown) {
  const store = { ...memoryStore(), groups: async () => groups };
  const port = await serve(
    express().use("/reports", reportsPage({ store, ...(recorded !== undefined && { recorded: recorded as never }) })),
  );
  return (query = "") => ask(port, `/reports${query}`);
}

const rowsOf = ({ body }: Answer) => [...body.matchAll(/<td class="source"><a [^>]*><code>([^<]*)/g)].map(([, source]) => source);
const NEW = '<span class="tag new">new</span>';
/** The sources that are marked. */
const newOf = (answer: Answer) =>
  answer.body
    .split("<tr>")
    .filter((row) => row.includes(NEW))
    .map((row) => /<code>([^<]*)/.exec(row)?.[1]);

describe("with a recording, the page", () => {
  it("marks what is new since", async () => {
    const get = await pageOf([KNOWN, FRESH], recording([KNOWN]));
    expect(newOf(await get())).toEqual(["https://fresh.example"]);
  });

  it("leads to what is new, without JavaScript", async () => {
    const { body } = await (await pageOf([KNOWN, FRESH], recording([KNOWN])))();
    expect(body).toContain('<a href="?since=recorded">New since recorded: 1 group</a>');
  });

  it("shows only that, on request", async () => {
    const answer = await (await pageOf([KNOWN, FRESH], recording([KNOWN])))("?since=recorded");
    expect(rowsOf(answer)).toEqual(["https://fresh.example"]);
    expect(answer.body).toContain('<b>New since recorded: 1 group</b> <a href="?">Also recorded</a>');
  });

  it("keeps the filter in a search, and in the links of the columns", async () => {
    const { body } = await (await pageOf([KNOWN, FRESH], recording([KNOWN])))("?since=recorded");
    expect(body).toContain('<input type="hidden" name="since" value="recorded">');
    expect(body).toContain('href="?since=recorded&amp;sort=clients"');
  });

  it("exports only that", async () => {
    const { body } = await (await pageOf([KNOWN, FRESH], recording([KNOWN])))("?since=recorded&export=json");
    expect(JSON.parse(body).sources.map(({ source }: { source: string }) => source)).toEqual(["https://fresh.example"]);
  });

  it("knows a source on every route, and code on the recorded route only", async () => {
    const inline: Group = { ...GROUP, id: "2", directive: "script-src-elem", blocked: "inline" };
    const get = await pageOf([{ ...KNOWN, route: "/other" }, inline, { ...inline, id: "3", route: "/other" }], recording([KNOWN, inline]));
    expect((await get()).body).toContain("New since recorded: 1 group<");
    const { body } = await get("?source=inline+script-src-elem");
    expect(
      body
        .split("<tr>")
        .filter((row) => row.includes(NEW))
        .map((row) => /<code>([^<]*)/.exec(row)?.[1]),
    ).toEqual(["/other"]);
  });

  it("reads several recordings as one", async () => {
    const get = await pageOf([KNOWN, FRESH], [recording([KNOWN]), recording([FRESH])]);
    expect(newOf(await get())).toEqual([]);
  });
});

describe("without a recording, the page", () => {
  it("has no filter for it", async () => {
    expect((await (await pageOf([FRESH]))()).body).not.toContain("since");
  });

  it("shows everything where the address asks for what is new", async () => {
    expect(rowsOf(await (await pageOf([FRESH]))("?since=recorded"))).toEqual(["https://fresh.example"]);
  });
});

describe("reportsPage({ recorded })", () => {
  const messageOf = (recorded: unknown) => {
    try {
      reportsPage({ store: memoryStore(), recorded: recorded as never });
    } catch (error) {
      expect(error).toBeInstanceOf(PolicyError);
      return (error as Error).message;
    }
    return undefined;
  };
  const HINT = 'Write JSON.parse(await readFile("csp/recording.json", "utf8")).';

  it.each<[unknown, string]>([
    ["csp/recording.json", `reportsPage.recorded: "csp/recording.json" is not a recording. ${HINT}`],
    [[], `reportsPage.recorded: an empty list is not a recording. ${HINT}`],
    [{ portcullis: "policy", version: 1, groups: [] }, "is not a recording"],
    [{ portcullis: "recording", version: 3, groups: [] }, "is not a recording"],
    [Object.create({ portcullis: "recording", version: 1, groups: [] }), "is not a recording"],
    [recording([{ ...GROUP, count: -1 }]), "reportsPage.recorded.groups[0].count: "],
    [recording(Array(5_001).fill(GROUP)), "reportsPage.recorded.groups: 5001 groups are more than the 5000 of a recording."],
  ])("refuses %j", (recorded, expected) => {
    expect(messageOf(recorded)).toContain(expected);
  });

  it("takes what recordViolations has saved", () => {
    expect(messageOf(JSON.parse(JSON.stringify(recording([GROUP]))))).toBeUndefined();
  });
});
