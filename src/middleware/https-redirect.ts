import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { type OptionSchemas, readOptions } from "../values/options.js";
import { callable, eitherOf, listOf, textThat, wholeNumber } from "../values/schema.js";
import type { PerRequestInput } from "../values/slots.js";
import { show } from "../values/text.js";
import { pass, refuseRequest, unwritable } from "./pass.js";
import { headerOf, isSecure } from "./transport.js";
import type { Middleware, RequestLike, ResponseLike } from "./types.js";

/** What {@link httpsRedirect} takes. */
export interface HttpsRedirectOptions<Req = PerRequestInput> {
  /**
   * 308 by default. 308 and 301 are permanent, and kept by browsers; 307 and 302 are not. 308 and 307 keep method and body;
   * after 301 and 302 browsers make a GET of a POST. RFC 9110 §15.4.
   */
  readonly status?: 301 | 302 | 307 | 308 | undefined;
  /** The port that https is served on; 443 by default, which is left out of the address. */
  readonly port?: number | undefined;
  /**
   * The only names to redirect to, without scheme and port; `"*.example.com"` stands for every name below it. Any other host
   * gets 400. Without a list the redirect goes to whatever host was asked for.
   */
  readonly hosts?: readonly string[] | undefined;
  /** What is answered over http as well: paths, as they stand in the request and without the query, or a synchronous function. */
  readonly except?: readonly string[] | ((req: Req) => boolean) | undefined;
}

/** A request as it came, and what Express and Connect know of it. */
type Incoming = RequestLike & { readonly url?: string; readonly originalUrl?: string; readonly hostname?: unknown };

type Answering = ResponseLike & {
  statusCode: number;
  getHeader(name: string): unknown;
  end(text: string, encoding: "latin1"): unknown;
};

/**
 * Redirects plain http to https: the same host, and path and query byte for byte.
 *
 * Secure is what Express calls `req.secure`, so that `trust proxy` has to be set behind a proxy that ends TLS: without it
 * every request looks plain, and is redirected for ever. Where there is no Express, a TLS socket is secure, and else the first
 * `X-Forwarded-Proto` token decides. `X-Forwarded-Host` counts only where Express trusts the proxy and there is a list of hosts.
 *
 * @param options all of them optional.
 * @returns a middleware to mount behind `securityHeaders` and before all else. A missing, repeated or malformed Host, one that is
 *   not on the list, and a target that is no path, or has a `#`, get 400. Where `except` throws, its error goes to `next(err)`.
 * @throws {PolicyError} at once, with all that is wrong with the options.
 */
export function httpsRedirect<Req = PerRequestInput>(options: HttpsRedirectOptions<Req> = {}, ...none: readonly []): Middleware {
  refuseRequest("httpsRedirect", [options, ...none]);
  const given = readOptions<HttpsRedirectOptions<Req>>("httpsRedirect", options, OPTIONS);
  const { status = 308, port = 443, except = [] } = given;
  const isListed = given.hosts && matcher(given.hosts);
  const suffix = port === 443 ? "" : `:${port}`;

  return function httpsRedirect(req: Incoming, res, next) {
    const unfit = res.headersSent === false ? undefined : unwritable("httpsRedirect", req, res);
    if (unfit !== undefined) return pass(next, unfit);
    if (isSecure(req)) return pass(next, undefined);
    const target = targetOf(req.originalUrl ?? req.url ?? "");
    let excepted: boolean;
    try {
      excepted = typeof except === "function" ? ask(except, req as Req) : except.includes(target?.path ?? "");
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

const OPTIONS: OptionSchemas<HttpsRedirectOptions> = () => ({
  status: z.literal([308, 301, 302, 307]),
  port: wholeNumber(1, 65_535, "the port that https is served on, from 1 to 65535"),
  hosts: listOf(textThat(isHostPattern, "a host name", HOSTS), "a list of host names", HOSTS, 1),
  except: eitherOf(callable(PATHS), listOf(textThat(isPath, "a path without a query", PATHS), "a list of paths or a function", PATHS)),
});

function isPath(value: string): boolean {
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
  /** Only of an absolute-form target. */
  readonly authority: string | undefined;
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
}

/** origin-form, whose path and query are kept as they are: they come behind a host, so that `//evil` and `/\evil` stay paths. RFC 9112 §3.2.1. */
const PATH = /^(\/[\x21\x22\x24-\x3e\x40-\x7e\x80-\xff]*)((?:\?[\x21\x22\x24-\x7e\x80-\xff]*)?)$/;

/** absolute-form, as sent to a proxy. RFC 9112 §3.2.2. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

/** A request target taken apart; undefined where it has no path, like the `*` of OPTIONS. */
function targetOf(raw: string): Target | undefined {
  const [absolute, authority, rest = ""] = ABSOLUTE.exec(raw) ?? [];
  const local = absolute === undefined ? raw : rest.startsWith("/") ? rest : `/${rest}`;
  const [, path, query = ""] = PATH.exec(local) ?? [];
  return path === undefined ? undefined : { authority, path, query };
}

/** `uri-host [ ":" port ]`, RFC 9110 §7.2; as reg-name only what names of hosts are made of. */
const AUTHORITY = /^([\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])(?::\d*)?$/i;

/** The name of a host in lower case, without the port; undefined where the text is no host. */
function nameOf(authority: string): string | undefined {
  const name = AUTHORITY.exec(authority)?.[1];
  // The pattern keeps out all that has a meaning in an address; what addresses and ports there are, browsers know.
  return name !== undefined && URL.canParse(`https://${authority}`) ? name.toLowerCase() : undefined;
}

/** Where to redirect to; undefined where the request does not say, says two things, or what it says is not on the list. */
function hostOf(req: Incoming, authority: string | undefined, isListed: ((name: string) => boolean) | undefined): string | undefined {
  const hosts = valuesOf(req, "host");
  const said = [...hosts, ...valuesOf(req, ":authority")];
  if (hosts.length > 1 || said.length === 0) return undefined;
  if (authority !== undefined) said.push(authority);
  const names = new Set(said.map(nameOf));
  const [asked] = names;
  if (asked === undefined || names.size > 1) return undefined;
  if (isListed === undefined) return asked;
  // Express's name follows X-Forwarded-Host where the proxy is trusted. Not every proxy overwrites it, so that it takes a list.
  const name = (typeof req.hostname === "string" ? nameOf(req.hostname) : asked)?.replace(/\.$/, "");
  return name !== undefined && isListed(name) ? name : undefined;
}

/** Every value that came under a name; Node's `headers` has only the first Host. */
function valuesOf({ headers, rawHeaders = [] }: RequestLike, name: string): string[] {
  if (rawHeaders.length === 0) return [headers[name] ?? []].flat() as string[];
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** A cache between the proxy and us must not give the redirect to who came over https. */
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

/** What an exception says; a promise would count as yes for everybody. */
function ask<Req>(except: (req: Req) => boolean, req: Req): boolean {
  const value: unknown = except(req);
  if (typeof value === "boolean") return value;
  // Nobody waits for a promise, so that its rejection has to end here.
  Promise.resolve(value).catch(() => undefined);
  const hint = "Return true or false, synchronously.";
  throw policyError("wrong-type", ["httpsRedirect", "except"], `the function gave ${show(value)}`, hint);
}
