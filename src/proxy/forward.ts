import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { PolicyError } from "../errors.js";
import { type Answers, discard } from "./answers.js";
import { guarded } from "./guard.js";
import type { Place } from "./places.js";
import { type Admitted, placeFor } from "./request.js";
import { announcesNothing, relay } from "./response.js";
import type { Desk } from "./traffic.js";
import { type Ask, limit, lostRace, statusOf } from "./upstream.js";

/** How requests reach the application, and its responses the client. */
export interface Forwarder {
  /** Sends an admitted request to the application; once more if the application closed a kept connection at that moment. */
  forward(req: IncomingMessage, res: ServerResponse, admitted: Admitted): void;
  /** Sends the application's response to the client, with the policy. */
  respond(response: IncomingMessage, req: IncomingMessage, res: ServerResponse, request: ClientRequest): void;
}

/** Makes the forwarder of one proxy. */
export function forwarderOf({ settings, traffic }: Desk, { because, fail }: Answers, ask: Ask): Forwarder {
  function forward(req: IncomingMessage, res: ServerResponse, admitted: Admitted, again = false): void {
    const hasBody = admitted.body !== "none";
    // Bytes after the response to HEAD, and chunks whose end the application finds elsewhere, would reach the next visitor.
    const single = again || req.method === "HEAD" || admitted.body === "chunked";
    const request = ask(req, admitted.lines, single ? traffic.single : traffic.kept);
    const stop = limit(request, hasBody ? req : undefined, settings);
    const ending = () => res;
    let response: IncomingMessage | undefined;

    function failed(error: unknown): void {
      // An error after a complete response does not matter.
      if (response?.complete || res.destroyed || res.writableEnded) return;
      if (res.headersSent) {
        because(res, "upstream closed");
        return void res.destroy();
      }
      if (!hasBody && REPEATABLE.has(req.method as string) && !again && lostRace(error, request)) return forward(req, res, admitted, true);
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

  return { forward, respond };
}

/** The policy's headers for a response of the application, names and values in turn; throws if a slot fails. */
function linesFor(req: IncomingMessage, { put }: Place): string[] {
  const lines: string[] = [];
  put(req, { headersSent: false, setHeader: (name, value) => lines.push(name, value), removeHeader: () => undefined });
  return lines;
}

/** Safe methods without a body: a request may be sent twice. RFC 9110 §9.2.1. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The application has responded: the rest of the upload is not sent to it. */
function leave(req: IncomingMessage, request: ClientRequest): void {
  if (request.writableFinished) return;
  req.unpipe(request);
  request.destroy();
  discard(req);
}
