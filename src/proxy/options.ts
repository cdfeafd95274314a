import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { issueCollector, type PolicyError, type PolicyIssue, policyError } from "../errors.js";
import { hostNames } from "../middleware/https-redirect.js";
import { isPath } from "../middleware/routes.js";
import { cookieHardener, type Harden, type SecureCookiesOptions } from "../middleware/secure-cookies.js";
import type { Middleware } from "../middleware/types.js";
import { type Layer, makePolicy, type Policy } from "../policy/policy.js";
import type { PresetName } from "../presets/index.js";
import { checkArgument, checkOptions, type OptionSchemas } from "../values/options.js";
import { callable, expecting, textThat, wholeNumber } from "../values/schema.js";
import { isPromise, show } from "../values/text.js";
import { type PlaceOf, type ProxyRoute, placesOf } from "./places.js";

/** Options of {@link createProxy}; all but `target` are optional. */
export interface ProxyOptions {
  /**
   * The application's address, such as `"http://127.0.0.1:8501"`. With a path, such as `"http://127.0.0.1:8501/base"`, a request for `/x`
   * is sent to `/base/x`. Paths in the application's responses are not rewritten, except a Location below that path.
   */
  readonly target: string;
  /**
   * A preset's name, a policy of `definePolicy`, or a list of layers. Default: `recommended`. A nonce is an error: the application's
   * pages do not have it.
   */
  readonly policy?: PresetName | Policy | readonly Layer[] | undefined;
  /** Layers on top of the policy for some paths; at most 1,000 routes. Paths are normalised first: `//embed` and `/%65mbed` are `/embed`. */
  readonly routes?: readonly ProxyRoute[] | undefined;
  /** Keeps the application's own Content-Security-Policy beside the policy's; browsers enforce both. Default: false, which replaces it. */
  readonly keepUpstream?: boolean | undefined;
  /** Adds Secure, HttpOnly and SameSite to the application's cookies, as `secureCookies` does: `true`, or its options. Default: false. */
  readonly secureCookies?: boolean | SecureCookiesOptions | undefined;
  /**
   * A path that the proxy answers itself with a middleware, such as `{ path: "/csp-report", handle: collectReports() }`. Where the middleware
   * calls `next()`, the response is 404; where it calls `next(error)`, 500.
   */
  readonly endpoint?: ProxyEndpoint | undefined;
  /** Trusts the X-Forwarded-For, -Proto and -Host of requests: only behind another proxy that sets them. Default: false. */
  readonly trustProxy?: boolean | undefined;
  /**
   * Sends the target's host as Host instead of the client's. Default: true if the target is https, because its certificate is for that
   * name; otherwise false.
   */
  readonly changeHost?: boolean | undefined;
  /**
   * Reuses connections to the application. Default: true. With false, bytes of one response can never reach another visitor, whatever
   * the application sends.
   */
  readonly keepAlive?: boolean | undefined;
  /** Key and certificate in PEM: the proxy then serves https. */
  readonly tls?: ProxyTls | undefined;
  /** A path that the proxy itself answers with 200. Default: `"/health"`; `false` for none. */
  readonly healthPath?: string | false | undefined;
  /**
   * A path of the application that is requested for each request to `healthPath`: the response is 503 unless the application responds
   * with 2xx or 3xx within five seconds.
   */
  readonly healthTarget?: string | undefined;
  /** Time limit for connecting to the application, in milliseconds. Default: 10,000. */
  readonly connectTimeout?: number | undefined;
  /**
   * Time limit until a response begins, or until the next part of an upload arrives, in milliseconds. Default: 300,000. A response that
   * has begun has no time limit.
   */
  readonly responseTimeout?: number | undefined;
  /** How long a WebSocket may be silent in both directions, in milliseconds. Default: 3,600,000. */
  readonly webSocketTimeout?: number | undefined;
  /** The number of simultaneous client connections for each port. Default: 2,048. Further connections are closed at once. */
  readonly maxConnections?: number | undefined;
  /** Called after each request, and when a WebSocket is closed. An exception becomes a warning of the process. */
  readonly log?: ((entry: ProxyLogEntry) => void) | undefined;
}

/** A path that the proxy answers itself. */
export interface ProxyEndpoint {
  /** Without a query. */
  readonly path: string;
  /** Gets the request with its whole path and with its body unread; the policy's headers are on the response. */
  readonly handle: Middleware;
}

/** Key and certificate, as strings or bytes in PEM. */
export interface ProxyTls {
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
}

/** Where a proxy listens. */
export interface ListenOptions {
  /** The port; 0 for any free port. */
  readonly port: number;
  /** An address of this machine. Default: `"127.0.0.1"`, which other machines cannot reach; `"0.0.0.0"` or `"::"` for all addresses. */
  readonly host?: string | undefined;
  /** A port that serves http, and redirects to https; an error without `tls`. */
  readonly redirectPort?: number | undefined;
  /** The port that browsers use for https, if it is not `port`; an error without `redirectPort`. */
  readonly publicPort?: number | undefined;
  /**
   * The only host names to redirect to, as for `httpsRedirect`; requests for any other host get 400. Without it, the redirect goes to the
   * host of the request. An error without `redirectPort`.
   */
  readonly hosts?: readonly string[] | undefined;
}

/** One finished request. */
export interface ProxyLogEntry {
  readonly method: string;
  /** Without the query, which may hold secrets. */
  readonly path: string;
  /** The status that was sent to the client; 101 for a WebSocket. */
  readonly status: number;
  /** From the request's headers to the last byte of the response, or the end of the WebSocket, in milliseconds. */
  readonly ms: number;
  /** Where the request came from, as in X-Forwarded-For. */
  readonly from: string;
  /** Why the response is not the application's, or not complete: `"ECONNREFUSED"`, `"client closed"`, `"not one valid Host"`. */
  readonly error?: string | undefined;
}

/** Checked options, with their defaults. */
export interface ProxySettings {
  /** This proxy's name in Via, unique to this process. RFC 9110 §7.6.3. */
  readonly pseudonym: string;
  readonly target: URL;
  /** The target's path without a slash at its end, `"/base"`; `""` if it has none. */
  readonly base: string;
  readonly placeOf: PlaceOf;
  readonly keepUpstream: boolean;
  /** Undefined where cookies are passed on unchanged. */
  readonly hardenCookie: Harden | undefined;
  readonly endpoint: ProxyEndpoint | undefined;
  readonly trustProxy: boolean;
  readonly changeHost: boolean;
  readonly keepAlive: boolean;
  readonly tls: ProxyTls | undefined;
  readonly healthPath: string | undefined;
  readonly healthTarget: string | undefined;
  readonly connectTimeout: number;
  readonly responseTimeout: number;
  readonly webSocketTimeout: number;
  readonly maxConnections: number;
  readonly log: ((entry: ProxyLogEntry) => void) | undefined;
}

const TARGET = 'Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".';

/** The longest time that Node's timers take. */
const LONGEST_TIME = 2 ** 31 - 1;

const milliseconds = () => wholeNumber(1, LONGEST_TIME, "milliseconds, such as 10_000");

const OPTIONS: OptionSchemas<ProxyOptions> = () => ({
  target: textThat(isTarget, "a target address", TARGET),
  policy: z.custom(isPolicyLike, expecting("a policy", 'Write "streamlit", definePolicy(…), or a list of layers.')),
  routes: z.array(z.unknown(), expecting("a list of routes", 'Write [{ path: "/embed", layers: [{ … }] }].')),
  keepUpstream: z.boolean(),
  secureCookies: z.custom(
    (value) => typeof value === "boolean" || isObject(value),
    expecting("true, false or the options of secureCookies", 'Write true, or options such as { sameSite: "Strict" }.'),
  ),
  endpoint: z.custom(isEndpoint, expecting("a path and a middleware", 'Write { path: "/csp-report", handle: collectReports() }.')),
  trustProxy: z.boolean(),
  changeHost: z.boolean(),
  keepAlive: z.boolean(),
  tls: z.custom(isTls, expecting("a key and a certificate", "Write { key, cert }, as strings or bytes in PEM.")),
  healthPath: z.custom(
    (value) => value === false || isPlainPath(value),
    expecting("a path without a query, or false", 'Write a path, such as "/health", or false.'),
  ),
  healthTarget: textThat(isPlainPath, "a path without a query", 'Write a path, such as "/_stcore/health".'),
  connectTimeout: milliseconds(),
  responseTimeout: milliseconds(),
  webSocketTimeout: milliseconds(),
  maxConnections: wholeNumber(1, 1_000_000, "a number of connections, such as 2_048"),
  log: callable("Write a function that takes a log entry."),
});

const port = (least: number) => wholeNumber(least, 65_535, `a port from ${least} to 65535`);

const LISTEN_OPTIONS: OptionSchemas<ListenOptions> = () => ({
  port: port(0),
  host: textThat((text) => text !== "", "an address of this machine", 'Write an address of this machine, such as "127.0.0.1".'),
  redirectPort: port(0),
  publicPort: port(1),
  hosts: hostNames(),
});

/**
 * Checks where a proxy is to listen.
 *
 * @param isSecure whether the proxy serves https.
 * @throws {PolicyError} with all mistakes.
 */
export function readListenOptions(where: ListenOptions, isSecure: boolean): ListenOptions {
  const { issues, report, throwIfAny } = issueCollector();
  const given = checkOptions<ListenOptions>(["listen"], where, LISTEN_OPTIONS, report);
  const hasNoEffect = (option: string, without: string, hint: string) =>
    report({ code: "conflict", path: ["listen", option], message: `has no effect without ${without}`, hint });
  const { port, redirectPort, publicPort, hosts } = given;
  if (isAbsent(issues, "listen", "port", port)) {
    report({ code: "missing", path: ["listen", "port"], message: "is missing", hint: "Write a port, or 0 for any free port." });
  }
  if (redirectPort !== undefined && !isSecure) hasNoEffect("redirectPort", "https", "Write createProxy({ target, tls: { key, cert } }).");
  if (isAbsent(issues, "listen", "redirectPort", redirectPort)) {
    if (publicPort !== undefined) hasNoEffect("publicPort", "redirectPort", REDIRECT);
    if (hosts !== undefined) hasNoEffect("hosts", "redirectPort", REDIRECT);
  }
  throwIfAny();
  return { ...given, port: port as number };
}

const REDIRECT = "Write redirectPort: 80.";

/** Whether an option is absent: one that was refused, or is in options that were refused as a whole, is not. */
function isAbsent(issues: readonly PolicyIssue[], name: string, option: string, value: unknown): boolean {
  return value === undefined && !issues.some(({ path }) => path === name || path === `${name}.${option}`);
}

/** Checks how long a closing proxy waits for running requests. Throws PolicyError. */
export function checkGrace(grace: number): void {
  checkArgument("close", "grace", grace, wholeNumber(0, LONGEST_TIME, "milliseconds: close(10_000)"));
}

/** Checks the options of a proxy. Throws PolicyError with all mistakes. */
export function readProxyOptions(options: ProxyOptions): ProxySettings {
  const { issues, report, throwIfAny } = issueCollector();
  const given = checkOptions<ProxyOptions>(["createProxy"], options, OPTIONS, report);
  const { policy = [], healthPath = "/health" } = given;
  if (isAbsent(issues, "createProxy", "target", given.target)) {
    report({ code: "missing", path: ["createProxy", "target"], message: "is missing", hint: TARGET });
  }
  if (healthPath === false && given.healthTarget !== undefined) {
    const hint = 'Write a healthPath, such as "/health".';
    report({ code: "conflict", path: ["createProxy", "healthTarget"], message: "has no effect, because healthPath is false", hint });
  }
  throwIfAny();
  const target = new URL(given.target as string);
  return {
    pseudonym: `portcullis-${randomBytes(8).toString("hex")}`,
    target,
    base: target.pathname.replace(/\/$/, ""),
    placeOf: placesOf(makePolicy(Array.isArray(policy) ? policy : [policy]), given.routes ?? []),
    keepUpstream: given.keepUpstream ?? false,
    hardenCookie: hardenerOf(given.secureCookies),
    endpoint: given.endpoint,
    trustProxy: given.trustProxy ?? false,
    changeHost: given.changeHost ?? target.protocol === "https:",
    keepAlive: given.keepAlive ?? true,
    tls: given.tls,
    healthPath: healthPath === false ? undefined : healthPath,
    healthTarget: given.healthTarget,
    connectTimeout: given.connectTimeout ?? 10_000,
    responseTimeout: given.responseTimeout ?? 300_000,
    webSocketTimeout: given.webSocketTimeout ?? 3_600_000,
    maxConnections: given.maxConnections ?? 2_048,
    log: given.log,
  };
}

function hardenerOf(given: ProxyOptions["secureCookies"]): Harden | undefined {
  return given ? cookieHardener("createProxy.secureCookies", given === true ? {} : given).harden : undefined;
}

/** The error for a key and certificate that Node refuses. */
export function badTls(cause: unknown): PolicyError {
  const message = `Node reports ${show(cause instanceof Error ? cause.message : cause)}`;
  return policyError("invalid-value", ["createProxy", "tls"], message, "Write a private key and its certificate, in PEM.", cause);
}

function isPolicyLike(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : typeof value === "object" && value !== null && !isPromise(value);
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value) && !isPromise(value);

function isEndpoint(value: unknown): boolean {
  const { path, handle } = (value ?? {}) as Partial<ProxyEndpoint>;
  return isPlainPath(path) && typeof handle === "function";
}

function isTls(value: unknown): boolean {
  const { key, cert } = (value ?? {}) as Partial<ProxyTls>;
  return isPem(key) && isPem(cert);
}

function isPem(value: unknown): boolean {
  return typeof value === "string" || value instanceof Uint8Array;
}

function isPlainPath(value: unknown): boolean {
  return typeof value === "string" && /^\/[\x21-\x22\x24-\x3e\x40-\x7e]*$/.test(value);
}

function isTarget(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && isPath(pathname) && !pathname.includes("//") && `${search}${hash}${username}${password}` === "";
}
