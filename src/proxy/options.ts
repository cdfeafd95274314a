import { randomBytes } from "node:crypto";
import { issueCollector, PolicyError, policyError } from "../errors.js";
import { httpsRedirect } from "../middleware/https-redirect.js";
import { isPath } from "../middleware/routes.js";
import { type Layer, makePolicy, type Policy } from "../policy/policy.js";
import type { PresetName } from "../presets/index.js";
import { type Option, readOptions, SWITCH } from "../values/legacy-options.js";
import { show } from "../values/text.js";
import { type PlaceOf, type ProxyRoute, placesOf } from "./places.js";

/** What {@link createProxy} takes; all but `target` has a default. */
export interface ProxyOptions {
  /**
   * Where the application listens, as `"http://127.0.0.1:8501"`. With a path, as `"http://127.0.0.1:8501/base"`, it is asked for `/base/x`
   * where a client asks for `/x`; what the application sends of its own paths is its own matter, but for a Location at the target.
   */
  readonly target: string;
  /** A preset's name, what `definePolicy` made, or layers as it takes them; `recommended` unless told. A nonce in it is refused: no page would know it. */
  readonly policy?: PresetName | Policy | readonly Layer[] | undefined;
  /** What lies on top for some paths, at most 1,000. A path is matched as servers read it: `//embed` and `/%65mbed` are `/embed`. */
  readonly routes?: readonly ProxyRoute[] | undefined;
  /** Keeps the Content-Security-Policy that the application sends, beside ours; browsers enforce both. Without it ours replaces it. */
  readonly keepUpstream?: boolean | undefined;
  /** Believes what the client says in X-Forwarded-For, -Proto and -Host: only behind another proxy that sets them. */
  readonly trustProxy?: boolean | undefined;
  /** Sends the target's own name as Host, and not the client's; on unless told where the target is https, whose certificate has that name. */
  readonly changeHost?: boolean | undefined;
  /** Uses a connection to the application for more than one request; on unless told. Without it no bytes of one answer can reach another visitor. */
  readonly keepAlive?: boolean | undefined;
  /** Key and certificate in PEM: then https is served. */
  readonly tls?: ProxyTls | undefined;
  /** A path that the proxy answers itself with 200; `"/health"` unless told, `false` for none. */
  readonly healthPath?: string | false | undefined;
  /** A path that the application is asked for on `healthPath`: 503 where it does not answer with 2xx or 3xx within five seconds. */
  readonly healthTarget?: string | undefined;
  /** Milliseconds to wait for a connection to the application; 10,000 unless told. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds to wait until a response begins, or for the next part of an upload; 300,000 unless told: five minutes. What has begun may take as long as it likes. */
  readonly responseTimeout?: number | undefined;
  /** Milliseconds for which a WebSocket may be silent, both ways; 3,600,000 unless told: an hour. */
  readonly webSocketTimeout?: number | undefined;
  /** Connections of clients at once, for each port; 2,048 unless told. Further ones are closed at once. */
  readonly maxConnections?: number | undefined;
  /** Called once a request is over, WebSockets when they are closed. What it throws becomes a warning of the process. */
  readonly log?: ((entry: ProxyLogEntry) => void) | undefined;
}

/** Key and certificate, as texts or bytes in PEM. */
export interface ProxyTls {
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
}

/** Where a proxy listens. */
export interface ListenOptions {
  /** 0 for one that is free. */
  readonly port: number;
  /** An address of this machine; `127.0.0.1` unless told, which nobody else reaches. `0.0.0.0` or `::` for all. */
  readonly host?: string | undefined;
  /** With `tls`: a port that is served over http, and redirects to https. */
  readonly redirectPort?: number | undefined;
  /** The port that browsers reach https on, where it is not `port`: for the redirect. */
  readonly publicPort?: number | undefined;
  /** The only names that the redirect goes to, as `httpsRedirect` takes them; any other host gets 400. Without them it goes to whatever host was asked. */
  readonly hosts?: readonly string[] | undefined;
}

/** One request that is over. */
export interface ProxyLogEntry {
  readonly method: string;
  /** Without the query, which may hold what no log should. */
  readonly path: string;
  /** What the client was sent; 101 for a WebSocket. */
  readonly status: number;
  /** From the request's headers to the last byte of the response, or the end of the WebSocket, in milliseconds. */
  readonly ms: number;
  /** Where the request came from, as in X-Forwarded-For. */
  readonly from: string;
  /** Why the response is not the application's, or not whole: `"ECONNREFUSED"`, `"client closed"`, `"not one valid Host"`. */
  readonly error?: string | undefined;
}

/** Options that were read, with their defaults. */
export interface ProxySettings {
  /** This proxy's name in Via, which no other proxy has. RFC 9110 §7.6.3. */
  readonly pseudonym: string;
  readonly target: URL;
  /** The target's path without a slash at its end, `"/base"`; `""` where it has none. */
  readonly base: string;
  readonly placeOf: PlaceOf;
  readonly keepUpstream: boolean;
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

const isPem = (value: unknown): boolean => typeof value === "string" || value instanceof Uint8Array;
const MILLISECONDS: Option = {
  fits: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31,
  hint: "Write milliseconds, such as 10_000.",
};

const OPTIONS: Readonly<Record<keyof ProxyOptions, Option>> = {
  target: {
    fits: isTarget,
    hint: 'Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".',
  },
  policy: {
    fits: (value) => (typeof value === "string" ? value !== "" : typeof value === "object" && value !== null),
    hint: 'Write "streamlit", definePolicy(…), or a list of layers.',
  },
  routes: { fits: Array.isArray, hint: 'Write [{ path: "/embed", layers: [{ … }] }].' },
  keepUpstream: SWITCH,
  trustProxy: SWITCH,
  changeHost: SWITCH,
  keepAlive: SWITCH,
  tls: {
    fits: (value) => isPem((value as Partial<ProxyTls> | null)?.key) && isPem((value as Partial<ProxyTls> | null)?.cert),
    hint: "Write { key, cert }, texts or bytes in PEM.",
  },
  healthPath: {
    fits: (value) => value === false || isPlainPath(value),
    hint: 'Write a path without query, such as "/health", or false.',
  },
  healthTarget: { fits: isPlainPath, hint: 'Write a path without query, such as "/_stcore/health".' },
  connectTimeout: MILLISECONDS,
  responseTimeout: MILLISECONDS,
  webSocketTimeout: MILLISECONDS,
  maxConnections: {
    fits: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) <= 1_000_000,
    hint: "Write a number of connections, such as 2_048.",
  },
  log: { fits: (value) => typeof value === "function", hint: "Write a function that takes an entry." },
};

const portFrom = (least: number): Option => ({
  fits: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) < 65_536,
  hint: `Write a port from ${least} to 65535.`,
});

const LISTEN_OPTIONS: Readonly<Record<keyof ListenOptions, Option>> = {
  port: portFrom(0),
  host: { fits: (value) => typeof value === "string" && value !== "", hint: 'Write an address of this machine, such as "127.0.0.1".' },
  redirectPort: portFrom(0),
  publicPort: portFrom(1),
  // What they may be, httpsRedirect says.
  hosts: { fits: () => true, hint: "" },
};

/** Reads where a proxy is to listen; throws PolicyError with all that is wrong with it. */
export function readListenOptions(where: ListenOptions): ListenOptions {
  const given = readOptions<ListenOptions>("listen", where, LISTEN_OPTIONS);
  const { port, hosts } = given;
  if (port === undefined) throw policyError("missing", ["listen", "port"], "is not given", "Write a port, or 0 for one that is free.");
  checkHosts(hosts);
  return { ...given, port };
}

function checkHosts(hosts: ListenOptions["hosts"]): void {
  const { adopt, throwIfAny } = issueCollector();
  try {
    httpsRedirect({ hosts });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    adopt(error, (path) => path.replace(/^httpsRedirect/, "listen"));
  }
  throwIfAny();
}

/** The time that a closing proxy gives to what runs; throws PolicyError where it is none. */
export function readGrace(grace: number): number {
  if (grace === 0 || MILLISECONDS.fits(grace)) return grace;
  throw policyError("wrong-type", ["close"], `${show(grace)} does not fit`, "Write milliseconds: close(10_000).");
}

/** Reads the options of a proxy; throws PolicyError with all that is wrong with them. */
export function readProxyOptions(options: ProxyOptions): ProxySettings {
  const given = readOptions<ProxyOptions>("createProxy", options, OPTIONS);
  if (given.target === undefined) {
    throw policyError("missing", ["createProxy", "target"], "is not given", OPTIONS.target.hint);
  }
  if (given.healthPath === false && given.healthTarget !== undefined) {
    const hint = 'Write a healthPath, such as "/health".';
    throw policyError("conflict", ["createProxy", "healthTarget"], "is for healthPath, and there is none", hint);
  }
  const layers = given.policy ?? [];
  const policy = makePolicy(Array.isArray(layers) ? layers : [layers]);
  const target = new URL(given.target);
  return {
    pseudonym: `portcullis-${randomBytes(8).toString("hex")}`,
    target,
    base: target.pathname.replace(/\/$/, ""),
    placeOf: placesOf(policy, given.routes ?? []),
    keepUpstream: given.keepUpstream ?? false,
    trustProxy: given.trustProxy ?? false,
    changeHost: given.changeHost ?? target.protocol === "https:",
    keepAlive: given.keepAlive ?? true,
    tls: given.tls,
    healthPath: given.healthPath === false ? undefined : (given.healthPath ?? "/health"),
    healthTarget: given.healthTarget,
    connectTimeout: given.connectTimeout ?? 10_000,
    responseTimeout: given.responseTimeout ?? 300_000,
    webSocketTimeout: given.webSocketTimeout ?? 3_600_000,
    maxConnections: given.maxConnections ?? 2_048,
    log: given.log,
  };
}

/** The error of a key and certificate that Node does not take. */
export function badTls(cause: unknown): PolicyError {
  const why = show(cause instanceof Error ? cause.message : cause);
  return policyError(
    "invalid-value",
    ["createProxy", "tls"],
    `Node says ${why}`,
    "Write a private key and its certificate, in PEM.",
    cause,
  );
}

function isPlainPath(value: unknown): boolean {
  return typeof value === "string" && /^\/[\x21-\x22\x24-\x3e\x40-\x7e]*$/.test(value);
}

function isTarget(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && isPath(pathname) && !pathname.includes("//") && `${search}${hash}${username}${password}` === "";
}
