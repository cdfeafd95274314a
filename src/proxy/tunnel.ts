import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Forwarder } from "./forward.js";
import { guarded } from "./guard.js";
import { cameFrom, trackRequest, type WriteEntry, writerFor } from "./log.js";
import { onSocket } from "./on-socket.js";
import { sendErrorPage } from "./own-response.js";
import type { Admitted } from "./request.js";
import { switchingHead } from "./response.js";
import type { ProxyContext, Traffic } from "./traffic.js";
import { type Ask, limit, statusOf } from "./upstream.js";

/** Connects a client with the application, once its request is admitted. */
export type Tunnel = (req: IncomingMessage, socket: Socket, head: Buffer, admitted: Admitted) => void;

/** What all WebSockets of one proxy share. */
interface Parts extends ProxyContext {
  readonly ask: Ask;
  /** Sends the application's response to an upgrade that it refuses. */
  readonly respond: Forwarder["respond"];
}

/** A client's request for a WebSocket, and the request to the application that was made for it. */
interface Opening {
  readonly req: IncomingMessage;
  readonly socket: Socket;
  /** What the client sent after its request. */
  readonly head: Buffer;
  readonly from: string;
  readonly request: ClientRequest;
  /** Ends the time limit for the response. */
  readonly stop: () => void;
  readonly write: WriteEntry | undefined;
  /** Whether the client has its response. */
  answered: boolean;
}

/** Makes the WebSocket tunnels of one proxy. */
export function tunnel(context: ProxyContext, ask: Ask, respond: Forwarder["respond"]): Tunnel {
  const parts: Parts = { ...context, ask, respond };
  return (req, socket, head, admitted) => start(parts, req, socket, head, admitted);
}

function start(parts: Parts, req: IncomingMessage, socket: Socket, head: Buffer, { lines, from }: Admitted): void {
  const { settings, traffic, ask } = parts;
  const write = writerFor(settings, req);
  const request = ask(req, [...lines, "Connection", "Upgrade", "Upgrade", "websocket"], traffic.single);
  const stop = limit(request, undefined, settings);
  const opening: Opening = { req, socket, head, from, request, stop, write, answered: false };
  keep(traffic, socket);
  socket.once("close", () => request.destroy());
  const ending = () => socket;
  const switched = (response: IncomingMessage, upstream: Duplex, first: Buffer) =>
    open(parts, opening, response, upstream as Socket, first);
  const refused = (response: IncomingMessage) => passRefusal(parts, opening, response);
  const failed = (error: unknown) => failOpening(parts, opening, error);
  request.once("upgrade", guarded(switched, ending));
  request.once("response", guarded(refused, ending));
  request.on("error", guarded(failed, ending));
  request.end();
}

function keep({ tunnels }: Traffic, socket: Duplex): void {
  tunnels.add(socket);
  socket.once("close", () => tunnels.delete(socket));
}

/** The application switches to the WebSocket. */
function open(parts: Parts, opening: Opening, response: IncomingMessage, upstream: Socket, first: Buffer): void {
  const { settings, traffic } = parts;
  const { socket, write, from, head } = opening;
  opening.stop();
  upstream.on("error", () => socket.destroy());
  if (opening.answered || socket.destroyed) return void upstream.destroy();
  let switching: Buffer;
  try {
    switching = switchingHead(response, opening.req, settings);
  } catch (error) {
    upstream.destroy();
    return failOpening(parts, opening, error);
  }
  opening.answered = true;
  keep(traffic, upstream);
  socket.once("close", () => {
    upstream.destroy();
    write?.(101, undefined, from);
  });
  // Data of the client could no longer be delivered.
  upstream.once("close", () => socket.destroySoon());
  join(socket, switching, first, upstream, head);
  socket.setTimeout(settings.webSocketTimeout, () => socket.destroy());
}

/** The application responds without switching: the client gets its response. */
function passRefusal(parts: Parts, opening: Opening, response: IncomingMessage): void {
  const { req, request } = opening;
  opening.stop();
  answerInstead(parts, opening, (res) => parts.respond(response, req, res, request));
}

/** The application does not respond: the client gets an error page. */
function failOpening(parts: Parts, opening: Opening, error: unknown): void {
  const { req, socket } = opening;
  if (opening.answered || !socket.writable) return;
  answerInstead(parts, opening, (res) => sendErrorPage(parts.settings, req, res, statusOf(error), error));
}

/** Sends a response instead of opening a WebSocket. */
function answerInstead(parts: Parts, opening: Opening, send: (res: ServerResponse) => void): void {
  const { req, socket, from } = opening;
  opening.answered = true;
  parts.traffic.tunnels.delete(socket);
  onSocket(req, socket, (res) => {
    trackRequest(parts, req, res);
    cameFrom(res, from);
    send(res);
  });
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
