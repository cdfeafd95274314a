import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { onTestFinished } from "vitest";

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** The command line as it is published: bundled, in a package of its own, in the `node_modules` of a project. */
export interface Program {
  /** The project. */
  readonly folder: string;
  readonly meta: Metafile;
  remove(): void;
}

/** What pino, which is CommonJS, asks for Node's modules with. */
const BANNER = { js: 'import{createRequire as $createRequire}from"node:module";const require=$createRequire(import.meta.url);' };

const OUT = "node_modules/portcullis/dist";

/** Built once for all files that a worker runs. */
let built: ReturnType<typeof buildProgram> | undefined;

function buildProgram() {
  return build({
    entryPoints: { cli: source("cli/main.ts"), index: source("index.ts") },
    outdir: join("/", OUT),
    write: false,
    absWorkingDir: fileURLToPath(new URL("../../", import.meta.url)),
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: BANNER,
    metafile: true,
    logLevel: "warning",
  });
}

/** The program in a new project. */
export async function bundle(): Promise<Program> {
  built ??= buildProgram();
  const { metafile, outputFiles } = await built;
  const folder = mkdtempSync(join(tmpdir(), "portcullis-cli-"));
  for (const { path, contents } of outputFiles) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  const manifest = { name: "portcullis", version: "1.2.3", type: "module", exports: "./dist/index.js" };
  writeFileSync(join(folder, "node_modules/portcullis/package.json"), JSON.stringify(manifest));
  return { folder, meta: metafile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const CLI = "node_modules/portcullis/dist/cli.js";

/** Without what colours the machine's own terminal. */
function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, CI, ...rest } = process.env;
  return { ...rest, ...extra };
}

/** Starts `portcullis …` in the project, or by another program; ended with the test. */
export function begin({ folder }: Program, args: readonly string[], env?: NodeJS.ProcessEnv, program = process.execPath): ChildProcess {
  const child = spawn(program, [join(folder, CLI), ...args], { cwd: folder, env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

/** Runs `portcullis …` to its end. */
export function run(program: Program, args: readonly string[], env?: NodeJS.ProcessEnv, node?: string): Promise<Ran> {
  return ended(begin(program, args, env, node));
}

/** Runs a line of shell in the project, with `portcullis` in it. */
export function shell({ folder }: Program, line: string, env?: NodeJS.ProcessEnv): Promise<Ran> {
  const portcullis = `portcullis() { '${process.execPath}' '${join(folder, CLI)}' "$@"; }`;
  return ended(spawn("bash", ["-c", `set -o pipefail; ${portcullis}; ${line}`], { cwd: folder, env: environment(env) }));
}

/** What a program said, and how it ended. */
export async function ended(child: ChildProcess): Promise<Ran> {
  const said = { out: "", err: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr?.setEncoding("utf8").on("data", (text) => (said.err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}

/** Writes files into the project, gone with the test. */
export function put({ folder }: Program, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    onTestFinished(() => rmSync(path, { force: true }));
  }
}

/** A proxy that listens; its output goes on being read. */
export async function proxying(program: Program, args: readonly string[], env?: NodeJS.ProcessEnv) {
  const child = begin(program, ["proxy", "--port", "0", "--json", ...args], env);
  const result = ended(child);
  const first = once(child.stdout as NodeJS.ReadableStream, "data");
  const text = await Promise.race([first.then(([data]) => String(data)), result.then(({ err }) => Promise.reject(new Error(err)))]);
  const said = JSON.parse(text.split("\n")[0] ?? "") as { url: string; target: string; policy: string; redirectPort?: number };
  return { child, said, port: Number(new URL(said.url).port), result };
}
