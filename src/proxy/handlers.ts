import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isSecure } from "../middleware/transport.js";
import type { Middleware } from "../middleware/types.js";
import { type Answers, answersOf, discard, TEXT } from "./answers.js";
import { type Forwarder, forwarderOf } from "./forward.js";
import { guarded } from "./guard.js";
import { type Health, healthOf } from "./health.js";
import { PIPELINED } from "./limits.js";
import { type Admitted, ALLOWED, admit, type Refused } from "./request.js";
import { pathOf } from "./request-target.js";
import { answeringOn, type Desk, inTurn, isClosedBehind, openOn } from "./traffic.js";
import { type Tunnel, tunnel } from "./tunnel.js";
import { asker } from "./upstream.js";

/** The event handlers of a proxy's servers; `first` may respond before the application is asked: the redirect to https. None of them throws. */
export interface Handlers {
  handle(req: IncomingMessage, res: ServerResponse, first?: Middleware): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware): void;
  /** CONNECT, for which Node creates no response. */
  connect(req: IncomingMessage, socket: Duplex, first?: Middleware): void;
  /** A request that Node's parser refuses. */
  misfit(error: NodeJS.ErrnoException, socket: Duplex, first?: Middleware): void;
  /** A connection without data for a while. */
  stalled(socket: Socket): void;
}

/** What the handlers of one proxy share. */
interface Parts extends Desk {
  readonly answers: Answers;
  readonly forward: Forwarder["forward"];
  readonly openTunnel: Tunnel;
  readonly health: Health | undefined;
}

/** Makes the handlers of one proxy. */
export function handlersOf(desk: Desk): Handlers {
  const { settings, traffic } = desk;
  const answers = answersOf(desk);
  const ask = asker(settings);
  const { forward, respond } = forwarderOf(desk, answers, ask);
  const openTunnel = tunnel(desk, answers, ask, respond);
  const parts: Parts = { ...desk, answers, forward, openTunnel, health: healthOf(settings, traffic.single) };
  return {
    handle: guarded(
      (req: IncomingMessage, res: ServerResponse, first?: Middleware) => handle(parts, req, res, first),
      (req) => req.socket,
    ),
    upgrade: guarded(
      (req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware) => upgrade(parts, req, socket, head, first),
      (_, socket) => socket,
    ),
    connect: guarded(
      (req: IncomingMessage, socket: Duplex, first?: Middleware) => connect(parts, req, socket, first),
      (_, socket) => socket,
    ),
    misfit: guarded(
      (error: NodeJS.ErrnoException, socket: Duplex, first?: Middleware) => answers.misfit(error, socket, first !== undefined),
      (_, socket) => socket,
    ),
    stalled: guarded(
      (socket: Socket) => stalled(desk, socket),
      (socket) => socket,
    ),
  };
}

/** Responds to a request: refuses it, responds itself, redirects it, or passes it on. */
function handle(parts: Parts, req: IncomingMessage, res: ServerResponse, first: Middleware | undefined): void {
  const { settings, answers, forward } = parts;
  const { healthPath } = settings;
  const { socket } = req;
  if (isClosedBehind(socket)) return;
  answers.begin(req, res);
  const admitted = admit(req, settings, first !== undefined);
  if ("why" in admitted) return answers.turnAway(req, res, admitted.status, new Error(admitted.why));
  answers.cameFrom(res, admitted.from);
  if (openOn(socket).size > PIPELINED) return answers.turnAway(req, res, 400, new Error("too many pipelined requests"));
  if (healthPath !== undefined && pathOf(req.url as string) === healthPath) return sendHealth(parts, req, res);
  if (admitted.endsHere) return answers.answer(req, res, 200, TEXT, "", ALLOWED);
  const isOwn = settings.endpoint !== undefined && pathOf(req.url as string) === settings.endpoint.path;
  const next = () => inTurn(socket, res, () => (isOwn ? sendOwn(parts, req, res, admitted) : forward(req, res, admitted)));
  if (first === undefined || isSecure(req)) return next();
  const error = answers.secure(req, res);
  if (error !== undefined) return answers.fail(req, res, 500, error);
  first(req, res, (error) => (error === undefined ? next() : answers.fail(req, res, 500, error)));
  if (res.writableEnded) discard(req);
}

/** Responds with the middleware of the option `endpoint`. */
function sendOwn({ settings, answers }: Parts, req: IncomingMessage, res: ServerResponse, { awaitsContinue }: Admitted): void {
  const { answer, fail, secure } = answers;
  const failed = secure(req, res);
  if (failed !== undefined) return fail(req, res, 500, failed);
  if (awaitsContinue) res.writeContinue();
  const next = (error?: unknown) => (error === undefined ? answer(req, res, 404, TEXT, "not found\n") : fail(req, res, 500, error));
  try {
    settings.endpoint?.handle(req, res, next);
  } catch (error) {
    if (res.headersSent) throw error;
    next(error);
  }
}

/** Responds to the health path: at once, or when the application has reported its health. */
function sendHealth({ health, answers }: Parts, req: IncomingMessage, res: ServerResponse): void {
  const { answer, because } = answers;
  if (health === undefined) return answer(req, res, 200, TEXT, "healthy\n");
  const send = (reason: string | undefined) => {
    if (res.destroyed) return;
    if (reason === undefined) return answer(req, res, 200, TEXT, "healthy\n");
    because(res, reason);
    answer(req, res, 503, TEXT, "the application is not healthy\n");
  };
  const ending = () => res;
  health().then(guarded(send, ending));
}

/** Opens a WebSocket, or handles the request as if it asked for no upgrade. */
function upgrade(parts: Parts, req: IncomingMessage, socket: Duplex, head: Buffer, first: Middleware | undefined): void {
  const { settings, answers, openTunnel } = parts;
  socket.on("error", () => undefined);
  // Its response would be mixed with that of the request before it.
  if (isClosedBehind(socket) || answeringOn(socket) !== undefined) return void socket.destroy();
  const admitted = admit(req, settings, first !== undefined);
  if ("why" in admitted) return refuse(answers, req, socket, admitted);
  // Its body is among the bytes that Node treats as those of the other protocol.
  if (admitted.body !== "none") return refuse(answers, req, socket, { status: 400, why: "upgrade with a body" });
  // An upgrade may be ignored, RFC 9110 §7.8; over plain http a WebSocket is redirected like any other request.
  const asked = req.method === "GET" && req.httpVersion === "1.1" && req.headers.upgrade?.toLowerCase() === "websocket";
  const isRedirected = first !== undefined && !(settings.trustProxy && isSecure(req));
  if (asked && !isRedirected) return openTunnel(req, socket as Socket, head, admitted);
  answers.onSocket(req, socket, (res) => handle(parts, req, res, first));
}

/** Refuses a request for which Node has created no response. */
function refuse({ onSocket, begin, turnAway }: Answers, req: IncomingMessage, socket: Duplex, { status, why }: Refused): void {
  onSocket(req, socket, (res) => {
    begin(req, res);
    turnAway(req, res, status, new Error(why));
  });
}

function connect({ settings, answers }: Parts, req: IncomingMessage, socket: Duplex, first: Middleware | undefined): void {
  socket.on("error", () => undefined);
  if (isClosedBehind(socket) || answeringOn(socket) !== undefined) return void socket.destroy();
  admit(req, settings, first !== undefined);
  refuse(answers, req, socket, { status: 501, why: "method CONNECT" });
}

/** A WebSocket has its own limit. An application may be silent without limit; a client that does not read its response may not. */
function stalled({ traffic }: Desk, socket: Socket): void {
  if (traffic.tunnels.has(socket)) return;
  if (answeringOn(socket) === undefined || socket.writableLength > 0) socket.destroy();
}
