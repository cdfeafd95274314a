import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { PolicyError } from "../errors.js";
import { discard } from "./discard.js";
import { guarded } from "./guard.js";
import { because } from "./log.js";
import { sendErrorPage } from "./own-response.js";
import type { Place } from "./places.js";
import type { Admitted } from "./request.js";
import { placeFor } from "./request-target.js";
import { announcesNothing, relay } from "./response.js";
import type { ProxyContext } from "./traffic.js";
import { type Ask, limit, lostRace, statusOf } from "./upstream.js";

/** How requests reach the application, and its responses the client. */
export interface Forwarder {
  /** Sends an admitted request to the application; once more if the application closed a kept connection at that moment. */
  forward(req: IncomingMessage, res: ServerResponse, admitted: Admitted): void;
  /** Sends the application's response to the client, with the policy. */
  respond(response: IncomingMessage, req: IncomingMessage, res: ServerResponse, request: ClientRequest): void;
}

/** What all requests of one proxy share. */
interface Parts extends ProxyContext {
  readonly ask: Ask;
}

/** A client's request, and the request to the application that was made for it. */
interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly admitted: Admitted;
  readonly request: ClientRequest;
  /** Whether the request is sent for the second time. */
  readonly again: boolean;
  /** Ends the time limit for the response. */
  readonly stop: () => void;
  response: IncomingMessage | undefined;
}

/** Makes the forwarder of one proxy. */
export function forwarderOf(context: ProxyContext, ask: Ask): Forwarder {
  const parts: Parts = { ...context, ask };
  return {
    forward: (req, res, admitted) => forward(parts, req, res, admitted, false),
    respond: (response, req, res, request) => respond(parts, response, req, res, request),
  };
}

function forward(parts: Parts, req: IncomingMessage, res: ServerResponse, admitted: Admitted, again: boolean): void {
  const { settings, traffic, ask } = parts;
  const hasBody = admitted.body !== "none";
  // Bytes after the response to HEAD, and chunks whose end the application finds elsewhere, would reach the next visitor.
  const single = again || req.method === "HEAD" || admitted.body === "chunked";
  const request = ask(req, admitted.lines, single ? traffic.single : traffic.kept);
  const stop = limit(request, hasBody ? req : undefined, settings);
  const exchange: Exchange = { req, res, admitted, request, again, stop, response: undefined };
  const ending = () => res;
  const failed = (error: unknown) => repeatOrFail(parts, exchange, error);
  const answered = (response: IncomingMessage) => takeResponse(parts, exchange, response);
  const switched = (_: IncomingMessage, socket: Duplex) => {
    socket.destroy();
    repeatOrFail(parts, exchange, new Error("unrequested protocol switch of the application"));
  };
  const closed = () => {
    if (!exchange.response?.complete) request.destroy();
  };
  request.on("error", guarded(failed, ending));
  request.once("response", guarded(answered, ending));
  request.once("upgrade", guarded(switched, ending));
  res.once("close", guarded(closed, ending));
  if (admitted.awaitsContinue) res.writeContinue();
  if (hasBody) req.pipe(request);
  else request.end();
}

/** The request to the application failed: it is sent again if it was not seen, or the client gets an error page. */
function repeatOrFail(parts: Parts, { req, res, admitted, request, again, response }: Exchange, error: unknown): void {
  // An error after a complete response does not matter.
  if (response?.complete || res.destroyed || res.writableEnded) return;
  if (res.headersSent) {
    because(res, "upstream closed");
    return void res.destroy();
  }
  const isRepeatable = admitted.body === "none" && REPEATABLE.has(req.method as string);
  if (isRepeatable && !again && lostRace(error, request)) return forward(parts, req, res, admitted, true);
  sendErrorPage(parts.settings, req, res, statusOf(error), error);
}

/** Safe methods without a body: a request may be sent twice. RFC 9110 §9.2.1. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The application responds. */
function takeResponse(parts: Parts, exchange: Exchange, response: IncomingMessage): void {
  const { req, res, admitted, request } = exchange;
  exchange.response = response;
  exchange.stop();
  const ended = () => leave(req, request);
  const ending = () => res;
  if (admitted.body !== "none") response.once("end", guarded(ended, ending));
  respond(parts, response, req, res, request);
}

/** The application has responded: the rest of the upload is not sent to it. */
function leave(req: IncomingMessage, request: ClientRequest): void {
  if (request.writableFinished) return;
  req.unpipe(request);
  request.destroy();
  discard(req);
}

function respond(parts: Parts, response: IncomingMessage, req: IncomingMessage, res: ServerResponse, request: ClientRequest): void {
  const { settings, traffic } = parts;
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
    sendErrorPage(settings, req, res, error instanceof PolicyError ? 500 : 502, error);
  }
}

/** The policy's headers for a response of the application, names and values in turn; throws if a slot fails. */
function linesFor(req: IncomingMessage, { put }: Place): string[] {
  const lines: string[] = [];
  put(req, { headersSent: false, setHeader: (name, value) => lines.push(name, value), removeHeader: () => undefined });
  return lines;
}
