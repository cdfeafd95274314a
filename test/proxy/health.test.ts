import http from "node:http";
import net from "node:net";
import { describe, expect, it } from "vitest";
import { createProxy, type ProxyLogEntry, type ProxyOptions } from "../../src/proxy/index.js";
import { ask, listen } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { freePort } from "../servers/support.js";
import { bareAnswer, bareServer, proxyTo, until, witness } from "./support.js";

const healthTarget = "/_stcore/health";

/** What the health path says, in front of an application on this port. */
async function health(upstream: number, options: Partial<ProxyOptions> = {}): Promise<readonly unknown[]> {
  const { port } = await proxyTo(upstream, { healthTarget, ...options });
  const { status, body, headers } = await ask(port, "/health");
  return [status, body, headers["X-Frame-Options"]];
}

const HEALTHY = [200, "healthy\n", "DENY"];
const AWAY = [503, "the application is not healthy\n", "DENY"];

describe("the health path with a target", () => {
  it.each([
    [200, HEALTHY],
    [204, HEALTHY],
    [302, HEALTHY],
    [399, HEALTHY],
    [401, AWAY],
    [404, AWAY],
    [500, AWAY],
    [503, AWAY],
  ])("is decided by the application's status: %i", async (status, expected) => {
    const upstream = await listen(http.createServer((req, res) => void res.writeHead(req.url === healthTarget ? status : 500).end()));
    expect(await health(upstream)).toEqual(expected);
  });

  it("is 503 where nobody listens", async () => {
    expect(await health(await freePort())).toEqual(AWAY);
  });

  it("is 503 where what comes is not HTTP", async () => {
    expect(await health(await bareAnswer(["SSH-2.0-x", ""]))).toEqual(AWAY);
  });

  it("is 503 where the application switches protocols", async () => {
    expect(await health(await bareAnswer(["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: x", "", ""]))).toEqual(AWAY);
  });

  it("is 503 where an answer does not begin in time", async () => {
    expect(await health(await bareServer(() => undefined), { responseTimeout: 50 })).toEqual(AWAY);
  });

  it("waits for no body", async () => {
    const upstream = await bareServer((socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nx"));
    expect(await health(upstream)).toEqual(HEALTHY);
  });

  it("ends the connection on which it asked", async () => {
    let closed = 0;
    const upstream = await listen(
      net.createServer((socket) => {
        socket.on("error", () => undefined).on("close", () => (closed += 1));
        socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nx"));
      }),
    );
    expect(await health(upstream)).toEqual(HEALTHY);
    await until(() => closed === 1);
  });

  it("sends nothing of the visitor's, and says who asks", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream, { healthTarget });
    await ask(port, "/health?visitor", { method: "POST", headers: { Cookie: "a=1", Host: "site.example", "X-Own": "1" } });
    expect(seen).toEqual([
      {
        method: "GET",
        url: healthTarget,
        headers: {
          host: `127.0.0.1:${upstream}`,
          "user-agent": "portcullis-health",
          accept: "*/*",
          via: expect.stringMatching(/^1\.1 portcullis-[0-9a-f]{16}$/),
          connection: "close",
        },
        body: "",
      },
    ]);
  });

  it("asks once for all that ask at a time", async () => {
    const waiting: http.ServerResponse[] = [];
    const upstream = await listen(http.createServer((_, res) => void waiting.push(res)));
    const { port } = await proxyTo(upstream, { healthTarget });
    const answers = Array.from({ length: 20 }, () => ask(port, "/health"));
    await until(() => waiting.length > 0);
    // Each of them is with the proxy before the application answers.
    expect((await ask(port, "/none", { method: "TRACE" })).status).toBe(501);
    waiting[0]?.end();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(waiting).toHaveLength(1);
  });

  it("asks again after a second, and tells what is then", async () => {
    let status = 200;
    const upstream = await listen(http.createServer((_, res) => void res.writeHead(status).end()));
    const { port } = await proxyTo(upstream, { healthTarget });
    expect((await ask(port, "/health")).status).toBe(200);
    status = 500;
    await expect.poll(async () => (await ask(port, "/health")).status, { timeout: 10_000 }).toBe(503);
  });

  it("says in the log why it is not healthy", async () => {
    const entries: ProxyLogEntry[] = [];
    const { port } = await proxyTo(await freePort(), { healthTarget, log: (entry) => entries.push(entry) });
    await ask(port, "/health");
    await until(() => entries.length > 0);
    expect(entries).toMatchObject([{ path: "/health", status: 503, error: "ECONNREFUSED" }]);
  });

  it("has no body for HEAD", async () => {
    const { port } = await proxyTo((await witness()).port, { healthTarget });
    const { status, body } = await ask(port, "/health", { method: "HEAD" });
    expect([status, body]).toEqual([200, ""]);
  });

  it("holds up no other request of the proxy's", async () => {
    const slow = await listen(http.createServer((req, res) => (req.url === healthTarget ? undefined : void res.end("A page."))));
    const { port, proxy } = await proxyTo(slow, { healthTarget });
    const waits = ask(port, "/health").catch(() => undefined);
    expect((await ask(port, "/")).body).toBe("A page.");
    await proxy.close(0);
    await waits;
  });
});

describe("options of the health path that are refused", () => {
  it.each<readonly [Partial<ProxyOptions>, readonly string[]]>([
    [{ healthTarget: "ok" }, ['createProxy.healthTarget: "ok" is not a path without a query. Write a path, such as "/_stcore/health".']],
    [
      { healthTarget: "/a\r\nb" },
      ['createProxy.healthTarget: "/a\\r\\nb" is not a path without a query. Write a path, such as "/_stcore/health".'],
    ],
    [
      { healthTarget, healthPath: false },
      ['createProxy.healthTarget: has no effect, because healthPath is false. Write a healthPath, such as "/health".'],
    ],
  ])("%j", (options, expected) => {
    expect(issuesOf(() => createProxy({ target: "http://127.0.0.1:8501", ...options }))).toEqual(expected);
  });
});
