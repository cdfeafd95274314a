import { spawn, spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, program as PROGRAM } from "../browser/support.js";
import { serve } from "../http/support.js";
import { type Peer, skipWithout } from "../peers.js";
import { bundle, ended, type Program, run } from "./support.js";

const found = spawnSync("python3", ["-c", "import pty, select, json"]).status === 0;
const PYTHON: Peer = { name: "python3 with pty", found, get: "apt-get install python3" };

/** Runs a program in a terminal; gives one answer after each question, and prints what is on the screen. */
const TERMINAL = `
import json, os, pty, select, sys, time
answers, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, master = pty.fork()
if pid == 0:
    os.execv(command[0], command)
seen, end = b"", time.time() + 100
while time.time() < end:
    if not select.select([master], [], [], 1)[0]:
        continue
    try:
        data = os.read(master, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
    seen += data
    if b"[n] " in seen and answers:
        seen = seen.split(b"[n] ", 1)[1]
        os.write(master, answers.pop(0).encode())
else:
    os.kill(pid, 9)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

let program: Program;

beforeAll(async () => {
  program = await bundle();
  const modules = fileURLToPath(new URL("../../node_modules/playwright-core", import.meta.url));
  symlinkSync(modules, join(program.folder, "node_modules/playwright-core"));
});

afterAll(() => program.remove());

const PAGES: Readonly<Record<string, string>> = {
  "/": "<title>home</title><a href=/about>about</a><script>globalThis.once = 'home'</script>",
  "/about": "<title>about</title><a href=/>home</a><script>globalThis.once = 'about'</script>",
};

/** The hashes of both scripts. */
const HOME = "sha256-mKyJjOdZ6QCGshlOFbp6uBGi/dNP4zuWJsEp5LFeBNQ=";
const ABOUT = "sha256-AdgBc3UjiC91UByCgjHo6IodfFHjo38SR55FvTPhZmM=";

const site = () =>
  serve((req, res) => {
    const body = PAGES[req.url ?? ""];
    res.writeHead(body === undefined ? 404 : 200, { "Content-Type": "text/html" }).end(body);
  });

const wordsFor = (port: number) => ["record", `http://localhost:${port}/`, "--browser", PROGRAM, "--no-pictures", "--timeout", "20"];

/** What a terminal shows when these answers are typed. */
async function atTerminal(args: readonly string[], answers: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { CI, ...rest } = process.env;
  const cli = join(program.folder, "node_modules/portcullis/dist/cli.js");
  const child = spawn("python3", ["-c", TERMINAL, JSON.stringify(answers), process.execPath, cli, ...args], {
    cwd: program.folder,
    env: { ...rest, TERM: "dumb", ...env },
  });
  const { code, out } = await ended(child);
  return { code, screen: out.replaceAll("\r\n", "\n") };
}

describe.skipIf(skipWithout("portcullis record at a terminal", [CHROMIUM, PYTHON]))(
  "portcullis record at a terminal",
  { timeout: 120_000 },
  () => {
    it("allows what was answered with y, and nothing else", async () => {
      const { code, screen } = await atTerminal([...wordsFor(await site()), "--no-prove"], ["y\n", "n\n"]);
      expect(code).toBe(1);
      expect(screen).toContain(`  --accept=${HOME}\n  | globalThis.once = 'home'\nAllow it? y, n, a (all inline) or q [n] y\n`);
      expect(screen).toContain(`\nThe proposal allows:\n  scriptSrc '${HOME}'`);
      expect(screen).not.toContain(`'${ABOUT}'`);
    });

    it("proves what was allowed", async () => {
      const { code, screen } = await atTerminal(wordsFor(await site()), ["a\n"]);
      expect({ code, isProven: screen.includes("Proven: with this policy enforced") }).toEqual({ code: 0, isProven: true });
    });

    it("keeps what was found on Ctrl-C at a question", async () => {
      const { code, screen } = await atTerminal(wordsFor(await site()), ["y\n", "\x03"]);
      expect(code).toBe(1);
      expect(screen).toContain(`\nThe proposal allows:\n  scriptSrc '${HOME}'`);
      expect(screen).toContain("error: Interrupted: the recording has what was seen until then.\n");
    });

    it("asks nothing in CI", async () => {
      const { screen } = await atTerminal([...wordsFor(await site()), "--no-prove"], ["y\n", "y\n"], { CI: "true" });
      expect(screen).not.toContain("Allow it?");
      expect(screen).toContain("To be confirmed:");
    });

    it("is repeated in CI by the words that the output names", async () => {
      const { code, out } = await run(program, [...wordsFor(await site()), "--json", `--accept=${HOME}`, "--accept", `'${ABOUT}'`]);
      const { proven, pending } = JSON.parse(out);
      expect({ code, proven, pending }).toEqual({ code: 0, proven: true, pending: [] });
    });
  },
);
