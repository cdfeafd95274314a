import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkOutputs, writePolicy } from "../../src/cli/record/out.js";
import { definePolicy, perRequest } from "../../src/index.js";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-out-"));
  writeFileSync(join(folder, "there.json"), "{}");
  writeFileSync(join(folder, "report.html"), "");
  mkdirSync(join(folder, "folder.json"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const STRICT = definePolicy("strict");

/** The lines of the failure, without the folder of the test. */
async function refused(outputs: Parameters<typeof checkOutputs>[0], policy = STRICT): Promise<readonly string[]> {
  const at = (file: string | undefined) => file && join(folder, file);
  const checked = checkOutputs({ ...outputs, out: at(outputs.out), report: at(outputs.report) }, policy, "record");
  const failure = await checked.then(
    () => ({ lines: [] }),
    (error) => error,
  );
  return failure.lines.map((line: string) => line.replaceAll(`${folder}/`, "").replaceAll(folder, "."));
}

describe("before a walk, the files to write", () => {
  it.each<[string, Parameters<typeof checkOutputs>[0], readonly string[]]>([
    ["may be new", { out: "policy.json", report: "new.html" }, []],
    ["may exist with --force", { out: "there.json", report: "report.html", force: true }, []],
    ["may not exist without", { out: "there.json", report: "report.html" }, ["there.json exists already.", "report.html exists already."]],
    ["have a known name", { out: "policy.yaml" }, ["--out: the name policy.yaml does not end in .json, .mjs, .js, .ts or .mts."]],
    ["have a name with an end", { out: "policy" }, ["--out: the name policy does not end in .json, .mjs, .js, .ts or .mts."]],
    ["have the name of a page", { report: "proof.json" }, ["--report: the name proof.json does not end in .html or .htm."]],
    ["are in a folder", { out: "gone/p.json" }, ["--out: gone/p.json cannot be written: the folder gone does not exist."]],
    ["are not below a file", { out: "there.json/p.json" }, ["--out: there.json/p.json cannot be written: there.json is not a folder."]],
    ["are no folders", { out: "folder.json", force: true }, ["--out: folder.json is a folder."]],
  ])("%s", async (_, outputs, expected) => {
    expect(await refused(outputs)).toEqual(expected);
  });

  it("hold no nonce in JSON", async () => {
    expect(await refused({ out: "policy.json" }, definePolicy("strictDynamic"))).toEqual([
      "--out: policy.json: the policy has a nonce, which JSON cannot represent. Write --out policy.mjs.",
    ]);
  });

  it("hold a nonce in a module", async () => {
    expect(await refused({ out: "policy.mjs" }, definePolicy("strictDynamic"))).toEqual([]);
  });

  it("hold no function", async () => {
    const policy = definePolicy("strict", { contentSecurityPolicy: { imgSrc: [perRequest(() => "https://a.example")] } });
    expect(await refused({ out: "policy.ts" }, policy)).toEqual([
      "--out: policy.ts: the policy has a function (perRequest), which no file can hold. Record without it, and add it later.",
    ]);
  });
});

describe("after a walk, the policy", () => {
  async function written(name: string, policy = STRICT) {
    const said: string[] = [];
    const terminal = { say: (line: string) => said.push(line), fail: (line: string) => said.push(`error: ${line}`) };
    const isWritten = await writePolicy(join(folder, name), policy, false, terminal as never);
    return { isWritten, said: said.map((line) => line.replaceAll(`${folder}/`, "")) };
  }

  it("is written", async () => {
    expect(await written("new.ts")).toEqual({ isWritten: true, said: ["wrote new.ts"] });
    expect(readFileSync(join(folder, "new.ts"), "utf8")).toContain('definePolicy("strict")');
  });

  it("is printed where a nonce came into it that JSON cannot hold", async () => {
    expect(await written("late.json", definePolicy("strictDynamic"))).toEqual({
      isWritten: false,
      said: [
        "error: --out: late.json: the policy has a nonce, which JSON cannot represent. Write --out late.mjs.",
        "This is the policy:",
        "// Written by portcullis record.",
        'import { definePolicy } from "portcullis";',
        "",
        'export const policy = definePolicy("strictDynamic");',
      ],
    });
  });

  it("is printed where somebody else has written the file meanwhile", async () => {
    const { isWritten, said } = await written("there.json");
    expect({ isWritten, said: said.slice(0, 2), last: said.at(-1) }).toEqual({
      isWritten: false,
      said: ["error: there.json exists already.", "This is the policy:"],
      last: 'export const policy = definePolicy("strict");',
    });
  });
});
