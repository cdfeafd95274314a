import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { expect, onTestFinished } from "vitest";
import { type Group, policyHash } from "../../src/reports/index.js";
import type { Peer } from "../peers.js";

const program = process.env["REDIS_SERVER"] ?? "/usr/bin/redis-server";
export const REDIS: Peer = { name: "redis-server", found: existsSync(program), get: "apt-get install redis-server" };

/** When the last of {@link GROUP} came. */
export const AT = Date.UTC(2026, 10, 21);

/** Enough for a proposal; tests change what they are about. */
export const GROUP: Group = {
  id: "0",
  type: "csp-violation",
  policyHash: policyHash("default-src 'self'"),
  disposition: "report",
  directive: "img-src",
  blocked: "https://img.example",
  route: "/",
  count: 40,
  firstSeen: AT - 86_400_000,
  lastSeen: AT,
  clients: 12,
  pages: [{ value: "https://site.example/", count: 40 }],
  browsers: [{ value: "Firefox 145", count: 40 }],
  urls: [{ value: "https://img.example/a/logo.png", count: 40 }],
  files: [],
  samples: [],
  days: [
    { value: "2026-11-20", count: 30 },
    { value: "2026-11-21", count: 10 },
  ],
};

export interface Post {
  readonly type?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  /** Of 127.0.0.0/8, for another client. */
  readonly from?: string;
  readonly method?: string;
  readonly path?: string;
  readonly agent?: http.Agent;
}

export const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/** Sends a body to `/csp-report` of `site.example`, and gives the status; 0 where the connection broke before there was one. */
export function post(
  port: number,
  body: unknown,
  { type = "application/csp-report", from, headers, ...rest }: Post = {},
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const bytes = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const options: http.RequestOptions = {
      host: "127.0.0.1",
      port,
      path: "/csp-report",
      method: "POST",
      agent: false,
      headers: { Host: "site.example", "Content-Type": type, "User-Agent": FIREFOX, ...headers },
      ...(from === undefined ? {} : { localAddress: from }),
      ...rest,
    };
    const request = http.request(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response));
      response.on("error", reject);
    });
    // A body that was refused may meet a closed connection when its answer is here already.
    request.on("error", (error) => reject(error));
    request.end(bytes);
  });
}

/** What `report-uri` sends. */
export function legacy(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    "csp-report": {
      "document-uri": "https://site.example/page?secret=1#part",
      referrer: "",
      "violated-directive": "img-src",
      "effective-directive": "img-src",
      "original-policy": "default-src 'self'; report-uri /csp-report",
      disposition: "enforce",
      "blocked-uri": "https://cdn.example/a.png?token=2",
      "status-code": 200,
      "script-sample": "",
      ...changes,
    },
  };
}

/** What `report-to` sends of a policy's violation. */
export function modern(body: Readonly<Record<string, unknown>> = {}, entry: Readonly<Record<string, unknown>> = {}) {
  return {
    age: 10,
    type: "csp-violation",
    url: "https://site.example/page",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    body: {
      documentURL: "https://site.example/page",
      referrer: "",
      blockedURL: "https://cdn.example/a.png",
      effectiveDirective: "img-src",
      originalPolicy: "default-src 'self'; report-to csp",
      sourceFile: "https://site.example/page",
      sample: "",
      disposition: "enforce",
      statusCode: 200,
      lineNumber: 7,
      columnNumber: 3,
      ...body,
    },
    ...entry,
  };
}

/** A group without what the clock decides. */
export function timeless({ firstSeen, lastSeen, days, ...rest }: Group) {
  expect(firstSeen).toBeLessThanOrEqual(lastSeen);
  expect(days).toHaveLength(1);
  return rest;
}

/** A folder that is gone when the test is over. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "portcullis-reports-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export interface RedisServer {
  readonly url: string;
  /** Without a chance to save anything. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it, and lets it go on: connections stay open, and nothing is answered. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

/** A server of our own, on a port and in a folder of its own, until the test is over. */
export async function redisServer(fsync: "always" | "no" = "always"): Promise<RedisServer> {
  const [dir, port] = [folder(), await freePort()];
  const settings = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    dir,
    "--save",
    "",
    "--appendonly",
    fsync === "no" ? "no" : "yes",
  ];
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = spawn(program, [...settings, "--appendfsync", fsync], { stdio: "ignore" });
      const probe = createClient({ url: server.url, socket: { reconnectStrategy: 20 } });
      probe.on("error", () => undefined);
      await probe.connect();
      await probe.ping();
      probe.destroy();
    },
    signal: (signal) => void child?.kill(signal),
    async kill() {
      const ended = child;
      if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return;
      const exit = new Promise((resolve) => ended.on("exit", resolve));
      ended.kill("SIGKILL");
      await exit;
    },
  };
  onTestFinished(() => server.kill());
  await server.start();
  return server;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A client until the test is over. */
export async function redisClient({ url }: RedisServer) {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.destroy());
  return client;
}
