import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jupyterStrict } from "../../src/applications/index.js";
import { definePolicy, PolicyError, renderHeaders } from "../../src/index.js";
import { newSaved, policyOfSaved } from "../../src/record/saved.js";
import { evidenceOf } from "../../src/record/saved-evidence.js";
import { saveRecording } from "../../src/record/saved-file.js";
import { readRecording } from "../../src/record/saved-schema.js";

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

it("a recording of an application's preset keeps its headers, and one of another preset its name", () => {
  const saved = newSaved(definePolicy(jupyterStrict));
  expect(saved.policy.preset).toBe(undefined);
  expect(renderHeaders(policyOfSaved(saved))).toEqual(renderHeaders(definePolicy(jupyterStrict)));
  expect(newSaved(definePolicy("streamlitStrict")).policy.preset).toBe("streamlitStrict");
});

describe("a file that is larger than any recording", () => {
  const others = () => readdirSync(folder).filter((name) => /^large\.[0-9a-f]{16}\.json$/.test(name));

  it("is not read and not overwritten, and the recording is saved beside it", async () => {
    const file = fileOf("large.json", 67_108_865);
    let thrown: unknown;
    try {
      await saveRecording({ file }, RECORDING);
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

  it("does not cost what a second context has recorded", async () => {
    await expect(saveRecording({ file: join(folder, "large.json") }, RECORDING)).rejects.toThrow(PolicyError);
    expect(others().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")).violations)).toEqual([6]);
  });
});

it("A file of another kind is not overwritten, and the recording is saved beside it", async () => {
  const file = join(folder, "package.json");
  writeFileSync(file, '{ "name": "shop" }');
  await expect(saveRecording({ file }, RECORDING)).rejects.toThrow(
    `recordViolations.file: ${file} has something else than a recording, and was not overwritten.`,
  );
  const [beside = ""] = readdirSync(folder).filter((name) => /^package\.[0-9a-f]{16}\.json$/.test(name));
  expect([readFileSync(file, "utf8"), JSON.parse(readFileSync(join(folder, beside), "utf8")).violations]).toEqual([
    '{ "name": "shop" }',
    3,
  ]);
});

it("An empty file is written", async () => {
  const file = fileOf("empty.json", 0);
  await saveRecording({ file }, RECORDING);
  expect(JSON.parse(readFileSync(file, "utf8")).violations).toBe(3);
});

describe("code of two sessions", () => {
  const page = { page: "http://a.test/", loads: 2, sessions: 2 };
  const code = (loads: number, sessions: number) => ({
    ...{ kind: "script", directive: "script-src-elem", text: "go()", hash: `'sha256-${"a".repeat(43)}='`, element: "<script>" },
    ...{ isServed: true, hasNonce: false, place: "http://a.test/:3:1", pages: ["http://a.test/"], around: [], loads, sessions },
  });
  const stable = (loads: number, sessions: number) =>
    evidenceOf(
      readRecording({ ...RECORDING, version: 2, sessions: 2, pages: [page], inline: [code(loads, sessions)] }),
    ).evidence.inline.map(({ isStable }) => isStable);

  it("is stable where both had it", () => {
    expect(stable(2, 2)).toEqual([true]);
  });

  it("is not stable where two loads of one session had it, and the other session loaded the page too", () => {
    expect(stable(2, 1)).toEqual([false]);
  });
});

it("Recordings that are saved into one file at once are all in it", async () => {
  const file = join(folder, "shared.json");
  await Promise.all(Array.from({ length: 8 }, () => saveRecording({ file }, RECORDING)));
  expect([JSON.parse(readFileSync(file, "utf8")).violations, readdirSync(folder).filter((name) => name.endsWith(".lock"))]).toEqual([
    24,
    [],
  ]);
});

it("A recording of another policy in the file is an error", async () => {
  const file = join(folder, "policies.json");
  await saveRecording({ file }, RECORDING);
  await expect(saveRecording({ file }, newSaved(definePolicy("recommended")))).rejects.toThrow(
    `recordViolations.file: ${file} has a recording of another policy. Delete it, or write one file for each policy.`,
  );
});

describe("a recording of the first version", () => {
  const { origins, policyNames, popups, framedBy, hasScriptFile, ...first } = RECORDING;
  const old = { ...first, version: 1, pages: [{ page: "http://a.test/b", loads: 1, sessions: 1 }] };

  it("may have been of pages with script files", () => {
    expect(evidenceOf(readRecording(old)).evidence.hasScriptFile).toBe(true);
  });

  it("has the origins of its pages", () => {
    expect(evidenceOf(readRecording(old)).evidence.origins).toEqual(["http://a.test"]);
  });

  it("is refused where it says that it is of the second", () => {
    expect(() => readRecording({ ...old, version: 2 })).toThrow("learn.recording.origins");
  });
});
