import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { PolicyError } from "../errors.js";
import { isSecure } from "../middleware/transport.js";
import type { Middleware } from "../middleware/types.js";
import { answersOf, discard, TEXT } from "./answers.js";
import { guarded } from "./guard.js";
import { healthOf } from "./health.js";
import { PIPELINED } from "./limits.js";
import type { Place } from "./places.js";
import { type Admitted, ALLOWED, admit, pathOf, placeFor, type Refused } from "./request.js";
import { announcesNothing, relay } from "./response.js";
import { answeringOn, type Desk, inTurn, isClosedBehind, openOn } from "./traffic.js";
import { tunnel } from "./tunnel.js";
import { asker, limit, lostRace, statusOf } from "./upstream.js";

/** What the servers of a proxy call; `first` may answer before the application is asked: the redirect to https. None of them throws. */
export interface Handlers {
  handle(req: IncomingMessage, res: ServerResponse, first?: Middleware): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware): void;
  /** CONNECT, for which Node makes no response. */
  connect(req: IncomingMessage, socket: Duplex, first?: Middleware): void;
  /** A request that Node's parser refuses. */
  misfit(error: NodeJS.ErrnoException, socket: Duplex, first?: Middleware): void;
  /** A connection on which nothing has moved for a while. */
  stalled(socket: Socket): void;
}

export function handlersOf(desk: Desk): Handlers {
  const { settings, traffic } = desk;
  const { trustProxy, healthPath } = settings;
  const answers = answersOf(desk);
  const { begin, because, answer, fail, turnAway } = answers;
  const ask = asker(settings);
  const health = healthOf(settings, traffic.single);
  const openTunnel = tunnel(desk, answers, ask, respond);

  /** What the policy says of a response that is the application's; throws where a slot fails. */
  function linesFor(req: IncomingMessage, { put }: Place): string[] {
    const lines: string[] = [];
    put(req, { headersSent: false, setHeader: (name, value) => lines.push(name, value), removeHeader: () => undefined });
    return lines;
  }

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
    const next = () => inTurn(socket, res, () => pass(req, res, admitted));
    if (first === undefined || isSecure(req)) return next();
    const error = answers.secure(req, res);
    if (error !== undefined) return fail(req, res, 500, error);
    first(req, res, (error) => (error === undefined ? next() : fail(req, res, 500, error)));
    if (res.writableEnded) discard(req);
  }

  /** Answers the health path: by itself, or once the application has said how it is. */
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

  /** Asks the application; once more where it closed a kept connection just then. */
  function pass(req: IncomingMessage, res: ServerResponse, admitted: Admitted, again = false): void {
    const hasBody = admitted.body !== "none";
    // Bytes behind the answer to HEAD, and chunks whose end the application sees elsewhere, would be the next visitor's.
    const single = again || req.method === "HEAD" || admitted.body === "chunked";
    const request = ask(req, admitted.lines, single ? traffic.single : traffic.kept);
    const stop = limit(request, hasBody ? req : undefined, settings);
    const ending = () => res;
    let response: IncomingMessage | undefined;

    function failed(error: unknown): void {
      // Bytes behind a whole answer do not unsay it.
      if (response?.complete || res.destroyed || res.writableEnded) return;
      if (res.headersSent) {
        because(res, "upstream closed");
        return void res.destroy();
      }
      if (!hasBody && REPEATABLE.has(req.method as string) && !again && lostRace(error, request)) return pass(req, res, admitted, true);
      fail(req, res, statusOf(error), error);
    }

    const left = () => leave(req, request);
    function answered(message: IncomingMessage): void {
      response = message;
      stop();
      if (hasBody) message.once("end", guarded(left, ending));
      respond(message, req, res, request);
    }

    function switched(_: IncomingMessage, socket: Duplex): void {
      socket.destroy();
      failed(new Error("the application switched protocols unasked"));
    }

    request.on("error", guarded(failed, ending));
    request.once("response", guarded(answered, ending));
    request.once("upgrade", guarded(switched, ending));
    const over = () => {
      if (!response?.complete) request.destroy();
    };
    res.once("close", guarded(over, ending));
    if (admitted.awaitsContinue) res.writeContinue();
    if (hasBody) req.pipe(request);
    else request.end();
  }

  function respond(response: IncomingMessage, req: IncomingMessage, res: ServerResponse, request: ClientRequest): void {
    if (res.destroyed || res.headersSent) return void response.destroy();
    if (announcesNothing(response)) request.shouldKeepAlive = false;
    const ended = () => {
      if (response.complete || res.writableEnded) return;
      because(res, "upstream closed");
      res.destroy();
    };
    const ending = () => res;
    response.once("close", guarded(ended, ending));
    try {
      const place = placeFor(req, settings);
      const lines = linesFor(req, place);
      if (traffic.closing) lines.push("Connection", "close");
      const left = relay(response, res, { lines, decided: place.decided }, settings);
      if (left !== undefined) because(res, left);
    } catch (error) {
      response.destroy();
      fail(req, res, error instanceof PolicyError ? 500 : 502, error);
    }
  }

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware): void {
    socket.on("error", () => undefined);
    // Its answer would get among that of a request before it.
    if (isClosedBehind(socket) || answeringOn(socket) !== undefined) return void socket.destroy();
    const admitted = admit(req, settings, first !== undefined);
    if ("why" in admitted) return refuse(req, socket, admitted.status, admitted.why);
    // A body has come with the bytes that Node took for the other protocol's.
    if (admitted.body !== "none") return refuse(req, socket, 400, "an upgrade with a body");
    // An upgrade may be ignored, RFC 9110 §7.8; over plain http a WebSocket is redirected like all else.
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
    // A WebSocket has its own limit. An application may be silent for as long as it likes; a client that does not read its answer may not.
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

/** Safe and without a body: asking twice is asking once. RFC 9110 §9.2.1. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The application has answered; what it did not read of the upload it will not read. */
function leave(req: IncomingMessage, request: ClientRequest): void {
  if (request.writableFinished) return;
  req.unpipe(request);
  request.destroy();
  discard(req);
}
