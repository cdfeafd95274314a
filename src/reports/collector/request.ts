import { headerOf } from "../../middleware/transport.js";
import type { RequestLike, ResponseLike } from "../../middleware/types.js";
import { addressOf } from "../address.js";
import type { BodyStream } from "../body.js";
import { networkOf } from "../limits.js";

/** The properties of a request that are read, of Node's and Express's. */
export type IncomingRequest = RequestLike &
  BodyStream & {
    readonly method?: string;
    readonly url?: string;
    readonly originalUrl?: string;
    readonly ip?: unknown;
    readonly hostname?: unknown;
  };

/** A response that can be ended. */
export type OutgoingResponse = ResponseLike & { statusCode: number; getHeader?(name: string): unknown; end(): unknown };

/** The path of the request, as it was before a router cut it. */
export function pathOf(req: IncomingRequest): string {
  return (req.originalUrl ?? req.url ?? "").split("?", 1)[0] as string;
}

/** Who sent the request: what the option `address` returns, else Express's `req.ip`, else the socket's address. */
export function clientOf(req: IncomingRequest, address: ((req: RequestLike) => string) | undefined): string {
  const { ip } = req;
  const socket = req.socket as { remoteAddress?: string } | null | undefined;
  const client = attempt(() => address?.(req)) ?? (typeof ip === "string" ? ip : socket?.remoteAddress);
  return networkOf(typeof client === "string" ? client : "unknown");
}

/** The host name of the request: Express's, which honours `trust proxy`, else that of the header. */
export function hostOf(req: IncomingRequest): string {
  const { hostname } = req;
  const host = typeof hostname === "string" ? hostname : (headerOf(req, "host") ?? headerOf(req, ":authority") ?? "");
  return addressOf(`http://${host}/`)?.hostname ?? "";
}

/** The Content-Length; Node refuses one that is not a number. */
export function contentLengthOf(req: IncomingRequest): number | undefined {
  const length = headerOf(req, "content-length");
  return length === undefined ? undefined : Number(length);
}

/** What reports are sent as. A page can make its visitors send other types without a preflight. */
const REPORT_TYPES = /^application\/(?:csp-report|reports\+json|json)\s*(?:;|$)/i;

/** Whether the Content-Type is one of reports. */
export function hasReportType(req: IncomingRequest): boolean {
  return REPORT_TYPES.test(headerOf(req, "content-type") ?? "");
}

/** Whether the body is compressed; browsers send reports uncompressed. */
export function isCompressed(req: IncomingRequest): boolean {
  return !/^(?:identity)?$/i.test(headerOf(req, "content-encoding") ?? "");
}

/** What a user's function returns; undefined where it throws. */
export function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
