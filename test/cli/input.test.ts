import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readInput } from "../../src/cli/input/index.js";
import { readPolicyModule } from "../../src/cli/input/policy-module.js";
import type { KINDS } from "../../src/cli/input/recognise.js";
import { readText } from "../../src/cli/input/text.js";
import { within } from "../../src/cli/input/within.js";
import { schemaAddress } from "../../src/cli/schema-address.js";

function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), "portcullis-input-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

describe("An argument is recognised by how it is written and by what a command takes", () => {
  it("a preset", async () => {
    expect(await readInput("strict", ["policy", "headers"])).toEqual({
      kind: "policy",
      name: "strict",
      layers: ["strict"],
      routes: [],
      settings: {},
    });
  });

  it.each([
    ["policy", '["none"]', "p.json"],
    ["policy", '{ "$schema": "./s.json", "xFrameOptions": "DENY" }', "p.json"],
    ["headers", '{ "X-Frame-Options": "DENY" }', "h.json"],
    ["headers", "X-Frame-Options: DENY\n", "h.txt"],
  ] as const)("%s: %s in %s", async (kind, text, name) => {
    const path = join(folder({ [name]: text }), name);
    expect((await readInput(path, ["policy", "headers", "site"])).kind).toBe(kind);
  });

  it("the same file as a configuration, where a command takes nothing else", async () => {
    const path = join(folder({ "vercel.json": '{ "headers": [] }' }), "vercel.json");
    expect(await readInput(path, ["configuration"])).toEqual({ kind: "configuration", name: path, text: '{ "headers": [] }' });
  });

  it("$schema is no part of the policy", async () => {
    const path = join(folder({ "p.json": '{ "$schema": "./s.json", "xFrameOptions": "DENY" }' }), "p.json");
    expect((await readInput(path, ["policy"])).layers).toEqual([{ xFrameOptions: "DENY" }]);
  });

  it.each<[string, (keyof typeof KINDS)[], string]>([
    ["https://a.example/", ["policy"], '"https://a.example/" is an address. Write a preset or a policy file.'],
    ["-", ["policy"], '"-" is stdin. Write a preset or a policy file.'],
    ["redis://127.0.0.1", ["configuration"], '"redis://127.0.0.1" is a report store. Write a configuration file.'],
    [
      "https://a.example/",
      ["reports"],
      '"https://a.example/" is an address. Write a report store such as reports.db or redis://127.0.0.1:6379.',
    ],
  ])("%s is refused for %j", async (word, kinds, message) => {
    await expect(readInput(word, kinds)).rejects.toMatchObject({ lines: [message], exitCode: 2 });
  });
});

describe("A mistake in a policy file names the file, the path, what came and what to write", () => {
  it.each<[string, string[]]>([
    [
      "5",
      [
        'p.json: policy: 5 is not a layer, or a list of layers. Write a preset\'s name, an object such as { "xFrameOptions": "DENY" }, or a list of them.',
      ],
    ],
    ['{ "$schema": 5 }', ["p.json: $schema: 5 is not the address of a JSON schema. Write the address of a JSON schema."]],
    ['{ "policy": "strict", "xFrameOptions": "DENY" }', ["p.json: xFrameOptions: is not a key beside policy. Write it into the policy."]],
    ['{ "policy": "strict", "routs": [] }', ['p.json: routs: unknown option. Did you mean "routes"?']],
    [
      '{ "policy": "strict", "routes": ["/a"] }',
      ['p.json: routes[0]: "/a" is not a route. Write { "path": "/embed", "layers": [{ … }] }.'],
    ],
    [
      '{ "policy": "strict", "routes": [{ "path": 5, "layers": [] }] }',
      ['p.json: routes[0].path: 5 is not a path, such as "/embed" or "/api/*". Write a path, such as "/embed" or "/api/*".'],
    ],
    [
      '{ "policy": "strict", "routes": [{ "path": "/a" }] }',
      ['p.json: routes[0].layers: is missing. Write { "path": "/embed", "layers": [{ … }] }.'],
    ],
    ["{", [expect.stringMatching(/^p\.json is not JSON: /) as never]],
  ])("%s", async (text, lines) => {
    const path = join(folder({ "p.json": text }), "p.json");
    const here = process.cwd();
    process.chdir(join(path, ".."));
    try {
      await expect(readInput("p.json", ["policy"])).rejects.toMatchObject({ lines, exitCode: 1 });
    } finally {
      process.chdir(here);
    }
  });

  it("also where it is one of several files", async () => {
    const path = join(folder({ "p.json": '{ "xFrameOption": "DENY" }' }), "p.json");
    await expect(readInput(path, ["policy"])).rejects.toMatchObject({
      lines: [`${path}: xFrameOption: unknown header. Did you mean "xFrameOptions"?`],
    });
  });
});

describe("What is read has a limit", () => {
  it("of bytes", async () => {
    const path = join(folder({ a: "12345" }), "a");
    expect(await readText(path, "a", { bytes: 5 })).toBe("12345");
    await expect(readText(path, "a", { bytes: 4 })).rejects.toThrow("a is longer than 4 bytes, the most that is read.");
  });

  it.skipIf(process.platform === "win32")("of seconds, for a pipe whose writer does not end", async () => {
    const path = join(folder(), "pipe");
    execFileSync("mkfifo", [path]);
    const { open } = await import("node:fs/promises");
    // Reading and writing: opening does not wait.
    const writer = await open(path, "r+");
    onTestFinished(() => writer.close());
    await expect(readText(path, "pipe", { bytes: 5, seconds: 0.05 })).rejects.toThrow("pipe did not end within 0.05 s.");
  });

  it("of seconds, for a module that never finishes", async () => {
    const path = join(folder({ "p.mjs": "await new Promise(() => undefined); export const policy = [];" }), "p.mjs");
    await expect(readPolicyModule(path, "p.mjs", 0.05)).rejects.toThrow("p.mjs could not be read within 0.05 s.");
  });

  it("of seconds, for a store that does not answer", async () => {
    await expect(within(0.05, "redis://a.example", new Promise(() => undefined))).rejects.toMatchObject({
      lines: ["redis://a.example could not be read within 0.05 s."],
      exitCode: 2,
    });
  });
});

describe("The $schema of a policy file", () => {
  it("is the path that npm install creates, where nothing is installed", () => {
    expect(schemaAddress(folder())).toBe("./node_modules/portcullis/dist/policy.schema.json");
  });

  it("leads to the nearest installation above the file", () => {
    const project = folder();
    mkdirSync(join(project, "node_modules/portcullis/dist"), { recursive: true });
    mkdirSync(join(project, "config/site"), { recursive: true });
    writeFileSync(join(project, "node_modules/portcullis/dist/policy.schema.json"), "{}");
    expect(schemaAddress(join(project, "config/site"))).toBe("../../node_modules/portcullis/dist/policy.schema.json");
    expect(schemaAddress(project)).toBe("./node_modules/portcullis/dist/policy.schema.json");
  });
});
