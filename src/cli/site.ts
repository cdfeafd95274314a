import type { lookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Hop } from "../audit/index.js";
import { show } from "../values/text.js";
import { isPrivate, PRIVATE_ADDRESS, privateAddress, publicLookup } from "./addresses.js";
import { Failure } from "./failure.js";
import { LONGEST_HEADERS, MOST_LINES } from "./limits.js";
import { version } from "./version.js";

/** A header as it came; what stands twice is there twice. */
export type Line = readonly [name: string, value: string];

/** What a site answers, at the end of its redirects. */
export interface Site {
  readonly url: string;
  readonly status: number;
  readonly headers: readonly Line[];
  /** The page, as far as it was read; undefined where the answer is no page. */
  readonly html: string | undefined;
  /** The way from the address that was asked for to the page. */
  readonly hops: readonly Hop[];
  /** The way of a request over http; undefined where nobody knows its address. */
  readonly redirects: readonly Hop[] | undefined;
  /** What was left out. */
  readonly notes: readonly string[];
}

export interface FetchOptions {
  /** For all of it, redirects included. */
  readonly seconds: number;
  /** The address over http, where it is not the same host on port 80. */
  readonly http?: string | undefined;
  /** Whether a public server may redirect to a private address, which it could not reach itself. */
  readonly allowPrivate?: boolean | undefined;
  /** Which addresses are private, and who looks names up; for tests. */
  readonly network?: Network;
}

interface Network {
  readonly isPrivate: (address: string) => boolean;
  readonly lookup?: typeof lookup;
}

/** As many as curl follows by far, and browsers half. */
const MOST_REDIRECTS = 10;
/** Answers 1xx before the final one. */
const MOST_INTERIM = 100;
/** Bytes of a page: scripts and `<meta>` stand at its beginning. */
const LONGEST_PAGE = 1_000_000;

/** Whether a word of the command line is an address; of another scheme than http and https too. */
export function isAddress(word: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(word);
}

/** @throws {Failure} where it is none that can be fetched. */
export function readAddress(word: string): URL {
  const url = URL.canParse(word) ? new URL(word) : undefined;
  if (url === undefined) throw new Failure([`${show(word)} is no address. Write one such as https://example.com/.`], 2);
  if (!isWeb(url)) throw new Failure([`${show(word)}: only http and https are fetched.`], 2);
  return url;
}

const isWeb = ({ protocol }: URL) => protocol === "https:" || protocol === "http:";

/**
 * Asks for a page, and over http for the way there.
 *
 * @throws {Failure} in one line, where there is no page to look at. Nothing that a server sends makes it throw anything else.
 */
export async function fetchSite(word: string, options: FetchOptions): Promise<Site> {
  const { seconds, http: overHttp, allowPrivate = false, network = { isPrivate } } = options;
  const address = readAddress(word);
  const plain = overHttp === undefined ? plainAddress(address) : readAddress(overHttp);
  const limit: Limit = { signal: AbortSignal.timeout(1_000 * seconds), seconds, allowPrivate, network };
  const apart = plain !== undefined && plain.href !== address.href;
  const [way, wayOverHttp] = await Promise.all([follow(address, limit), apart ? follow(plain, limit) : undefined]);
  if ("failure" in way) throw new Failure([way.failure]);
  const { url, status, headers, html, note } = way.answer;
  const redirects = plain === undefined ? undefined : (wayOverHttp ?? way).hops;
  return { url, status, headers, html, hops: way.hops, redirects, notes: note === undefined ? [] : [note] };
}

/** Where the same page would be over http; a port of its own says nothing of the other. */
function plainAddress(address: URL): URL | undefined {
  if (address.protocol === "http:") return address;
  if (address.port !== "") return undefined;
  const plain = new URL(address);
  plain.protocol = "http:";
  // Another origin: who asks for https has not given the password to everybody on the way.
  plain.username = "";
  plain.password = "";
  return plain;
}

interface Limit {
  readonly signal: AbortSignal;
  readonly seconds: number;
  readonly allowPrivate: boolean;
  readonly network: Network;
}

interface Answer extends Pick<Site, "url" | "status" | "headers" | "html"> {
  readonly note: string | undefined;
  /** The address that was really connected to. */
  readonly address: string | undefined;
}

type Way = { readonly hops: readonly Hop[] } & ({ readonly answer: Answer } | { readonly failure: string });

/** Follows redirects by hand, so that each is seen. */
async function follow(from: URL, limit: Limit): Promise<Way> {
  const authorization = authorizationOf(from);
  const hops: Hop[] = [];
  // Where the user asks for a private address, its redirects may lead to another one; once the way leads over a public server, no more.
  let confined = false;
  for (let url = from; ; ) {
    const shown = withoutPassword(url);
    let answer: Answer;
    try {
      answer = await ask(url, url.origin === from.origin ? authorization : undefined, limit, confined);
    } catch (error) {
      const reason = reasonOf(error, limit);
      hops.push({ url: shown, fault: isCertificate(error) ? "certificate" : "unreachable" });
      return { hops, failure: `${shown}: ${reason}.` };
    }
    hops.push({ url: shown, status: answer.status });
    confined ||= !limit.allowPrivate && (answer.address === undefined || !limit.network.isPrivate(answer.address));
    const location = REDIRECTS.includes(answer.status) ? fieldValue(answer.headers, "location") : undefined;
    if (location === undefined) return { hops, answer };
    if (!URL.canParse(location, url.href)) return { hops, failure: `${shown} redirects to ${show(location)}, which is no address.` };
    url = new URL(location, url);
    if (!isWeb(url)) return { hops, failure: `${shown} redirects to ${show(location)}: only http and https are fetched.` };
    if (hops.length > MOST_REDIRECTS) return { hops, failure: `${withoutPassword(from)} redirects more than ${MOST_REDIRECTS} times.` };
  }
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** The first value of a header, in UTF-8 where it is that. */
function fieldValue(headers: readonly Line[], name: string): string | undefined {
  const value = headers.find(([one]) => one.toLowerCase() === name)?.[1];
  return value === undefined ? undefined : Buffer.from(value, "latin1").toString();
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString("base64")}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.hash = "";
  return shown.href;
}

/** One request; the connection is closed as soon as all is known that counts. */
function ask(url: URL, authorization: string | undefined, { signal, seconds, network }: Limit, confined: boolean): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Nothing is looked up for a host that is an address; URL has made one of 0x7f.1 and 2130706433, too.
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (confined && isIP(host) !== 0 && network.isPrivate(host)) return reject(privateAddress(host));
    const client = url.protocol === "https:" ? https : http;
    const shown = withoutPassword(url);
    const options = {
      agent: false,
      signal,
      maxHeaderSize: LONGEST_HEADERS,
      ...(confined ? { lookup: publicLookup(network.isPrivate, network.lookup) } : {}),
      headers: { ...HEADERS, "User-Agent": `portcullis/${version()}` },
    };
    const request = client.get(
      shown,
      authorization === undefined ? options : { ...options, headers: { ...options.headers, authorization } },
    );
    // None is left out in silence.
    request.maxHeadersCount = 0;
    request.on("error", reject);
    // Also where Node says no more of it, as after an answer of another protocol.
    const cut = () => reject(withCode("ECONNRESET"));
    request.on("close", cut);
    let interim = 0;
    request.on("information", () => {
      interim += 1;
      if (interim > MOST_INTERIM) request.destroy(withCode(TOO_MANY_INTERIM));
    });
    request.on("response", (response) => {
      const { remoteAddress } = response.socket;
      // From here on the headers are known, whatever becomes of the rest.
      request
        .off("close", cut)
        .off("error", reject)
        .on("error", () => undefined);
      const status = response.statusCode ?? 0;
      const headers = response.rawHeaders.flatMap((name, index, all): Line[] =>
        index % 2 === 0 ? [[name, all[index + 1] as string]] : [],
      );
      // Node counts the longest of them only.
      if (headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0) > LONGEST_HEADERS) {
        response.destroy();
        return reject(withCode("HPE_HEADER_OVERFLOW"));
      }
      if (headers.length > MOST_LINES) {
        response.destroy();
        return reject(withCode(TOO_MANY_LINES));
      }
      const chunks: Buffer[] = [];
      let size = 0;
      const done = (note?: string, page = true) => {
        // The connection's end is no news any more.
        response.on("error", () => undefined).destroy();
        const html = page ? Buffer.concat(chunks).toString() : undefined;
        resolve({ url: shown, status, headers, html, note, address: remoteAddress });
      };
      if (REDIRECTS.includes(status) || !isPage(headers)) return done(undefined, false);
      const encoding = fieldValue(headers, "content-encoding")?.trim().toLowerCase() ?? "identity";
      if (encoding !== "identity") return done(`The page came as ${show(encoding)}, which nobody asked for: it was not looked at.`, false);
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > LONGEST_PAGE) done("The page is longer than 1 MB: only its beginning was looked at.");
      });
      const ended = (text: string) =>
        signal.aborted ? `The page did not end within ${seconds} s: only its beginning was looked at.` : text;
      // A body without a length ends where the connection does, whoever ends it.
      response.on("end", () => done(ended("") || undefined));
      for (const event of ["error", "close"])
        response.on(event, () => done(ended("The page was cut off: only its beginning was looked at.")));
    });
  });
}

const withCode = (code: string) => Object.assign(new Error(code), { code });

const TOO_MANY_LINES = "PORTCULLIS_LINES";
const TOO_MANY_INTERIM = "PORTCULLIS_INTERIM";

const HEADERS = { Accept: "text/html,*/*;q=0.8", "Accept-Encoding": "identity" };

function isPage(headers: readonly Line[]): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(fieldValue(headers, "content-type") ?? "text/html");
}

const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  CERT_REVOKED: "it was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is signed by itself alone",
  SELF_SIGNED_CERT_IN_CHAIN: "nobody here knows who signed it",
  UNABLE_TO_GET_ISSUER_CERT: "nobody here knows who signed it",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "nobody here knows who signed it",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "nobody here knows who signed it, or the server leaves out what comes between",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for other names",
};

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut before an answer came",
  EPIPE: "the connection was cut before an answer came",
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "there is no host of this name",
  EHOSTUNREACH: "there is no way to this host",
  ENETUNREACH: "there is no way to this host",
  EADDRNOTAVAIL: "there is no way to this host",
  ETIMEDOUT: "nothing answers there",
  HPE_HEADER_OVERFLOW: "its headers are longer than 64 kB",
  [TOO_MANY_LINES]: `it has more than ${MOST_LINES} lines of headers`,
  [TOO_MANY_INTERIM]: `more than ${MOST_INTERIM} answers 1xx came, and no other`,
};

const isCertificate = (error: unknown) => Object.hasOwn(CERTIFICATES, codeOf(error)) || /^CERT_|_CERT_/.test(codeOf(error));

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

function reasonOf(error: unknown, { signal, seconds }: Limit): string {
  const code = codeOf(error);
  if (signal.aborted) return `no answer within ${seconds} s`;
  if (code === PRIVATE_ADDRESS) {
    return `a public site redirects there, and it has a private address (${(error as Error).message}). --allow-private follows`;
  }
  if (isCertificate(error)) return `the certificate does not hold: ${CERTIFICATES[code] ?? code}`;
  if (Object.hasOwn(REASONS, code)) return REASONS[code] as string;
  const message = (error as Error).message.slice(0, 200);
  if (code.startsWith("HPE_")) return `what answers does not speak HTTP: ${message}`;
  return /^(?:ERR_SSL_|EPROTO)/.test(code) ? `what answers does not speak TLS, or none that is safe (${code})` : message;
}
