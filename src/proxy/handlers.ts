import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isSecure } from "../middleware/transport.js";
import type { Middleware } from "../middleware/types.js";
import { discard } from "./discard.js";
import { type Forwarder, forwarderOf } from "./forward.js";
import { guarded } from "./guard.js";
import { type Health, healthOf } from "./health.js";
import { PIPELINED } from "./limits.js";
import { because, cameFrom, trackRequest } from "./log.js";
import { misfit, onSocket, refuseOnSocket } from "./on-socket.js";
import type { ProxySettings } from "./options.js";
import { applyPolicy, plainText, sendErrorPage, sendOwnResponse, turnAway } from "./own-response.js";
import { type Admitted, ALLOWED, admit } from "./request.js";
import { pathOf } from "./request-target.js";
import { answeringOn, inTurn, isClosedBehind, openResponses, type ProxyContext, type Traffic } from "./traffic.js";
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
interface Parts extends ProxyContext {
  readonly forward: Forwarder["forward"];
  readonly openTunnel: Tunnel;
  readonly health: Health | undefined;
}

/** Makes the handlers of one proxy. */
export function handlersOf(context: ProxyContext): Handlers {
  const { settings, traffic } = context;
  const ask = asker(settings);
  const { forward, respond } = forwarderOf(context, ask);
  const openTunnel = tunnel(context, ask, respond);
  const parts: Parts = { ...context, forward, openTunnel, health: healthOf(settings, traffic.single) };
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
      (req: IncomingMessage, socket: Duplex, first?: Middleware) => connect(context, req, socket, first),
      (_, socket) => socket,
    ),
    misfit: guarded(
      (error: NodeJS.ErrnoException, socket: Duplex, first?: Middleware) => misfit(context, error, socket, first !== undefined),
      (_, socket) => socket,
    ),
    stalled: guarded(
      (socket: Socket) => stalled(traffic, socket),
      (socket) => socket,
    ),
  };
}

/** Responds to a request: refuses it, responds itself, redirects it, or passes it on. */
function handle(parts: Parts, req: IncomingMessage, res: ServerResponse, first: Middleware | undefined): void {
  const { settings, forward } = parts;
  const { socket } = req;
  if (isClosedBehind(socket)) return;
  trackRequest(parts, req, res);
  const admitted = admit(req, settings, first !== undefined);
  if ("why" in admitted) return turnAway(parts, req, res, admitted.status, admitted.why);
  if (settings.log !== undefined) cameFrom(res, admitted.from);
  if (openResponses(socket).size > PIPELINED) return turnAway(parts, req, res, 400, "too many pipelined requests");
  if (settings.healthPath !== undefined && pathOf(req.url as string) === settings.healthPath) return sendHealth(parts, req, res);
  if (admitted.endsHere) return sendOwnResponse(settings, req, res, { ...plainText(200, ""), allow: ALLOWED });
  const isOwn = settings.endpoint !== undefined && pathOf(req.url as string) === settings.endpoint.path;
  const next = () => inTurn(socket, res, () => (isOwn ? sendOwn(settings, req, res, admitted) : forward(req, res, admitted)));
  if (first === undefined || isSecure(req)) return next();
  const error = applyPolicy(settings, req, res);
  if (error !== undefined) return sendErrorPage(settings, req, res, 500, error);
  first(req, res, (error) => (error === undefined ? next() : sendErrorPage(settings, req, res, 500, error)));
  if (res.writableEnded) discard(req);
}

/** Responds with the middleware of the option `endpoint`. */
function sendOwn(settings: ProxySettings, req: IncomingMessage, res: ServerResponse, { awaitsContinue }: Admitted): void {
  const failed = applyPolicy(settings, req, res);
  if (failed !== undefined) return sendErrorPage(settings, req, res, 500, failed);
  if (awaitsContinue) res.writeContinue();
  const next = (error?: unknown) =>
    error === undefined
      ? sendOwnResponse(settings, req, res, plainText(404, "not found\n"))
      : sendErrorPage(settings, req, res, 500, error);
  try {
    settings.endpoint?.handle(req, res, next);
  } catch (error) {
    if (res.headersSent) throw error;
    next(error);
  }
}

/** Responds to the health path: at once, or when the application has reported its health. */
function sendHealth({ settings, health }: Parts, req: IncomingMessage, res: ServerResponse): void {
  const healthy = () => sendOwnResponse(settings, req, res, plainText(200, "healthy\n"));
  if (health === undefined) return healthy();
  const send = (reason: string | undefined) => {
    if (res.destroyed) return;
    if (reason === undefined) return healthy();
    because(res, reason);
    sendOwnResponse(settings, req, res, plainText(503, "the application is not healthy\n"));
  };
  const ending = () => res;
  health().then(guarded(send, ending));
}

/** Opens a WebSocket, or handles the request as if it asked for no upgrade. */
function upgrade(parts: Parts, req: IncomingMessage, socket: Duplex, head: Buffer, first: Middleware | undefined): void {
  const { settings, openTunnel } = parts;
  socket.on("error", () => undefined);
  // Its response would be mixed with that of the request before it.
  if (isClosedBehind(socket) || answeringOn(socket) !== undefined) return void socket.destroy();
  const admitted = admit(req, settings, first !== undefined);
  if ("why" in admitted) return refuseOnSocket(parts, req, socket, admitted);
  // Its body is among the bytes that Node treats as those of the other protocol.
  if (admitted.body !== "none") return refuseOnSocket(parts, req, socket, { status: 400, why: "upgrade with a body" });
  // An upgrade may be ignored, RFC 9110 §7.8; over plain http a WebSocket is redirected like any other request.
  const asked = req.method === "GET" && req.httpVersion === "1.1" && req.headers.upgrade?.toLowerCase() === "websocket";
  const isRedirected = first !== undefined && !(settings.trustProxy && isSecure(req));
  if (asked && !isRedirected) return openTunnel(req, socket as Socket, head, admitted);
  onSocket(req, socket, (res) => handle(parts, req, res, first));
}

function connect(context: ProxyContext, req: IncomingMessage, socket: Duplex, first: Middleware | undefined): void {
  socket.on("error", () => undefined);
  if (isClosedBehind(socket) || answeringOn(socket) !== undefined) return void socket.destroy();
  admit(req, context.settings, first !== undefined);
  refuseOnSocket(context, req, socket, { status: 501, why: "method CONNECT" });
}

/** A WebSocket has its own limit. An application may be silent without limit; a client that does not read its response may not. */
function stalled(traffic: Traffic, socket: Socket): void {
  if (traffic.tunnels.has(socket)) return;
  if (answeringOn(socket) === undefined || socket.writableLength > 0) socket.destroy();
}
