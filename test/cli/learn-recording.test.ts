import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { definePolicy } from "../../src/index.js";
import { newSaved, type SavedRecording } from "../../src/record/saved.js";
import type { Group } from "../../src/reports/index.js";
import { GROUP } from "../reports/support.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const learn = (...args: string[]) => run(program, ["learn", ...args]);

const IMAGE: Group = { ...GROUP, clients: 1, days: [{ value: "2026-11-21", count: 40 }] };
const HASH = "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='";
const CODE: SavedRecording["inline"][0] = {
  ...{ kind: "script", directive: "script-src-elem", text: "1", hash: HASH, element: "<script>", isServed: true },
  ...{ hasNonce: false, around: [], place: "http://localhost/:2:9", pages: ["http://localhost/"], loads: 1, sessions: 1 },
};

/** A recording of one session with one page. */
function recording(change: Partial<SavedRecording> = {}, policy: Parameters<typeof newSaved>[0] = definePolicy("strict")): string {
  const pages = [{ page: "http://localhost/", loads: 1, sessions: 1 }];
  return JSON.stringify({ ...newSaved(policy), sessions: 1, pages, groups: [IMAGE], inline: [CODE], violations: 2, ...change });
}

describe("learn, of recordings", () => {
  it("proposes on top of the recorded policy what one visitor needed, and hashes of code that two shards have", async () => {
    put(program, { "a.json": recording(), "b.json": recording() });
    expect(await learn("a.json", "b.json")).toEqual({
      code: 0,
      err: "",
      out: `Recorded: 1 page in 2 sessions, 4 violations.

The patch adds:
  imgSrc https://img.example (requested on /)
  scriptSrc ${HASH} (on
    http://localhost/) "1"
`,
    });
  });

  it("reads all recordings of a folder", async () => {
    mkdirSync(join(program.folder, "csp"), { recursive: true });
    put(program, { "csp/a.json": recording(), "csp/b.json": recording() });
    for (const word of ["csp", "csp/", "./csp"]) expect((await learn(word)).out).toContain("Recorded: 1 page in 2 sessions, 4 violations.");
  });

  it("says first what is open", async () => {
    put(program, { "a.json": recording({ groups: [] }) });
    expect((await learn("a.json")).out).toMatch(/^Recorded: .*\n\nNot complete: 1 to be recorded again\.\n/);
  });

  it("proposes no hash of code that one session had", async () => {
    put(program, { "a.json": recording() });
    const { out } = await learn("a.json");
    expect(out).not.toContain("sha256");
    expect(out).toContain("To be recorded again:\n  script (http://localhost/:2:9)");
  });

  it("writes a policy file that other commands take", async () => {
    put(program, { "a.json": recording(), "b.json": recording() });
    onTestFinished(() => rmSync(join(program.folder, "learned.json"), { force: true }));
    expect((await learn("a.json", "b.json", "--format", "json", "--out", "learned.json")).err).toBe("wrote learned.json\n");
    expect(JSON.parse(readFileSync(join(program.folder, "learned.json"), "utf8")).patch).toEqual({
      contentSecurityPolicy: { imgSrc: { append: ["https://img.example"] }, scriptSrc: { append: [HASH] } },
    });
    const { out } = await run(program, ["headers", "--policy", "strict", "--policy", "learned.json"]);
    expect(out).toContain(`script-src 'self' ${HASH};`);
  });

  it("writes TypeScript", async () => {
    put(program, { "a.json": recording({ inline: [] }) });
    expect((await learn("a.json", "--format", "typescript")).out).toBe(`import { append, type Patch } from "portcullis";

// imgSrc https://img.example: requested on /
export const learned = {
  contentSecurityPolicy: {
    imgSrc: append("https://img.example"),
  },
} satisfies Patch;
`);
  });

  it("reads the policy from its headers where it is no preset", async () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    put(program, {
      "a.json": recording({ inline: [] }, policy),
      "p.json": '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] } }]',
    });
    expect((await learn("a.json")).out).toBe((await learn("a.json", "--policy", "p.json")).out);
  });

  it("asks before it allows eval", async () => {
    put(program, { "a.json": recording({ inline: [], groups: [{ ...IMAGE, directive: "script-src", blocked: "eval" }] }) });
    expect((await learn("a.json")).out).toContain("Accept with: --accept=eval\n");
    expect((await learn("a.json", "--accept", "eval")).out).toContain("  scriptSrc unsafe-eval (eval");
  });

  it.each<[string, Record<string, string>, string[], string]>([
    [
      "different policies",
      { "a.json": recording(), "b.json": recording({}, definePolicy("recommended")) },
      ["a.json", "b.json"],
      "error: a.json and b.json are recordings of different policies. Read each by itself.\n",
    ],
    [
      "another policy than --policy",
      { "a.json": recording() },
      ["a.json", "--policy", "recommended"],
      "error: a.json is a recording of another policy. Leave --policy out to use the recorded one.\n",
    ],
    [
      "a recording and reports",
      { "a.json": recording(), "groups.json": JSON.stringify([GROUP]) },
      ["a.json", "groups.json"],
      "error: a.json: a recording, and groups.json: reports of visitors. Learn from each by itself, or write --recorded to see what is new in the reports.\n",
    ],
    [
      "thresholds",
      { "a.json": recording() },
      ["a.json", "--min-clients", "3"],
      "error: --min-clients is for reports of visitors, not for a recording.\nSee portcullis learn --help.\n",
    ],
    [
      "--accept for reports",
      { "groups.json": JSON.stringify([GROUP]) },
      ["groups.json", "--accept", "eval"],
      "error: --accept is for recordings, not for reports of visitors.\nSee portcullis learn --help.\n",
    ],
    [
      "a broken recording",
      { "a.json": recording({ sessions: "1" as never }) },
      ["a.json"],
      'error: a.json: learn.recording.sessions: "1" is not a number. Record it again with recordViolations().\n',
    ],
    [
      "a hash that is none",
      { "a.json": recording({ inline: [{ ...CODE, hash: "'unsafe-inline'" as never }] }) },
      ["a.json"],
      "error: a.json: learn.recording.inline[0].hash: \"'unsafe-inline'\" is not a hash. Record it again with recordViolations().\n",
    ],
    [
      "a baseline that is no recording",
      { "groups.json": JSON.stringify([GROUP]) },
      ["groups.json", "--recorded", "groups.json"],
      "error: --recorded: groups.json is not a recording of recordViolations().\n",
    ],
  ])("refuses %s", async (_, files, args, err) => {
    put(program, files);
    expect(await learn(...args)).toMatchObject({ out: "", err });
  });

  it("is refused as a policy", async () => {
    put(program, { "a.json": recording() });
    expect((await run(program, ["headers", "--policy", "a.json"])).code).not.toBe(0);
  });
});

describe("learn, of reports", () => {
  it("reads several stores as one", async () => {
    put(program, {
      "a.json": JSON.stringify([GROUP]),
      "b.json": JSON.stringify([GROUP]),
      "p.json": '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] } }]',
    });
    expect((await learn("a.json", "b.json", "--policy", "p.json")).out).toContain("80 reports, 12 clients, 2 days");
  });

  it("lists what is new since the recording, and learns from that alone", async () => {
    const fresh = { ...GROUP, id: "0000000000000001", blocked: "https://new.example", urls: [] };
    put(program, {
      "a.json": recording(),
      "groups.json": JSON.stringify([GROUP, fresh]),
      "p.json": '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] } }]',
    });
    const { out } = await learn("groups.json", "--policy", "p.json", "--recorded", "a.json");
    expect(out.split("\n").slice(0, 6)).toEqual([
      "New since recorded: 1 of 2 groups of reports:",
      "  img-src https://new.example on /, 40 reports",
      "",
      "In the patch:",
      "  imgSrc  https://new.example",
      "      40 reports, 12 clients, 2 days; on /; Firefox 145",
    ]);
  });

  it("does not take inline code on another route for recorded code", async () => {
    const inline = { ...GROUP, directive: "script-src-elem", blocked: "inline", urls: [] };
    put(program, {
      "a.json": recording({ groups: [inline] }),
      "groups.json": JSON.stringify([inline, { ...inline, id: "0000000000000001", route: "/comments" }]),
    });
    expect((await learn("groups.json", "--any-policy", "--recorded", "a.json")).out).toContain(
      "New since recorded: 1 of 2 groups of reports:\n  script-src-elem inline on /comments, 40 reports\n",
    );
  });
});
