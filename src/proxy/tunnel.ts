import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Answers } from "./answers.js";
import { guarded } from "./guard.js";
import type { Admitted } from "./request.js";
import { switchingHead } from "./response.js";
import type { Desk } from "./traffic.js";
import { type Ask, limit, statusOf } from "./upstream.js";

/** Sends the application's response to an upgrade that it refuses. */
type Respond = (response: IncomingMessage, req: IncomingMessage, res: ServerResponse, request: ClientRequest) => void;

/** Connects a client with the application, once its request is admitted. */
export type Tunnel = (req: IncomingMessage, socket: Socket, head: Buffer, admitted: Admitted) => void;

/** Makes the WebSocket tunnels of one proxy. */
export function tunnel(
  { settings, traffic }: Desk,
  { begin, cameFrom, entryOf, fail, onSocket }: Answers,
  ask: Ask,
  respond: Respond,
): Tunnel {
  function keep(socket: Duplex): void {
    traffic.tunnels.add(socket);
    socket.once("close", () => traffic.tunnels.delete(socket));
  }

  return (req, socket, head, { lines, from }) => {
    const write = settings.log && entryOf(req);
    const request = ask(req, [...lines, "Connection", "Upgrade", "Upgrade", "websocket"], traffic.single);
    const stop = limit(request, undefined, settings);
    let answered = false;
    keep(socket);
    socket.once("close", () => request.destroy());

    /** Sends a response instead of opening a WebSocket. */
    function answer(send: (res: ServerResponse) => void): void {
      answered = true;
      traffic.tunnels.delete(socket);
      onSocket(req, socket, (res) => {
        begin(req, res);
        cameFrom(res, from);
        send(res);
      });
    }

    function failed(error: unknown): void {
      if (!answered && socket.writable) answer((res) => fail(req, res, statusOf(error), error));
    }

    function open(response: IncomingMessage, upstream: Duplex, first: Buffer): void {
      stop();
      upstream.on("error", () => socket.destroy());
      if (answered || socket.destroyed) return void upstream.destroy();
      let switching: Buffer;
      try {
        switching = switchingHead(response, req, settings);
      } catch (error) {
        upstream.destroy();
        return failed(error);
      }
      answered = true;
      keep(upstream);
      socket.once("close", () => {
        upstream.destroy();
        write?.(101, undefined, from);
      });
      // Data of the client could no longer be delivered.
      upstream.once("close", () => socket.destroySoon());
      join(socket, switching, first, upstream as Socket, head);
      socket.setTimeout(settings.webSocketTimeout, () => socket.destroy());
    }

    function refuse(response: IncomingMessage): void {
      stop();
      answer((res) => respond(response, req, res, request));
    }

    const ending = () => socket;
    request.once("upgrade", guarded(open, ending));
    request.once("response", guarded(refuse, ending));
    request.on("error", guarded(failed, ending));
    request.end();
  };
}

/** Pipes both connections into each other, after the bytes that were read along with the heads. */
function join(socket: Socket, switching: Buffer, first: Buffer, upstream: Socket, head: Buffer): void {
  for (const end of [socket, upstream]) {
    end.setNoDelay(true);
    // Detects a peer that disappeared without closing the connection.
    end.setKeepAlive(true, KEEP_ALIVE);
    end.setTimeout(0);
  }
  socket.write(switching);
  if (first.length > 0) socket.write(first);
  if (head.length > 0) upstream.write(head);
  upstream.pipe(socket);
  socket.pipe(upstream);
}

/** Milliseconds until TCP probes an idle connection. */
const KEEP_ALIVE = 60_000;
