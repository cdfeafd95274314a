import { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { reapply } from "../middleware/state.js";
import { declareScheme } from "../middleware/transport.js";
import { guarded, undisturbed } from "./guard.js";
import { DISCARD_TIME, DISCARDED_BYTES } from "./limits.js";
import { pathOf, placeFor } from "./request-target.js";
import { type PageStatus, pageOf } from "./response.js";
import { answeringOn, closeBehind, type Desk, isClosedBehind, openOn } from "./traffic.js";
import { reasonOf } from "./upstream.js";

const HTML = "text/html; charset=utf-8";
export const TEXT = "text/plain; charset=utf-8";

/** The responses of the proxy itself, each with the policy; also the count and the log of all requests. */
export interface Answers {
  /** Counts a running request, and logs it once it is finished. */
  begin(req: IncomingMessage, res: ServerResponse): void;
  /** Sets the address for the log, as in X-Forwarded-For. */
  cameFrom(res: ServerResponse, from: string): void;
  /** Sets the reason for the log why a response is not the application's, or not complete. */
  because(res: ServerResponse, reason: string): void;
  /** Sets the policy's headers on a response that nothing else is written to. Returns the error of a slot. */
  secure(req: IncomingMessage, res: ServerResponse): unknown;
  /** Sends a response; headers that were set before are removed. */
  answer(req: IncomingMessage, res: ServerResponse, status: number, type: string, text: string, allow?: string): void;
  /** Sends an error page. */
  fail(req: IncomingMessage, res: ServerResponse, status: PageStatus, error: unknown): void;
  /** Sends an error page for a request that is refused, and lets the connection end with it. */
  turnAway(req: IncomingMessage, res: ServerResponse, status: PageStatus, why: unknown): void;
  /** Makes a response for a request for which Node created none, but handed over the socket. */
  onSocket(req: IncomingMessage, socket: Duplex, answer: (res: ServerResponse) => void): void;
  /** Responds to a request that Node's parser refuses. */
  misfit(error: NodeJS.ErrnoException, socket: Duplex, redirects: boolean): void;
  /** Returns a function that logs a request, with the time since this call. */
  entryOf(req: IncomingMessage): (status: number, error?: string, from?: string) => void;
}

/** Makes the responses of one proxy. */
export function answersOf({ settings, traffic }: Desk): Answers {
  const { log } = settings;
  const reasons = new WeakMap<object, string>();
  const origins = new WeakMap<object, string>();
  const because: Answers["because"] = (res, reason) => void reasons.set(res, reason);

  const secure: Answers["secure"] = (req, res) => {
    let failed: unknown;
    placeFor(req, settings).put(req, res, (error) => {
      failed = error;
    });
    reapply(req, res);
    return failed;
  };

  const answer: Answers["answer"] = (req, res, status, type, text, allow) => {
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    res.statusCode = status;
    // A status text of the application that Node refused would be refused again.
    res.statusMessage = "";
    res.setHeader("Content-Type", type);
    res.setHeader("Content-Length", Buffer.byteLength(text));
    res.setHeader("Cache-Control", "no-store");
    if (allow !== undefined) res.setHeader("Allow", allow);
    const error = secure(req, res);
    if (error !== undefined && status !== 500) return fail(req, res, 500, error);
    res.end(text);
    discard(req);
  };

  const fail: Answers["fail"] = (req, res, status, error) => {
    because(res, reasonOf(error));
    answer(req, res, status, HTML, pageOf(status));
  };

  const turnAway: Answers["turnAway"] = (req, res, status, why) => {
    closeBehind(req.socket, traffic);
    res.shouldKeepAlive = false;
    fail(req, res, status, why);
  };

  const entryOf: Answers["entryOf"] = (req) => {
    const begun = performance.now();
    const { method = "", url = "", socket } = req;
    const address = socket.remoteAddress ?? "unknown";
    return (status, error, from = address) => {
      const ms = Math.round(10 * (performance.now() - begun)) / 10;
      undisturbed(() => log?.({ method, path: pathOf(url), status, ms, from, ...(error !== undefined && { error }) }));
    };
  };

  function begin(req: IncomingMessage, res: ServerResponse): void {
    traffic.running += 1;
    const open = openOn(req.socket);
    open.add(res);
    const write = log && entryOf(req);
    const over = () => {
      traffic.running -= 1;
      open.delete(res);
      write?.(res.statusCode, reasons.get(res) ?? (res.writableFinished ? undefined : "client closed"), origins.get(res));
    };
    const ending = () => req.socket;
    res.once("close", guarded(over, ending));
    // Emitted for a write to a closed connection.
    const gone = () => void res.destroy();
    res.on("error", guarded(gone, ending));
  }

  const onSocket: Answers["onSocket"] = (req, socket, answer) => {
    const res = new ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket as Socket);
    traffic.answering.add(socket);
    socket.once("close", () => traffic.answering.delete(socket));
    const finish = () => {
      res.detachSocket(socket as Socket);
      // In Node 26 the socket of an upgrade with a body is another stream, in front of the connection.
      req.socket.destroySoon();
      res.emit("close");
    };
    const ending = () => socket;
    res.once("finish", guarded(finish, ending));
    answer(res);
  };

  const misfit: Answers["misfit"] = (error, socket, redirects) => {
    // Bytes after a refused request are not read as requests.
    if (isClosedBehind(socket)) return;
    const { code } = error;
    const res = answeringOn(socket);
    // Bytes after a request with Connection: close: its response ends the connection.
    if (code === "HPE_CLOSED_CONNECTION" && (res !== undefined || !socket.writable)) return;
    closeBehind(socket, traffic);
    // After the head of another response, this one would be read as a part of it.
    if (!socket.writable || res?.headersSent || code === "ECONNRESET") return void socket.destroy();
    const status = MISFITS[code ?? ""] ?? 400;
    if (res !== undefined) {
      res.shouldKeepAlive = false;
      // If that request is complete, the invalid bytes come after it.
      return res.req.complete ? undefined : fail(res.req, res, status, error);
    }
    const req = new IncomingMessage(socket as Socket);
    Object.assign(req, { method: "GET", url: "/", httpVersion: "1.1", httpVersionMajor: 1, httpVersionMinor: 1 });
    declareScheme(req, "encrypted" in socket ? "secure" : redirects && !settings.trustProxy ? "plain" : "unknown");
    onSocket(req, socket, (res) => {
      begin(req, res);
      fail(req, res, status, error);
    });
  };

  const cameFrom: Answers["cameFrom"] = (res, from) => void (log && origins.set(res, from));
  return { begin, cameFrom, because, secure, answer, fail, turnAway, onSocket, misfit, entryOf };
}

/** The statuses of some errors of Node's parser; all others are 400. */
const MISFITS: Readonly<Record<string, PageStatus>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Reads the rest of an upload, because the client would not read the response otherwise; with limits in size and time. */
export function discard(req: IncomingMessage): void {
  if (req.complete) return void req.resume();
  let left = DISCARDED_BYTES;
  const { socket } = req;
  let ended = false;
  const end = () => {
    // Once: each call adds a listener to the socket, and chunks keep arriving until it is closed.
    if (!ended) (socket as Socket).destroySoon();
    ended = true;
  };
  const timer = setTimeout(end, DISCARD_TIME).unref();
  req.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  req.resume();
  for (const event of ["end", "close"]) req.once(event, () => clearTimeout(timer));
}
