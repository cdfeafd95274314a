import { type IncomingMessage, METHODS } from "node:http";
import { isIPv6 } from "node:net";
import { declareScheme } from "../middleware/transport.js";
import { REQUEST_LINES } from "./limits.js";
import type { ProxySettings } from "./options.js";
import type { Place } from "./places.js";

/** A request that may be passed on. */
export interface Admitted {
  /** Names and values in turn, as they go to the application. */
  readonly lines: string[];
  readonly body: "none" | "counted" | "chunked";
  /** Whether the client sends its body only after a 100. RFC 9110 §10.1.1. */
  readonly awaitsContinue: boolean;
  /** Whether it goes no further than here: OPTIONS with Max-Forwards 0. RFC 9110 §7.6.2. */
  readonly endsHere: boolean;
  /** Where it came from, as in X-Forwarded-For. */
  readonly from: string;
}

/** A request that may not. */
export interface Refused {
  readonly status: 400 | 417 | 431 | 501 | 508;
  /** For the log. */
  readonly why: string;
}

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

/** WSGI and CGI make one word of `-` and `_`: what frames nothing here could frame the body there. */
const DISGUISED = /^(?:content_length|transfer_encoding)$/;

/** Where a request came from, in all the spellings that applications read. */
const FORWARDED = /^(?:x[-_](?:forwarded[-_].*|real[-_]ip)|forwarded)$/;

/** What decides on the request, each joined by commas where it came more than once. */
type Noted = Record<
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

interface Read {
  readonly noted: Noted;
  /** Names and values of what may go on. */
  readonly passed: string[];
  /** Whether the client said anything of where it comes from. */
  readonly foreign: boolean;
  readonly disguised: boolean;
}

/** One walk over all lines. The raw list has them all, and costs less than the object that Node makes of it. */
function read(raw: readonly string[]): Read {
  const noted = { ...NOTHING };
  const passed: string[] = [];
  let foreign = false;
  let disguised = false;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    const lower = name.toLowerCase();
    if (NOTED.has(lower)) note(noted, lower as keyof Noted, value);
    if (HOP_BY_HOP.has(lower)) continue;
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

/**
 * Reads a request as strictly as the strictest application would: what could be read in two ways is read in none.
 *
 * @param req its target becomes a path, and its scheme is declared; what an untrusted client says of its origin is taken out of it.
 * @param redirects whether it came to the plain port beside https.
 * @returns the lines to send on and where the body ends, by what stands in the request itself; or why it is refused. RFC 9112 §3, §6.
 */
export function admit(req: IncomingMessage, settings: ProxySettings, redirects: boolean): Admitted | Refused {
  const { trustProxy } = settings;
  const all = read(req.rawHeaders);
  const { noted } = all;
  declareScheme(req, schemeOf(req, trustProxy ? noted["x-forwarded-proto"] : undefined, redirects && !trustProxy));
  if (all.foreign && !trustProxy) conceal(req);
  const refused = refusalOf(req, all, settings);
  if (refused !== undefined) return refused;
  const body = noted["transfer-encoding"] !== undefined ? "chunked" : (noted["content-length"] ?? "0") === "0" ? "none" : "counted";
  const forwards = forwardsOf(req, noted);
  return {
    lines: linesOf(req, all, forwards, settings),
    body,
    awaitsContinue: body !== "none" && expectationOf(req, noted) !== undefined,
    endsHere: forwards === 0,
    from: originOf(req, trustProxy ? noted["x-forwarded-for"] : undefined),
  };
}

/** Why a request is not passed on; undefined where it may be. */
function refusalOf(req: IncomingMessage, { noted, disguised }: Read, settings: ProxySettings): Refused | undefined {
  const { pseudonym, placeOf, base } = settings;
  const why = disguised ? "a disguised header of framing" : wrongIn(req, noted);
  if (why !== undefined) return { status: 400, why };
  const path = pathOf(req.url as string);
  if (base !== "" && LEADING_OUT.test(path)) return { status: 400, why: "a path that leads out of the target's" };
  if (placeOf(path) === undefined) return { status: 400, why: "a path of two routes" };
  if (req.rawHeaders.length > 2 * REQUEST_LINES) return { status: 431, why: "too many header lines" };
  if (REFLECTING.has(req.method as string)) return { status: 501, why: `method ${req.method}` };
  if (noted.via?.includes(pseudonym)) return { status: 508, why: "a request that this proxy sent itself" };
  if ((expectationOf(req, noted) ?? CONTINUE) !== CONTINUE) return { status: 417, why: "an unknown Expect" };
  return undefined;
}

const CONTINUE = "100-continue";

/** What a client expects, in lower case; what HTTP/1.0 expects is ignored. RFC 9110 §10.1.1. */
function expectationOf({ httpVersion }: IncomingMessage, { expect }: Noted): string | undefined {
  return httpVersion === "1.0" ? undefined : expect?.toLowerCase();
}

/** How often a request may still be passed on; undefined where that is not limited. Other methods than OPTIONS may ignore it. RFC 9110 §7.6.2. */
function forwardsOf({ method }: IncomingMessage, { "max-forwards": forwards }: Noted): number | undefined {
  return method === "OPTIONS" && forwards !== undefined ? Number(forwards) : undefined;
}

/** TRACE would show a page the cookies and what the proxy adds; CONNECT is for another kind of proxy. RFC 9110 §9.3.6, §9.3.8. */
const REFLECTING: ReadonlySet<string> = new Set(["TRACE", "CONNECT"]);

/** The methods that are passed on, as Allow lists them. */
export const ALLOWED = METHODS.filter((method) => !REFLECTING.has(method)).join(", ");

/** Why a request is read in no way; undefined where all is well. */
function wrongIn(req: IncomingMessage, noted: Noted): string | undefined {
  if (req.httpVersion !== "1.1" && req.httpVersion !== "1.0") return `HTTP/${req.httpVersion}`;
  const { host, "content-length": length, "transfer-encoding": coding } = noted;
  if (host === undefined ? req.httpVersion === "1.1" : !isHost(host)) return "not one valid Host";
  if (length !== undefined && (coding !== undefined || !LENGTH.test(length))) return "not one valid Content-Length";
  if (coding !== undefined && (coding.toLowerCase() !== "chunked" || req.httpVersion === "1.0")) return "not one valid Transfer-Encoding";
  if (req.method === "OPTIONS" && !/^\d+$/.test(noted["max-forwards"] ?? "0")) return "not one valid Max-Forwards";
  return pathFor(req, host) ? undefined : "no path of this host";
}

/** As many digits as a number holds exactly. */
const LENGTH = /^\d{1,15}$/;

/** `uri-host [ ":" port ]`, RFC 9110 §7.2; as reg-name only what names of hosts are made of. */
const HOST = /^(?:[\w-]+(?:\.[\w-]+)*\.?|\[([\da-f:.]+)\])(?::\d{0,5})?$/i;

function isHost(text: string): boolean {
  const [whole, address] = HOST.exec(text) ?? [];
  return whole !== undefined && (address === undefined || isIPv6(address));
}

/** absolute-form, as sent to a proxy. RFC 9112 §3.2.2. */
const ABSOLUTE = /^http(s?):\/\/([^/?#]*)/i;

/** What a request target may hold on its way to an application: no `#`, RFC 9112 §3.2.1; Node's parser takes tabs too. */
const PATH = /^\/[\x21\x22\x24-\x7e\x80-\xff]*$/;

/** Makes a path of the target, or the `*` of OPTIONS; whether it is one, of the host that is asked. */
function pathFor(req: IncomingMessage, host: string | undefined): boolean {
  const isOptions = req.method === "OPTIONS";
  const [origin, s, authority = ""] = ABSOLUTE.exec(req.url ?? "") ?? [];
  if (origin !== undefined) {
    const port = s === "" ? /:(?:80)?$/ : /:(?:443)?$/;
    if (host === undefined || withoutPort(authority, port) !== withoutPort(host, port)) return false;
    const rest = (req.url as string).slice(origin.length);
    // RFC 9112 §3.2.4.
    req.url = rest === "" && isOptions ? "*" : rest.startsWith("/") ? rest : `/${rest}`;
  }
  return PATH.test(req.url as string) || (req.url === "*" && isOptions);
}

/** An authority in lower case, without the port that its scheme has anyway. RFC 9110 §4.2.3. */
function withoutPort(authority: string, port: RegExp): string {
  return authority.toLowerCase().replace(port, "");
}

/** A segment `..` in any reading: encoded, behind another separator, with parameters as Tomcat takes them off. Browsers send none. */
const LEADING_OUT = /(?:[/\\]|%2f|%5c)(?:\.|%2e){2}(?:$|[/\\;]|%2f|%5c|%3b)/i;

function schemeOf({ socket }: IncomingMessage, forwarded: string | undefined, isPlain: boolean): "secure" | "plain" | "unknown" {
  if ("encrypted" in socket) return "secure";
  const [first = ""] = forwarded?.split(",", 1) ?? [];
  const scheme = first.trim().toLowerCase();
  return isPlain || scheme === "http" ? "plain" : scheme === "https" ? "secure" : "unknown";
}

/** What a policy asks per request must not believe the client either. */
function conceal(req: IncomingMessage): void {
  // First of all: Node makes it of the raw list.
  const { headers } = req;
  for (const name of Object.keys(headers)) if (FORWARDED.test(name)) delete headers[name];
  req.rawHeaders = withoutNames(req.rawHeaders, (lower) => FORWARDED.test(lower));
}

/** X-Forwarded-For, -Proto and -Host, after what a trusted proxy said and before all else: no limit of an application's reaches them. */
function linesOf(req: IncomingMessage, { noted, passed }: Read, forwards: number | undefined, settings: ProxySettings): string[] {
  const { trustProxy, changeHost, target, pseudonym } = settings;
  const front: Partial<Noted> = trustProxy ? noted : {};
  const lines = [
    "X-Forwarded-For",
    originOf(req, front["x-forwarded-for"]),
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
  // Behind those of the proxies before this one.
  lines.push("Via", `${req.httpVersion} ${pseudonym}`);
  return lines;
}

function originOf({ socket }: IncomingMessage, said: string | undefined): string {
  const address = (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
  return said === undefined ? address : `${said}, ${address}`;
}

function withoutNames(raw: readonly string[], isOut: (lower: string) => boolean): string[] {
  return raw.filter((_, index) => !isOut((raw[index - (index % 2)] as string).toLowerCase()));
}

/** Of no header that could be among the lines. */
const USUAL: ReadonlySet<string> = new Set(["keep-alive", "close", "upgrade", ""]);

/** The names that Connection lists, in lower case, but for those that name no other header. */
export function connectionNames(connection: string | undefined): readonly string[] {
  if (connection === undefined) return NONE;
  const names = connection.split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => !USUAL.has(name));
}

const NONE: readonly string[] = [];

/** Where a request belongs; to the site where that cannot be said. */
export function placeFor({ url = "" }: IncomingMessage, { placeOf }: ProxySettings): Place {
  return placeOf(pathOf(url)) ?? (placeOf("") as Place);
}

/** A path without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
