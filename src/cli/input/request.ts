import type { lookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type HeaderLine, incomingHeaders } from "../../policy/incoming.js";
import { show } from "../../values/text.js";
import { LONGEST_HEADERS, LONGEST_PAGE, MOST_INTERIM, MOST_LINES } from "../limits.js";
import { version } from "../version.js";
import { withoutPassword } from "./address.js";
import { bytesOf } from "./headers.js";
import { privateAddress, publicLookup } from "./private-addresses.js";
import { TOO_MANY_INTERIM, TOO_MANY_LINES, withCode } from "./request-errors.js";

/** What holds for all requests to one site. */
export interface Limit {
  readonly signal: AbortSignal;
  readonly seconds: number;
  /** Whether a public server may redirect to a private address. */
  readonly allowPrivate: boolean;
  /** Whether certificates that are not valid are accepted. */
  readonly insecure: boolean;
  readonly network: Network;
}

/** Which addresses are private, and how names are looked up. */
export interface Network {
  readonly isPrivate: (address: string) => boolean;
  readonly lookup?: typeof lookup;
}

/** One response, and its page or the part of it that was read. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** Undefined where the response is not a page, or a redirect. */
  readonly html: string | undefined;
  /** The same as bytes. */
  readonly body: Buffer | undefined;
  /** What was not read, and why. */
  readonly note: string | undefined;
  /** The address that was connected to. */
  readonly address: string | undefined;
  /** Why the certificate is not valid, where it was accepted nevertheless. */
  readonly certificate: string | undefined;
}

/** What is sent besides the headers of every request, and which bodies are read. */
export interface Question {
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether only public addresses may be connected to. */
  readonly confined: boolean;
  /** Whether a body with these headers is read; default: of pages. */
  readonly reads?: (headers: readonly HeaderLine[]) => boolean;
  /** Bytes of a body that are read; default: 1 MB. */
  readonly bytes?: number;
  /** Encodings in which a body is taken, as it came; default: `identity`, the one that is requested. */
  readonly encodings?: readonly string[];
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where a response redirects to; undefined where it does not. */
export function locationOf({ status, headers }: Pick<Answer, "status" | "headers">): string | undefined {
  return REDIRECTS.includes(status) ? fieldValue(headers, "location") : undefined;
}

/** The first value of a header; Node decodes header bytes as Latin-1, and browsers as UTF-8. */
function fieldValue(headers: readonly HeaderLine[], name: string): string | undefined {
  const value = headers.find(([one]) => one.toLowerCase() === name)?.[1];
  return value === undefined ? undefined : Buffer.from(value, "latin1").toString();
}

/**
 * Sends one GET request, and closes the connection as soon as the page is read.
 *
 * @returns a promise that is rejected with an error for {@link reasonOf}, and with no other error, for any response.
 */
export function ask(url: URL, question: Question, limit: Limit): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // No name is looked up for a host that is an IP address; URL has normalised 0x7f.1 and 2130706433 already.
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (question.confined && isIP(host) !== 0 && limit.network.isPrivate(host)) return reject(privateAddress(host));
    const shown = withoutPassword(url);
    const client = url.protocol === "https:" ? https : http;
    const request = client.get(shown, optionsOf(question, limit));
    // Node drops headers beyond its own limit without a word.
    request.maxHeadersCount = 0;
    request.on("error", reject);
    // Node closes some connections without an error, for example after an upgrade to another protocol.
    const cut = () => reject(withCode("ECONNRESET"));
    request.on("close", cut);
    limitInterim(request);
    request.on("response", (response) => {
      request
        .off("close", cut)
        .off("error", reject)
        .on("error", () => undefined);
      const headers = headersOf(response);
      if (headers instanceof Error) {
        response.destroy();
        return reject(headers);
      }
      const { statusCode: status = 0, socket } = response;
      const { remoteAddress: address } = socket;
      const certificate = faultOfCertificate(socket);
      readPage(response, { status, headers }, question, limit, (body, note) =>
        resolve({ url: shown, status, headers, html: body?.toString(), body, note, address, certificate }),
      );
    });
  });
}

const HEADERS = { accept: "text/html,*/*;q=0.8", "accept-encoding": "identity" };

function optionsOf({ headers, confined }: Question, { signal, insecure, network }: Limit): https.RequestOptions {
  return {
    agent: false,
    signal,
    maxHeaderSize: LONGEST_HEADERS,
    ...(insecure && { rejectUnauthorized: false }),
    ...(confined && { lookup: publicLookup(network.isPrivate, network.lookup) }),
    headers: { ...HEADERS, "user-agent": `portcullis/${version()}`, ...headers },
  };
}

/** Why the certificate of a connection was not valid; undefined where it was, or there was none. */
function faultOfCertificate(socket: Socket): string | undefined {
  const { authorized, authorizationError } = socket as Partial<TLSSocket>;
  return authorized === false ? String(authorizationError ?? "") : undefined;
}

function limitInterim(request: http.ClientRequest): void {
  let interim = 0;
  request.on("information", () => {
    interim += 1;
    if (interim > MOST_INTERIM) request.destroy(withCode(TOO_MANY_INTERIM));
  });
}

/** The headers of a response, or why they are refused; Node limits the size of each header only. */
function headersOf({ rawHeaders }: http.IncomingMessage): readonly HeaderLine[] | Error {
  if (rawHeaders.reduce((sum, text) => sum + text.length + 2, 0) > LONGEST_HEADERS) return withCode("HPE_HEADER_OVERFLOW");
  if (rawHeaders.length / 2 > MOST_LINES) return withCode(TOO_MANY_LINES);
  const { lines } = incomingHeaders(rawHeaders);
  return bytesOf(lines) > LONGEST_HEADERS ? withCode("HPE_HEADER_OVERFLOW") : lines;
}

function isPage(headers: readonly HeaderLine[]): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(fieldValue(headers, "content-type") ?? "text/html");
}

type Done = (body: Buffer | undefined, note: string | undefined) => void;

/** Reads a page to its end or to the limits; other bodies are not read. */
function readPage(
  response: http.IncomingMessage,
  { status, headers }: Pick<Answer, "status" | "headers">,
  { reads = isPage, bytes = LONGEST_PAGE, encodings = ["identity"] }: Question,
  { signal, seconds }: Limit,
  done: Done,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const end = (note?: string, page = true) => {
    // An error of a connection that is not needed any more is ignored.
    response.on("error", () => undefined).destroy();
    done(page ? Buffer.concat(chunks) : undefined, note);
  };
  if (REDIRECTS.includes(status) || !reads(headers)) return end(undefined, false);
  const encoding = fieldValue(headers, "content-encoding")?.trim().toLowerCase() ?? "identity";
  if (!encodings.includes(encoding))
    return end(`The page is encoded as ${show(encoding)}, which was not requested: it was not read.`, false);
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > bytes) end(`The page is longer than ${bytes / 1_000_000} MB: only its beginning was read.`);
  });
  const late = () => (signal.aborted ? `The page did not end within ${seconds} s: only its beginning was read.` : undefined);
  // A body without a length ends where the connection is closed, by either side.
  response.on("end", () => end(late()));
  for (const event of ["error", "close"])
    response.on(event, () => end(late() ?? "The connection was closed within the page: only its beginning was read."));
}
