import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type ExportOptions, exportPolicy, type TargetName } from "../../src/export/index.js";
import { append, type Layer, override, sealHeaders, securityHeaders, source } from "../../src/index.js";
import { ask, CERTIFICATE, listen, serve } from "../http/support.js";
import { type Peer, skipWithout } from "../peers.js";

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
  app.use((_req, res, next) => {
    res.set(CARELESS);
    next();
  });
  app.get(["/", "/embed", "/api/data", "/api/deep/x"], (_req, res) => void res.send("A page."));
  // More than the buffers of a proxy hold: the headers need room there too.
  app.get("/big", (_req, res) => void res.send("x".repeat(100_000)));
  app.get("/fails", (_req, res) => void res.status(500).send("It failed."));
  app.use((_req, res) => void res.status(404).send("Not here."));
}

/** The same careless site in Express, sealed: what every other server is compared with. Paths as `exportPolicy` reads them. */
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
  "X-XSS-Protection": "1",
  "X-Powered-By": "carelessness",
};

/** An application behind a proxy, with headers of its own and a WebSocket that echoes. */
export async function carelessUpstream(): Promise<number> {
  const app = express();
  app.disable("x-powered-by");
  pages(app);
  const server = http.createServer(app);
  new WebSocketServer({ server }).on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));
  return listen(server);
}

/** An application that breaks the connection off, whatever is asked. */
const hangingUpstream = () => serve((req) => void req.socket.destroy());

/** A port that was free a moment ago; below those that the system gives to connections, which would take it in the next moment. */
export async function freePort(): Promise<number> {
  for (let rest = 100; rest > 0; rest--) {
    const port = 10_240 + Math.floor(Math.random() * 22_000);
    if (await isFree(port)) return port;
  }
  throw new Error("a hundred ports were taken");
}

function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.on("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
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

/** What servers send of themselves, or about the body. */
const THEIRS =
  /^(?:accept-ranges|alt-svc|connection|content-length|content-type|date|etag|keep-alive|last-modified|server|transfer-encoding|vary|via)$/i;

/** One answer: its status, and its headers in order of their names. What the careless site wrote has its name in lower case. */
export async function seen(port: number, path: string, headers: Record<string, string> = {}, secure = false) {
  const { status, headers: values, names } = await ask(port, path, { headers: { Host: "localhost", ...headers }, secure });
  const lines = names.filter((name) => !THEIRS.test(name)).map((name) => [name, values[name] as string] as const);
  return { status, lines: lines.map(([name, value]) => `${careless(name, value) ? name.toLowerCase() : name}: ${value}`).sort() };
}

function careless(name: string, value: string): boolean {
  return Object.entries(CARELESS).some(([one, theirs]) => one.toLowerCase() === name.toLowerCase() && theirs === value);
}

const ROUTES: readonly Route[] = [
  { path: "/embed", layers: [{ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } }] },
  { path: "/api/*", layers: ["api"] },
  { path: "/odd/a.b+c,d:e@f=g!h~i", layers: [{ referrerPolicy: "same-origin" }] },
  { path: "/odd/a.b+c,d:e@f=g!h~i", layers: [{ xContentTypeOptions: false }] },
  { path: "/api/deep/*", layers: [{ referrerPolicy: "origin" }] },
  { path: "/plain", layers: ["none"] },
];

/** Characters that mean something to one server or another. */
export const AWKWARD_TEXT =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: no template is meant
  'percent % %41 %s %{Host}i dollar $host $ ${PATH} {$PATH} {host} "quoted" {braces} {"a":{"b":{}}} back\\slash \\n # \' `tick` \t <b>&amp; end\\';

const AWKWARD: readonly Layer[] = [
  "strict",
  {
    custom: { "X-Awkward": AWKWARD_TEXT, NEL: '{"report_to":"default","max_age":2592000}' },
    contentSecurityPolicy: {
      scriptSrc: append(...Array.from({ length: 150 }, (_, index) => source(`https://cdn-${index}.long-name-of-a-host.example`))),
      reportUri: ["/csp?site=$uri&x=%41"],
    },
  },
];

/** Policies with their routes, by what is special in them. */
export const POLICIES: readonly [string, readonly Layer[], readonly Route[]][] = [
  ["recommended", ["recommended"], ROUTES],
  ["strict", ["strict"], ROUTES],
  ["api", ["api"], [{ path: "/*", layers: ["none", { xFrameOptions: "DENY" }] }]],
  ["streamlit", ["streamlit"], ROUTES],
  ["recommended with development on it", ["recommended", "development"], []],
  ["none with one header", ["none", { xFrameOptions: "DENY" }], [{ path: "/embed", layers: [{ xFrameOptions: false }] }]],
  ["awkward characters and 6 kB of CSP", AWKWARD, ROUTES],
];

/** Starts a server with the files that were exported, and gives back nothing before it listens. */
export type Launch = (files: Readonly<Record<string, string>>, httpsPort: number) => Promise<void>;

/** How a server's own errors differ from those of the others. */
export interface Unlike {
  /** Its status where nobody listens; 502 unless told. */
  readonly down?: number;
  /** Its status where the application hangs up; 502 unless told. */
  readonly hungUp?: number;
  /** Headers it sends with errors of its own. */
  readonly withErrors?: readonly string[];
  /** Names that it writes in its own way, whatever it is told. */
  readonly spelling?: Readonly<Record<string, string>>;
  /** It writes all names in lower case. */
  readonly lowerCase?: boolean;
  /** Whether its file has a redirect from http; it has unless told. */
  readonly redirects?: boolean;
  /** Whether its file answers a health check; it does unless told. */
  readonly health?: boolean;
}

/** A line as this server writes it; what the careless site wrote is told by its value. */
function asWritten(line: string, { spelling, lowerCase = false }: Unlike): string {
  return line.replace(/^[^:]+/, (name) => (lowerCase ? name.toLowerCase() : (spelling?.[name] ?? name)));
}

/** What every server has to do that stands in front of an application; `launch` is what differs. */
export function describeServer(target: TargetName, peer: Peer, launch: Launch, unlike: Unlike = {}): void {
  const siteWith = async (policy: readonly Layer[], routes: readonly Route[], upstream: number) => {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    await launch(exported(target, { policy, routes, upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort }), httpsPort);
    return { httpsPort, httpPort };
  };

  describe.skipIf(skipWithout(`what ${peer.name} sends`, [peer]))(`${peer.name} with the exported configuration`, () => {
    it.each(POLICIES)("sends what Express sends: %s", async (_, policy, routes) => {
      const express = await expressSite(policy, routes);
      const { httpsPort } = await siteWith(policy, routes, await carelessUpstream());
      const etag = (await ask(express, "/")).headers["ETag"] as string;
      const paths = [
        "/",
        "/nowhere",
        "/fails",
        "/big",
        "/embed",
        "/embed/",
        "/api/data",
        "/api/deep/x",
        "/api",
        "/Embed",
        "/odd/a.b+c,d:e@f=g!h~i",
        "/odd/a-b+c,d:e@f=g!h~i",
        "/plain",
      ];
      const questions = [["/", { "If-None-Match": etag }] as const, ...paths.map((path) => [path, {}] as const)];
      for (const [path, headers] of questions) {
        // What is known to have come over https goes out from both.
        const expected = await seen(express, path, { ...headers, "X-Forwarded-Proto": "https" });
        const lines = expected.lines.map((line) => asWritten(line, unlike));
        expect([path, await seen(httpsPort, path, headers, true)]).toEqual([path, { ...expected, lines: lines.sort() }]);
      }
    });

    it.each([
      ["where the application hangs up", unlike.hungUp ?? 502, hangingUpstream],
      ["where nobody listens", unlike.down ?? 502, freePort],
    ] as const)("sends the policy of the place with an error of its own: %s", async (_, status, upstream) => {
      const policy = ["none", { xFrameOptions: "DENY", custom: { "X-Awkward": AWKWARD_TEXT } }] as const;
      const { httpsPort } = await siteWith(policy, ROUTES, await upstream());
      const own = [`X-Awkward: ${AWKWARD_TEXT}`, ...(unlike.withErrors ?? [])];
      const lines = ["X-Frame-Options: DENY", ...own].map((line) => asWritten(line, unlike)).sort();
      expect(await seen(httpsPort, "/", {}, true)).toEqual({ status, lines });
      const embedded = ["Content-Security-Policy: frame-ancestors https://partner.example", ...own]
        .map((line) => asWritten(line, unlike))
        .sort();
      expect(await seen(httpsPort, "/embed", {}, true)).toEqual({ status, lines: embedded });
    });

    it.skipIf(unlike.health === false)("answers a health check itself, with the policy", async () => {
      const { httpsPort } = await siteWith(["none", { xFrameOptions: "DENY" }], [], await freePort());
      expect(await seen(httpsPort, "/health", {}, true)).toEqual({ status: 200, lines: [asWritten("X-Frame-Options: DENY", unlike)] });
      expect((await ask(httpsPort, "/health", { headers: { Host: "localhost" }, secure: true })).body).toBe("healthy\n");
    });

    it.skipIf(unlike.redirects === false)("redirects http to https, path and query kept", async () => {
      const { httpsPort, httpPort } = await siteWith(["none", { xFrameOptions: "DENY" }], [], await freePort());
      const { status, headers } = await ask(httpPort, "/a/b?c=%20d", { headers: { Host: "localhost" } });
      const location = (all: Readonly<Record<string, string>>) => all["Location"] ?? all["location"];
      expect([status, location(headers)]).toEqual([301, `https://localhost:${httpsPort}/a/b?c=%20d`]);
      const other = await ask(httpPort, "/", { headers: { Host: "evil.example" } });
      expect(location(other.headers) ?? "").not.toContain("evil");
    });

    it("passes an upload of 3 MB on", async () => {
      const counting = http.createServer(async (req, res) => {
        let size = 0;
        for await (const chunk of req) size += chunk.length;
        res.end(String(size));
      });
      const { httpsPort } = await siteWith(["none", { xFrameOptions: "DENY" }], [], await listen(counting));
      const answer = await fetchSecurely(httpsPort, Buffer.alloc(3_000_000, "x"));
      expect(answer).toEqual([200, "3000000"]);
    });

    it("passes a WebSocket on", async () => {
      const { httpsPort } = await siteWith(["streamlit"], ROUTES, await carelessUpstream());
      const socket = new WebSocket(`wss://localhost:${httpsPort}/`, { ca: CERTIFICATE.cert });
      const told = await new Promise((resolve, reject) => {
        socket.on("open", () => socket.send("hello"));
        socket.on("message", (data) => resolve(String(data)));
        socket.on("error", reject);
      });
      const closed = new Promise((resolve) => socket.on("close", resolve));
      socket.close();
      await closed;
      expect(told).toBe("echo hello");
    });
  });
}

function fetchSecurely(port: number, body: Buffer): Promise<[status: number | undefined, body: string]> {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", host: "localhost", port, ca: CERTIFICATE.cert, headers: { "Content-Length": body.length } };
    const request = https.request(options, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve([response.statusCode, text]);
    });
    request.on("error", reject).end(body);
  });
}

/** For a server of one's own that includes headers only. */
export const INCLUDED: ExportOptions = {
  policy: ["none", { xFrameOptions: "DENY", custom: { "X-Awkward": AWKWARD_TEXT } }],
  routes: [{ path: "/embed", layers: [{ xFrameOptions: false, referrerPolicy: "origin" }] }],
};

/** What such a server sends: a page at /, another at /embed, and errors of its own. */
export async function expectIncluded(port: number): Promise<void> {
  const awkward = `X-Awkward: ${AWKWARD_TEXT}`;
  const { ETag: etag = "", etag: lower = "" } = (await ask(port, "/", { headers: { Host: "localhost" } })).headers;
  const validator = etag || lower;
  if (validator !== "") {
    const lines = [awkward, "X-Frame-Options: DENY"];
    expect(await seen(port, "/", { "If-None-Match": validator })).toEqual({ status: 304, lines });
  }
  expect(await seen(port, "/")).toEqual({ status: 200, lines: [awkward, "X-Frame-Options: DENY"] });
  expect(await seen(port, "/embed")).toEqual({ status: 200, lines: ["Referrer-Policy: origin", awkward] });
  expect(await seen(port, "/nowhere")).toEqual({ status: 404, lines: [awkward, "X-Frame-Options: DENY"] });
}

/** The files of an export for the tests' own host, by path. */
export function exported(target: TargetName, options: ExportOptions): Readonly<Record<string, string>> {
  const { files } = exportPolicy(target, { serverName: "localhost", ...CERTIFICATE_FILES, ...options });
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    // Late: a server that is killed leaves its workers behind, and Apache gives its own some time.
    const last = setTimeout(() => child.kill("SIGKILL"), 20_000);
    child.on("exit", () => {
      clearTimeout(last);
      resolve();
    });
    child.kill("SIGTERM");
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
