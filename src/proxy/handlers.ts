import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isSecure } from "../middleware/transport.js";
import type { Middleware } from "../middleware/types.js";
import { answersOf, discard, TEXT } from "./answers.js";
import { forwarderOf } from "./forward.js";
import { guarded } from "./guard.js";
import { healthOf } from "./health.js";
import { PIPELINED } from "./limits.js";
import { ALLOWED, admit, pathOf, type Refused } from "./request.js";
import { answeringOn, type Desk, inTurn, isClosedBehind, openOn } from "./traffic.js";
import { tunnel } from "./tunnel.js";
import { asker } from "./upstream.js";

/** The event handlers of a proxy's servers; `first` may respond before the application is asked: the redirect to https. None of them throws. */
export interface Handlers {
  handle(req: IncomingMessage, res: ServerResponse, first?: Middleware): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware): void;
  /** CONNECT, for which Node creates no response. */
  connect(req: IncomingMessage, socket: Duplex, first?: Middleware): void;
  /** A request that Node's parser refuses. */
  misfit(error: NodeJS.ErrnoException, socket: Duplex, first?: Middleware): void;
  /** A connection on which nothing has moved for a while. */
  stalled(socket: Socket): void;
}

/** Makes the handlers of one proxy. */
export function handlersOf(desk: Desk): Handlers {
  const { settings, traffic } = desk;
  const { trustProxy, healthPath } = settings;
  const answers = answersOf(desk);
  const { begin, because, answer, fail, turnAway } = answers;
  const ask = asker(settings);
  const health = healthOf(settings, traffic.single);
  const { forward, respond } = forwarderOf(desk, answers, ask);
  const openTunnel = tunnel(desk, answers, ask, respond);

  function handle(req: IncomingMessage, res: ServerResponse, first?: Middleware): void {
    const { socket } = req;
    if (isClosedBehind(socket)) return;
    begin(req, res);
    const admitted = admit(req, settings, first !== undefined);
    if ("why" in admitted) return turnAway(req, res, admitted.status, new Error(admitted.why));
    answers.cameFrom(res, admitted.from);
    if (openOn(socket).size > PIPELINED) return turnAway(req, res, 400, new Error("too many requests at once"));
    if (healthPath !== undefined && pathOf(req.url as string) === healthPath) return tellHealth(req, res);
    if (admitted.endsHere) return answer(req, res, 200, TEXT, "", ALLOWED);
    const next = () => inTurn(socket, res, () => forward(req, res, admitted));
    if (first === undefined || isSecure(req)) return next();
    const error = answers.secure(req, res);
    if (error !== undefined) return fail(req, res, 500, error);
    first(req, res, (error) => (error === undefined ? next() : fail(req, res, 500, error)));
    if (res.writableEnded) discard(req);
  }

  /** Responds to the health path: at once, or when the application has reported its health. */
  function tellHealth(req: IncomingMessage, res: ServerResponse): void {
    if (health === undefined) return answer(req, res, 200, TEXT, "healthy\n");
    const tell = (ailment: string | undefined) => {
      if (res.destroyed) return;
      if (ailment === undefined) return answer(req, res, 200, TEXT, "healthy\n");
      because(res, ailment);
      answer(req, res, 503, TEXT, "the application is not healthy\n");
    };
    const ending = () => res;
    health().then(guarded(tell, ending));
  }

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware): void {
    socket.on("error", () => undefined);
    // Its response would be mixed with that of the request before it.
    if (isClosedBehind(socket) || answeringOn(socket) !== undefined) return void socket.destroy();
    const admitted = admit(req, settings, first !== undefined);
    if ("why" in admitted) return refuse(req, socket, admitted.status, admitted.why);
    // Its body is among the bytes that Node treats as those of the other protocol.
    if (admitted.body !== "none") return refuse(req, socket, 400, "an upgrade with a body");
    // An upgrade may be ignored, RFC 9110 §7.8; over plain http a WebSocket is redirected like any other request.
    const asked = req.method === "GET" && req.httpVersion === "1.1" && req.headers.upgrade?.toLowerCase() === "websocket";
    if (asked && (first === undefined || (trustProxy && isSecure(req)))) return openTunnel(req, socket as Socket, head, admitted);
    answers.onSocket(req, socket, (res) => handle(req, res, first));
  }

  function refuse(req: IncomingMessage, socket: Duplex, status: Refused["status"], why: string): void {
    answers.onSocket(req, socket, (res) => {
      begin(req, res);
      turnAway(req, res, status, new Error(why));
    });
  }

  function connect(req: IncomingMessage, socket: Duplex, first?: Middleware): void {
    socket.on("error", () => undefined);
    if (isClosedBehind(socket) || answeringOn(socket) !== undefined) return void socket.destroy();
    admit(req, settings, first !== undefined);
    refuse(req, socket, 501, "method CONNECT");
  }

  function misfit(error: NodeJS.ErrnoException, socket: Duplex, first?: Middleware): void {
    answers.misfit(error, socket, first !== undefined);
  }

  function stalled(socket: Socket): void {
    // A WebSocket has its own limit. An application may be silent without limit; a client that does not read its response may not.
    if (traffic.tunnels.has(socket)) return;
    if (answeringOn(socket) === undefined || socket.writableLength > 0) socket.destroy();
  }

  return {
    handle: guarded(handle, (req) => req.socket),
    upgrade: guarded(upgrade, (_, socket) => socket),
    connect: guarded(connect, (_, socket) => socket),
    misfit: guarded(misfit, (_, socket) => socket),
    stalled: guarded(stalled, (socket) => socket),
  };
}
