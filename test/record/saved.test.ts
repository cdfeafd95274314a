import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { definePolicy, PolicyError } from "../../src/index.js";
import { newSaved, saveRecording } from "../../src/record/saved.js";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-saved-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const RECORDING = { ...newSaved(definePolicy("strict")), sessions: 1, violations: 3 };

/** A file of this size, which takes no room on the disk. */
function fileOf(name: string, bytes: number): string {
  const file = join(folder, name);
  writeFileSync(file, "");
  truncateSync(file, bytes);
  return file;
}

describe("a file that is larger than any recording", () => {
  const others = () => readdirSync(folder).filter((name) => /^large\.[0-9a-f]{16}\.json$/.test(name));

  it("is not read and not overwritten, and the recording is saved beside it", () => {
    const file = fileOf("large.json", 67_108_865);
    let thrown: unknown;
    try {
      saveRecording(file, RECORDING);
    } catch (error) {
      thrown = error;
    }
    const [beside = ""] = others();
    expect(thrown).toBeInstanceOf(PolicyError);
    expect((thrown as Error).message.replaceAll(`${folder}/`, "")).toBe(
      `recordViolations.file: large.json has 67108865 bytes, more than the 67108864 of a recording, and was not overwritten. Delete it or write another file. This recording is in ${beside}.`,
    );
    expect(statSync(file).size).toBe(67_108_865);
    expect(JSON.parse(readFileSync(join(folder, beside), "utf8")).violations).toBe(3);
  });

  it("does not cost what a second context has recorded", () => {
    expect(() => saveRecording(join(folder, "large.json"), RECORDING)).toThrow(PolicyError);
    expect(others().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")).violations)).toEqual([6]);
  });
});

it("A file of another kind, as large as a recording may be, is overwritten", () => {
  const file = fileOf("other.json", 1_000_000);
  saveRecording(file, RECORDING);
  expect(JSON.parse(readFileSync(file, "utf8")).violations).toBe(3);
});
