import type { IncomingMessage, ServerResponse } from "node:http";
import { isSecure } from "../middleware/transport.js";
import { RESPONSE_LINES } from "./limits.js";
import type { ProxySettings } from "./options.js";
import { connectionNames } from "./request-headers.js";

/** Headers of one connection only. RFC 9110 §7.6.1. */
const RESPONSE_HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers that name the application's software. */
const REVEALING: ReadonlySet<string> = new Set([
  "server",
  "x-powered-by",
  "x-powered-cms",
  "x-aspnet-version",
  "x-aspnetmvc-version",
  "x-generator",
  "x-runtime",
]);

const EMPTY = new Uint8Array(0);

/** If a response has several, browsers apply all of them: another one can only restrict more. CSP3 §4.2. */
const POLICIES: ReadonlySet<string> = new Set(["content-security-policy", "content-security-policy-report-only"]);

/** The policy's headers for one response of the application. */
export interface Sealed {
  /** Names and values in turn. */
  readonly lines: readonly string[];
  /** The names that the policy sets or removes, in lower case: the application's headers of these names are not sent. */
  readonly decided: ReadonlySet<string>;
}

/**
 * Passes the application's response on, with the headers of the policy in place of the application's own.
 *
 * @returns what else was left out, for the log; undefined if nothing was.
 * @throws an Error if the response is ambiguous, and the error of Node for a status or a header that cannot be sent; nothing is sent then.
 */
export function relay(upstream: IncomingMessage, res: ServerResponse, sealed: Sealed, settings: ProxySettings): string | undefined {
  const status = upstream.statusCode as number;
  const head = headOf(upstream, res.req, sealed, settings);
  // RFC 9112 §4: clients ignore the status text. One that cannot be sent is replaced.
  const text = upstream.statusMessage ?? "";
  const isSendable = !UNSENDABLE.test(text);
  // In one list: setting each header costs more than the rest of the policy.
  res.writeHead(status, isSendable ? text : undefined, head);
  process.nextTick(sendHead, upstream, res);
  upstream.pipe(res);
  return isSendable ? undefined : "status text left out";
}

/** A character that is not allowed in a status text. RFC 9112 §4. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** All header lines that are sent to the client. */
function headOf(upstream: IncomingMessage, req: IncomingMessage, { lines, decided }: Sealed, settings: ProxySettings): string[] {
  const { keepUpstream, base, hardenCookie } = settings;
  const status = upstream.statusCode as number;
  const raw = upstream.rawHeaders;
  const dropped = droppedBy(raw);
  // A 304 updates the headers of the cached page, which has an older nonce. RFC 9111 §4.3.4.
  const isStale = (lower: string, value: string) => status === 304 && POLICIES.has(lower) && NONCE.test(value);
  const head = status === 304 ? pairsWithout(lines, isStale) : [...lines];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    const lower = name.toLowerCase();
    if (RESPONSE_HOP_BY_HOP.has(lower) || REVEALING.has(lower) || dropped.includes(lower)) continue;
    // RFC 9110 §8.6: not in a 204.
    if ((lower === "content-length" && status === 204) || isStale(lower, value)) continue;
    const kept = keepUpstream && POLICIES.has(lower);
    if (!(kept ? !hasLine(lines, lower, value) : !decided.has(lower))) continue;
    if (hardenCookie !== undefined && lower === "set-cookie") head.push(name, hardenCookie(value, isSecure(req)));
    else head.push(name, base !== "" && lower === "location" ? locationFor(value, settings) : value);
  }
  return head;
}

/** A Location below the target's path as clients see it, like proxy_redirect of nginx. Any other Location is unchanged. */
function locationFor(value: string, { target, base }: ProxySettings): string {
  const below = `${target.origin}${base}/`;
  // A second slash would make the rest another host.
  const isBelow = value.startsWith(below) && !/^[/\\]/.test(value.slice(below.length));
  return isBelow ? value.slice(below.length - 1) : value;
}

const NONCE = /'nonce-/i;

function pairsWithout(lines: readonly string[], isOut: (lower: string, value: string) => boolean): string[] {
  return lines.filter((_, index) => {
    const at = index - (index % 2);
    return !isOut((lines[at] as string).toLowerCase(), lines[at + 1] as string);
  });
}

/** The headers that Connection names. Throws if there are too many lines, or if the end of the body is ambiguous. RFC 9112 §6.3. */
function droppedBy(raw: readonly string[]): readonly string[] {
  if (raw.length > 2 * RESPONSE_LINES) throw new Error("too many header lines from the application");
  const [connection, length, coding] = ["connection", "content-length", "transfer-encoding"].map((name) => joined(raw, name));
  if (coding !== undefined && (length !== undefined || coding.toLowerCase() !== "chunked"))
    throw new Error("not one valid Transfer-Encoding");
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new Error("not one valid Content-Length");
  return connectionNames(connection);
}

/** All values of a header, joined by commas. */
function joined(raw: readonly string[], lower: string): string | undefined {
  let all: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    if (name.length !== lower.length || name.toLowerCase() !== lower) continue;
    all = all === undefined ? raw[index + 1] : `${all}, ${raw[index + 1]}`;
  }
  return all;
}

/** Whether a response that cannot have a body announces one: such bytes would be read as the next response. */
export function announcesNothing({ statusCode, rawHeaders }: IncomingMessage): boolean {
  if (statusCode !== 204 && statusCode !== 304) return false;
  return (joined(rawHeaders, "content-length") ?? "0") !== "0" || joined(rawHeaders, "transfer-encoding") !== undefined;
}

/** Whether a header with this value is among the lines. */
function hasLine(lines: readonly string[], lower: string, value: string): boolean {
  return lines.some((name, index) => index % 2 === 0 && name.toLowerCase() === lower && lines[index + 1] === value);
}

/** Sends the headers of a stream before its body begins; a body that arrived along with them is sent with them. */
function sendHead(upstream: IncomingMessage, res: ServerResponse): void {
  const begun = upstream.readableDidRead || upstream.readableLength > 0 || upstream.complete;
  // An empty buffer, not an empty string: with a string Node would encode headers that are not ASCII as UTF-8.
  if (!begun && !res.destroyed) res.write(EMPTY);
}

/**
 * The head of a 101 as the application sent it, without headers that name its software or frame a body.
 *
 * @throws an Error if the response has too many header lines, or switches to another protocol than WebSocket.
 */
export function switchingHead({ rawHeaders: raw }: IncomingMessage, req: IncomingMessage, { hardenCookie }: ProxySettings): Buffer {
  if (raw.length > 2 * RESPONSE_LINES) throw new Error("too many header lines from the application");
  if (joined(raw, "upgrade")?.toLowerCase() !== "websocket") throw new Error("the application switched to another protocol");
  let head = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let index = 0; index < raw.length; index += 2) {
    const lower = (raw[index] as string).toLowerCase();
    if (REVEALING.has(lower) || lower === "content-length" || lower === "transfer-encoding") continue;
    const value = raw[index + 1] as string;
    const sent = hardenCookie !== undefined && lower === "set-cookie" ? hardenCookie(value, isSecure(req)) : value;
    head += `${raw[index]}: ${sent}\r\n`;
  }
  return Buffer.from(`${head}\r\n`, "latin1");
}
