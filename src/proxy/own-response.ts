import type { IncomingMessage, ServerResponse } from "node:http";
import { reapply } from "../middleware/state.js";
import { discard } from "./discard.js";
import { because } from "./log.js";
import type { ProxySettings } from "./options.js";
import { type PageStatus, pageOf } from "./pages.js";
import { placeFor } from "./request-target.js";
import { closeBehind, type ProxyContext } from "./traffic.js";
import { reasonOf } from "./upstream.js";

/** A response of the proxy itself. */
interface OwnResponse {
  readonly status: number;
  /** The Content-Type. */
  readonly type: string;
  readonly body: string;
  /** The value of Allow. */
  readonly allow?: string;
}

/** A response in plain text. */
export function plainText(status: number, body: string): OwnResponse {
  return { status, type: "text/plain; charset=utf-8", body };
}

/** Sends a response with the policy; headers that were set before are removed. */
export function sendOwnResponse(
  settings: ProxySettings,
  req: IncomingMessage,
  res: ServerResponse,
  { status, type, body, allow }: OwnResponse,
): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.statusCode = status;
  // A status text of the application that Node refused would be refused again.
  res.statusMessage = "";
  res.setHeader("Content-Type", type);
  res.setHeader("Content-Length", Buffer.byteLength(body));
  res.setHeader("Cache-Control", "no-store");
  if (allow !== undefined) res.setHeader("Allow", allow);
  const error = applyPolicy(settings, req, res);
  if (error !== undefined && status !== 500) return sendErrorPage(settings, req, res, 500, error);
  res.end(body);
  discard(req);
}

/** Sets the policy's headers on a response that nothing else is written to. Returns the error of a slot. */
export function applyPolicy(settings: ProxySettings, req: IncomingMessage, res: ServerResponse): unknown {
  let failed: unknown;
  placeFor(req, settings).put(req, res, (error) => {
    failed = error;
  });
  reapply(req, res);
  return failed;
}

/** Sends an error page; the log has the error. */
export function sendErrorPage(
  settings: ProxySettings,
  req: IncomingMessage,
  res: ServerResponse,
  status: PageStatus,
  error: unknown,
): void {
  because(res, reasonOf(error));
  sendOwnResponse(settings, req, res, { status, type: "text/html; charset=utf-8", body: pageOf(status) });
}

/** Sends an error page for a request that is refused, and closes the connection after it. */
export function turnAway(context: ProxyContext, req: IncomingMessage, res: ServerResponse, status: PageStatus, why: string): void {
  closeBehind(req.socket, context.traffic);
  res.shouldKeepAlive = false;
  sendErrorPage(context.settings, req, res, status, new Error(why));
}
