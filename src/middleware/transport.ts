import { type CompiledPolicy, LOOKS, type Transport } from "../policy/compile.js";
import type { RequestLike } from "./types.js";

/** How far a policy looks at the request. */
export type Looks = CompiledPolicy["looks"];

/**
 * What is known of how a request came: nothing was looked at, its scheme, that its scheme is not known, and then
 * whether it is for this very machine.
 */
export type Seen = (typeof SEEN)[number];

export const SEEN = ["unseen", "secure", "plain", "unknown", "loopback", "remote"] as const;

/** Looks as far as it takes, and no farther than it has to. */
export function look(seen: Seen, looks: Looks, req: RequestLike): Seen {
  if (looks === "no") return seen;
  const scheme = seen === "unseen" ? schemeOf(req) : seen;
  if (scheme !== "unknown" || looks === "at the scheme") return scheme;
  return isLoopback(req) ? "loopback" : "remote";
}

/** Which variant of a policy goes out: what is not known to be otherwise counts as secure. */
export function transportOf(seen: Seen): Transport {
  return seen === "plain" || seen === "loopback" ? seen : "secure";
}

export function farther(one: Looks, other: Looks): Looks {
  return LOOKS.find((far) => far === one || far === other) ?? "no";
}

/** Whether a request came over https: in Express by its own word, which honours `trust proxy`, else by what is known of its scheme. */
export function isSecure(req: RequestLike & { readonly secure?: unknown; readonly protocol?: unknown }): boolean {
  const { secure, protocol } = req;
  if (typeof secure !== "boolean") return schemeOf(req) === "secure";
  // A proxy may write HTTPS, which Express hands on as it came and then does not call secure.
  return secure || (typeof protocol === "string" && protocol.toLowerCase() === "https");
}

const SCHEME: unique symbol = Symbol.for("portcullis.scheme@1") as never;

/** Says how a request came, where whoever accepted it knows more than the request tells: a proxy of our own, an adapter. */
export function declareScheme(req: object, scheme: "secure" | "plain" | "unknown"): void {
  (req as { [SCHEME]?: Seen })[SCHEME] = scheme;
}

/** What was declared; else a TLS socket is secure; else the first X-Forwarded-Proto token decides; else nobody knows. */
function schemeOf(req: RequestLike): Seen {
  const declared = (req as { [SCHEME]?: Seen })[SCHEME];
  if (declared !== undefined) return declared;
  if ((req.socket as { encrypted?: boolean } | undefined)?.encrypted === true) return "secure";
  const forwarded = headerOf(req, "x-forwarded-proto");
  if (forwarded === undefined) return "unknown";
  const [first = ""] = forwarded.split(",", 1);
  const scheme = first.trim().toLowerCase();
  return scheme === "https" ? "secure" : scheme === "http" ? "plain" : "unknown";
}

function isLoopback(req: RequestLike): boolean {
  const host = headerOf(req, "host") ?? headerOf(req, ":authority");
  return host !== undefined && LOOPBACK.test(host);
}

const LOOPBACK = /^(?:(?:[^:]*\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?$/i;

/** The first value of a header. Reading the raw list spares Node making the whole `req.headers` object, which costs more than all the rest. */
export function headerOf(req: RequestLike, name: string): string | undefined {
  const { rawHeaders } = req; // and not `headers` with it: that getter is what makes the object
  if (rawHeaders === undefined || rawHeaders.length === 0) {
    const value = req.headers[name];
    return typeof value === "string" ? value : value?.[0];
  }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] as string;
    if (candidate.length === name.length && (candidate === name || candidate.toLowerCase() === name)) return rawHeaders[index + 1];
  }
  return undefined;
}
