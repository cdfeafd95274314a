import type { IncomingMessage } from "node:http";
import type { ProxySettings } from "./options.js";

/** Headers of one connection only, besides those that Connection names. RFC 9110 §7.6.1. The proxy itself answers Expect. */
const REQUEST_HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "proxy-authorization",
  "expect",
]);

/** The host and the end of the body must reach the application, whatever Connection names: otherwise one request could become two. */
const FRAMING: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding"]);

/** WSGI and CGI do not distinguish `-` and `_`: a header that frames nothing here could frame the body there. */
const DISGUISED = /^(?:content_length|transfer_encoding)$/;

/** Headers that name the origin of a request, in all spellings that applications read. */
const FORWARDED = /^(?:x[-_](?:forwarded[-_].*|real[-_]ip)|forwarded)$/;

/** The headers that the proxy reads, each joined by commas if it was sent more than once. */
export type Noted = Record<
  | ("host" | "content-length" | "transfer-encoding" | "connection" | "expect" | "max-forwards" | "via")
  | ("x-forwarded-for" | "x-forwarded-proto" | "x-forwarded-host"),
  string | undefined
>;

const NOTHING: Noted = {
  host: undefined,
  "content-length": undefined,
  "transfer-encoding": undefined,
  connection: undefined,
  expect: undefined,
  "max-forwards": undefined,
  via: undefined,
  "x-forwarded-for": undefined,
  "x-forwarded-proto": undefined,
  "x-forwarded-host": undefined,
};
const NOTED: ReadonlySet<string> = new Set(Object.keys(NOTHING));

/** The headers of a request. */
export interface RequestHeaders {
  readonly noted: Noted;
  /** Names and values in turn of the headers that may be passed on. */
  readonly passed: string[];
  /** Whether the client sent headers that name its origin. */
  readonly foreign: boolean;
  /** Whether a header is spelled like one that frames the body. */
  readonly disguised: boolean;
}

/** Reads all header lines once. The raw list is complete, and costs less than the object that Node makes of it. */
export function readRequestHeaders(raw: readonly string[]): RequestHeaders {
  const noted = { ...NOTHING };
  const passed: string[] = [];
  let foreign = false;
  let disguised = false;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    const lower = name.toLowerCase();
    if (NOTED.has(lower)) note(noted, lower as keyof Noted, value);
    if (REQUEST_HOP_BY_HOP.has(lower)) continue;
    if (FORWARDED.test(lower)) foreign = true;
    else passed.push(name, value);
    if (DISGUISED.test(lower)) disguised = true;
  }
  return { noted, passed, foreign, disguised };
}

function note(noted: Noted, name: keyof Noted, value: string): void {
  const before = noted[name];
  noted[name] = before === undefined ? value : `${before}, ${value}`;
}

/** Removes the headers that name the origin from a request: what a policy reads per request must not trust the client. */
export function conceal(req: IncomingMessage): void {
  // Read first: Node makes it from the raw list.
  const { headers } = req;
  for (const name of Object.keys(headers)) if (FORWARDED.test(name)) delete headers[name];
  req.rawHeaders = withoutNames(req.rawHeaders, (lower) => FORWARDED.test(lower));
}

/**
 * The header lines that the application receives, names and values in turn. X-Forwarded-For, -Proto and -Host are the first, so that an
 * application with a limit of lines reads them; values of a trusted proxy are kept.
 *
 * @param forwards the request's Max-Forwards, if it is to be counted down.
 */
export function forwardedLines(
  req: IncomingMessage,
  { noted, passed }: RequestHeaders,
  forwards: number | undefined,
  settings: ProxySettings,
): string[] {
  const { trustProxy, changeHost, target, pseudonym } = settings;
  const front: Partial<Noted> = trustProxy ? noted : {};
  const lines = [
    "X-Forwarded-For",
    forwardedFor(req, front["x-forwarded-for"]),
    "X-Forwarded-Proto",
    front["x-forwarded-proto"] ?? ("encrypted" in req.socket ? "https" : "http"),
  ];
  const host = front["x-forwarded-host"] ?? noted.host;
  if (host !== undefined) lines.push("X-Forwarded-Host", host);
  if (changeHost || noted.host === undefined) lines.push("Host", target.host);
  const out = connectionNames(noted.connection).filter((name) => !FRAMING.has(name));
  if (changeHost && noted.host !== undefined) out.push("host");
  if (forwards !== undefined) {
    out.push("max-forwards");
    lines.push("Max-Forwards", String(Math.min(forwards - 1, Number.MAX_SAFE_INTEGER)));
  }
  const rest = out.length > 0 ? withoutNames(passed, (lower) => out.includes(lower)) : passed;
  for (const text of rest) lines.push(text);
  // After those of the proxies in front of this one.
  lines.push("Via", `${req.httpVersion} ${pseudonym}`);
  return lines;
}

/** The addresses of X-Forwarded-For: those that a trusted proxy named, then the client's. */
export function forwardedFor({ socket }: IncomingMessage, named: string | undefined): string {
  const address = (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
  // Empty members of a list are not passed on. RFC 9110 §5.6.1.
  const before = named?.replace(/^[ \t,]+/, "") ?? "";
  return before === "" ? address : `${before}, ${address}`;
}

function withoutNames(raw: readonly string[], isOut: (lower: string) => boolean): string[] {
  return raw.filter((_, index) => !isOut((raw[index - (index % 2)] as string).toLowerCase()));
}

/** Values of Connection that name no other header. */
const USUAL: ReadonlySet<string> = new Set(["keep-alive", "close", "upgrade", ""]);

/** The headers that Connection names, in lower case. */
export function connectionNames(connection: string | undefined): readonly string[] {
  if (connection === undefined) return NONE;
  const names = connection.split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => !USUAL.has(name));
}

const NONE: readonly string[] = [];
