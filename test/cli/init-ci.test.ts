import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { bundle, ended, type Program } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const WORKFLOW = ".github/workflows/security-headers.yml";

/** A repository, and a folder of it where `init` runs; policies in it find the package. */
function repository(files: Readonly<Record<string, string>> = {}, at = ".") {
  const root = mkdtempSync(join(program.folder, "repository-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, at);
  mkdirSync(join(root, ".git"));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const run = (command: string, ...args: string[]) =>
    ended(spawn(command, args, { cwd: folder, env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] }));
  const cli = join(program.folder, "node_modules/portcullis/dist/cli.js");
  return {
    root,
    run,
    cli,
    init: (...args: string[]) => run(process.execPath, cli, "init", ...args),
    read: (name: string) => readFileSync(join(folder, name), "utf8"),
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    has: (name: string) => existsSync(join(folder, name)),
  };
}

const SITE = JSON.stringify({ type: "module", dependencies: { express: "*", portcullis: "*" } });

/** The steps of CI that are printed, one by one. */
const printedSteps = (out: string) =>
  (out.split(/^In CI.*:\n/m)[1] ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());

/** The steps of a workflow. */
interface Step {
  readonly run?: string;
}
const runsOf = (workflow: string): readonly string[] =>
  (parse(workflow).jobs.headers.steps as readonly Step[]).flatMap(({ run }) => run ?? []);

const SHELLS: readonly (readonly [shell: string, ...options: readonly string[]])[] = [
  ["sh", "-e"],
  ["bash", "-e"],
  ["bash", "-eo", "pipefail"],
];

describe.each(["", "packages/site"])("The comparison that init prints for CI, in %j", (at) => {
  const git = (steps: string) => steps.replaceAll("git commit", "git -c user.name=a -c user.email=a commit");
  const MAIN = "git add . && git commit -qm one && git update-ref refs/remotes/origin/main HEAD";

  const compared = async (shell: readonly string[], setup: string, after: string) => {
    const here = repository({}, at);
    const line = printedSteps((await here.init("--yes", "--preset", "strict")).out).at(-1) ?? "";
    const [command = "", ...options] = shell;
    const prepared = await here.run("sh", "-ec", git(`rm -rf ${join(here.root, ".git")}; git init -q ${here.root}; touch x; ${setup}`));
    expect(prepared).toEqual({ code: 0, out: "", err: "" });
    const npx = `npx() { while test "$1" != portcullis; do shift; done; shift; ${JSON.stringify(process.execPath)} ${JSON.stringify(here.cli)} "$@"; }`;
    return here.run(command, ...options, "-c", `${npx}\n${line}\n${after}`);
  };

  const rows = SHELLS.flatMap((shell) => ["", "echo next"].map((after) => [shell.join(" "), after, shell] as const));

  it.each(rows)("fails in %s, followed by %j, where the branch was not fetched", async (_, after, shell) => {
    expect(await compared(shell, "git add . && git commit -qm one", after)).toEqual({
      code: 128,
      out: "",
      err: "fatal: Not a valid object name origin/main\n",
    });
  });

  it.each(rows)("fails in %s, followed by %j, where the policy is weaker", async (_, after, shell) => {
    const weaker = `${MAIN} && sed -i.bak s/strict/recommended/ portcullis.config.json`;
    const { code, out } = await compared(shell, weaker, after);
    expect([code, out.includes("weaker"), out.includes("next")]).toEqual([1, true, false]);
  });

  it.each(rows)("passes in %s, followed by %j, where the branch has no policy", async (_, after, shell) => {
    const without = "git add x && git commit -qm one && git update-ref refs/remotes/origin/main HEAD";
    expect(await compared(shell, without, after)).toEqual({ code: 0, out: after === "" ? "" : "next\n", err: "" });
  });

  it("passes where the policy is the same", async () => {
    expect((await compared(["sh", "-e"], MAIN, "")).code).toBe(0);
  });
});

describe("init in a package of a repository", () => {
  const WORKSPACE = JSON.stringify({ workspaces: ["packages/*"] });

  it("prints the workflow, and where GitHub reads it, instead of writing one that GitHub never reads", async () => {
    const here = repository({ "packages/site/package.json": SITE }, "packages/site");
    const { code, out, err } = await here.init("--yes", "--ci", "github");
    expect([code, err.includes(WORKFLOW), here.has(WORKFLOW), existsSync(join(here.root, WORKFLOW))]).toEqual([0, false, false, false]);
    const [, workflow = ""] = out.split(
      "In CI: GitHub reads workflows at the root of the repository only, where init does not write. Make ../../.github/workflows/security-headers.yml:\n",
    );
    expect(parse(workflow).jobs.headers.defaults).toEqual({ run: { "working-directory": "packages/site" } });
    expect(runsOf(workflow).slice(0, 2)).toEqual(["npm install", "node --test test/security-headers.test.js"]);
  });

  it("names the folder of the printed steps", async () => {
    const here = repository({ "packages/site/package.json": SITE }, "packages/site");
    expect((await here.init("--yes")).out).toContain("In CI, in packages/site:\n  node --test test/security-headers.test.js\n");
  });

  it("writes the workflow at the root of a repository, without a folder", async () => {
    const here = repository({ "package.json": SITE });
    await here.init("--yes", "--ci", "github");
    expect(parse(here.read(WORKFLOW)).jobs.headers.defaults).toBeUndefined();
  });

  it.each<[string, Record<string, string>, readonly string[]]>([
    ["npm", { "package.json": WORKSPACE, "package-lock.json": "" }, ["npm ci", "npx"]],
    ["npm without a lock file", { "package.json": WORKSPACE }, ["npm install", "npx"]],
    [
      "pnpm",
      { "package.json": "{}", "pnpm-workspace.yaml": "", "pnpm-lock.yaml": "" },
      ["corepack enable", "pnpm install --frozen-lockfile", "pnpm exec"],
    ],
    [
      "Yarn by its field",
      { "package.json": JSON.stringify({ workspaces: { packages: ["packages/*"] }, packageManager: "yarn@4.9.2" }) },
      ["corepack enable", "yarn install --immutable", "yarn"],
    ],
    [
      "a workspace below the root of the repository",
      { "packages/package.json": WORKSPACE, "packages/bun.lock": "" },
      ["npm install --global bun", "bun install --frozen-lockfile", "bunx"],
    ],
    ["a lock file of its own", { "package.json": WORKSPACE, "yarn.lock": "", "packages/site/package-lock.json": "" }, ["npm ci", "npx"]],
    ["a repository that is no workspace", { "package.json": "{}", "package-lock.json": "" }, ["npm install", "npx"]],
  ])("takes the package manager of the workspace: %s", async (_, files, commands) => {
    const here = repository({ "packages/site/package.json": SITE, ...files }, "packages/site");
    const { out } = await here.init("--yes", "--ci", "github");
    const install = commands.slice(0, -1);
    const runs = runsOf(out.split(`${WORKFLOW}:\n`)[1] ?? "");
    expect(runs.slice(0, install.length)).toEqual(install);
    expect(out).toContain(`  ${commands.at(-1)} portcullis headers\n`);
  });

  it("does not look above the root of the repository, nor anywhere without one", async () => {
    const here = repository({ "package.json": WORKSPACE, "yarn.lock": "", "inner/site/package.json": SITE }, "inner/site");
    mkdirSync(join(here.root, "inner/.git"));
    expect((await here.init("--yes")).out).toContain("  npx portcullis headers\n");
    rmSync(join(here.root, "inner/.git"), { recursive: true });
    rmSync(join(here.root, ".git"), { recursive: true });
    const { out } = await here.init("--yes", "--force");
    expect(out).toContain("In CI:\n");
    expect(out).toContain("  npx portcullis headers\n");
  });

  it("looks at 64 folders at most", async () => {
    const at = Array.from({ length: 64 }, () => "a").join("/");
    const here = repository({ "package.json": WORKSPACE, "yarn.lock": "", [`${at}/package.json`]: SITE }, at);
    expect((await here.init("--yes")).out).toContain("In CI:\n");
    const near = at.slice(2);
    const there = repository({ "package.json": WORKSPACE, "yarn.lock": "", [`${near}/package.json`]: SITE }, near);
    expect((await there.init("--yes")).out).toContain(`In CI, in ${near}:\n`);
  });

  it("names a package.json above that is not JSON", async () => {
    const here = repository({ "package.json": "{", "packages/site/package.json": SITE }, "packages/site");
    expect((await here.init("--yes")).err).toMatch(/^error: \.\.\/\.\.\/package\.json is not JSON: /);
  });
});

describe("init --ci github in a project with a policy", () => {
  const MINE = 'export const policy = "strict";\n';

  it("adds the workflow, and leaves the policy and the test as they are", async () => {
    const here = repository({ "package.json": SITE });
    await here.init("--yes");
    here.write("portcullis.config.js", MINE);
    here.write("test/security-headers.test.js", "// mine\n");
    expect(await here.init("--ci", "github")).toEqual({
      code: 0,
      out: "",
      err: `kept portcullis.config.js and test/security-headers.test.js\nwrote ${WORKFLOW}\n`,
    });
    expect([here.read("portcullis.config.js"), here.read("test/security-headers.test.js")]).toEqual([MINE, "// mine\n"]);
    expect(runsOf(here.read(WORKFLOW)).slice(0, 2)).toEqual(["npm install", "node --test test/security-headers.test.js"]);
  });

  it("reads the policy instead of a test that is not there", async () => {
    const here = repository({ "package.json": SITE, "portcullis.config.mjs": MINE });
    expect((await here.init("--ci", "github")).err).toBe(`kept portcullis.config.mjs\nwrote ${WORKFLOW}\n`);
    const [, check, compare] = runsOf(here.read(WORKFLOW));
    expect([here.has("test"), check, compare?.includes(`"origin/\${BASE:-main}:./portcullis.config.mjs" portcullis.config.mjs`)]).toEqual([
      false,
      "npx portcullis headers",
      true,
    ]);
  });

  it("names a policy that the command line does not find", async () => {
    const files = { "package.json": SITE, "tsconfig.json": '{ "compilerOptions": { "rootDir": "src" } }', "src/policy.ts": MINE };
    const here = repository(files);
    await here.init("--ci", "github");
    expect(runsOf(here.read(WORKFLOW))[1]).toBe("npx portcullis headers src/policy.ts");
  });

  it("overwrites only the workflow with --force, and nothing without it", async () => {
    const here = repository({ "package.json": SITE, "portcullis.config.js": MINE, [WORKFLOW]: "# mine\n" });
    expect(await here.init("--ci", "github")).toEqual({
      code: 1,
      out: "",
      err: `kept portcullis.config.js\nerror: ${WORKFLOW} exists already.\nNothing was written. --force overwrites existing files.\n`,
    });
    expect(here.read(WORKFLOW)).toBe("# mine\n");
    expect((await here.init("--ci", "github", "--force")).code).toBe(0);
    expect([here.read("portcullis.config.js"), here.read(WORKFLOW).split("\n")[0]]).toEqual([MINE, "name: Security headers"]);
  });

  it("refuses another preset or recipe for it", async () => {
    const here = repository({ "package.json": SITE, "portcullis.config.js": MINE });
    for (const more of [
      ["--preset", "strict"],
      ["--service", "stripe"],
    ])
      expect((await here.init("--yes", "--ci", "github", ...more)).err).toContain("error: portcullis.config.js exists already.\n");
    expect(here.has(WORKFLOW)).toBe(false);
  });

  it("prints the workflow in a package", async () => {
    const here = repository({ "packages/site/package.json": SITE, "packages/site/portcullis.config.js": MINE }, "packages/site");
    const { out, err } = await here.init("--ci", "github");
    expect([err, runsOf(out.split(`${WORKFLOW}:\n`)[1] ?? "")[1]]).toEqual(["kept portcullis.config.js\n", "npx portcullis headers"]);
  });
});
