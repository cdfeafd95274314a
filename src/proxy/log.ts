import type { IncomingMessage, ServerResponse } from "node:http";
import { guarded, undisturbed } from "./guard.js";
import type { ProxySettings } from "./options.js";
import { forwardedFor } from "./request-headers.js";
import { pathOf } from "./request-target.js";
import { openResponses, type ProxyContext } from "./traffic.js";

const reasons = new WeakMap<ServerResponse, string>();
const addresses = new WeakMap<ServerResponse, string>();

/** Sets the reason for the log why a response is not the application's, or not complete. */
export function because(res: ServerResponse, reason: string): void {
  reasons.set(res, reason);
}

/** Sets the address for the log, as in X-Forwarded-For. */
export function cameFrom(res: ServerResponse, from: string): void {
  addresses.set(res, from);
}

/** Counts a running request, and logs it once it is finished. */
export function trackRequest({ settings, traffic }: ProxyContext, req: IncomingMessage, res: ServerResponse): void {
  traffic.running += 1;
  const open = openResponses(req.socket);
  open.add(res);
  const write = writerFor(settings, req);
  const over = () => {
    traffic.running -= 1;
    open.delete(res);
    write?.(res.statusCode, reasons.get(res) ?? (res.writableFinished ? undefined : "client closed"), addresses.get(res));
  };
  const ending = () => req.socket;
  res.once("close", guarded(over, ending));
  // Emitted for a write to a closed connection.
  const gone = () => void res.destroy();
  res.on("error", guarded(gone, ending));
}

/** Logs one request; `from` is the address of the connection by default. */
export type WriteEntry = (status: number, error?: string, from?: string) => void;

/** Returns a function that logs a request, with the time since this call; undefined without a log. */
export function writerFor({ log }: ProxySettings, req: IncomingMessage): WriteEntry | undefined {
  if (log === undefined) return undefined;
  const begun = performance.now();
  const { method = "", url = "" } = req;
  // Read now: a closed connection has no address.
  const address = forwardedFor(req, undefined);
  return (status, error, from = address) => {
    const ms = Math.round(10 * (performance.now() - begun)) / 10;
    undisturbed(() => log({ method, path: pathOf(url), status, ms, from, ...(error !== undefined && { error }) }));
  };
}
