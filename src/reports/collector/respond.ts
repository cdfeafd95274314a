import { headerOf } from "../../middleware/transport.js";
import type { IncomingRequest, OutgoingResponse } from "./request.js";

/** What a preflight is answered with. Fetch §3.3.3. */
const PREFLIGHT = [
  ["Access-Control-Allow-Methods", "POST"],
  ["Access-Control-Allow-Headers", "Content-Type"],
  ["Access-Control-Max-Age", "7200"],
] as const;

/**
 * Answers a request without a body. Where the endpoint has another origin than the page, browsers send a preflight first.
 *
 * @param isAllowed whether a page of the request's origin may read the answer.
 */
export function respond(req: IncomingRequest, res: OutgoingResponse, status: 204 | 405, isAllowed: boolean): void {
  if (res.headersSent) return;
  res.statusCode = status;
  if (status === 405) res.setHeader("Allow", "POST, OPTIONS");
  const origin = headerOf(req, "origin");
  if (origin !== undefined) {
    const vary = res.getHeader?.("Vary");
    res.setHeader("Vary", vary === undefined ? "Origin" : `${vary}, Origin`);
    if (isAllowed && origin !== "null") res.setHeader("Access-Control-Allow-Origin", origin);
    if (isAllowed && req.method === "OPTIONS") for (const [name, value] of PREFLIGHT) res.setHeader(name, value);
  }
  res.end();
}
