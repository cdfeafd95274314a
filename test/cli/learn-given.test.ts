import { mkdirSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { newSaved } from "../../src/record/saved.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const learn = (...args: string[]) => run(program, ["learn", ...args]);

const refused = (...lines: readonly string[]) => ({ code: 2, out: "", err: lines.map((line) => `error: ${line}\n`).join("") });

describe("learn, of a policy instead of reports", () => {
  it.each([
    ["policy.mjs", "a policy module"],
    ["policy.json", "a policy file"],
    ["strict", "a preset"],
  ])("says what was given, and what to write: %s", async (word, kind) => {
    put(program, { "policy.mjs": "export const policy = {};", "policy.json": '{ "xFrameOptions": "DENY" }' });
    const hint = `Write a report store such as reports.db, or a recording such as csp, and --policy ${word} for the policy that was observed.`;
    expect(await learn(word)).toEqual(refused(`${word} is ${kind}: learn reads reports. ${hint}`));
  });

  it("says so beside a recording too", async () => {
    put(program, { "a.json": JSON.stringify(newSaved(definePolicy("strict"))) });
    expect((await learn("a.json", "strict")).err).toMatch(/^error: strict is a preset: learn reads reports\. /);
  });

  it("takes another object in JSON for no policy", async () => {
    put(program, { "package.json": '{ "name": "site" }' });
    expect((await learn("package.json")).err).toMatch(/^error: package\.json is neither a report store nor a list of groups\. /);
  });
});

/** A file that takes no room on the disk. */
function sparse(name: string, bytes: number): void {
  openSync(join(program.folder, name), "w");
  truncateSync(join(program.folder, name), bytes);
}

describe("learn, of a folder beyond its limits, names the folder or file and the limit", () => {
  const folder = (name: string) => mkdirSync(join(program.folder, name), { recursive: true });

  it("of files", async () => {
    folder("many");
    for (let index = 0; index <= 1_000; index += 1) writeFileSync(join(program.folder, "many", `${index}.json`), "");
    expect(await learn("many")).toEqual(refused("many has 1001 .json files, more than 1000."));
  });

  it("of bytes", async () => {
    folder("large");
    for (const index of [1, 2, 3, 4, 5, 6, 7, 8]) sparse(`large/${index}.json`, 64_000_001);
    expect(await learn("large")).toEqual(refused("large has 512000008 bytes in .json files, more than 512000000."));
  });

  it("of one file's bytes", async () => {
    folder("long");
    sparse("long/a.json", 67_108_865);
    writeFileSync(join(program.folder, "long/a.json"), "{", { flag: "r+" });
    expect(await learn("long")).toEqual(refused("long/a.json is longer than 67108864 bytes, the most that is read."));
  });

  it("of what one recording has", async () => {
    folder("full");
    const pages = Array.from({ length: 5_001 }, (_, index) => ({ page: `http://localhost/${index}`, loads: 1, sessions: 1 }));
    put(program, { "full/a.json": JSON.stringify({ ...newSaved(definePolicy("strict")), pages }) });
    expect(await learn("full")).toEqual({
      code: 1,
      out: "",
      err: "error: full/a.json: learn.recording.pages: a list of 5001 is longer than 5000, the most that is read. Record it again with recordViolations().\n",
    });
  });

  it("of what its recordings have together", async () => {
    folder("both");
    const pages = (file: string) =>
      Array.from({ length: 3_000 }, (_, index) => ({ page: `http://localhost/${file}/${index}`, loads: 1, sessions: 1 }));
    for (const file of ["a", "b"])
      put(program, { [`both/${file}.json`]: JSON.stringify({ ...newSaved(definePolicy("strict")), pages: pages(file) }) });
    expect((await learn("both")).out).toBe(`Recorded: 5000 pages in 0 sessions, 0 violations.

Nothing to add to the policy.

Remarks:
  1000 pages, groups or pieces of code were too many to be kept.
`);
  });
});
