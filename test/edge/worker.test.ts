import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { type ExportOptions, exportPolicy } from "../../src/export/index.js";
import { listen, serve } from "../http/support.js";
import { AMBIGUOUS, AWKWARD_TEXT, CARELESS, CASES, filesOf, PATHS, ROUTES, SPELLINGS, sealedAt } from "./hcl.js";

const codeOf = (options: ExportOptions) => filesOf("worker", options)["portcullis-worker.js"] as string;

/** What was printed, in workerd. */
async function workerOf(options: ExportOptions, more: Partial<MiniflareOptions> = {}): Promise<Miniflare> {
  const worker = new Miniflare({ modules: true, script: codeOf(options), compatibilityDate: "2025-01-01", ...more } as MiniflareOptions);
  onTestFinished(() => worker.dispose());
  await worker.ready;
  return worker;
}

/** A careless application: the status is the path's, the header of one kind comes twice, and so does the cookie. */
function origin(): Promise<number> {
  const server = http.createServer((req, res) => {
    for (const [name, value] of Object.entries(CARELESS)) res.setHeader(name, value);
    res.setHeader("Set-Cookie", ["a=1", "b=2"]);
    if (req.url?.startsWith("/fails")) res.statusCode = 500;
    else if (req.url?.startsWith("/nowhere")) res.statusCode = 404;
    else if (req.url?.startsWith("/moved")) res.writeHead(302, { Location: "/elsewhere?x=1" });
    else if (req.headers["if-none-match"] === '"1"') res.statusCode = 304;
    res.end(res.statusCode === 304 ? undefined : `${req.method} ${req.url}`);
  });
  new WebSocketServer({ server }).on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));
  return listen(server);
}

/** What servers send of themselves, or about the body. */
const THEIRS = /^(?:connection|content-length|content-type|date|keep-alive|location|mf-content-encoding|set-cookie|transfer-encoding)$/;

async function seen(worker: Miniflare, path: string, headers: Record<string, string> = {}) {
  const response = await worker.dispatchFetch(`https://site.example${path}`, { headers, redirect: "manual" });
  const own = [...response.headers].filter(([name]) => !THEIRS.test(name));
  return { status: response.status, headers: Object.fromEntries(own), body: await response.text(), all: response.headers };
}

const ONE = ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] }] as const;
const { "x-powered-by": _, ...UNTOUCHED } = CARELESS;
const SEALED = { ...UNTOUCHED, "x-frame-options": "DENY" };

describe("a Worker", () => {
  it.each(CASES)("sends what Express sends: %s", async (_, policy, routes) => {
    const worker = await workerOf({ policy, routes, upstream: `http://127.0.0.1:${await origin()}` });
    for (const path of PATHS) {
      expect([path, (await seen(worker, path)).headers]).toEqual([path, sealedAt(policy, routes, path)]);
    }
  });

  it("matches a path as servers read it", async () => {
    const worker = await workerOf({ policy: ["strict"], routes: ROUTES, upstream: `http://127.0.0.1:${await origin()}` });
    for (const [path, usual] of SPELLINGS) {
      expect([path, (await seen(worker, path)).headers]).toEqual([path, sealedAt(["strict"], ROUTES, usual)]);
    }
  });

  it.each(AMBIGUOUS)("answers 400 with the headers of the site where servers read a path in two ways: %s", async (path) => {
    const worker = await workerOf({ policy: ONE, routes: ROUTES, upstream: `http://127.0.0.1:${await origin()}` });
    expect(await seen(worker, path)).toMatchObject({ status: 400, headers: { "x-frame-options": "DENY" }, body: "Bad request\n" });
  });

  it("leaves an encoded slash alone where there are no routes", async () => {
    const worker = await workerOf({ policy: ONE, upstream: `http://127.0.0.1:${await origin()}` });
    expect(await seen(worker, "/a/..%2fb")).toMatchObject({ status: 200, headers: SEALED, body: "GET /a/..%2fb" });
  });

  it.each([
    [200, "/page?x=%20y", {}, "GET /page?x=%20y"],
    [304, "/page", { "If-None-Match": '"1"' }, ""],
    [404, "/nowhere", {}, "GET /nowhere"],
    [500, "/fails", {}, "GET /fails"],
  ])("keeps status and body of a %d", async (status, path, headers, body) => {
    const worker = await workerOf({ policy: ONE, upstream: `http://127.0.0.1:${await origin()}` });
    expect(await seen(worker, path, headers)).toMatchObject({ status, headers: SEALED, body });
  });

  it("hands a redirect and every cookie on", async () => {
    const worker = await workerOf({ policy: ONE, upstream: `http://127.0.0.1:${await origin()}` });
    const { status, headers, all } = await seen(worker, "/moved");
    expect([status, headers, all.get("location"), all.getSetCookie()]).toEqual([302, SEALED, "/elsewhere?x=1", ["a=1", "b=2"]]);
  });

  it("hands method and body on", async () => {
    const port = await serve((req, res) => {
      let body = "";
      req.on("data", (chunk) => (body += String(chunk)));
      req.on("end", () => res.end(`${req.method} ${body}`));
    });
    const worker = await workerOf({ policy: ONE, upstream: `http://127.0.0.1:${port}` });
    const response = await worker.dispatchFetch("https://site.example/", { method: "POST", body: "hello" });
    expect([response.headers.get("x-frame-options"), await response.text()]).toEqual(["DENY", "POST hello"]);
  });

  it("streams: what has come is sent on before the rest is there", async () => {
    let finish = (): void => undefined;
    const port = await serve((_req, res) => {
      res.write("first");
      finish = () => void res.end("last");
    });
    const readyUrl = await (await workerOf({ policy: ONE, upstream: `http://127.0.0.1:${port}` })).ready;
    // Not by dispatchFetch, which asks for gzip, and gzip waits for more.
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      http.get(readyUrl, { agent: false }, resolve).on("error", reject);
    });
    response.setEncoding("utf8");
    const chunks: string[] = [];
    for await (const chunk of response) {
      chunks.push(chunk as string);
      finish();
    }
    expect([response.headers["x-frame-options"], chunks]).toEqual(["DENY", ["first", "last"]]);
  });

  it("passes a WebSocket on", async () => {
    const worker = await workerOf({ policy: ONE, upstream: `http://127.0.0.1:${await origin()}` });
    const { status, webSocket, headers } = await worker.dispatchFetch("https://site.example/", { headers: { Upgrade: "websocket" } });
    webSocket?.accept();
    const told = new Promise((resolve) => webSocket?.addEventListener("message", ({ data }) => resolve(data)));
    webSocket?.send("hello");
    expect([status, headers.get("x-frame-options"), await told]).toEqual([101, null, "echo hello"]);
    webSocket?.close();
  });

  it("answers 502 with the headers where the application hangs up", async () => {
    const port = await serve((req) => void req.socket.destroy());
    const worker = await workerOf({ policy: ONE, upstream: `http://127.0.0.1:${port}` }, { handleRuntimeStdio: () => undefined });
    expect(await seen(worker, "/")).toMatchObject({ status: 502, headers: { "x-frame-options": "DENY" }, body: "Bad gateway\n" });
  });

  it("asks the address of the request itself where no upstream is known", async () => {
    const asked: string[] = [];
    const worker = await workerOf(
      { policy: ONE },
      {
        outboundService: (request: { url: string }) => {
          asked.push(request.url);
          return new Response("there", { headers: CARELESS }) as never;
        },
      },
    );
    expect(await seen(worker, "/page?x=1")).toMatchObject({ status: 200, headers: SEALED, body: "there" });
    expect(asked).toEqual(["https://site.example/page?x=1"]);
  });

  it("lends its headers to another runtime of fetch, here to Node", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-worker-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "worker.mjs");
    writeFileSync(file, codeOf({ policy: ["none", { custom: { "X-Awkward": AWKWARD_TEXT }, stripHeaders: ["X-Powered-By"] }] }));
    const { withHeaders } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      withHeaders: (response: Response, pathname: string) => Response;
    };
    const given = new Response("text", { status: 404, statusText: "Gone", headers: { "X-Powered-By": "PHP", "X-Own": "1" } });
    const response = withHeaders(given, "/");
    const headers: Record<string, string> = {};
    response.headers.forEach((value, name) => {
      headers[name] = value;
    });
    expect([response.status, response.statusText, await response.text()]).toEqual([404, "Gone", "text"]);
    expect(headers).toEqual({ "content-type": "text/plain;charset=UTF-8", "x-awkward": AWKWARD_TEXT, "x-own": "1" });
  });

  it("tells what Cloudflare adds of its own", () => {
    expect(exportPolicy("worker", { policy: ["none", { stripHeaders: ["Server"] }] }).warnings).toEqual([
      "Cloudflare always sends its own Server header.",
    ]);
  });
});
