import { once } from "node:events";
import net from "node:net";
import { expect, it } from "vitest";
import type { ProxyLogEntry } from "../../src/proxy/index.js";
import { listen, say } from "../http/support.js";
import { freePort } from "../servers/support.js";
import { bareServer, connected, echo, proxyTo, refused, told, until, witness } from "./support.js";

it("passes messages on, both ways, in order, of any length", async () => {
  const { port } = await proxyTo((await echo()).port);
  const socket = await connected(`ws://127.0.0.1:${port}/`);
  const long = "0123456789".repeat(100_000);
  expect([await told(socket, "one"), (await told(socket, long)) === long, await told(socket, "three")]).toEqual(["one", true, "three"]);
});

it("withholds what the application is made of, and leaves the rest of the 101 alone", async () => {
  const { port } = await proxyTo((await echo()).port);
  const socket = net.connect(port, "127.0.0.1");
  socket.write(
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const [head] = await once(socket, "data");
  socket.destroy();
  expect(String(head).toLowerCase().split("\r\n").filter(Boolean)).toEqual([
    "http/1.1 101 switching protocols",
    "upgrade: websocket",
    "connection: upgrade",
    "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=",
    "x-mine: kept",
  ]);
});

it("tells the application where it comes from, and not what the client says of it", async () => {
  const { port: upstream, server } = await echo();
  const { port } = await proxyTo(upstream);
  const upgraded = once(server, "upgrade");
  await connected(`ws://127.0.0.1:${port}/stream?x`, { headers: { "X-Forwarded-For": "203.0.113.9", Origin: "http://site.example" } });
  const [req] = await upgraded;
  const { "x-forwarded-for": from, "x-forwarded-proto": proto, "x-forwarded-host": host, origin, upgrade, connection } = req.headers;
  expect({ url: req.url, from, proto, host, origin, upgrade, connection }).toEqual({
    url: "/stream?x",
    from: "127.0.0.1",
    proto: "http",
    host: `127.0.0.1:${port}`,
    origin: "http://site.example",
    upgrade: "websocket",
    connection: "Upgrade",
  });
});

it("that the application refuses gets its answer, with the policy", async () => {
  const upstream = await listen(
    net.createServer((socket) =>
      socket.once("data", () =>
        socket.end("HTTP/1.1 403 Forbidden\r\nX-Frame-Options: ALLOWALL\r\nServer: a\r\nX-Own: 1\r\nContent-Length: 2\r\n\r\nno"),
      ),
    ),
  );
  const { port } = await proxyTo(upstream);
  const { status, headers, body } = await refused(port);
  expect([status, headers["x-frame-options"], headers["server"], headers["x-own"], body]).toEqual([403, "DENY", undefined, "1", "no"]);
});

it("is a 502 with the policy where there is no application", async () => {
  const { port } = await proxyTo(await freePort());
  const { status, headers, body } = await refused(port);
  expect([status, headers["x-frame-options"], body.split("\n")[2]]).toEqual([502, "DENY", "<title>502 Bad gateway</title>"]);
});

it("is a 504 with the policy where the application takes too long", async () => {
  const { port } = await proxyTo(await bareServer(() => undefined), { responseTimeout: 100 });
  const { status, headers } = await refused(port);
  expect([status, headers["x-frame-options"]]).toEqual([504, "DENY"]);
});

it("may be silent for longer than a response may take to begin", async () => {
  const { port } = await proxyTo((await echo()).port, { responseTimeout: 100 });
  const socket = await connected(`ws://127.0.0.1:${port}/`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await told(socket, "still there")).toBe("still there");
});

it("ends for the client where the application ends it, with the application's own code", async () => {
  const { port: upstream, sockets } = await echo();
  const { port } = await proxyTo(upstream);
  const socket = await connected(`ws://127.0.0.1:${port}/`);
  const closed = once(socket, "close");
  for (const one of sockets) one.close(4_001, "enough");
  expect((await closed)[0]).toBe(4_001);
});

it.each(["terminate", "close"] as const)("ends for the application where the client ends it: %s", async (how) => {
  const { port: upstream, sockets } = await echo();
  const { port } = await proxyTo(upstream);
  const socket = await connected(`ws://127.0.0.1:${port}/`);
  await until(() => sockets.size === 1);
  socket[how]();
  await until(() => sockets.size === 0);
  expect(sockets.size).toBe(0);
});

it("ends for the client where the application dies", async () => {
  const { port: upstream, sockets } = await echo();
  const { port } = await proxyTo(upstream);
  const socket = await connected(`ws://127.0.0.1:${port}/`);
  const closed = once(socket, "close");
  for (const one of sockets) one.terminate();
  expect((await closed)[0]).toBe(1_006);
});

it("ends when the proxy closes, which does not wait for it", async () => {
  const { port: upstream, sockets } = await echo();
  const { port, proxy } = await proxyTo(upstream);
  const socket = await connected(`ws://127.0.0.1:${port}/`);
  const closed = once(socket, "close");
  expect(await proxy.close(60_000)).toBe(0);
  await closed;
  await until(() => sockets.size === 0);
});

it("is logged when it is over", async () => {
  const entries: ProxyLogEntry[] = [];
  const { port } = await proxyTo((await echo()).port, { log: (entry) => void entries.push(entry) });
  const socket = await connected(`ws://127.0.0.1:${port}/stream?token`);
  expect(entries).toEqual([]);
  socket.close();
  await until(() => entries.length > 0);
  expect(entries).toEqual([{ method: "GET", path: "/stream", status: 101, from: "127.0.0.1", ms: expect.any(Number) }]);
});

it("is the only upgrade there is: a request for another is answered without", async () => {
  const { port: upstream, seen } = await witness();
  const { port } = await proxyTo(upstream);
  const answer = await say(port, [
    "GET /a HTTP/1.1",
    "Host: a",
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: x",
  ]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain("\r\nX-Frame-Options: DENY\r\n");
  expect(seen.map(({ url, headers }) => [url, headers["upgrade"], headers["http2-settings"]])).toEqual([["/a", undefined, undefined]]);
});

it.each([
  ["a body", ["POST / HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: h2c", "Content-Length: 3", "", "abc"]],
  ["another host", ["GET http://evil.example/ HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket"]],
])("is refused with %s, by a page with the policy", async (_, lines) => {
  const { port: upstream, seen } = await witness();
  const { port } = await proxyTo(upstream);
  const answer = await say(port, lines);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain("\r\nX-Frame-Options: DENY\r\n");
  expect(seen).toEqual([]);
});
