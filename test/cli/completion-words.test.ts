import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Shell, scriptOf } from "../../src/cli/completion/scripts.js";
import { skipWithout } from "../peers.js";

/** A folder with the script of a shell, and files; gone with the test. */
async function folderWith(shell: Shell, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-completion-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ [`completion.${shell}`]: await scriptOf(shell), ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const isMissing = (shell: Shell) => {
  const found = spawnSync(shell, ["--version"]).status === 0;
  return skipWithout(`completion in ${shell}`, [{ name: shell, found, get: `apt-get install ${shell}` }]);
};

/** What bash offers for the last word. */
async function inBash(words: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const cwd = await folderWith("bash", files);
  const script = `source ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=${words.length}; _portcullis; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", "portcullis", ...words], { cwd, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((one) => one !== "");
}

describe("bash completes the words of", () => {
  it.each([
    ["learn", "--accept", ["inline", "runtime", "eval", "hosts", "frames"]],
    ["record", "--accept", ["inline", "runtime", "eval", "hosts", "frames"]],
    ["record", "--viewport", ["desktop", "phone"]],
    ["init", "--ci", ["github"]],
    ["learn", "--width", ["origin", "directory", "path"]],
    ["learn", "--format", ["text", "typescript", "json"]],
  ])("%s %s", async (command, option, words) => {
    expect(await inBash([command, option, ""])).toEqual(words);
  });
});

describe("bash completes files", () => {
  it.each([
    ["as the stores of learn", ["learn", "mine"]],
    ["as each further store of learn", ["learn", "a.db", "b.db", "mine"]],
    ["as the store of an option", ["check", "--reports", "mine"]],
  ])("%s", async (_, words) => {
    expect(await inBash(words, { "mine.db": "" })).toEqual(["mine.db"]);
  });
});

/** A shell whose `portcullis` writes its arguments to a file, and the line with its last word completed. */
const BASHRC = `source ./completion.bash
portcullis() { printf '%s\\n' "$@" > given; }
`;

describe("bash quotes the name of a file that it inserts", () => {
  it.each(["aa;touch PWN", "aa $(touch PWN)", "aa`touch PWN`", "aa&touch PWN", "aa 'b' \"c\" *"])("%s", async (name) => {
    const cwd = await folderWith("bash", { [name]: "", bashrc: BASHRC });
    const env = { ...process.env, HOME: cwd, TERM: "dumb", INPUTRC: "/dev/null" };
    const input = "portcullis learn aa\t\nexit\n";
    spawnSync("bash", ["--noprofile", "--rcfile", "bashrc", "-i"], { cwd, env, input, timeout: 60_000 });
    expect([readFileSync(join(cwd, "given"), "utf8"), existsSync(join(cwd, "PWN"))]).toEqual([`learn\n${name}\n`, false]);
  });
});

/** A terminal of zsh that completes the line, writes it to a file and ends. */
const ZSHRC = `autoload -Uz compinit; compinit -D -u
source ./completion.zsh
zle-line-init() { BUFFER=$LINE_TO_COMPLETE; CURSOR=$#BUFFER; zle complete-word; print -r -- "$BUFFER" > completed; exit; }
zle -N zle-line-init
`;
const IN_TERMINAL = "zmodload zsh/zpty; zpty terminal zsh -d -i; while zpty -r terminal said; do :; done";

describe("zsh completes", () => {
  it.each([
    ["a command", "portcullis expl", "portcullis explain "],
    ["an option of the command", "portcullis check strict --fail-o", "portcullis check strict --fail-on "],
    ["the first argument", "portcullis export ngi", "portcullis export nginx "],
    [
      "an argument after options",
      "portcullis export --out a nginx --json strictD",
      "portcullis export --out a nginx --json strictDynamic ",
    ],
    ["the value of an option", "portcullis check --fail-on h", "portcullis check --fail-on high "],
    ["a file", "portcullis learn a.db min", "portcullis learn a.db mine.db "],
    ["a file beside words", "portcullis headers mine.d", "portcullis headers mine.db "],
  ])("%s", async (_, line, completed) => {
    if (isMissing("zsh")) return;
    const cwd = await folderWith("zsh", { "mine.db": "", ".zshrc": ZSHRC });
    const env = { ...process.env, ZDOTDIR: cwd, HOME: cwd, TERM: "dumb", LINE_TO_COMPLETE: line };
    spawnSync("zsh", ["-fc", IN_TERMINAL], { cwd, env, timeout: 60_000 });
    expect(readFileSync(join(cwd, "completed"), "utf8")).toBe(`${completed}\n`);
  });
});

/** What fish offers for a line, without the descriptions. */
async function inFish(line: string): Promise<readonly string[]> {
  const cwd = await folderWith("fish", { "mine.db": "" });
  mkdirSync(join(cwd, "home"));
  const env = { ...process.env, HOME: join(cwd, "home"), LINE_TO_COMPLETE: line };
  const script = 'source completion.fish; complete -C "$LINE_TO_COMPLETE"';
  const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", script], { cwd, env, encoding: "utf8", timeout: 60_000 });
  expect(stderr).toBe("");
  return stdout.split("\n").flatMap((one) => (one === "" ? [] : [one.split("\t")[0] ?? ""]));
}

describe("fish completes", () => {
  it.each([
    ["a command", "portcullis expl", ["explain"]],
    ["an option of the command", "portcullis check --fail-o", ["--fail-on"]],
    ["an argument", "portcullis export ngi", ["nginx"]],
    ["the value of an option", "portcullis check --fail-on ", ["high", "low", "medium"]],
    ["a file as an argument", "portcullis learn min", ["mine.db"]],
    ["a file as the value of an option", "portcullis check --reports min", ["mine.db"]],
    ["no file as a command", "portcullis mine.d", []],
    ["no file as an argument that is none", "portcullis services mine.d", []],
    ["no file as the value of an option that is none", "portcullis check --fail-on mine.d", []],
  ])("%s", async (_, line, offered) => {
    if (isMissing("fish")) return;
    expect(await inFish(line)).toEqual(offered);
  });
});
