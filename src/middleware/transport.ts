import type { RequestLike } from "./types.js";

/** How a request came, as far as its scheme is known. */
export type Scheme = "secure" | "plain" | "unknown";

/** A TLS socket is secure; else the first X-Forwarded-Proto token decides; else nobody knows. */
export function schemeOf(req: RequestLike): Scheme {
  if ((req.socket as { encrypted?: boolean } | undefined)?.encrypted === true) return "secure";
  const forwarded = headerOf(req, "x-forwarded-proto");
  if (forwarded === undefined) return "unknown";
  const [first = ""] = forwarded.split(",", 1);
  const scheme = first.trim().toLowerCase();
  return scheme === "https" ? "secure" : scheme === "http" ? "plain" : "unknown";
}

/** Whether the request is for this very machine. */
export function isLoopback(req: RequestLike): boolean {
  const host = headerOf(req, "host") ?? headerOf(req, ":authority");
  return host !== undefined && LOOPBACK.test(host);
}

const LOOPBACK = /^(?:(?:[^:]*\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?$/i;

/** The first value of a header. Reading it from the raw list spares Node making the whole `req.headers` object. */
function headerOf({ rawHeaders, headers }: RequestLike, name: string): string | undefined {
  if (rawHeaders === undefined || rawHeaders.length === 0) {
    const value = headers[name];
    return typeof value === "string" ? value : value?.[0];
  }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] as string;
    if (candidate.length === name.length && (candidate === name || candidate.toLowerCase() === name)) return rawHeaders[index + 1];
  }
  return undefined;
}
