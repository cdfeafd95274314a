import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ResponseLike } from "../middleware/types.js";
import type { CompiledPolicy } from "../policy/compile.js";
import { connectionNames } from "./request.js";

/** For one connection alone, or telling what the application is made of. */
const WITHHELD: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "server",
  "x-powered-by",
  "x-powered-cms",
  "x-aspnet-version",
  "x-aspnetmvc-version",
  "x-generator",
  "x-runtime",
]);

/** The same for an answer to an upgrade, whose Connection and Upgrade are what it is about. */
const TELLING = [...WITHHELD].filter((name) => name === "server" || name.startsWith("x-"));

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

/** The names that a policy decides on, in lower case. */
export function decidedBy({ secure, gone }: CompiledPolicy): ReadonlySet<string> {
  return new Set([...secure.names, ...gone.secure].map((name) => name.toLowerCase()));
}

/**
 * Passes the application's response on: its headers, but for those that the policy decides on, and what the policy says.
 *
 * @throws what Node throws of a status or a header that cannot be sent; then nothing has been sent.
 */
export function relay(upstream: IncomingMessage, res: ServerResponse, { lines, decided }: Sealed, keepUpstream: boolean): void {
  const dropped = connectionNames(upstream.headers.connection);
  const head = [...lines];
  const raw = upstream.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    const lower = name.toLowerCase();
    if (WITHHELD.has(lower) || dropped.includes(lower)) continue;
    const kept = keepUpstream && POLICIES.has(lower);
    if (kept ? !says(lines, lower, value) : !decided.has(lower)) head.push(name, value);
  }
  // In one list: set one by one they would cost more than all the rest of the policy.
  res.writeHead(upstream.statusCode as number, upstream.statusMessage, head);
  process.nextTick(sendHead, upstream, res);
  upstream.pipe(res);
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

/** Takes what tells of the application out of the answer to an upgrade. */
export function withhold(headers: OutgoingHttpHeaders): void {
  for (const name of TELLING) delete headers[name];
}

/** A response object of an answer that does not pass through one: an upgrade that the application refused. */
export function responseOf(headers: OutgoingHttpHeaders): ResponseLike & { getHeader(name: string): unknown } {
  return {
    headersSent: false,
    getHeader: (name) => headers[name.toLowerCase()],
    setHeader: (name, value) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: (name) => {
      delete headers[name.toLowerCase()];
    },
  };
}

const PAGES = {
  400: ["Bad request", "This request cannot be passed on."],
  408: ["Request timeout", "This request took too long to arrive."],
  431: ["Request header fields too large", "The headers of this request, cookies among them, are too long."],
  500: ["Internal server error", "The policy of this response could not be made."],
  502: ["Bad gateway", "The application behind this proxy does not answer."],
  504: ["Gateway timeout", "The application behind this proxy did not answer in time."],
} as const;

export type PageStatus = keyof typeof PAGES;

/** The text of a page of the proxy's own. */
export function pageOf(status: PageStatus): string {
  const [title, text] = PAGES[status];
  return `<!doctype html>\n<html lang="en">\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`;
}
