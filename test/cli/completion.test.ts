import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { skipWithout } from "../peers.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

/** What bash offers for a line whose last word is completed. */
async function offered(...line: readonly string[]): Promise<readonly string[]> {
  put(program, { "completion.bash": (await portcullis("completion", "bash")).out });
  const words = ["portcullis", ...line];
  const script = `source ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=${words.length - 1}; _portcullis; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", ...words], { cwd: program.folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((one) => one !== "");
}

describe("bash completes", () => {
  it("commands", async () => {
    expect(await offered("ex")).toEqual(["explain", "export"]);
  });

  it("commands after help", async () => {
    expect(await offered("help", "ini")).toEqual(["init"]);
  });

  it("options of the command", async () => {
    expect(await offered("check", "strict", "--fail")).toEqual(["--fail-under", "--fail-on"]);
  });

  it("presets as a policy", async () => {
    expect(await offered("headers", "str")).toEqual([
      "strict",
      "strictDynamic",
      "streamlit",
      "streamlitStrict",
      "streamlitMedia",
      "streamlitMapbox",
    ]);
    expect(await offered("headers", "--policy", "strictD")).toEqual(["strictDynamic"]);
  });

  it("targets of export, and policies after them", async () => {
    expect(await offered("export", "ng")).toEqual(["nginx"]);
    expect(await offered("export", "--out", "folder", "nginx", "--json", "strictD")).toEqual(["strictDynamic"]);
  });

  it("services", async () => {
    expect(await offered("services", "strip")).toEqual(["stripe"]);
    expect(await offered("init", "--service", "strip")).toEqual(["stripe"]);
  });

  it("words of an option", async () => {
    expect(await offered("check", "--fail-on", "")).toEqual(["high", "medium", "low"]);
  });

  it("files, also with spaces in their names", async () => {
    put(program, { "my policy.json": "{}", "my.txt": "" });
    expect((await offered("headers", "my")).toSorted()).toEqual(["my policy.json", "my.txt"]);
    expect((await offered("learn", "--out", "my")).toSorted()).toEqual(["my policy.json", "my.txt"]);
  });

  it("formats of import, and files beside them", async () => {
    expect(await offered("import", "net")).toEqual(["netlify-toml"]);
  });

  it("frameworks of init", async () => {
    expect(await offered("init", "--framework", "co")).toEqual(["connect"]);
  });

  it("values after an equals sign, which bash takes for a word", async () => {
    expect(await offered("check", "--fail-on", "=", "h")).toEqual(["high"]);
    expect(await offered("check", "--fail-on", "=")).toEqual(["high", "medium", "low"]);
  });

  it("names of files as they are, without running or expanding them", async () => {
    put(program, { "odd/*": "", "odd/$(touch ran)": "", "odd/`touch ran`": "", 'odd/it\'s "b" x': "", "odd/other": "" });
    expect((await offered("headers", "odd/")).toSorted()).toEqual(
      ["odd/$(touch ran)", "odd/*", "odd/`touch ran`", 'odd/it\'s "b" x', "odd/other"].toSorted(),
    );
    expect(await offered("headers", "*")).toEqual([]);
    expect(existsSync(join(program.folder, "ran"))).toBe(false);
  });

  it("nothing where no value is known", async () => {
    expect(await offered("check", "--timeout", "")).toEqual([]);
    expect(await offered("nonsense", "")).toEqual([]);
  });
});

describe("The scripts", () => {
  it.each(["bash", "zsh", "fish"])("of %s can be read by its shell", async (shell) => {
    const found = spawnSync(shell, ["--version"]).status === 0;
    const { code, out } = await portcullis("completion", shell);
    expect([code, out.length > 1_000]).toEqual([0, true]);
    if (skipWithout(`the completion of ${shell}`, [{ name: shell, found, get: `apt-get install ${shell}` }])) return;
    put(program, { [`completion.${shell}`]: out });
    const { status, stderr } = spawnSync(shell, ["-n", join(program.folder, `completion.${shell}`)], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("of bash and zsh have a syntax that bash reads", async () => {
    for (const shell of ["bash", "zsh"]) {
      put(program, { "completion.sh": (await portcullis("completion", shell)).out });
      expect(spawnSync("bash", ["-n", "completion.sh"], { cwd: program.folder, encoding: "utf8" }).stderr).toBe("");
    }
  });

  it("of fish quote what is in single quotes", async () => {
    const { out } = await portcullis("completion", "fish");
    expect(out.split("\n").filter((line) => line.replace(/\\'/g, "").split("'").length % 2 === 0)).toEqual([]);
  });

  it("say how they are installed", async () => {
    expect((await portcullis("completion", "fish", "--install")).out).toBe(
      "portcullis completion fish > ~/.config/fish/completions/portcullis.fish\n",
    );
  });

  it("are for three shells only", async () => {
    expect(await portcullis("completion", "zhs")).toEqual({
      code: 2,
      out: "",
      err: 'error: "zhs" is not a shell with completion. Did you mean "zsh"?\n',
    });
  });
});
