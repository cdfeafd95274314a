import { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { declareScheme } from "../middleware/transport.js";
import { guarded } from "./guard.js";
import { trackRequest } from "./log.js";
import { sendErrorPage, turnAway } from "./own-response.js";
import type { PageStatus } from "./pages.js";
import type { Refused } from "./request.js";
import { answeringOn, closeBehind, isClosedBehind, type ProxyContext } from "./traffic.js";

/** Makes a response for a request for which Node created none, but handed over the socket. */
export function onSocket(req: IncomingMessage, socket: Duplex, send: (res: ServerResponse) => void): void {
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket as Socket);
  const finish = () => {
    res.detachSocket(socket as Socket);
    // In Node 26 the socket of an upgrade with a body is another stream, in front of the connection.
    req.socket.destroySoon();
    res.emit("close");
  };
  const ending = () => socket;
  res.once("finish", guarded(finish, ending));
  send(res);
}

/** Refuses a request for which Node created no response. */
export function refuseOnSocket(context: ProxyContext, req: IncomingMessage, socket: Duplex, { status, why }: Refused): void {
  onSocket(req, socket, (res) => {
    trackRequest(context, req, res);
    turnAway(context, req, res, status, why);
  });
}

/**
 * Responds to bytes that Node's parser refuses.
 *
 * @param redirects whether they came to the plain port beside https.
 */
export function misfit(context: ProxyContext, error: NodeJS.ErrnoException, socket: Duplex, redirects: boolean): void {
  // Bytes after a refused request are not read as requests.
  if (isClosedBehind(socket)) return;
  const { code } = error;
  const running = answeringOn(socket);
  // Bytes after a request with Connection: close: its response ends the connection.
  if (code === "HPE_CLOSED_CONNECTION" && (running !== undefined || !socket.writable)) return;
  closeBehind(socket, context.traffic);
  // After the head of another response, this one would be read as a part of it.
  if (!socket.writable || running?.headersSent || code === "ECONNRESET") return void socket.destroy();
  const status = MISFITS[code ?? ""] ?? 400;
  if (running === undefined) return answerMisfit(context, socket, status, error, redirects);
  running.shouldKeepAlive = false;
  // If that request is complete, the invalid bytes come after it.
  if (!running.req.complete) sendErrorPage(context.settings, running.req, running, status, error);
}

/** The statuses of some errors of Node's parser; all others are 400. */
const MISFITS: Readonly<Record<string, PageStatus>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Responds as if the bytes were a request for `/`. */
function answerMisfit(context: ProxyContext, socket: Duplex, status: PageStatus, error: Error, redirects: boolean): void {
  const { settings } = context;
  const req = new IncomingMessage(socket as Socket);
  Object.assign(req, { method: "GET", url: "/", httpVersion: "1.1", httpVersionMajor: 1, httpVersionMinor: 1 });
  declareScheme(req, "encrypted" in socket ? "secure" : redirects && !settings.trustProxy ? "plain" : "unknown");
  onSocket(req, socket, (res) => {
    trackRequest(context, req, res);
    sendErrorPage(settings, req, res, status, error);
  });
}
