import { chownSync, existsSync, lchownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { findConfig } from "../../src/cli/config/find.js";
import { DOCUMENT_KEYS, policyOfJson } from "../../src/cli/input/policy-file.js";
import { howToGetNodes, nodeBinary } from "../package/install.js";
import { skipWithout } from "../peers.js";
import { bundle, type Program, put, run, shell } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);
const DENY = 'export default { policy: ["none", { xFrameOptions: "DENY" }] };\n';
const SAME = 'export default { policy: ["none", { xFrameOptions: "SAMEORIGIN" }] };\n';
const USING = "using portcullis.config.mjs\n";

describe("A policy as an argument", () => {
  it("is that of --policy", async () => {
    put(program, { "p.json": '{ "xFrameOptions": "SAMEORIGIN" }' });
    const { code, out, err } = await portcullis("headers", "none", "p.json");
    expect([code, out, err]).toEqual([0, "X-Frame-Options: SAMEORIGIN\n", ""]);
  });

  it("is below the policies of --policy", async () => {
    put(program, { "p.json": '{ "xFrameOptions": "SAMEORIGIN" }', "q.json": '{ "xFrameOptions": "DENY" }' });
    expect((await portcullis("headers", "none", "--policy", "q.json", "p.json")).out).toBe("X-Frame-Options: DENY\n");
  });

  it("is taken by export, after the target", async () => {
    put(program, { "p.json": '["none", { "xFrameOptions": "DENY" }]' });
    expect((await portcullis("export", "nginx", "p.json")).out).toBe((await portcullis("export", "nginx", "--policy", "p.json")).out);
  });

  it.each(["prove", "record"])("is taken by %s, after the address", async (command) => {
    expect((await portcullis(command, "http://127.0.0.1:1/", "strct")).err).toBe(
      'error: "strct" is not a preset. Did you mean "strict"?\n',
    );
  });
});

describe("portcullis.config", () => {
  it.each([
    ["portcullis.config.mjs", DENY],
    ["portcullis.config.js", DENY.replace("export default", "module.exports =")],
    ["portcullis.config.cjs", DENY.replace("export default", "module.exports =")],
    ["portcullis.config.json", '{ "policy": ["none", { "xFrameOptions": "DENY" }] }'],
    ["portcullis.config.json", '["none", { "xFrameOptions": "DENY" }]'],
    ["portcullis.config.mjs", 'export const policy = ["none", { xFrameOptions: "DENY" }];'],
    [
      "portcullis.config.mjs",
      'import { definePolicy } from "portcullis";\nexport default definePolicy("none", { xFrameOptions: "DENY" });',
    ],
    [
      "portcullis.config.mjs",
      'import { definePolicy } from "portcullis";\nexport default { policy: definePolicy("none", { xFrameOptions: "DENY" }) };',
    ],
  ])("has the policy of headers: %s", async (name, text) => {
    put(program, { [name]: text, "package.json": "{}" });
    expect(await portcullis("headers")).toEqual({ code: 0, out: "X-Frame-Options: DENY\n", err: `using ${name}\n` });
  });

  it("is not named with --json", async () => {
    put(program, { "portcullis.config.mjs": DENY });
    expect(await portcullis("headers", "--json")).toEqual({ code: 0, out: '{\n  "X-Frame-Options": "DENY"\n}\n', err: "" });
  });

  it("has the policy of export, with its routes", async () => {
    put(program, {
      "portcullis.config.mjs":
        'export default { policy: ["none", { xFrameOptions: "DENY" }], routes: [{ path: "/embed", layers: [{ xFrameOptions: false }] }] };',
    });
    const { out, err } = await portcullis("export", "caddy");
    expect(out).toContain("/embed");
    expect(err).toContain(USING);
  });

  it("has the policy of learn for reports", async () => {
    put(program, { "portcullis.config.mjs": 'export default { policy: "strict" };', "groups.json": "[]" });
    expect((await portcullis("learn", "groups.json")).err).toBe(USING);
  });

  it("is not used where a policy is written", async () => {
    put(program, { "portcullis.config.mjs": "throw new Error('loaded');" });
    expect(await portcullis("headers", "none")).toEqual({ code: 0, out: "", err: "" });
    expect(await portcullis("headers", "--policy", "none")).toEqual({ code: 0, out: "", err: "" });
  });

  it("is not used with --no-config", async () => {
    put(program, { "portcullis.config.mjs": "throw new Error('loaded');" });
    const { code, err } = await portcullis("headers", "--no-config");
    expect([code, err]).toEqual([0, ""]);
  });

  it("is another file with --config", async () => {
    put(program, { "portcullis.config.mjs": DENY, "other.mjs": SAME });
    expect(await portcullis("headers", "--config", "other.mjs")).toEqual({
      code: 0,
      out: "X-Frame-Options: SAMEORIGIN\n",
      err: "using other.mjs\n",
    });
  });

  it("has defaults for options of check, which the command line overrides", async () => {
    put(program, {
      "portcullis.config.mjs": 'export default { check: { failUnder: 90, failOn: "high" } };',
      "h.txt": "X-Frame-Options: DENY\n",
    });
    const low = "error: --fail-under: the score of 50 points is lower than 90.\n";
    const high = "error: --fail-on: 1 finding has severity high.\n";
    expect(await portcullis("check", "h.txt", "--json")).toMatchObject({ code: 1, err: `${low}${high}` });
    expect(await portcullis("check", "h.txt", "--fail-under", "10")).toMatchObject({ code: 1, err: `${USING}${high}` });
  });

  it("has defaults for options of record and prove, files beside it", async () => {
    put(program, {
      "sub/portcullis.config.mjs": 'export default { policy: "strict", record: { script: "walk.mjs" }, prove: { script: "walk.mjs" } };',
    });
    for (const command of ["record", "prove"]) {
      const { err } = await portcullis(command, "http://127.0.0.1:1/", "--config", "sub/portcullis.config.mjs");
      expect(err).toBe(`using sub/portcullis.config.mjs\nerror: --script: ${realpathSync(program.folder)}/sub/walk.mjs does not exist.\n`);
    }
  });

  it("with options only leaves the policy as it is", async () => {
    put(program, { "portcullis.config.mjs": "export default { check: { failUnder: 90 } };" });
    const { code, out, err } = await portcullis("headers");
    expect([code, out.includes("Content-Security-Policy"), err]).toEqual([0, true, ""]);
  });

  it.each<[string, string, string, string]>([
    ["throws", "portcullis.config.mjs", "\nthrow new Error('oh');", "portcullis.config.mjs: Error: oh (line 2)."],
    [
      "is not JavaScript",
      "portcullis.config.mjs",
      "export default {",
      "portcullis.config.mjs: SyntaxError: Unexpected end of input (line 1).",
    ],
    [
      "exports nothing",
      "portcullis.config.mjs",
      "export {};",
      "portcullis.config.mjs: exports no policy. Write export const policy = definePolicy(…), a patch, or a list of layers.",
    ],
    [
      "has an unknown option",
      "portcullis.config.mjs",
      "export default { check: { failUndr: 1 } };",
      'portcullis.config.mjs: check.failUndr: unknown option. Did you mean "failUnder"?',
    ],
    [
      "has a secret",
      "portcullis.config.json",
      '{ "record": { "insecure": true } }',
      "portcullis.config.json: record.insecure: no file may set this option. Write --insecure on the command line.",
    ],
    [
      "has a wrong value",
      "portcullis.config.json",
      '{ "check": { "failUnder": "90" } }',
      'portcullis.config.json: check.failUnder: "90" is not a whole number from 1 to 200. Write a whole number from 1 to 200.',
    ],
    [
      "has an unknown key",
      "portcullis.config.json",
      '{ "policy": "strict", "checks": {} }',
      'portcullis.config.json: checks: unknown option. Did you mean "check"?',
    ],
    [
      "has a wrong policy",
      "portcullis.config.json",
      '{ "policy": ["strict", { "xFrameOptions": "DNY" }] }',
      'portcullis.config.json: xFrameOptions: "DNY" is not one of its values. Did you mean "DENY"?',
    ],
    ["is not JSON", "portcullis.config.json", "{", "portcullis.config.json is not JSON: "],
  ])("that %s is refused with its name", async (_, name, text, line) => {
    put(program, { [name]: text });
    const { code, out, err } = await portcullis(
      ...(text.includes("check") || text.includes("record") ? ["record", "http://127.0.0.1:1/", "strict"] : ["headers"]),
    );
    expect([code === 0, out]).toEqual([false, ""]);
    expect(err).toContain(`error: ${line}`);
  });

  it("is refused where there are two", async () => {
    put(program, { "portcullis.config.mjs": DENY, "portcullis.config.json": "{}" });
    expect(await portcullis("headers")).toEqual({
      code: 2,
      out: "",
      err: "error: portcullis.config.mjs and portcullis.config.json are in one folder. Keep one of them, or write --config <file>.\n",
    });
  });

  it.each([
    [["--config", "gone.mjs"], "gone.mjs does not exist.\n"],
    [
      ["--config", "a.yaml"],
      '--config: a.yaml: the extension of a configuration file is ".ts", ".mts", ".js", ".mjs", ".cjs" or ".json".\n',
    ],
    [["--config", "a.mjs", "--no-config"], "--config and --no-config cannot be combined.\nSee portcullis --help.\n"],
  ])("may be asked for in vain: %j", async (args, err) => {
    expect(await portcullis("headers", ...args)).toEqual({ code: 2, out: "", err: `error: ${err}` });
  });

  it("with options only is no policy file", async () => {
    put(program, { "c.json": '{ "check": { "failUnder": 1 } }' });
    expect((await portcullis("headers", "c.json")).err).toBe(
      "error: c.json has options of commands, and no policy. Write the policy under the key policy.\n",
    );
  });

  it("is found from a folder below", async () => {
    put(program, { "portcullis.config.mjs": DENY, "package.json": "{}", "a/b/x.txt": "" });
    expect(await shell(program, "cd a/b && portcullis headers")).toEqual({
      code: 0,
      out: "X-Frame-Options: DENY\n",
      err: "using ../../portcullis.config.mjs\n",
    });
  });

  const typed = [{ name: "Node 24", found: existsSync(nodeBinary(24)), get: howToGetNodes }];
  it.skipIf(skipWithout("portcullis.config.ts in Node 24", typed))("may be TypeScript in Node 24", async () => {
    put(program, {
      "portcullis.config.ts": `const policy: object = { xFrameOptions: "DENY" };\nexport default { policy: ["none", policy] };`,
    });
    const { out, err } = await run(program, ["headers"], {}, nodeBinary(24));
    expect([out, err]).toEqual(["X-Frame-Options: DENY\n", "using portcullis.config.ts\n"]);
  });

  describe.skipIf(skipWithout("portcullis.config.ts in a project in CommonJS", typed))("in TypeScript in Node 24", () => {
    const MODULE = 'import { sep } from "node:path";\nexport const policy: unknown[] = ["none", { xFrameOptions: sep && "DENY" }];\n';
    const REQUIRED =
      'import type { Patch } from "portcullis";\nconst patch: Patch = { xFrameOptions: "DENY" };\nmodule.exports = { policy: ["none", patch] };\n';

    it.each([
      ["a module in CommonJS", "commonjs", MODULE],
      ["a module without a type", undefined, MODULE],
      ["a module in a module", "module", MODULE],
      ["CommonJS in CommonJS", "commonjs", REQUIRED],
    ])("is read as it is written: %s", async (_, type, text) => {
      put(program, { "portcullis.config.ts": text, "package.json": JSON.stringify({ type }) });
      const { out, err } = await run(program, ["headers"], {}, nodeBinary(24));
      expect([out, err]).toEqual(["X-Frame-Options: DENY\n", "using portcullis.config.ts\n"]);
    });

    it("has the line of a mistake, in CommonJS too", async () => {
      put(program, { "portcullis.config.ts": 'import "node:path";\n\nconst x = ;\n', "package.json": '{ "type": "commonjs" }' });
      const { err } = await run(program, ["headers"], {}, nodeBinary(24));
      expect(err).toContain("error: portcullis.config.ts: SyntaxError: Expression expected (line 3).\n");
    });
  });

  it.skipIf((process.features as { typescript?: unknown }).typescript)(
    "in TypeScript says what to do where Node cannot read it",
    async () => {
      put(program, { "portcullis.config.ts": "export default {};" });
      expect(await portcullis("headers")).toEqual({
        code: 2,
        out: "",
        err: `error: portcullis.config.ts: Node ${process.versions.node} cannot import TypeScript. Use Node 22.18, 23.6 or newer, or write the policy as .mjs or .json.\n`,
      });
    },
  );
});

describe("The search for portcullis.config", () => {
  const folder = (paths: readonly string[]) => {
    const root = mkdtempSync(join(realpathSync(tmpdir()), "portcullis-config-"));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), "");
    }
    return root;
  };

  it("takes the nearest", () => {
    const root = folder(["package.json", "portcullis.config.mjs", "a/portcullis.config.json", "a/b/x"]);
    expect(findConfig(join(root, "a/b"))).toBe("../portcullis.config.json");
  });

  it.each(["package.json", ".git/HEAD", ".git"])("ends at a folder with %s", (path) => {
    const root = folder(["portcullis.config.mjs", `a/${path}`, "a/b/x"]);
    expect(findConfig(join(root, "a/b"))).toBeUndefined();
  });

  it("looks in that folder too", () => {
    const root = folder(["a/portcullis.config.mjs", "a/package.json", "a/b/x"]);
    expect(findConfig(join(root, "a/b"))).toBe("../portcullis.config.mjs");
  });

  it("ends at the root", () => {
    expect(findConfig("/")).toBeUndefined();
  });

  it("ends where a folder is a link to itself", () => {
    const root = folder(["package.json"]);
    symlinkSync(root, join(root, "loop"));
    expect(findConfig(join(root, "loop"))).toBeUndefined();
  });
});

describe("A configuration of another user", () => {
  const above = (uid: number) => {
    const shared = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-shared-")));
    onTestFinished(() => rmSync(shared, { recursive: true, force: true }));
    for (const name of ["package.json", "portcullis.config.mjs"]) {
      writeFileSync(join(shared, name), DENY);
      lchownSync(join(shared, name), uid, uid);
    }
    mkdirSync(join(shared, "inside"));
    return shared;
  };
  const notRoot = process.getuid?.() !== 0;

  it.skipIf(notRoot)("in a folder above is not run, though there is a package.json", () => {
    const shared = above(65_534);
    expect(() => findConfig(join(shared, "inside"))).toThrow(
      "../portcullis.config.mjs belongs to another user. To use it, write --config <file>; to use none, --no-config.",
    );
    expect(findConfig(shared)).toBe("portcullis.config.mjs");
  });

  it.skipIf(notRoot)("is not run through a link of theirs to a file of yours", () => {
    const shared = above(0);
    symlinkSync(join(shared, "package.json"), join(shared, "portcullis.config.json"));
    rmSync(join(shared, "portcullis.config.mjs"));
    lchownSync(join(shared, "portcullis.config.json"), 65_534, 65_534);
    expect(() => findConfig(join(shared, "inside"))).toThrow("../portcullis.config.json belongs to another user.");
  });

  it.skipIf(notRoot)("is used by root in a project that is all theirs", () => {
    const shared = above(65_534);
    chownSync(join(shared, "inside"), 65_534, 65_534);
    expect(findConfig(join(shared, "inside"))).toBe("../portcullis.config.mjs");
  });
});

describe("A configuration that does not end", () => {
  it.each(["portcullis.config.json", "portcullis.config.mjs"])("is refused: %s as a link to a device", async (name) => {
    symlinkSync("/dev/zero", join(program.folder, name));
    onTestFinished(() => rmSync(join(program.folder, name)));
    expect(await portcullis("headers")).toEqual({ code: 2, out: "", err: `error: ${name} is not a regular file.\n` });
  });

  it.each(["portcullis.config.json", "portcullis.config.mjs"])("is refused: %s as a folder", async (name) => {
    mkdirSync(join(program.folder, name));
    onTestFinished(() => rmSync(join(program.folder, name), { recursive: true }));
    expect(await portcullis("headers")).toEqual({ code: 2, out: "", err: `error: ${name} is a folder.\n` });
  });

  it.each<[string, string]>([
    ["portcullis.config.json", '{ "policy": "none" }'],
    ["portcullis.config.mjs", 'export default { policy: "none" };'],
  ])("is read up to a megabyte: %s", async (name, text) => {
    put(program, { [name]: text.padEnd(1_048_576) });
    expect((await portcullis("headers")).code).toBe(0);
    put(program, { [name]: text.padEnd(1_048_577) });
    expect(await portcullis("headers")).toEqual({
      code: 2,
      out: "",
      err: `error: ${name} is longer than 1048576 bytes, the most that is read.\n`,
    });
  });
});

describe("An unknown key", () => {
  const POLICY = 'Write the policy under the key policy: "policy": ["strict", { "xFrameOptions": "DENY" }].';
  const answer = (document: object) => {
    try {
      policyOfJson(JSON.stringify(document), "c.json");
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[object, string]>([
    [{ preset: "strict" }, `preset: unknown option. ${POLICY}`],
    [{ policies: [] }, `policies: unknown option. ${POLICY}`],
    [{ extends: "strict" }, `extends: unknown option. ${POLICY}`],
    [{ policy: "strict", overrides: [] }, 'overrides: unknown option. Write "routes": [{ "path": "/embed", "layers": [{ … }] }].'],
    [{ policy: "strict", thirdParties: [] }, 'thirdParties: unknown option. Write "services": ["stripe"].'],
    [
      { policy: "strict", settings: {} },
      'settings: unknown option. Write the options of a command under its name: "check", "record" or "prove".',
    ],
    [{ policy: "strict", schema: "x" }, 'schema: unknown option. Write "$schema".'],
    [
      { policy: "strict", failUnder: 90 },
      'failUnder: unknown option. It is an option of portcullis check: write "check": { "failUnder": … }.',
    ],
    [{ "fail-under": 90 }, '"fail-under": unknown option. It is an option of portcullis check: write "check": { "failUnder": … }.'],
    [
      { policy: "strict", pages: 9 },
      'pages: unknown option. It is an option of portcullis record and portcullis prove: write "record": { "pages": … }.',
    ],
    [{ policy: "strict", csp: {} }, "csp: is not a key beside policy. Write it into the policy."],
    [
      { policy: "strict", "Content-Security-Policy": "" },
      '"Content-Security-Policy": is not a key beside policy. Write it into the policy.',
    ],
    [
      { policy: "strict", plugins: [] },
      'plugins: unknown option. Write "$schema", "policy", "services", "routes", "check", "record" or "prove".',
    ],
    [{ policy: "strict", record: { header: "a: b" } }, "record.header: no file may set this option. Write --header on the command line."],
    [
      { policy: "strict", prove: { "ignore-site-policy": true } },
      'prove["ignore-site-policy"]: no file may set this option. Write --ignore-site-policy on the command line.',
    ],
  ])("is answered with the right one: %j", (document, line) => {
    expect(answer(document)).toBe(`c.json: ${line}`);
  });

  it("that is a command is answered with the command line, for each command without a key", async () => {
    const names = Object.keys(await import("../../src/cli/commands/index.js")).filter(
      (name) => !(DOCUMENT_KEYS as readonly string[]).includes(name),
    );
    expect(names.length).toBeGreaterThan(5);
    for (const name of names)
      for (const document of [{ [name]: {} }, { policy: "strict", [name]: {} }])
        expect(answer(document)).toContain(
          `c.json: ${name}: unknown option. No file sets options of portcullis ${name}: write them on the command line. A file has those of "check", "record" or "prove".`,
        );
  });

  it("in a policy is answered by the policy", () => {
    expect(answer({ xFrameOptions: "DENY", headers: {} })).toContain("c.json: headers: unknown header.");
  });
});

describe("A configuration outside of a project", () => {
  it("of a folder above is not used: others may write there", () => {
    const above = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-above-")));
    onTestFinished(() => rmSync(above, { recursive: true, force: true }));
    writeFileSync(join(above, "portcullis.config.mjs"), DENY);
    mkdirSync(join(above, "inside"));
    expect(findConfig(join(above, "inside"))).toBeUndefined();
    expect(findConfig(above)).toBe("portcullis.config.mjs");
  });

  it.each(["browser", "ignoreSitePolicy"])("cannot set %s", async (key) => {
    put(program, { "portcullis.config.json": JSON.stringify({ policy: "strict", record: { [key]: "x" } }) });
    const { code, err } = await portcullis("record", "http://127.0.0.1:1/");
    expect(code).toBe(1);
    expect(err).toContain(`record.${key}: `);
  });
});
