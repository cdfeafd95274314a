import { once } from "node:events";
import net from "node:net";
import { expect, it, vi } from "vitest";
import { ask, listen } from "../http/support.js";
import { proxyTo } from "./support.js";

// Time alone does not end the connection of a question here.
vi.mock("../../src/proxy/limits.js", async (original) => ({ ...(await original<object>()), HEALTH_TIME: 3_600_000 }));

it("the answer to a health question ends its connection, and not time", async () => {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nx"));
  });
  const asked = once(server, "connection").then(([socket]) => once(socket as net.Socket, "close"));
  const { port } = await proxyTo(await listen(server), { healthTarget: "/well", responseTimeout: 3_600_000 });
  expect((await ask(port, "/health")).status).toBe(200);
  await asked;
});
