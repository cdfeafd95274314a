import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { onTestFinished } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const FIXTURES = join(ROOT, "test/http/fixtures/");

/** What looks at a snippet's outcome: `ask` starts a server for one request and refuses an X-Frame-Options without effect, `refused` prints an error as Node does. */
const PROBE = `
import http from "node:http";
import { audit } from "portcullis/audit";
const theirs = /^(?:connection|content-length|content-type|date|etag|keep-alive)$/i;
export const print = (...texts) => texts.forEach((text) => console.log(String(text)));
export const refused = (call) => { try { call(); print("not refused"); } catch (error) { print(error.name + ": " + error.message); } };
export const ask = async (listener, path = "/", headers = {}, body = undefined) => {
  const server = http.createServer(listener);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const request = http.request({ port: server.address().port, host: "127.0.0.1", path, headers, method: body === undefined ? "GET" : "POST", agent: false });
  request.end(body);
  const response = await new Promise((resolve, reject) => request.on("response", resolve).on("error", reject));
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  server.close();
  const names = response.rawHeaders.filter((_, index) => index % 2 === 0);
  const lines = names.map((name, index) => name + ": " + response.rawHeaders[2 * index + 1]).filter((_, index) => !theirs.test(names[index]));
  const [overruled] = audit(response.headers).findings.filter(({ rule }) => rule === "frame-options-overruled");
  if (overruled !== undefined) throw new Error(path + ": " + overruled.message);
  return { status: response.statusCode, headers: response.headers, lines, body: text };
};
`;

/** A folder that has the built library, and every package of this repository, under its own name; gone with the test. */
export function project(files: Readonly<Record<string, string>> = {}): string {
  if (!existsSync(join(ROOT, "dist/index.js"))) throw new Error("The snippets run against dist/: run npm run build first.");
  const folder = mkdtempSync(join(tmpdir(), "portcullis-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/portcullis"));
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (!name.startsWith(".") && name !== "portcullis") symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  }
  write(folder, { "package.json": '{ "name": "site", "private": true, "type": "module" }', "probe.mjs": PROBE, ...files });
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export interface Ran {
  readonly code: number | null;
  /** What it printed, to both streams. */
  readonly said: string;
}

/** TypeScript as Node 20 runs it. */
export function withoutTypes(text: string): string {
  return transformSync(text, { loader: "ts", target: "node20", tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } }).code;
}

/** Runs TypeScript as a module of the project, to its end. */
export async function runModule(folder: string, text: string): Promise<Ran> {
  write(folder, { "main.mjs": withoutTypes(text) });
  return ended(start(folder, process.execPath, "main.mjs"));
}

/** Where a program of `serveModule` listens. */
export interface Servers {
  readonly https: number;
  readonly http: number;
  stop(): Promise<void>;
}

const SERVE = `
import http from "node:http";
import https from "node:https";
import { readFileSync } from "node:fs";
const [key, cert] = ["key", "cert"].map((name) => readFileSync(process.env.FIXTURES + "localhost-" + name + ".pem"));
const servers = [https.createServer({ key, cert }, app), http.createServer((req, res) => {
  res.writeHead(301, { Location: "https://localhost:" + servers[0].address().port + req.url }).end();
})];
for (const server of servers) await new Promise((done) => server.listen(0, "127.0.0.1", done));
console.log(JSON.stringify(servers.map((server) => server.address().port)));
process.on("SIGTERM", () => setTimeout(() => process.exit(), 1500));
`;

/** Serves the `app` of a program over https, and over http a redirect to it, until it is stopped or the test is over. */
export async function serveModule(folder: string, text: string): Promise<Servers> {
  write(folder, { "site.mjs": withoutTypes(`${text}${SERVE}`) });
  const child = start(folder, process.execPath, "site.mjs");
  const closed = once(child, "close");
  const stop = async () => {
    child.kill();
    await closed;
  };
  onTestFinished(stop);
  let said = "";
  child.stderr?.on("data", (chunk) => (said += String(chunk)));
  const first = once(child.stdout as NodeJS.ReadableStream, "data").then(([chunk]) => String(chunk));
  const [https, http] = JSON.parse(await Promise.race([first, closed.then(() => Promise.reject(new Error(said)))])) as [number, number];
  return { https, http, stop };
}

/** Runs a line of shell in the project, to its end or until it says something; `npx portcullis` is the built command line. */
export async function runLine(folder: string, line: string, until?: string, seconds = 20): Promise<Ran> {
  const npx = `npx() { shift; exec_or_run "$@"; }; exec_or_run() { '${process.execPath}' '${join(ROOT, "dist/cli/cli.js")}' "$@"; }; portcullis() { exec_or_run "$@"; }`;
  return ended(start(folder, "bash", "-c", `set -o pipefail; ${npx}; ${line}`), until, seconds);
}

/** In a group of its own, so that a command that a shell has started ends with it. */
function start(folder: string, program: string, ...args: readonly string[]): ChildProcess {
  const { NODE_ENV, FORCE_COLOR, ...env } = process.env;
  return spawn(program, args, {
    cwd: folder,
    env: { ...env, NO_COLOR: "1", NODE_EXTRA_CA_CERTS: join(FIXTURES, "localhost-cert.pem"), FIXTURES },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

/** A program that runs on is ended once it has said what it should, or after some seconds. */
async function ended(child: ChildProcess, until?: string, seconds = 20): Promise<Ran> {
  const end = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), "SIGKILL");
  };
  const late = setTimeout(end, 1_000 * seconds);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (until !== undefined && said.includes(until)) end();
    });
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(late);
  return { code, said };
}
