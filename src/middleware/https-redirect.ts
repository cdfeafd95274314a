import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { type OptionSchemas, readOptions, shown } from "../values/options.js";
import { callable, eitherOf, listOf, textThat, wholeNumber } from "../values/schema.js";
import type { PerRequestInput } from "../values/slots.js";
import { pass, refuseRequest, unwritable } from "./pass.js";
import { headerOf, isSecure } from "./transport.js";
import type { Middleware, RequestLike, ResponseLike } from "./types.js";

/** Options of {@link httpsRedirect}. */
export interface HttpsRedirectOptions<Req = PerRequestInput> {
  /**
   * The status code. Default: 308. 308 and 301 are permanent, and browsers cache them; 307 and 302 are temporary. 308 and 307 keep
   * method and body; after 301 and 302 browsers turn a POST into a GET. RFC 9110 §15.4.
   */
  readonly status?: 301 | 302 | 307 | 308 | undefined;
  /** The port that serves https. Default: 443, which is left out of the address. */
  readonly port?: number | undefined;
  /**
   * The only host names to redirect to, without scheme and port; `"*.example.com"` matches every name below `example.com`. A request
   * for any other host gets 400. Without a list, the redirect goes to the host of the request.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Requests that are not redirected: paths, as in the request but without the query, or a synchronous function. */
  readonly except?: readonly string[] | ((req: Req) => boolean) | undefined;
}

/** A request, with what Express and Connect add to it. */
type Incoming = RequestLike & { readonly url?: string; readonly originalUrl?: string; readonly hostname?: unknown };

type Answering = ResponseLike & {
  statusCode: number;
  getHeader(name: string): unknown;
  end(text: string, encoding: "latin1"): unknown;
};

/**
 * Redirects plain http to https: the same host, and path and query byte for byte.
 *
 * In Express, a request is secure if `req.secure` is true: set `trust proxy` behind a proxy that terminates TLS, or every request
 * looks like plain http and is redirected in a loop. Outside Express, a TLS socket is secure; otherwise the first `X-Forwarded-Proto`
 * token decides. `X-Forwarded-Host` is used only if Express trusts the proxy and `hosts` is set.
 *
 * @param options see {@link HttpsRedirectOptions}; all are optional.
 * @returns a middleware to mount after `securityHeaders` and before everything else. It answers 400 if the Host header is missing,
 *   repeated, malformed or not in `hosts`, and if the request target is not a path or contains a `#`. If `except` throws, the error goes
 *   to `next(err)`.
 * @throws {PolicyError} at the call, with all mistakes in the options.
 */
export function httpsRedirect<Req = PerRequestInput>(options: HttpsRedirectOptions<Req> = {}, ...none: readonly []): Middleware {
  refuseRequest("httpsRedirect", [options, ...none]);
  const { status = 308, port = 443, hosts, except = [] } = readOptions<HttpsRedirectOptions<Req>>("httpsRedirect", options, OPTIONS);
  const isListed = hosts && matcher(hosts);
  const suffix = port === 443 ? "" : `:${port}`;

  return function httpsRedirect(req: Incoming, res, next) {
    const unfit = res?.headersSent === false ? undefined : unwritable("httpsRedirect", req, res);
    if (unfit !== undefined) return pass(next, unfit);
    if (isSecure(req)) return pass(next, undefined);
    const target = targetOf(req.originalUrl ?? req.url ?? "");
    let excepted: boolean;
    try {
      excepted = typeof except === "function" ? isExcepted(except, req as Req) : except.includes(target?.path ?? "");
    } catch (error) {
      if (next === undefined) throw error;
      return next(error);
    }
    if (excepted) return pass(next, undefined);

    const host = target && hostOf(req, target.authority, isListed);
    if (host === undefined) return answer(res as Answering, 400, "This host or address is not served here.");
    vary(req, res as Answering);
    res.setHeader("Location", `https://${host}${suffix}${target?.path}${target?.query}`);
    answer(res as Answering, status, "This site is served over https.");
  };
}

const HOSTS = 'Write host names without scheme and port, in Punycode: ["example.com", "*.example.com"].';
const PATHS = 'Write a list of paths without a query, such as ["/health"], or a function of the request.';

/** The schema of a list of host names that requests may be redirected to. */
export function hostNames() {
  return listOf(textThat(isHostPattern, "a host name", HOSTS), "a list of one or more host names", HOSTS, 1);
}

const OPTIONS: OptionSchemas<HttpsRedirectOptions> = () => ({
  status: z.literal([308, 301, 302, 307]),
  port: wholeNumber(1, 65_535, "the port that serves https, from 1 to 65535"),
  hosts: hostNames(),
  except: eitherOf(
    callable(PATHS),
    listOf(textThat(isPlainTarget, "a path without a query", PATHS), "a list of paths, or a function", PATHS),
  ),
});

function isPlainTarget(value: string): boolean {
  return PATH.exec(value)?.[2] === "";
}

function isHostPattern(value: string): boolean {
  const name = value.replace(/^\*\./, "");
  return nameOf(name) === name.toLowerCase() && !name.endsWith(".");
}

function matcher(hosts: readonly string[]): (name: string) => boolean {
  const names = new Set(hosts.map((host) => host.toLowerCase()));
  const suffixes = [...names].filter((name) => name.startsWith("*.")).map((name) => name.slice(1));
  return (name) => names.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
}

interface Target {
  /** Only in an absolute-form target. */
  readonly authority: string | undefined;
  readonly path: string;
  /** Including its question mark. */
  readonly query: string;
}

/** origin-form. Path and query are kept unchanged: a host precedes them, so `//evil` and `/\evil` stay paths. RFC 9112 §3.2.1. */
const PATH = /^(\/[\x21\x22\x24-\x3e\x40-\x7e\x80-\xff]*)((?:\?[\x21\x22\x24-\x7e\x80-\xff]*)?)$/;

/** absolute-form, as sent to a proxy. RFC 9112 §3.2.2. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

/** The parts of a request target; undefined if it has no path, such as the `*` of OPTIONS. */
function targetOf(raw: string): Target | undefined {
  const [absolute, authority, rest = ""] = ABSOLUTE.exec(raw) ?? [];
  const local = absolute === undefined ? raw : rest.startsWith("/") ? rest : `/${rest}`;
  const [, path, query = ""] = PATH.exec(local) ?? [];
  return path === undefined ? undefined : { authority, path, query };
}

/** `uri-host [ ":" port ]`, RFC 9110 §7.2; a reg-name may contain only the characters of host names. */
const AUTHORITY = /^([\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])(?::\d*)?$/i;

/** The host name in lower case, without the port; undefined if the text is not a host. */
function nameOf(authority: string): string | undefined {
  const name = AUTHORITY.exec(authority)?.[1];
  // The pattern excludes every character with a meaning in a URL; the URL parser checks IP addresses and ports.
  return name !== undefined && URL.canParse(`https://${authority}`) ? name.toLowerCase() : undefined;
}

/** The host to redirect to; undefined if the request has none, has two that differ, or the host is not in the list. */
function hostOf(req: Incoming, authority: string | undefined, isListed: ((name: string) => boolean) | undefined): string | undefined {
  const hosts = valuesOf(req, "host");
  const all = [...hosts, ...valuesOf(req, ":authority")];
  if (hosts.length > 1 || all.length === 0) return undefined;
  if (authority !== undefined) all.push(authority);
  const names = new Set(all.map(nameOf));
  const [asked] = names;
  if (asked === undefined || names.size > 1) return undefined;
  if (isListed === undefined) return asked;
  // Express's req.hostname follows X-Forwarded-Host if the proxy is trusted. Not every proxy overwrites it, so a list is required.
  const name = (typeof req.hostname === "string" ? nameOf(req.hostname) : asked)?.replace(/\.$/, "");
  return name !== undefined && isListed(name) ? name : undefined;
}

/** Every value of a header; Node's `headers` has only the first Host. */
function valuesOf({ headers, rawHeaders = [] }: RequestLike, name: string): string[] {
  if (rawHeaders.length === 0) return [headers[name] ?? []].flat() as string[];
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** A cache between the proxy and this server must not answer https requests with the redirect. */
function vary(req: RequestLike, res: Answering): void {
  if (headerOf(req, "x-forwarded-proto") === undefined) return;
  const before = res.getHeader("Vary");
  res.setHeader("Vary", before === undefined ? "X-Forwarded-Proto" : `${before}, X-Forwarded-Proto`);
}

function answer(res: Answering, status: number, text: string): void {
  res.statusCode = status;
  res.setHeader("Content-Type", "text/plain; charset=utf-8");
  // The body's encoding becomes that of the headers sent along, and a byte of the path has to stay that byte.
  res.end(`${text}\n`, "latin1");
}

/** Calls the user's `except`; a promise would be truthy for every request. */
function isExcepted<Req>(except: (req: Req) => boolean, req: Req): boolean {
  const value: unknown = except(req);
  if (typeof value === "boolean") return value;
  // No code awaits this promise: its rejection is handled here.
  Promise.resolve(value).catch(() => undefined);
  const hint = "Return true or false, synchronously.";
  throw policyError("wrong-type", ["httpsRedirect", "except"], `the function returned ${shown(value)}`, hint);
}
