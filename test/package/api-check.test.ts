import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A copy of build/api beside a library of one module, so that a run of the compiler is short. */
const folder = mkdtempSync(join(tmpdir(), "portcullis-api-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const path of ["build/api", "build/api.mjs", "tsconfig.json"]) cpSync(path, join(folder, path), { recursive: true });
for (const path of ["src", "docs", "node_modules"]) mkdirSync(join(folder, path));
symlinkSync(resolve("node_modules/@microsoft"), join(folder, "node_modules/@microsoft"), "junction");
for (const name of ["esbuild", "typescript", "@types"])
  symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name), "junction");
writeFileSync(join(folder, "package.json"), '{ "name": "portcullis", "type": "module" }');
writeFileSync(join(folder, "build/units.ts"), 'export const entries = { index: "src/index.ts" };\n');

const MODULE = "/** One. */\nexport function one(text: string): string {\n  return text;\n}\n\n/** Two. */\nexport const two: 2 = 2;\n";

const write = (path: string, text: string) => writeFileSync(join(folder, path), text);

/** Runs `npm run api`, or with `--check` `npm run api:check`. */
function api(...args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, ["build/api.mjs", ...args], { cwd: folder, encoding: "utf8" });
  return { status, errors: stderr };
}

const EXPERIMENTAL = "/**\n * One.\n *\n * @experimental\n */";

/** The module after a change, and which files differ then. */
const CHANGES: Readonly<Record<string, readonly [text: string, files: readonly string[]]>> = {
  "nothing is changed": [MODULE, []],
  "only the text of a function is changed": [MODULE.replace("return text;", "return text.trim();"), []],
  "an export is added": [`${MODULE}/** Three. */\nexport const three: 3 = 3;\n`, ["api/portcullis.api.md", "docs/stability.md"]],
  "an export is removed": [MODULE.slice(0, MODULE.indexOf("/** Two.")), ["api/portcullis.api.md", "docs/stability.md"]],
  "a parameter of an export is added": [MODULE.replace("text: string)", "text: string, other: string)"), ["api/portcullis.api.md"]],
  "an export becomes experimental": [MODULE.replace("/** One. */", EXPERIMENTAL), ["api/portcullis.api.md", "docs/stability.md"]],
};

/** Makes each change, and compares; in one process, which loads the compiler once. */
const DRIVER = `
import { readFileSync, writeFileSync } from "node:fs";
import { main } from "./node_modules/.cache/portcullis-api/main.mjs";
const results = {};
for (const [name, text] of JSON.parse(readFileSync("changes.json", "utf8"))) {
  writeFileSync("src/index.ts", text);
  const errors = [];
  console.error = (line) => errors.push(line);
  results[name] = [main(["--check"]), errors];
}
console.log(JSON.stringify(results));
`;

describe("npm run api:check", () => {
  let results: Readonly<Record<string, readonly [code: number, errors: readonly string[]]>>;
  let before: string;

  beforeAll(() => {
    write("docs/stability.md", "# Stability\n\n## Every public name\n");
    write("src/index.ts", MODULE);
    expect(api()).toEqual({ status: 0, errors: "" });
    before = readFileSync(join(folder, "api/portcullis.api.md"), "utf8");
    write("changes.json", JSON.stringify(Object.entries(CHANGES).map(([name, [text]]) => [name, text])));
    write("driver.mjs", DRIVER);
    const { stdout, stderr } = spawnSync(process.execPath, ["driver.mjs"], { cwd: folder, encoding: "utf8" });
    results = stdout === "" ? expect.fail(stderr) : JSON.parse(stdout);
  }, 300_000);

  it.each(Object.keys(CHANGES))("names the files that differ, and returns 1 for any, where %s", (name) => {
    const files = CHANGES[name]?.[1] ?? [];
    const errors = files.map((file) => `${file} is not what the source gives: run npm run api, and look at the difference.`);
    expect(results[name]).toEqual([files.length === 0 ? 0 : 1, errors]);
  });

  it("writes nothing", () => {
    expect(readFileSync(join(folder, "api/portcullis.api.md"), "utf8")).toBe(before);
  });

  it("ends with code 1 where a report is missing", { timeout: 120_000 }, () => {
    write("src/index.ts", MODULE);
    rmSync(join(folder, "api/types.api.md"));
    const errors = "api/types.api.md is not what the source gives: run npm run api, and look at the difference.\n";
    expect(api("--check")).toEqual({ status: 1, errors });
  });
});
