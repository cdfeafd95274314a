import { once } from "node:events";
import net from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { ask, CERTIFICATE, serve } from "../http/support.js";
import { proxyTo, until, witness } from "./support.js";

// The limits in time that no option sets, short enough for a test.
vi.mock("../../src/proxy/limits.js", async (original) => ({
  ...(await original<typeof import("../../src/proxy/limits.js")>()),
  HEADERS_TIME: 300,
  STALL_TIME: 300,
}));

it.each([
  ["says nothing", []],
  ["says three bytes", [0x16, 3, 1]],
  ["says what is no TLS", [...Buffer.from("GET / HTTP/1.1\r\n\r\n")]],
])("a connection for TLS that %s is closed, and its place is free", async (_, bytes) => {
  const { port } = await proxyTo((await witness()).port, { tls: CERTIFICATE, maxConnections: 1 });
  const socket = net.connect(port, "127.0.0.1", () => socket.write(Buffer.from(bytes)));
  socket.on("error", () => undefined).resume();
  onTestFinished(() => void socket.destroy());
  await once(socket, "close");
  await vi.waitFor(async () => expect((await ask(port, "/", { secure: true })).status).toBe(200));
});

it("an answer that the client does not read ends", async () => {
  let closed = false;
  const upstream = await serve((_req, res) => {
    res.on("close", () => {
      closed = true;
    });
    const more = () => {
      while (res.write(Buffer.alloc(65_536)));
    };
    res.on("drain", more);
    more();
  });
  const { port } = await proxyTo(upstream);
  const socket = net.connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  socket.on("error", () => undefined).pause();
  onTestFinished(() => void socket.destroy());
  await until(() => closed);
  expect(closed).toBe(true);
});
