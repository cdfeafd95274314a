import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { writeProject } from "../../src/cli/init/write.js";
import { bundle, ended, type Program } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
  // Also for the user without rights, below.
  chmodSync(program.folder, 0o755);
});
afterAll(() => program.remove());

/** A project, and a folder beside it that is none of its business. */
function project(files: Readonly<Record<string, string>> = {}) {
  const all = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-init-files-")));
  onTestFinished(() => {
    chmodSync(join(all, "site"), 0o755);
    rmSync(all, { recursive: true, force: true });
  });
  chmodSync(all, 0o755);
  const [folder, outside] = [join(all, "site"), join(all, "outside")];
  mkdirSync(outside);
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ "package.json": '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const cli = join(program.folder, "node_modules/portcullis/dist/cli.js");
  const start = (args: readonly string[], uid?: number) =>
    ended(
      spawn(process.execPath, [cli, "init", "--yes", ...args], {
        cwd: folder,
        env: { ...process.env, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
        ...(uid !== undefined && { uid }),
      }),
    );
  return {
    folder,
    outside,
    init: (...args: string[]) => start(args),
    initAs: (uid: number, ...args: string[]) => start(args, uid),
    all: () => readdirSync(all, { recursive: true, encoding: "utf8" }).sort(),
  };
}

const NEW = ["portcullis.config.js", "test", "test/security-headers.test.js"];

describe("init in a project with a configuration", () => {
  it.each(["portcullis.config.json", "portcullis.config.mjs", "portcullis.config.cjs", "portcullis.config.ts", "portcullis.config.mts"])(
    "stops at %s, also with --force, and says so",
    async (name) => {
      const here = project({ [name]: "{}" });
      for (const args of [[], ["--force"]])
        expect(await here.init(...args)).toEqual({
          code: 1,
          out: "",
          err: `error: ${name} is the configuration of this project already: portcullis.config.js would be a second policy.\nNothing was written. The commands use ${name}: portcullis headers prints its policy. To begin again, delete it first.\n`,
        });
      expect(readdirSync(here.folder).sort()).toEqual(["package.json", name]);
    },
  );

  it("stops at that of a folder above in the same project", async () => {
    const here = project({ "portcullis.config.json": "{}", "sub/x": "" });
    const cli = join(program.folder, "node_modules/portcullis/dist/cli.js");
    const { status, stderr } = spawnSync(process.execPath, [cli, "init", "--yes"], { cwd: join(here.folder, "sub"), encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("error: ../portcullis.config.json is the configuration of this project already");
  });

  it("overwrites its own with --force only", async () => {
    const here = project({ "portcullis.config.js": "mine" });
    expect((await here.init()).err).toBe(
      "error: portcullis.config.js exists already.\nNothing was written. --force overwrites existing files.\n",
    );
    expect(readFileSync(join(here.folder, "portcullis.config.js"), "utf8")).toBe("mine");
    expect((await here.init("--force")).code).toBe(0);
    expect(readFileSync(join(here.folder, "portcullis.config.js"), "utf8")).toContain("definePolicy(");
  });

  it("asks nothing before it stops", async () => {
    const here = project({ "portcullis.config.json": "{}" });
    expect((await here.init()).err).not.toContain("not asked");
  });
});

describe("init in the repository of somebody else", () => {
  it.each<[string, (here: ReturnType<typeof project>) => void, string]>([
    [
      "a folder that is a link out of it",
      ({ folder, outside }) => symlinkSync(outside, join(folder, "test")),
      "test is a symbolic link that does not lead to a folder of this project.",
    ],
    [
      "the same by a relative link",
      ({ folder }) => symlinkSync("../outside", join(folder, "test")),
      "test is a symbolic link that does not lead to a folder of this project.",
    ],
    [
      "a folder for CI that is a link out of it",
      ({ folder, outside }) => symlinkSync(outside, join(folder, ".github")),
      ".github is a symbolic link that does not lead to a folder of this project.",
    ],
    [
      "a link to nothing for CI",
      ({ folder }) => symlinkSync("/nowhere/at/all", join(folder, ".github")),
      ".github is a symbolic link that does not lead to a folder of this project.",
    ],
    [
      "a policy that is a link to a file outside",
      ({ folder, outside }) => {
        writeFileSync(join(outside, "secret"), "mine");
        symlinkSync(join(outside, "secret"), join(folder, "portcullis.config.js"));
      },
      "portcullis.config.js is a symbolic link, and init writes through none. Delete the link first.",
    ],
    [
      "a policy that is a link to nothing",
      ({ folder, outside }) => symlinkSync(join(outside, "new"), join(folder, "portcullis.config.js")),
      "portcullis.config.js is a symbolic link, and init writes through none. Delete the link first.",
    ],
    [
      "a pipe for a policy",
      ({ folder }) => void spawnSync("mkfifo", [join(folder, "portcullis.config.js")]),
      "portcullis.config.js is not a regular file.",
    ],
    ["a folder for a policy", ({ folder }) => mkdirSync(join(folder, "portcullis.config.js")), "portcullis.config.js is a folder."],
    [
      "a folder for a test",
      ({ folder }) => mkdirSync(join(folder, "test/security-headers.test.js"), { recursive: true }),
      "test/security-headers.test.js is a folder.",
    ],
    ["a file for a folder of CI", ({ folder }) => writeFileSync(join(folder, ".github"), "mine"), ".github is not a folder."],
  ])("refuses %s, also with --force, and writes nothing", async (_, prepare, line) => {
    const here = project();
    prepare(here);
    const before = here.all();
    for (const args of [[], ["--force"]])
      expect(await here.init("--ci", "github", ...args)).toMatchObject({ code: 1, out: "", err: `error: ${line}\nNothing was written.\n` });
    expect(here.all()).toEqual(before);
    if (existsSync(join(here.outside, "secret"))) expect(readFileSync(join(here.outside, "secret"), "utf8")).toBe("mine");
  });

  it.each(["package.json", "tsconfig.json", "requirements.txt"])("refuses a pipe for %s, which it would wait for", async (name) => {
    const here = project();
    rmSync(join(here.folder, name === "requirements.txt" ? "package.json" : name), { force: true });
    spawnSync("mkfifo", [join(here.folder, name)]);
    expect(await here.init()).toMatchObject({ code: 2, out: "", err: `error: ${name} is not a regular file.\n` });
  });

  it("names all that is in the way at once", async () => {
    const here = project({ "portcullis.config.js": "", "test/security-headers.test.js": "" });
    expect((await here.init()).err).toBe(
      "error: portcullis.config.js exists already.\nerror: test/security-headers.test.js exists already.\nNothing was written. --force overwrites existing files.\n",
    );
  });

  it("writes into a folder that is a link inside of it", async () => {
    const here = project({ "specs/x": "" });
    symlinkSync("specs", join(here.folder, "test"));
    expect((await here.init()).code).toBe(0);
    expect(readdirSync(join(here.folder, "specs"))).toEqual(["security-headers.test.js", "x"]);
  });

  it("takes another folder where a file has the name of the tests", async () => {
    const here = project({ test: "a file" });
    expect((await here.init()).err).toContain("wrote tests/security-headers.test.js\n");
  });

  it("leaves another name of the same file alone with --force", async () => {
    const here = project();
    writeFileSync(join(here.outside, "mine"), "mine");
    linkSync(join(here.outside, "mine"), join(here.folder, "portcullis.config.js"));
    expect((await here.init("--force")).code).toBe(0);
    expect(readFileSync(join(here.outside, "mine"), "utf8")).toBe("mine");
  });

  it.skipIf(process.getuid?.() !== 0)("says that a folder may not be written, and leaves it as it is", async () => {
    const here = project({ "portcullis.config.js": "mine" });
    chmodSync(join(here.folder), 0o555);
    const before = here.all();
    expect(await here.initAs(65_534, "--force")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("error: portcullis.config.js is not permitted.\n"),
    });
    expect(here.all()).toEqual(before);
  });
});

describe("The files of init", () => {
  const files = (...paths: string[]) => paths.map((path) => ({ path, text: "new" }));

  it("are all that it leaves", async () => {
    const here = project();
    await here.init();
    expect(readdirSync(here.folder, { recursive: true }).sort()).toEqual(["package.json", ...NEW]);
  });

  it("keep their rights with --force", async () => {
    const here = project({ "a.js": "old" });
    chmodSync(join(here.folder, "a.js"), 0o640);
    await writeProject(here.folder, files("a.js"), true);
    expect([readFileSync(join(here.folder, "a.js"), "utf8"), statSync(join(here.folder, "a.js")).mode & 0o777]).toEqual(["new", 0o640]);
    expect(readdirSync(here.folder).sort()).toEqual(["a.js", "package.json"]);
  });

  it("are none where one cannot be written: what was there is back, new folders are gone", async () => {
    const here = project({ "a.js": "old" });
    const long = `${"x".repeat(250)}.js`;
    await expect(writeProject(here.folder, files("a.js", "new/deep/b.js", long), true)).rejects.toThrow(`${long} failed: ENAMETOOLONG.`);
    expect(readdirSync(here.folder).sort()).toEqual(["a.js", "package.json"]);
    expect(readFileSync(join(here.folder, "a.js"), "utf8")).toBe("old");
  });

  it("leave alone a file that appears between the check and the writing", async () => {
    const here = project();
    const late = {
      path: "b.js",
      // Read after the check.
      get text() {
        writeFileSync(join(here.folder, "b.js"), "theirs");
        return "new";
      },
    };
    await expect(writeProject(here.folder, [...files("a.js"), late], false)).rejects.toThrow("b.js exists already.");
    expect(readdirSync(here.folder).sort()).toEqual(["b.js", "package.json"]);
    expect(readFileSync(join(here.folder, "b.js"), "utf8")).toBe("theirs");
  });

  it("are not written through a folder that becomes a link after the check", async () => {
    const here = project({ "test/x": "" });
    const first = {
      path: "a.js",
      get text() {
        rmSync(join(here.folder, "test"), { recursive: true });
        symlinkSync(here.outside, join(here.folder, "test"));
        return "new";
      },
    };
    await expect(writeProject(here.folder, [first, ...files("test/b.js")], false)).rejects.toThrow("test has become a symbolic link.");
    expect([readdirSync(here.folder).sort(), readdirSync(here.outside)]).toEqual([["package.json", "test"], []]);
  });

  it("are put back where a later one cannot get its name", async () => {
    const here = project({ "a.js": "old" });
    // The same name twice: it is taken when its second turn comes.
    await expect(writeProject(here.folder, files("a.js", "b.js", "b.js"), true)).rejects.toThrow("b.js exists already.");
    expect(readdirSync(here.folder).sort()).toEqual(["a.js", "package.json"]);
    expect(readFileSync(join(here.folder, "a.js"), "utf8")).toBe("old");
  });
});
