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

/** The answers that a proxy gives itself, each with the policy; and the count and the log of all. */
export interface Answers {
  /** Keeps count of what runs, and tells the log. */
  begin(req: IncomingMessage, res: ServerResponse): void;
  /** For the log: where the request came from, as the application is told. */
  cameFrom(res: ServerResponse, from: string): void;
  /** For the log: what was not as it should be. */
  because(res: ServerResponse, reason: string): void;
  /** Puts the policy on a response: sealed, because nothing is written after it. What went wrong. */
  secure(req: IncomingMessage, res: ServerResponse): unknown;
  /** Answers; nothing that was set before stays. */
  answer(req: IncomingMessage, res: ServerResponse, status: number, type: string, text: string, allow?: string): void;
  /** Answers with a page that says what failed. */
  fail(req: IncomingMessage, res: ServerResponse, status: PageStatus, error: unknown): void;
  /** The same for a request that is not to be trusted: the connection ends with it. */
  turnAway(req: IncomingMessage, res: ServerResponse, status: PageStatus, why: unknown): void;
  /** A response where Node made none, and has handed out the bare socket. */
  onSocket(req: IncomingMessage, socket: Duplex, answer: (res: ServerResponse) => void): void;
  /** What Node's parser refuses. */
  misfit(error: NodeJS.ErrnoException, socket: Duplex, redirects: boolean): void;
  /** The entry of a WebSocket. */
  entryOf(req: IncomingMessage): (status: number, error?: string, from?: string) => void;
}

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
    // A text of the application's that Node refused would be refused again.
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
    // What is written to a connection that is gone.
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
      // In Node 26 the socket of an upgrade with a body is another stream before it.
      req.socket.destroySoon();
      res.emit("close");
    };
    const ending = () => socket;
    res.once("finish", guarded(finish, ending));
    answer(res);
  };

  const misfit: Answers["misfit"] = (error, socket, redirects) => {
    // What comes behind a refused request is no request.
    if (isClosedBehind(socket)) return;
    const { code } = error;
    const res = answeringOn(socket);
    // Bytes behind a request that said it was the last: its answer ends the connection.
    if (code === "HPE_CLOSED_CONNECTION" && (res !== undefined || !socket.writable)) return;
    closeBehind(socket, traffic);
    // After the head of another answer this one would be taken for a part of it.
    if (!socket.writable || res?.headersSent || code === "ECONNRESET") return void socket.destroy();
    const status = MISFITS[code ?? ""] ?? 400;
    if (res !== undefined) {
      res.shouldKeepAlive = false;
      // Where that request came whole, what does not fit is behind it.
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
