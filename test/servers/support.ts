import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import { onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { type Layer, override, sealHeaders, securityHeaders } from "../../src/index.js";
import { listen, serve } from "../http/support.js";

const fixture = (name: string) => fileURLToPath(new URL(`../http/fixtures/${name}`, import.meta.url));

/** A certificate that only the tests trust, as paths. */
export const CERTIFICATE_FILES = { certificate: fixture("localhost-cert.pem"), certificateKey: fixture("localhost-key.pem") };

/** Whether a program is on the PATH. */
export function found(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program))) || existsSync(`/usr/sbin/${program}`);
}

export interface Route {
  readonly path: string;
  readonly layers: readonly Layer[];
}

/** Answers each kind of status; ETag and Last-Modified make a 304 where the request asks for it. */
function pages(app: express.Express): void {
  app.get(["/", "/embed", "/api/data", "/api/deep/x"], (_req, res) => void res.send("A page."));
  app.get("/fails", (_req, res) => void res.status(500).send("It failed."));
  app.use((_req, res) => void res.status(404).send("Not here."));
}

/** The same site in Express, sealed: what every other server is compared with. Paths as `exportPolicy` reads them. */
export function expressSite(policy: readonly Layer[], routes: readonly Route[]): Promise<number> {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders(...(policy as ["none"])), sealHeaders());
  for (const { path, layers } of routes) {
    app.use((req, res, next) => {
      const meant = path.endsWith("/*") ? req.path.startsWith(path.slice(0, -1)) : req.path === path;
      if (meant) override(...(layers as ["none"]))(req, res, next);
      else next();
    });
  }
  pages(app);
  return serve(app);
}

/** What a careless application sends: every header of ours with a value of its own. */
export const CARELESS = {
  "X-Frame-Options": "ALLOWALL",
  "x-content-type-options": "sniff",
  "Content-Security-Policy": "default-src *",
  "Strict-Transport-Security": "max-age=1",
  "Referrer-Policy": "unsafe-url",
  "X-Powered-By": "carelessness",
};

/** An application behind a proxy, with headers of its own and a WebSocket that echoes. */
export async function carelessUpstream(): Promise<number> {
  const app = express();
  app.disable("x-powered-by");
  app.use((_req, res, next) => {
    res.set(CARELESS);
    next();
  });
  pages(app);
  const server = http.createServer(app);
  new WebSocketServer({ server }).on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));
  return listen(server);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Writes files into a folder that goes with the test. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-servers-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    execFileSync("mkdir", ["-p", dirname(join(folder, name))]);
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Starts a program, waits until it listens on a port, and ends it with the test. */
export async function start(port: number, program: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(program, [...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
  onTestFinished(() => ended(child));
  for (let rest = 200; rest > 0; rest--) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${program} does not listen on ${port}: ${said}`);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", () => resolve());
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 3_000).unref();
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
