import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** Headers that are for one connection alone, besides those that Connection names. RFC 9110 §7.6.1. Expect is answered here already. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "proxy-authorization",
  "expect",
]);

/** Where a body ends and who is asked has to reach the application, whatever Connection names: else one request could become two. */
const FRAMING: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding"]);

/** Where a request came from, in all the spellings that applications read; WSGI makes one word of `-` and `_`. */
const FORWARDED = /^(?:x[-_](?:forwarded[-_].*|real[-_]ip)|forwarded)$/i;

const NONE: readonly string[] = [];

/** The names that Connection lists, in lower case. */
export function connectionNames(connection: string | undefined): readonly string[] {
  return connection === undefined ? NONE : connection.split(",").map((name) => name.trim().toLowerCase());
}

/** absolute-form, as sent to a proxy. RFC 9112 §3.2.2. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

/**
 * Makes a request fit to be passed on: its target a path, its headers those that are meant for the application.
 *
 * @returns false where it asks two hosts at once, or has a target that is no path.
 */
export function tidy(req: IncomingMessage, trustProxy: boolean): boolean {
  const [origin, authority] = ABSOLUTE.exec(req.url ?? "") ?? [];
  if (origin !== undefined) {
    if (authority?.toLowerCase() !== req.headers.host?.toLowerCase()) return false;
    const rest = (req.url as string).slice(origin.length);
    req.url = rest.startsWith("/") ? rest : `/${rest}`;
  }
  if (!req.url?.startsWith("/")) return false;
  forward(req, trustProxy);
  return true;
}

/** Leaves out what is not for the application, and says where the request came from. */
function forward(req: IncomingMessage, trustProxy: boolean): void {
  const before = req.headers;
  const named = connectionNames(before.connection);
  // Made anew: V8 copies an object that something was deleted from much slower, and httpxy copies it.
  const headers: IncomingHttpHeaders = {};
  let foreign = false;
  for (const name in before) {
    if (HOP_BY_HOP.has(name) || (named.includes(name) && !FRAMING.has(name))) continue;
    if (FORWARDED.test(name)) foreign = true;
    else headers[name] = before[name];
  }
  // The middleware reads the raw list, and must not believe the client either.
  if (foreign && !trustProxy) req.rawHeaders = withoutForwarded(req.rawHeaders);
  describe(req, headers, trustProxy && foreign ? before : {});
  req.headers = headers;
}

/** X-Forwarded-For, -Proto and -Host, after what a trusted proxy said. */
function describe({ socket }: IncomingMessage, headers: IncomingHttpHeaders, before: IncomingHttpHeaders): void {
  const address = (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
  const said = before["x-forwarded-for"];
  headers["x-forwarded-for"] = said === undefined ? address : `${said}, ${address}`;
  headers["x-forwarded-proto"] = before["x-forwarded-proto"] ?? ("encrypted" in socket ? "https" : "http");
  const host = before["x-forwarded-host"] ?? headers.host;
  if (host !== undefined) headers["x-forwarded-host"] = host;
}

function withoutForwarded(raw: readonly string[]): string[] {
  return raw.filter((_, index) => !FORWARDED.test(raw[index - (index % 2)] as string));
}

/** A path without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
