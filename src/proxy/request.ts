import { type IncomingMessage, METHODS } from "node:http";
import { declareScheme, schemeNamed } from "../middleware/transport.js";
import { REQUEST_LINES } from "./limits.js";
import type { ProxySettings } from "./options.js";
import { conceal, forwardedFor, forwardedLines, type Noted, type RequestHeaders, readRequestHeaders } from "./request-headers.js";
import { isHost, leadsOut, pathFor, pathOf } from "./request-target.js";

/** A request that is passed on. */
export interface Admitted {
  /** Names and values of the headers in turn, as they are sent to the application. */
  readonly lines: string[];
  readonly body: "none" | "counted" | "chunked";
  /** Whether the client waits for a 100 before it sends the body. RFC 9110 §10.1.1. */
  readonly awaitsContinue: boolean;
  /** Whether the proxy itself responds: OPTIONS with Max-Forwards 0. RFC 9110 §7.6.2. */
  readonly endsHere: boolean;
  /** The addresses of X-Forwarded-For. */
  readonly from: string;
}

/** A request that is not passed on. */
export interface Refused {
  readonly status: 400 | 417 | 431 | 501 | 508;
  /** The reason, for the log. */
  readonly why: string;
}

/**
 * Reads a request as strictly as the strictest application would: a request that could be read in two ways is refused.
 *
 * @param req its target becomes a path, its scheme is declared, and headers in which an untrusted client names its origin are removed.
 * @param settings of the proxy.
 * @param redirects whether it came to the plain port beside https.
 * @returns the header lines to send and how the body ends, or why the request is refused. RFC 9112 §3, §6.
 */
export function admit(req: IncomingMessage, settings: ProxySettings, redirects: boolean): Admitted | Refused {
  const { trustProxy } = settings;
  const headers = readRequestHeaders(req.rawHeaders);
  const { noted } = headers;
  declareScheme(req, schemeOf(req, trustProxy ? noted["x-forwarded-proto"] : undefined, redirects && !trustProxy));
  if (headers.foreign && !trustProxy) conceal(req);
  const refused = refusalOf(req, headers, settings);
  if (refused !== undefined) return refused;
  const body = noted["transfer-encoding"] !== undefined ? "chunked" : (noted["content-length"] ?? "0") === "0" ? "none" : "counted";
  const forwards = forwardsOf(req, noted);
  return {
    lines: forwardedLines(req, headers, forwards, settings),
    body,
    awaitsContinue: body !== "none" && expectationOf(req, noted) !== undefined,
    endsHere: forwards === 0,
    from: forwardedFor(req, trustProxy ? noted["x-forwarded-for"] : undefined),
  };
}

/** How the request came; `forwarded` is the X-Forwarded-Proto of a trusted proxy. */
function schemeOf({ socket }: IncomingMessage, forwarded: string | undefined, isPlain: boolean): "secure" | "plain" | "unknown" {
  if ("encrypted" in socket) return "secure";
  return isPlain ? "plain" : schemeNamed(forwarded);
}

/** Why a request is not passed on; undefined if it is. */
function refusalOf(req: IncomingMessage, { noted, disguised }: RequestHeaders, settings: ProxySettings): Refused | undefined {
  const { pseudonym, placeOf, base } = settings;
  const why = disguised ? "disguised framing header" : faultIn(req, noted);
  if (why !== undefined) return { status: 400, why };
  const path = pathOf(req.url as string);
  if (base !== "" && leadsOut(path)) return { status: 400, why: "path leads out of the target's path" };
  if (placeOf(path) === undefined) return { status: 400, why: "path belongs to two routes" };
  if (req.rawHeaders.length > 2 * REQUEST_LINES) return { status: 431, why: "too many header lines" };
  if (REFLECTING.has(req.method as string)) return { status: 501, why: `method ${req.method}` };
  if (noted.via?.includes(pseudonym)) return { status: 508, why: "request was sent by this proxy" };
  if ((expectationOf(req, noted) ?? CONTINUE) !== CONTINUE) return { status: 417, why: "unknown Expect" };
  return undefined;
}

const CONTINUE = "100-continue";

/** The value of Expect in lower case; that of an HTTP/1.0 client is ignored. RFC 9110 §10.1.1. */
function expectationOf({ httpVersion }: IncomingMessage, { expect }: Noted): string | undefined {
  return httpVersion === "1.0" ? undefined : expect?.toLowerCase();
}

/** How often an OPTIONS request may still be passed on; undefined if there is no limit. Other methods may ignore it. RFC 9110 §7.6.2. */
function forwardsOf({ method }: IncomingMessage, { "max-forwards": forwards }: Noted): number | undefined {
  return method === "OPTIONS" && forwards !== undefined ? Number(forwards) : undefined;
}

/** TRACE would show a page its cookies and the headers that the proxy adds; CONNECT is for forward proxies. RFC 9110 §9.3.6, §9.3.8. */
const REFLECTING: ReadonlySet<string> = new Set(["TRACE", "CONNECT"]);

/** The methods that are passed on, as Allow lists them. */
export const ALLOWED = METHODS.filter((method) => !REFLECTING.has(method)).join(", ");

/** What is invalid or ambiguous in a request, for the log; undefined if nothing is. */
function faultIn(req: IncomingMessage, noted: Noted): string | undefined {
  if (req.httpVersion !== "1.1" && req.httpVersion !== "1.0") return `HTTP/${req.httpVersion}`;
  const { host, "content-length": length, "transfer-encoding": coding } = noted;
  if (host === undefined ? req.httpVersion === "1.1" : !isHost(host)) return "not one valid Host";
  if (length !== undefined && (coding !== undefined || !LENGTH.test(length))) return "not one valid Content-Length";
  if (coding !== undefined && (coding.toLowerCase() !== "chunked" || req.httpVersion === "1.0")) return "not one valid Transfer-Encoding";
  if (req.method === "OPTIONS" && !/^\d+$/.test(noted["max-forwards"] ?? "0")) return "not one valid Max-Forwards";
  return pathFor(req, host) ? undefined : "not a path of this host";
}

/** As many digits as a number can hold exactly. */
const LENGTH = /^\d{1,15}$/;
