import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createProxyServer, type ProxyServerOptions } from "httpxy";
import { responseOf, withhold } from "./response.js";
import type { Desk } from "./traffic.js";
import { limit, statusOf, unlimit } from "./upstream.js";

/** How a WebSocket is passed on, once its request is fit to be. */
export function tunnel({ settings, traffic, secure, refuse, entryOf }: Desk, toTarget: ProxyServerOptions) {
  const proxy = createProxyServer({ ...toTarget, agent: false });
  const open = new WeakSet<object>();

  function keep(socket: Duplex): void {
    traffic.tunnels.add(socket);
    socket.once("close", () => traffic.tunnels.delete(socket));
  }

  proxy.on("proxyReqWs", (request, req, socket) => {
    limit(request, settings);
    const write = settings.log && entryOf(req);
    socket.once("close", () => request.destroy());
    // Both before httpxy's own listeners, which write these headers to the client.
    request.once("upgrade", (response, upstream) => {
      open.add(socket);
      keep(upstream);
      withhold(response.headers);
      socket.once("close", () => {
        upstream.destroy();
        write?.(101);
      });
      // Nothing that the client says would reach anybody.
      upstream.once("close", () => socket.destroySoon());
    });
    request.once("response", (response) => {
      unlimit(response);
      withhold(response.headers);
      secure(req, responseOf(response.headers));
      response.once("end", () => socket.destroySoon());
      socket.once("close", () => write?.(response.statusCode as number));
    });
  });

  proxy.on("error", (error, req, socket) => {
    if (req === undefined || socket === undefined || !("destroySoon" in socket)) return;
    if (open.has(socket) || !socket.writable) return;
    traffic.tunnels.delete(socket);
    refuse(req, socket, statusOf(error), error);
  });

  return (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    Object.assign(req.headers, { connection: "Upgrade", upgrade: "websocket" });
    keep(socket);
    proxy.ws(req, socket as Socket, {}, head).catch(() => socket.destroy());
  };
}
