import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { writeFiles } from "../../src/cli/files.js";
import { askChoices } from "../../src/cli/init/ask.js";
import { placeFor } from "../../src/cli/init/files.js";
import { readProject } from "../../src/cli/init/project.js";
import { stepsText } from "../../src/cli/init/steps.js";
import { howToGetNodes, nodeBinary } from "../package/install.js";
import { skipWithout } from "../peers.js";
import { ended } from "./support.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

beforeAll(() => {
  if (!existsSync(join(ROOT, "dist/index.d.ts"))) throw new Error("These tests run dist/: run npm run build first.");
});

/** A new project that has the built package and those of this repository. */
function project(files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules"));
  for (const name of [
    "express",
    "connect",
    "koa",
    "fastify",
    "hono",
    "@nestjs",
    "reflect-metadata",
    "rxjs",
    "vitest",
    "vite",
    "typescript",
    "@types",
  ]) {
    const there = join(ROOT, "node_modules", name);
    if (existsSync(there)) symlinkSync(there, join(folder, "node_modules", name));
  }
  symlinkSync(ROOT, join(folder, "node_modules/portcullis"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const environment = { ...process.env, NO_COLOR: "1", NODE_TEST_CONTEXT: undefined };
  const start = (program: string, ...args: string[]): ChildProcess =>
    spawn(program, args, { cwd: folder, env: environment as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
  return {
    folder,
    start,
    run: (program: string, ...args: string[]) => ended(start(program, ...args)),
    init: (...args: string[]) => ended(start(process.execPath, join(ROOT, "dist/cli/cli.js"), "init", ...args)),
    read: (name: string) => readFileSync(join(folder, name), "utf8"),
    files: () =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => !/^(?:node_modules|package\.json$)/.test(name))
        .sort(),
  };
}

const manifest = (framework: string, extra: object = {}, dev: object = {}) =>
  JSON.stringify({
    name: "site",
    ...extra,
    dependencies: framework === "" ? {} : { [framework]: "*", portcullis: "*" },
    devDependencies: dev,
  });

/** The lines that init prints for the application. */
function printedLines(out: string): readonly string[] {
  const [, after = ""] = out.split(/^Add to the application.*\n/m);
  return (after.split(/\n\n(?! {2})/)[0] ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** An application of each framework, with the printed lines in their places. */
const APPS: Readonly<Record<string, (isCommonJs: boolean, imports: string, use: string) => string>> = {
  express: (isCommonJs, imports, use) =>
    `${isCommonJs ? 'const express = require("express");' : 'import express from "express";'}\n${imports}\nconst app = express();\n${use}\napp.get("/", (_req, res) => res.send("A page."));\nconst server = app.listen(0, () => console.log(server.address().port));\n`,
  koa: (isCommonJs, imports, use) =>
    `${isCommonJs ? 'const Koa = require("koa");' : 'import Koa from "koa";'}\n${imports}\nconst app = new Koa();\n${use}\napp.use((ctx) => { ctx.body = "A page."; });\nconst server = app.listen(0, () => console.log(server.address().port));\n`,
  fastify: (isCommonJs, imports, use) =>
    isCommonJs
      ? `const Fastify = require("fastify");\n${imports}\n(async () => { const app = Fastify();\n${use}\napp.get("/", async () => "A page.");\nawait app.listen({ port: 0 }); console.log(app.server.address().port); })();\n`
      : `import Fastify from "fastify";\n${imports}\nconst app = Fastify();\n${use}\napp.get("/", async () => "A page.");\nawait app.listen({ port: 0 });\nconsole.log(app.server.address().port);\n`,
  hono: (isCommonJs, imports, use) =>
    `${isCommonJs ? 'const { Hono } = require("hono"); const { createServer } = require("node:http");' : 'import { Hono } from "hono";\nimport { createServer } from "node:http";'}\n${imports}\nconst app = new Hono();\n${use}\napp.get("/", (c) => c.text("A page."));\nconst server = createServer(async (req, res) => { const answer = await app.request(req.url); res.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text()); }).listen(0, () => console.log(server.address().port));\n`,
};

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' https://fonts.googleapis.com; img-src 'self'; font-src 'self' https://fonts.gstatic.com; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

describe.each(["express", "koa", "fastify", "hono"])("init for %s", { timeout: 120_000 }, (framework) => {
  it.each([
    ["an ES module", false],
    ["CommonJS", true],
  ])("in %s writes what works: the application sends the headers, and the test passes", async (_, isCommonJs) => {
    const here = project({ "package.json": manifest(framework, isCommonJs ? {} : { type: "module" }) });
    const { code, out, err } = await here.init("--yes", "--preset", "strict", "--service", "googleFonts");
    expect([code, err]).toEqual([
      0,
      `not asked, by default: framework ${framework} (of package.json), headers sent by node\nwrote portcullis.config.js\nwrote test/security-headers.test.js\n`,
    ]);
    const lines = printedLines(out);
    const use = lines.at(-1) ?? "";
    const app = isCommonJs ? "app.cjs" : "app.mjs";
    writeFileSync(join(here.folder, app), APPS[framework]?.(isCommonJs, lines.slice(0, -1).join("\n"), use) ?? "");
    const server = here.start(process.execPath, app);
    onTestFinished(() => void server.kill());
    const [port] = await Promise.race([
      once(server.stdout as NodeJS.ReadableStream, "data"),
      once(server.stderr as NodeJS.ReadableStream, "data").then(([text]) => Promise.reject(new Error(String(text)))),
    ]);
    const { headers } = await fetch(`http://localhost:${String(port).trim()}/`);
    expect([headers.get("content-security-policy"), headers.get("x-frame-options"), headers.get("x-powered-by")]).toEqual([
      CSP,
      "DENY",
      null,
    ]);
    const test = await here.run(process.execPath, "--test", "test/security-headers.test.js");
    expect(`${test.out}${test.err}`).toMatch(/pass 1\n/);
    expect(test.code).toBe(0);
  });

  it("in TypeScript with vitest writes a test that passes", async () => {
    const here = project({ "package.json": manifest(framework, { type: "module" }, { vitest: "*" }), "tsconfig.json": "{}" });
    const { code, err } = await here.init("--yes");
    expect([code, err]).toMatchObject([0, expect.stringContaining("wrote portcullis.config.ts\nwrote test/security-headers.test.ts\n")]);
    const test = await here.run(process.execPath, join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "test/security-headers.test.ts");
    expect(`${test.out}${test.err}`).toMatch(/Tests +1 passed/);
  });
});

it("init writes TypeScript that compiles, for each framework and runner", async () => {
  const here = project();
  const rows = ["express", "koa", "fastify", "hono", "next", "@nestjs/core"].map(
    (framework, at) => [framework, at % 2 === 0 ? "vitest" : "node"] as const,
  );
  for (const [framework, runner] of rows) {
    const one = project({
      "package.json": manifest(framework, { type: "module" }, { [runner]: "*" }),
      "tsconfig.json": '{ "compilerOptions": { "allowImportingTsExtensions": true } }',
    });
    await one.init("--yes", "--service", "stripe");
    for (const name of ["portcullis.config.ts", "test/security-headers.test.ts"]) {
      const path = join(here.folder, framework.replace(/\W/g, ""), name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, one.read(name));
    }
  }
  const compilerOptions = {
    ...{
      strict: true,
      module: "esnext",
      moduleResolution: "bundler",
      target: "es2022",
      lib: ["es2023", "dom", "dom.iterable", "esnext.disposable"],
    },
    ...{ noEmit: true, skipLibCheck: true, types: ["node"], esModuleInterop: true, allowImportingTsExtensions: true },
  };
  writeFileSync(join(here.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts"] }));
  writeFileSync(join(here.folder, "package.json"), '{ "type": "module" }');
  const { out } = await here.run(process.execPath, join(ROOT, "node_modules/typescript/bin/tsc"), "--pretty", "false");
  expect(out).toBe("");
}, 180_000);

describe("init", () => {
  it("writes a policy as it would be written by hand", async () => {
    const here = project({ "package.json": manifest("express", { type: "module" }) });
    await here.init("--yes", "--service", "stripe", "--service", "fonts.googleapis.com");
    expect(here.read("portcullis.config.js")).toBe(`// The security headers of this site. To see them: npx portcullis headers
import { definePolicy } from "portcullis";
import { googleFonts, stripe } from "portcullis/services";

export const policy = definePolicy("recommended", stripe(), googleFonts());
`);
  });

  it("writes a policy in CommonJS, which the command line finds", async () => {
    const here = project({ "package.json": manifest("express") });
    await here.init("--yes", "--preset", "strict");
    expect(here.read("portcullis.config.js")).toBe(`// The security headers of this site. To see them: npx portcullis headers
const { definePolicy } = require("portcullis");

exports.policy = definePolicy("strict");
`);
    const { out, err } = await here.run(process.execPath, join(ROOT, "dist/cli/cli.js"), "headers");
    expect([out.includes("X-Frame-Options: DENY\n"), err]).toEqual([true, "using portcullis.config.js\n"]);
  });

  it("prints what is left to do", async () => {
    const here = project({ "package.json": manifest("koa", { type: "module" }) });
    expect((await here.init("--yes")).out).toBe(`Add to the application, before all other middleware:
  import { securityHeaders } from "portcullis/koa";
  import { policy } from "./portcullis.config.js";

  app.use(securityHeaders(policy));

Run the test:
  node --test test/security-headers.test.js

See the headers, and what the site would lose under them:
  npx portcullis headers
  npm install --save-dev playwright-core
  npx portcullis record http://localhost:3000

In CI:
  node --test test/security-headers.test.js
  (before=$(git ls-tree --name-only "origin/\${BASE:-main}" portcullis.config.js) && { test -z "$before" || npx portcullis compare "origin/\${BASE:-main}:./portcullis.config.js" portcullis.config.js --fail-on-weaker; })
`);
  });

  it.each([
    ["helmet", "app.use(helmet(…));"],
    ["@fastify/helmet", "app.register(helmet, …);"],
    ["koa-helmet", "app.use(helmet(…));"],
  ])("says first that %s overwrites headers of the policy", async (name, use) => {
    const dependencies = { express: "*", [name]: "*" };
    const here = project({ "package.json": JSON.stringify({ type: "module", dependencies }) });
    expect(
      (await here.init("--yes")).out.split("\n\nInstall the package:")[0],
    ).toBe(`${name} is a dependency, and overwrites headers of the policy. Remove from the application:
  ${use}

  To keep its options, write in portcullis.config.js, instead of the preset:
    import { fromHelmet } from "portcullis/helmet";
    fromHelmet({ … })
  The guide: node_modules/portcullis/docs/helmet.md`);
  });

  it("prints fromHelmet in CommonJS where the policy is", async () => {
    const here = project({ "package.json": manifest("express", {}, { helmet: "*" }) });
    expect((await here.init("--yes")).out).toContain('    const { fromHelmet } = require("portcullis/helmet");\n');
  });

  it("says nothing of helmet without it", async () => {
    const here = project({ "package.json": manifest("express") });
    expect((await here.init("--yes")).out).not.toContain("elmet");
  });

  describe("prints a comparison for CI", () => {
    /** Runs the printed line in a repository, with a copy of its main branch as that of origin. */
    const compared = async (...steps: readonly string[]) => {
      const here = project({ "package.json": manifest("express", { type: "module" }) });
      const { out } = await here.init("--yes", "--preset", "strict");
      const line = out.trimEnd().split("\n").at(-1)?.trim() ?? "";
      const git = "git -c user.name=a -c user.email=a";
      const all = ["git init -q .", "echo node_modules > .gitignore", ...steps, line].join("\n").replaceAll("commit", `${git} commit`);
      const program = `npx() { shift; ${JSON.stringify(process.execPath)} ${JSON.stringify(join(ROOT, "dist/cli/cli.js"))} "$@"; }\n`;
      return here.run("sh", "-c", program + all);
    };
    const weaken = "sed -i.bak s/strict/recommended/ portcullis.config.js";

    it("that fails where the branch of origin is missing", async () => {
      const { code, err } = await compared("git add .", "commit -qm one");
      expect([code, err]).toEqual([128, "fatal: Not a valid object name origin/main\n"]);
    });

    it("that accepts a branch without the policy", async () => {
      const steps = ["git add package.json", "commit -qm one", "git update-ref refs/remotes/origin/main HEAD"];
      expect(await compared(...steps)).toEqual({ code: 0, out: "", err: "" });
    });

    it("that accepts the same policy", async () => {
      const steps = ["git add .", "commit -qm one", "git update-ref refs/remotes/origin/main HEAD"];
      expect((await compared(...steps)).code).toBe(0);
    });

    it("that fails where the policy is weaker", async () => {
      const steps = ["git add .", "commit -qm one", "git update-ref refs/remotes/origin/main HEAD", weaken];
      expect((await compared(...steps)).code).toBe(1);
    });
  });

  it("writes a workflow with --ci github", async () => {
    const here = project({ "package.json": manifest("express", { type: "module" }), "pnpm-lock.yaml": "" });
    const { out } = await here.init("--yes", "--ci", "github");
    expect(out).not.toContain("In CI:");
    const { parse } = await import("yaml");
    const { jobs, permissions } = parse(here.read(".github/workflows/security-headers.yml"));
    expect(permissions).toEqual({ contents: "read" });
    // The comparison needs the branch that a change goes to.
    expect(jobs.headers.steps[0].with).toEqual({ "fetch-depth": 0, "persist-credentials": false });
    expect(jobs.headers.steps.map(({ uses, run }: { uses?: string; run?: string }) => uses ?? run)).toEqual([
      "actions/checkout@v5",
      "actions/setup-node@v5",
      "corepack enable",
      "pnpm install --frozen-lockfile",
      "node --test test/security-headers.test.js",
      '(before=$(git ls-tree --name-only "origin/${BASE:-main}" portcullis.config.js) && { test -z "$before" || pnpm exec portcullis compare "origin/${BASE:-main}:./portcullis.config.js" portcullis.config.js --fail-on-weaker; })\n',
    ]);
  });

  it("puts the policy where the compiler takes files", async () => {
    const here = project({
      "package.json": manifest("express"),
      "tsconfig.json": '{ "compilerOptions": { "rootDir": "./src" } }',
      "tests/x": "",
    });
    const { out } = await here.init("--yes");
    expect(here.files()).toEqual(["src", "src/policy.ts", "tests", "tests/security-headers.test.mjs", "tests/x", "tsconfig.json"]);
    expect(out).toContain('  import { policy } from "./policy.js";\n');
    expect(out).toContain(" portcullis headers src/policy.ts\n");
    expect(here.read("tests/security-headers.test.mjs")).toContain('const { policy } = await import("../src/policy.ts");\n');
  });

  const nodes = [22, 24].map((version) => ({ name: `Node ${version}`, found: existsSync(nodeBinary(version)), get: howToGetNodes }));
  describe.skipIf(skipWithout("init in TypeScript without modules", nodes))("in TypeScript without modules", () => {
    it.each([
      ["type commonjs", { type: "commonjs" }, "nodenext"],
      ["type commonjs", { type: "commonjs" }, "commonjs"],
      ["no type", {}, "node16"],
      ["no type", {}, "esnext"],
    ])("writes a policy and a test that Node runs, with %s", async (_, type, module) => {
      const tsconfig = JSON.stringify({ compilerOptions: { module } });
      const here = project({ "package.json": manifest("express", type), "tsconfig.json": tsconfig });
      expect((await here.init("--yes", "--preset", "strict")).err).toContain(
        "wrote portcullis.config.ts\nwrote test/security-headers.test.mjs\n",
      );
      for (const version of [22, 24]) {
        const test = await here.run(nodeBinary(version), "--test", "--test-reporter", "tap", "test/security-headers.test.mjs");
        expect([test.code, test.err, test.out.includes("# pass 1\n")]).toEqual([0, "", true]);
        const { out, err } = await here.run(nodeBinary(version), join(ROOT, "dist/cli/cli.js"), "headers");
        expect([out.includes("X-Frame-Options: DENY\n"), err]).toEqual([true, "using portcullis.config.ts\n"]);
      }
    });

    it("tests the files of a server", async () => {
      const files = { "package.json": manifest("", { type: "commonjs" }), "tsconfig.json": "{}" };
      const here = project(files);
      await here.init("--yes", "--serve", "nginx");
      await here.run(nodeBinary(24), join(ROOT, "dist/cli/cli.js"), "export", "nginx", "--out", "nginx");
      const test = await here.run(nodeBinary(24), "--test", "--test-reporter", "tap", "test/security-headers.test.mjs");
      expect([test.code, test.out.includes("# pass 1\n")]).toEqual([0, true]);
    });

    it("writes .mts where the compiler takes import in no other file", async () => {
      const tsconfig = '{ "compilerOptions": { "module": "nodenext", "verbatimModuleSyntax": true } }';
      const here = project({ "package.json": manifest("express", { type: "commonjs" }), "tsconfig.json": tsconfig });
      const { out, err } = await here.init("--yes");
      expect(err).toContain("wrote portcullis.config.mts\nwrote test/security-headers.test.mjs\n");
      expect(out).toContain('  import { policy } from "./portcullis.config.mjs";\n');
      expect(here.read("test/security-headers.test.mjs")).toContain('import { policy } from "../portcullis.config.mts";\n');
      const test = await here.run(nodeBinary(24), "--test", "--test-reporter", "tap", "test/security-headers.test.mjs");
      expect([test.code, test.err]).toEqual([0, ""]);
    });
  });

  it.each<[string, string, Record<string, string>, string]>([
    ["type commonjs", '{ "compilerOptions": { "module": "CommonJS" } }', {}, "./portcullis.config"],
    ["type commonjs", '{ "compilerOptions": { "module": "nodenext", "rootDir": "src" } }', { "src/main.ts": "" }, "./policy"],
    ["type commonjs", '{ "compilerOptions": { "module": "node16" } }', { "app.mts": "" }, "./portcullis.config.js"],
    ["type commonjs", '{ "compilerOptions": { "module": "esnext" } }', {}, "./portcullis.config.js"],
    ["type module", '{ "compilerOptions": { "module": "nodenext", "verbatimModuleSyntax": true } }', {}, "./portcullis.config.js"],
  ])("prints an import that the tools of TypeScript find, with %s and %s", async (type, tsconfig, files, path) => {
    const manifestText = manifest("express", { type: type.split(" ")[1] });
    const here = project({ "package.json": manifestText, "tsconfig.json": tsconfig, ...files });
    expect((await here.init("--yes")).out).toContain(`  import { policy } from "${path}";\n`);
  });

  it("writes a test for Vitest that the compiler takes too, where only .mts has import", async () => {
    const tsconfig = '{ "compilerOptions": { "module": "nodenext", "verbatimModuleSyntax": true } }';
    const here = project({ "package.json": manifest("express", { type: "commonjs" }, { vitest: "*" }), "tsconfig.json": tsconfig });
    await here.init("--yes");
    const test = await here.run(process.execPath, join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "test/security-headers.test.mts");
    expect(`${test.out}${test.err}`).toMatch(/Tests +1 passed/);
  });

  it.each(["jest", "vitest"])("writes a test for %s", async (runner) => {
    const here = project({ "package.json": manifest("express", {}, { [runner]: "*" }) });
    const { out } = await here.init("--yes");
    const isJest = runner === "jest";
    const path = `test/security-headers.test.${isJest ? "js" : "mjs"}`;
    expect(out).toContain(isJest ? `  npx jest ${path}\n` : `  npx vitest run ${path}\n`);
    expect(here.read(path)).toContain(isJest ? 'const express = require("express");' : 'import { test } from "vitest";');
  });

  it.each([
    [
      "next",
      'import { nextHeaders } from "portcullis/next";\n  import { policy } from "./portcullis.config";\n\n  headers: async () => nextHeaders(policy),\n  poweredByHeader: false,\n',
    ],
    [
      "nest",
      'import { secureNest } from "portcullis/nest";\n  import { policy } from "./portcullis.config.js";\n\n  secureNest(app, policy);\n',
    ],
  ])("prints the lines of %s in TypeScript", async (framework, lines) => {
    const here = project({ "package.json": manifest(framework === "nest" ? "@nestjs/core" : framework), "tsconfig.json": "{}" });
    expect((await here.init("--yes")).out).toContain(lines);
  });

  it("writes a policy for Next that nextHeaders takes", async () => {
    const here = project({ "package.json": manifest("next", { type: "module" }) });
    await here.init("--yes", "--preset", "strict");
    writeFileSync(
      join(here.folder, "look.mjs"),
      'import { nextHeaders } from "portcullis/next";\nimport { policy } from "./portcullis.config.js";\nconsole.log((await nextHeaders(policy)).length);\n',
    );
    expect(await here.run(process.execPath, "look.mjs")).toEqual({ code: 0, out: "1\n", err: "" });
  });

  it("prints the export for a server, whose written files are tested", async () => {
    const here = project({ "package.json": manifest("", { type: "module" }) });
    const cli = join(ROOT, "dist/cli/cli.js");
    const { out, err } = await here.init("--yes", "--serve", "nginx");
    expect(out).toContain("Print the headers for nginx:\n  npx portcullis export nginx --out nginx\n");
    expect(err).toContain("framework none");
    const test = () => here.run(process.execPath, "--test", "test/security-headers.test.js");
    expect((await test()).code).toBe(1);
    await here.run(process.execPath, cli, "export", "nginx", "--out", "nginx");
    expect((await test()).out).toMatch(/pass 1\n(?:.*\n)*?.*skipped 1\n/);
    writeFileSync(join(here.folder, "nginx/portcullis/headers.conf"), "# mine");
    expect((await test()).out).toContain(
      "nginx/portcullis/headers.conf is not up to date. Run: npx portcullis export nginx --out nginx --force",
    );
  });

  it.each<[string, Record<string, string>, string, string]>([
    ["JavaScript", { "package.json": manifest("", { type: "module" }) }, "portcullis.config.js", "js"],
    ["CommonJS", { "package.json": manifest("") }, "portcullis.config.js", "js"],
  ])("compares the routes of a policy in %s with the files of a server too", async (_, files, config, end) => {
    const here = project(files);
    await here.init("--yes", "--serve", "nginx");
    const written = here.read(config);
    expect(written).toContain("routes = [];\n");
    writeFileSync(
      join(here.folder, config),
      written.replace("routes = []", 'routes = [{ path: "/embed", layers: [{ xFrameOptions: "SAMEORIGIN" }] }]'),
    );
    await here.run(process.execPath, join(ROOT, "dist/cli/cli.js"), "export", "nginx", "--out", "nginx");
    expect((await here.run(process.execPath, "--test", `test/security-headers.test.${end}`)).out).toMatch(/pass 1\n/);
  });

  it("writes routes with their type in TypeScript", async () => {
    const here = project({ "package.json": manifest("", { type: "module" }), "tsconfig.json": "{}" });
    await here.init("--yes", "--serve", "nginx", "--service", "stripe");
    expect(here.read("portcullis.config.ts")).toBe(`// The security headers of this site. To see them: npx portcullis headers
import { definePolicy } from "portcullis";
import type { ExportRoute } from "portcullis/export";
import { stripe } from "portcullis/services";

export const policy = definePolicy("recommended", stripe());

// Paths with other headers, such as { path: "/account/*", layers: [{ cacheControl: "no-store" }] }.
export const routes: readonly ExportRoute[] = [];
`);
  });

  it("tests what a server sends, by its address", async () => {
    const here = project({ "package.json": manifest("", { type: "module" }) });
    await here.init("--yes", "--serve", "nginx");
    await here.run(process.execPath, join(ROOT, "dist/cli/cli.js"), "export", "nginx", "--out", "nginx");
    const server = createServer((_request, response) => void response.end()).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const test = await here.run("env", `SITE=http://127.0.0.1:${port}/`, process.execPath, "--test", "test/security-headers.test.js");
    expect([test.code, test.out.includes("Content-Security-Policy")]).toEqual([1, true]);
  });

  it("tests the proxy where nothing in Node sends the headers", async () => {
    const here = project({ "package.json": manifest("", { type: "module" }) });
    const { out } = await here.init("--yes");
    expect(out).toContain("  npx portcullis proxy --target http://127.0.0.1:3000\n");
    expect(here.read("test/security-headers.test.js")).toContain("createProxy({");
    const test = await here.run(process.execPath, "--test", "test/security-headers.test.js");
    expect(test.out).toMatch(/pass 1\n/);
  });

  it.each([
    ["streamlit", 8501],
    ["streamlitStrict", 8501],
    ["gradio", 7860],
    ["jupyter", 8888],
    ["dash", 8050],
    ["nodeRed", 1880],
  ])("prints the port of %s", async (preset, port) => {
    const here = project();
    const { out } = await here.init("--yes", "--preset", preset);
    expect(out).toContain(`  npx portcullis proxy --target http://127.0.0.1:${port}\n`);
    expect(out).toContain(`portcullis record http://localhost:${port}\n`);
    expect(here.read("portcullis.config.json")).toBe(`{\n  "policy": "${preset}"\n}\n`);
    expect((await here.run(process.execPath, join(ROOT, "dist/cli/cli.js"), "headers")).code).toBe(0);
  });

  it.each([
    ["requirements.txt", "# streamlit\npandas\nDash[diskcache]>=2 ; python_version > '3'\n", "dash", "dash"],
    ["requirements.txt", "streamlit==1.40.0\n", "streamlit", "streamlitStrict"],
    ["requirements.txt", "gradio~=6.0", "gradio", "gradio"],
    ["requirements.txt", "jupyterlab\r\n", "jupyterlab", "jupyter"],
    ["pyproject.toml", '[project]\ndependencies = ["pandas", "streamlit>=1.30"]\n', "streamlit", "streamlitStrict"],
    ["pyproject.toml", '[tool.poetry.dependencies]\nnotebook = "^7"\n', "notebook", "jupyter"],
  ])("takes the preset of the application that %s names", async (file, text, name, preset) => {
    const here = project({ [file]: text });
    const { err } = await here.init("--yes");
    expect(err.split(", no third")[0]).toBe(`not asked, by default: framework none, preset ${preset} (${file} names ${name})`);
    expect(here.read("portcullis.config.json")).toBe(`{\n  "policy": "${preset}"\n}\n`);
  });

  it.each([
    ["another package that begins with its name", { "requirements.txt": "dash-bootstrap-components\nstreamlit-aggrid\nxgradio\n" }],
    ["a package.json", { "requirements.txt": "streamlit\n", "package.json": "{}" }],
  ])("takes no preset of an application with %s", async (_, files) => {
    expect((await project(files).init("--yes")).err).toContain(", preset recommended, ");
  });

  it("prints for a project in Python what runs without a package.json", async () => {
    const here = project({ "requirements.txt": "streamlit\n" });
    const { out, err } = await here.init("--yes", "--service", "stripe");
    expect(err).toContain("\nwrote portcullis.config.json\n");
    expect(here.files()).toEqual(["portcullis.config.json", "requirements.txt"]);
    expect(here.read("portcullis.config.json")).toBe('{\n  "policy": "streamlitStrict",\n  "services": [\n    "stripe"\n  ]\n}\n');
    expect(out).toBe(`Serve the application behind a proxy that sends the headers:
  npx portcullis proxy --target http://127.0.0.1:8501

Check what it sends, in a second terminal:
  npx portcullis check http://127.0.0.1:8080

See the headers, and what the site would lose under them:
  npx portcullis headers
  npx --yes --package portcullis --package playwright-core portcullis record http://localhost:8501

In CI:
  npx --yes portcullis headers
  (before=$(git ls-tree --name-only "origin/\${BASE:-main}" portcullis.config.json) && { test -z "$before" || npx --yes portcullis compare "origin/\${BASE:-main}:./portcullis.config.json" portcullis.config.json --fail-on-weaker; })
`);
    rmSync(join(here.folder, "node_modules"), { recursive: true });
    const headers = await here.run(process.execPath, join(ROOT, "dist/cli/cli.js"), "headers");
    expect([headers.code, headers.out.includes("https://js.stripe.com")]).toEqual([0, true]);
  });

  it("checks exported files in CI without a package.json", async () => {
    const { out } = await project().init("--yes", "--serve", "nginx");
    expect(out).toContain(`In CI:
  npx --yes portcullis export nginx --out nginx --force
  git diff --exit-code nginx
  test -z "$(git status --porcelain nginx)"
`);
    expect(out).not.toContain("portcullis check");
  });

  it("writes a workflow without a package.json that installs nothing", async () => {
    const { parse } = await import("yaml");
    const here = project();
    await here.init("--yes", "--ci", "github");
    const { jobs } = parse(here.read(".github/workflows/security-headers.yml"));
    const runs = jobs.headers.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect([runs.length, runs[0]]).toEqual([2, "npx --yes portcullis headers"]);
  });

  it("writes code for a framework without a package.json", async () => {
    const here = project();
    await here.init("--yes", "--framework", "express");
    expect(here.files()).toEqual(["portcullis.config.mjs", "test", "test/security-headers.test.mjs"]);
  });

  it("prints no installation of playwright-core where it is a dependency", async () => {
    const here = project({ "package.json": manifest("koa", {}, { "playwright-core": "*" }) });
    expect((await here.init("--yes")).out).not.toContain("playwright-core");
  });

  it.each(["nginx.conf", "nginx/default.conf"])("prints the import of %s", async (name) => {
    const here = project({ "package.json": manifest("koa"), [name]: "" });
    expect((await here.init("--yes")).out).toContain(
      `Print the headers that ${name} sends now, as a policy:\n  npx portcullis import nginx ${name}\n`,
    );
  });

  describe("prints for TypeScript", () => {
    const printed = async (runsTypeScript: boolean, dev: object = {}) => {
      const here = project({ "package.json": manifest("koa", { type: "module" }, dev), "tsconfig.json": "{}" });
      const place = placeFor({ ...(await readProject(here.folder)), runsTypeScript }, "koa");
      const choices = { framework: "koa", preset: "strict", services: [], serve: "node" } as const;
      return stepsText(choices, place, "test/security-headers.test.mjs", undefined, (text) => text).split("\n\n");
    };

    it("commands that bring another Node where this one does not run it", async () => {
      expect((await printed(false)).slice(2, 4)).toEqual([
        "Run the test:\n  npx --yes --package node@24 -- node --test test/security-headers.test.mjs",
        "See the headers, and what the site would lose under them:\n  npx --yes --package node@24 -- portcullis headers\n  npm install --save-dev playwright-core\n  npx --yes --package node@24 -- portcullis record http://localhost:3000",
      ]);
    });

    it("the usual commands for CI", async () => {
      expect((await printed(false)).at(-1)).toMatch(/^In CI:\n {2}node --test (?:.*\n.*)\|\| npx portcullis compare /);
    });

    it("the usual command of Vitest, which compiles it itself", async () => {
      expect((await printed(false, { vitest: "*" }))[2]).toBe("Run the test:\n  npx vitest run test/security-headers.test.mjs");
    });

    it("the usual commands where Node runs it", async () => {
      expect((await printed(true)).join("\n")).not.toContain("node@24");
    });
  });

  it("takes Connect for Connect, and its test passes", async () => {
    const here = project({ "package.json": manifest("connect", { type: "module" }) });
    await here.init("--yes");
    expect(here.read("test/security-headers.test.js")).not.toContain("express");
    expect((await here.run(process.execPath, "--test", "test/security-headers.test.js")).out).toMatch(/pass 1\n/);
  });

  it.each(["next", "@nestjs/core"])("tests what %s sends", async (framework) => {
    const here = project({ "package.json": manifest(framework, { type: "module" }) });
    await here.init("--yes");
    expect(here.read("test/security-headers.test.js")).toContain(framework === "next" ? "nextHeaders(policy)" : "secureNest(app, policy)");
    expect((await here.run(process.execPath, "--test", "test/security-headers.test.js")).out).toMatch(/pass 1\n/);
  });

  it("tests Nest on Fastify with its adapter", async () => {
    const dependencies = { "@nestjs/core": "*", "@nestjs/platform-fastify": "*", portcullis: "*" };
    const here = project({ "package.json": JSON.stringify({ type: "module", dependencies }) });
    await here.init("--yes");
    expect(here.read("test/security-headers.test.js")).toContain("create(AppModule, new FastifyAdapter(), {");
    expect((await here.run(process.execPath, "--test", "test/security-headers.test.js")).out).toMatch(/pass 1\n/);
  });

  it("tests Nest on Express where both adapters are there, as Nest itself begins", async () => {
    const dependencies = { "@nestjs/core": "*", "@nestjs/platform-fastify": "*", "@nestjs/platform-express": "*", portcullis: "*" };
    const here = project({ "package.json": JSON.stringify({ type: "module", dependencies }) });
    await here.init("--yes");
    expect(here.read("test/security-headers.test.js")).toContain("create(AppModule, {");
    expect((await here.run(process.execPath, "--test", "test/security-headers.test.js")).out).toMatch(/pass 1\n/);
  });

  it("prints modules for next.config.mjs beside CommonJS", async () => {
    const here = project({ "package.json": manifest("next"), "next.config.mjs": "export default {};" });
    expect(
      (await here.init("--yes")).out,
    ).toContain(`Add to next.config.mjs, in its object; node_modules/portcullis/docs/next.md has stricter ways, by a nonce or by hashes:
  import { nextHeaders } from "portcullis/next";
  import { policy } from "./portcullis.config.js";

  headers: async () => nextHeaders(policy),
  poweredByHeader: false,
`);
  });

  it("names the file of the application, and imports from there", async () => {
    const here = project({ "package.json": manifest("fastify"), "src/server.js": "" });
    expect((await here.init("--yes")).out).toContain(`Add to src/server.js, before the routes:
  const { securityHeaders } = require("portcullis/fastify");
  const { policy } = require("../portcullis.config.js");

  app.register(securityHeaders(policy));
`);
  });

  it.each<[string, Record<string, string>, string]>([
    ["an outDir without a rootDir", { "tsconfig.json": '{ "compilerOptions": { "outDir": "dist" } }', "src/x.ts": "" }, "src/policy.ts"],
    [
      "an outDir that nothing is written to",
      { "tsconfig.json": '{ "compilerOptions": { "outDir": "dist", "noEmit": true } }', "src/x.ts": "" },
      "portcullis.config.ts",
    ],
    ["a rootDir in a comment", { "tsconfig.json": '{\n// "rootDir": "./lib",\n/* "rootDir": "lib" */ }' }, "portcullis.config.ts"],
    ["a deeper rootDir", { "tsconfig.json": '{ "compilerOptions": { "rootDir": "./packages/site/" } }' }, "packages/site/policy.ts"],
    [
      "a rootDir that npm and git lose",
      { "tsconfig.json": '{ "compilerOptions": { "rootDir": "node_modules" } }' },
      "portcullis.config.ts",
    ],
    [
      "a rootDir in node_modules",
      { "tsconfig.json": '{ "compilerOptions": { "rootDir": "./packages/node_modules/a" } }' },
      "portcullis.config.ts",
    ],
    [
      "a rootDir in the outDir",
      { "tsconfig.json": '{ "compilerOptions": { "rootDir": "dist/a", "outDir": "./dist" } }' },
      "portcullis.config.ts",
    ],
    [
      "a rootDir beside the outDir",
      { "tsconfig.json": '{ "compilerOptions": { "rootDir": "dist-a", "outDir": "dist" } }' },
      "dist-a/policy.ts",
    ],
    ["a rootDir outside", { "tsconfig.json": '{ "compilerOptions": { "rootDir": "../" } }' }, "portcullis.config.ts"],
  ])("puts the policy in its place with %s", async (_, files, path) => {
    const here = project({ "package.json": manifest("express"), ...files });
    expect((await here.init("--yes")).err).toContain(`wrote ${path}\n`);
  });

  const YARN_1 = "# yarn lockfile v1\n";
  it.each<[string, Record<string, string>, object, readonly [add: string, addDev: string, exec: string, install: string]]>([
    ["npm without a lock file", {}, {}, ["npm install", "npm install --save-dev", "npx", "npm install"]],
    ["npm", { "package-lock.json": "" }, {}, ["npm install", "npm install --save-dev", "npx", "npm ci"]],
    [
      "pnpm",
      { "pnpm-lock.yaml": "" },
      {},
      ["pnpm add", "pnpm add --save-dev", "pnpm exec", "corepack enable, pnpm install --frozen-lockfile"],
    ],
    [
      "pnpm by its field",
      {},
      { packageManager: "pnpm@10.1.0" },
      ["pnpm add", "pnpm add --save-dev", "pnpm exec", "corepack enable, pnpm install --frozen-lockfile"],
    ],
    ["Yarn 1", { "yarn.lock": YARN_1 }, {}, ["yarn add", "yarn add --dev", "yarn", "corepack enable, yarn install --frozen-lockfile"]],
    ["Yarn 4", { "yarn.lock": "__metadata:\n" }, {}, ["yarn add", "yarn add --dev", "yarn", "corepack enable, yarn install --immutable"]],
    [
      "Yarn 4 by its field",
      {},
      { packageManager: "yarn@4.9.2" },
      ["yarn add", "yarn add --dev", "yarn", "corepack enable, yarn install --immutable"],
    ],
    ["Bun", { "bun.lock": "" }, {}, ["bun add", "bun add --dev", "bunx", "npm install --global bun, bun install --frozen-lockfile"]],
    [
      "Bun before 1.2",
      { "bun.lockb": "" },
      {},
      ["bun add", "bun add --dev", "bunx", "npm install --global bun, bun install --frozen-lockfile"],
    ],
  ])("prints the commands of %s, and its CI step", async (_, locks, field, [add, addDev, exec, install]) => {
    const { parse } = await import("yaml");
    const devDependencies = { vitest: "*" };
    const here = project({ "package.json": JSON.stringify({ type: "module", ...field, devDependencies }), ...locks });
    const { out } = await here.init("--yes");
    expect(out).toContain(`Install the package:\n  ${add} portcullis\n`);
    expect(out).toContain(`Run the test:\n  ${exec} vitest run test/security-headers.test.js\n`);
    expect(out).toContain(`  ${exec} portcullis headers\n  ${addDev} playwright-core\n  ${exec} portcullis record http://localhost:3000\n`);
    expect(out).toContain(
      `In CI:\n  ${exec} vitest run test/security-headers.test.js\n  (before=$(git ls-tree --name-only "origin/\${BASE:-main}" portcullis.config.js) && { test -z "$before" || ${exec} portcullis compare `,
    );
    await here.init("--yes", "--force", "--ci", "github");
    const { jobs } = parse(here.read(".github/workflows/security-headers.yml"));
    const runs = jobs.headers.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect(runs.slice(0, -2).join(", ")).toBe(install);
    expect(runs.at(-2)).toBe(`${exec} vitest run test/security-headers.test.js`);
    expect(runs.at(-1)).toContain(`|| ${exec} portcullis compare `);
  });

  it("does not overwrite, and writes nothing then", async () => {
    const here = project({ "package.json": manifest("express", { type: "module" }), "test/security-headers.test.js": "mine" });
    expect(await here.init("--yes")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining(
        "error: test/security-headers.test.js exists already.\nNothing was written. --force overwrites existing files.\n",
      ),
    });
    expect(here.files()).toEqual(["test", "test/security-headers.test.js"]);
    expect((await here.init("--yes", "--force")).code).toBe(0);
    expect(here.read("test/security-headers.test.js")).toContain("secured(policy)");
  });

  it.each<[readonly string[], string]>([
    [["--framework", "expres"], '--framework: "expres" is not a framework. Did you mean "express"?'],
    [["--preset", "development"], '--preset: "development" is not a preset for a site. Write '],
    [["--service", "nothing-like-it"], '--service: No recipe has "nothing-like-it" in its name. portcullis services lists all.'],
    [["--service", "google"], '--service: "google" is in several names: '],
    [["--serve", "ngnix"], '--serve: "ngnix" is not a server. Did you mean "nginx"?'],
    [
      ["--framework", "streamlit"],
      '--framework: "streamlit" is not a framework. Write none here, and streamlitStrict for the preset: a proxy sends the headers.',
    ],
    [
      ["--framework", "node-red"],
      '--framework: "node-red" is not a framework. Write none here, and nodeRed for the preset: a proxy sends the headers.',
    ],
    [
      ["--serve", "proxy"],
      '--serve: "proxy" is not a server. Write node, with none for the framework: that is portcullis proxy, a server in Node that sends the headers.',
    ],
    [["--ci", "gitlab"], '--ci: "gitlab" is not known. Write github.'],
    [
      ["--preset", "strictDynamic", "--serve", "nginx"],
      "The preset strictDynamic has a nonce, which differs in each response: nginx cannot send it. Write --preset strict.",
    ],
  ])("refuses %j", async (args, line) => {
    const here = project({ "package.json": manifest("express") });
    const { code, out, err } = await here.init("--yes", ...args);
    expect([code, out, here.files()]).toEqual([2, "", []]);
    expect(err).toContain(`error: ${line}`);
  });

  it("names a package.json that is not JSON", async () => {
    const here = project({ "package.json": "{" });
    expect((await here.init("--yes")).err).toMatch(/^error: package\.json is not JSON: /);
  });
});

describe("The questions of init", () => {
  const defaults = { framework: "express", preset: "recommended", services: [], serve: "node" } as const;
  const answering = async (answers: string, chosen = {}) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.end(answers);
    const choices = await askChoices(chosen, defaults, input, output);
    return { choices, said: String(output.read()) };
  };

  it("are four, and an empty answer is the default", async () => {
    const { choices, said } = await answering("\n\n\n\n");
    expect(choices).toEqual(defaults);
    expect(said.match(/Wh[a-z]+ [^>\n]*\?$/gm)).toEqual([
      "Which framework?",
      "Which preset?",
      "Which third parties does the site use?",
      "What sends the headers?",
    ]);
  });

  it("take answers, and third parties one by one", async () => {
    const { choices } = await answering("hono\nstrict\nstrip\njs.stripe.com\ngoogleFonts\n\ncaddy\n");
    expect(choices).toEqual({ framework: "hono", preset: "strict", services: ["stripe", "googleFonts"], serve: "caddy" });
  });

  it("are asked again after a wrong answer", async () => {
    const { choices, said } = await answering("expres\nkoa\n\n\n\n");
    expect(choices.framework).toBe("koa");
    expect(said).toContain('"expres" is not a framework. Did you mean "express"?');
  });

  it("are not asked where a flag has the answer", async () => {
    expect((await answering("\n", { framework: "koa", preset: "api", services: [] })).choices).toEqual({
      ...defaults,
      framework: "koa",
      preset: "api",
    });
  });

  it("that are not answered write nothing", async () => {
    await expect(answering("\n\n")).rejects.toThrow("The questions were not answered: nothing was written.");
    await expect(answering("x\n".repeat(10))).rejects.toThrow("There were too many wrong answers: nothing was written.");
  });
});

describe("Writing several files", () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "portcullis-files-"));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };

  it("leaves nothing where one cannot be written", async () => {
    const here = folder();
    writeFileSync(join(here, "file"), "mine");
    const files = ["a.txt", "new/deep/b.txt", "file/c.txt"].map((path) => ({ path, text: "x" }));
    await expect(writeFiles(here, files, false)).rejects.toThrow("file/c.txt");
    expect(readdirSync(here)).toEqual(["file"]);
  });

  it("with --force puts back what was there", async () => {
    const here = folder();
    writeFileSync(join(here, "a.txt"), "before");
    mkdirSync(join(here, "b.txt"));
    chmodSync(join(here, "a.txt"), 0o640);
    const files = ["a.txt", "b.txt"].map((path) => ({ path, text: "after" }));
    await expect(writeFiles(here, files, true)).rejects.toThrow("b.txt is a folder");
    expect(readFileSync(join(here, "a.txt"), "utf8")).toBe("before");
  });
});
