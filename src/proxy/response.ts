import type { IncomingMessage, ServerResponse } from "node:http";
import { RESPONSE_LINES } from "./limits.js";
import type { ProxySettings } from "./options.js";
import { connectionNames } from "./request-headers.js";

/** For one connection alone. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Telling what the application is made of. */
const TELLING: ReadonlySet<string> = new Set([
  "server",
  "x-powered-by",
  "x-powered-cms",
  "x-aspnet-version",
  "x-aspnetmvc-version",
  "x-generator",
  "x-runtime",
]);

const EMPTY = new Uint8Array(0);

/** Two of them in one response are enforced, or reported, both: browsers can only forbid more for it. CSP3 §4.2. */
const POLICIES: ReadonlySet<string> = new Set(["content-security-policy", "content-security-policy-report-only"]);

/** What a policy says of one response of the application. */
export interface Sealed {
  /** Names and values in turn. */
  readonly lines: readonly string[];
  /** The names it decides on, in lower case: what the application says under these does not go out. */
  readonly decided: ReadonlySet<string>;
}

/**
 * Passes the application's response on: its headers, but for those that the policy decides on, and what the policy says.
 *
 * @returns what was left out beside that, for the log; undefined where nothing was.
 * @throws an error where it has no one reading, and what Node throws of a status or a header that cannot be sent; then nothing has been sent.
 */
export function relay(upstream: IncomingMessage, res: ServerResponse, sealed: Sealed, settings: ProxySettings): string | undefined {
  const status = upstream.statusCode as number;
  const head = headOf(upstream, sealed, settings);
  // RFC 9112 §4: nobody reads the text but people. One that cannot be sent is no reason to withhold the page.
  const said = upstream.statusMessage ?? "";
  const isSendable = !UNSENDABLE.test(said);
  // In one list: set one by one they would cost more than all the rest of the policy.
  res.writeHead(status, isSendable ? said : undefined, head);
  process.nextTick(sendHead, upstream, res);
  upstream.pipe(res);
  return isSendable ? undefined : "status text left out";
}

/** What no text of a status may hold. RFC 9112 §4. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** All header lines that go to the client. */
function headOf(upstream: IncomingMessage, { lines, decided }: Sealed, settings: ProxySettings): string[] {
  const { keepUpstream, base } = settings;
  const status = upstream.statusCode as number;
  const raw = upstream.rawHeaders;
  const dropped = droppedBy(raw);
  // The browser keeps the headers of a 200 with its page: a new nonce would fit nothing in it. RFC 9111 §4.3.4.
  const isStale = (lower: string, value: string) => status === 304 && POLICIES.has(lower) && NONCE.test(value);
  const head = status === 304 ? pairsWithout(lines, isStale) : [...lines];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || TELLING.has(lower) || dropped.includes(lower)) continue;
    // RFC 9110 §8.6: not in a 204.
    if ((lower === "content-length" && status === 204) || isStale(lower, value)) continue;
    const kept = keepUpstream && POLICIES.has(lower);
    if (!(kept ? !says(lines, lower, value) : !decided.has(lower))) continue;
    head.push(name, base !== "" && lower === "location" ? locationFor(value, settings) : value);
  }
  return head;
}

/** An address below the target's path, as clients see it: what nginx makes of it with a path in proxy_pass. All else stays. */
function locationFor(value: string, { target, base }: ProxySettings): string {
  const below = `${target.origin}${base}/`;
  // Behind a second slash would stand another host.
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

/** What Connection names; throws where the lines are too many, or say two things of where the body ends. RFC 9112 §6.3. */
function droppedBy(raw: readonly string[]): readonly string[] {
  if (raw.length > 2 * RESPONSE_LINES) throw new Error("too many header lines from the application");
  const [connection, length, coding] = ["connection", "content-length", "transfer-encoding"].map((name) => joined(raw, name));
  if (coding !== undefined && (length !== undefined || coding.toLowerCase() !== "chunked"))
    throw new Error("not one valid Transfer-Encoding");
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new Error("not one valid Content-Length");
  return connectionNames(connection);
}

/** All values of a header, as one. */
function joined(raw: readonly string[], lower: string): string | undefined {
  let all: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    if (name.length !== lower.length || name.toLowerCase() !== lower) continue;
    all = all === undefined ? raw[index + 1] : `${all}, ${raw[index + 1]}`;
  }
  return all;
}

/** Whether a response has no body but says that it has one: bytes that come all the same belong to no request. */
export function announcesNothing({ statusCode, rawHeaders }: IncomingMessage): boolean {
  if (statusCode !== 204 && statusCode !== 304) return false;
  return (joined(rawHeaders, "content-length") ?? "0") !== "0" || joined(rawHeaders, "transfer-encoding") !== undefined;
}

/** Whether this very header is among the lines. */
function says(lines: readonly string[], lower: string, value: string): boolean {
  return lines.some((name, index) => index % 2 === 0 && name.toLowerCase() === lower && lines[index + 1] === value);
}

/** A stream may have headers long before it has a body; a body that came along goes out with them. */
function sendHead(upstream: IncomingMessage, res: ServerResponse): void {
  const begun = upstream.readableDidRead || upstream.readableLength > 0 || upstream.complete;
  // Bytes, though none: a text would make UTF-8 of headers that are not ASCII.
  if (!begun && !res.destroyed) res.write(EMPTY);
}

/** The head of a 101, byte for byte as the application sent it, but for what tells of the application and what frames a body. */
export function switchingHead({ rawHeaders: raw }: IncomingMessage): Buffer {
  if (raw.length > 2 * RESPONSE_LINES) throw new Error("too many header lines from the application");
  if (joined(raw, "upgrade")?.toLowerCase() !== "websocket") throw new Error("the application switched to another protocol");
  let head = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let index = 0; index < raw.length; index += 2) {
    const lower = (raw[index] as string).toLowerCase();
    if (!TELLING.has(lower) && lower !== "content-length" && lower !== "transfer-encoding") head += `${raw[index]}: ${raw[index + 1]}\r\n`;
  }
  return Buffer.from(`${head}\r\n`, "latin1");
}

const PAGES = {
  400: ["Bad request", "This request cannot be passed on."],
  408: ["Request timeout", "This request took too long to arrive."],
  417: ["Expectation failed", "This server does not do what the request expects of it."],
  431: ["Request header fields too large", "The headers of this request, cookies among them, are too long or too many."],
  500: ["Internal server error", "The policy of this response could not be made."],
  501: ["Not implemented", "This server does not answer requests with this method."],
  502: ["Bad gateway", "The application behind this proxy does not answer."],
  504: ["Gateway timeout", "The application behind this proxy did not answer in time."],
  508: ["Loop detected", "This proxy has the request from itself: its target leads back to it."],
} as const;

export type PageStatus = keyof typeof PAGES;

/** The text of a page of the proxy's own. */
export function pageOf(status: PageStatus): string {
  const [title, text] = PAGES[status];
  return `<!doctype html>\n<html lang="en">\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`;
}
