import { type ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createProxyServer, type ProxyServer, type ProxyServerOptions } from "httpxy";
import { PolicyError } from "../errors.js";
import { securityHeaders } from "../middleware/security-headers.js";
import { settle } from "../middleware/state.js";
import { isSecure } from "../middleware/transport.js";
import type { Middleware } from "../middleware/types.js";
import { compiledOf } from "../policy/render.js";
import type { ProxySettings } from "./options.js";
import { pathOf, tidy } from "./request.js";
import { decidedBy, type PageStatus, pageOf, relay } from "./response.js";
import type { Desk, Traffic } from "./traffic.js";
import { tunnel } from "./tunnel.js";
import { limit, lostRace, reasonOf, statusOf, unlimit } from "./upstream.js";

/** What the servers of a proxy call; `first` may answer before the application is asked: the redirect to https. */
export interface Handlers {
  handle(req: IncomingMessage, res: ServerResponse, first?: Middleware): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware): void;
  /** A request that Node's parser refuses. */
  misfit(error: NodeJS.ErrnoException, socket: Duplex): void;
}

export function handlersOf(settings: ProxySettings, traffic: Traffic): Handlers {
  const { keepUpstream, trustProxy, healthPath, log } = settings;
  const { protocol, hostname, port } = settings.target;
  const toTarget: ProxyServerOptions = {
    target: { protocol, hostname: hostname.replace(/^\[|\]$/g, ""), port },
    changeOrigin: settings.changeHost,
    selfHandleResponse: true,
  };
  // One for each kind of connection: options that come with a request cost httpxy a seventh of all its time.
  const kept = createProxyServer({ ...toTarget, agent: traffic.agent });
  const alone = createProxyServer({ ...toTarget, agent: false });
  const put = securityHeaders(settings.policy);
  const decided = decidedBy(compiledOf(settings.policy));
  const retried = new WeakSet<IncomingMessage>();
  const reasons = new WeakMap<object, string>();

  /** The policy over what is set already: sealed, because nothing is written after it. */
  const secure: Desk["secure"] = (req, res) => {
    let failed: unknown;
    put(req, res, (error) => {
      failed = error;
    });
    settle(req, res);
    return failed;
  };

  /** What the policy says of a response that is the application's; throws where a slot fails. */
  function linesFor(req: IncomingMessage): string[] {
    const lines: string[] = [];
    put(req, { headersSent: false, setHeader: (name, value) => lines.push(name, value), removeHeader: () => undefined });
    return lines;
  }

  function handle(req: IncomingMessage, res: ServerResponse, first?: Middleware): void {
    begin(req, res);
    const fit = tidy(req, trustProxy);
    // Known to be plain here: the policy leaves out what only https may carry.
    if (first !== undefined && !trustProxy) req.rawHeaders = ["X-Forwarded-Proto", "http", ...req.rawHeaders];
    if (!fit) return answer(req, res, 400, HTML, pageOf(400));
    if (healthPath !== undefined && pathOf(req.url as string) === healthPath) return answer(req, res, 200, TEXT, "healthy\n");
    if (first === undefined || isSecure(req)) return pass(req, res);
    const error = secure(req, res);
    if (error !== undefined) return fail(req, res, 500, error);
    first(req, res, (error) => (error === undefined ? pass(req, res) : fail(req, res, 500, error)));
  }

  function pass(req: IncomingMessage, res: ServerResponse, proxy = kept): void {
    proxy.web(req, res).catch((error: unknown) => failed(error, req, res));
  }

  /** Answers by itself; nothing that was set before stays. */
  function answer(req: IncomingMessage, res: ServerResponse, status: number, type: string, text: string): void {
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    res.statusCode = status;
    res.setHeader("Content-Type", type);
    res.setHeader("Content-Length", Buffer.byteLength(text));
    res.setHeader("Cache-Control", "no-store");
    const error = secure(req, res);
    if (error === undefined || status === 500) res.end(text);
    else fail(req, res, 500, error);
  }

  function fail(req: IncomingMessage, res: ServerResponse, status: PageStatus, error: unknown): void {
    reasons.set(res, reasonOf(error));
    answer(req, res, status, HTML, pageOf(status));
    // What is left of an upload has to be read, or the client would not read the answer.
    req.resume();
  }

  /** Keeps count of what runs, and tells the log. */
  function begin(req: IncomingMessage, res: ServerResponse): void {
    traffic.running += 1;
    res.on("close", over);
    if (log === undefined) return;
    const write = entryOf(req);
    res.on("close", () => write(res.statusCode, reasons.get(res) ?? (res.writableFinished ? undefined : "client closed")));
  }

  function over(): void {
    traffic.running -= 1;
  }

  function entryOf(req: IncomingMessage): (status: number, error?: string) => void {
    const begun = performance.now();
    const { method = "", url = "", socket, headers } = req;
    const address = socket.remoteAddress;
    return (status, error) => {
      const ms = Math.round(10 * (performance.now() - begun)) / 10;
      const from = String(headers["x-forwarded-for"] ?? address);
      log?.({ method, path: pathOf(url), status, ms, from, ...(error !== undefined && { error }) });
    };
  }

  /** The application gave no response, or not a whole one. */
  function failed(error: unknown, req: IncomingMessage, res: ServerResponse): void {
    if (res.destroyed || res.writableEnded) return;
    if (res.headersSent) {
      reasons.set(res, reasonOf(error));
      return void res.destroy();
    }
    if (mayRepeat(req) && !retried.has(req) && lostRace(error, (req as Asked)[REQUEST])) {
      retried.add(req);
      return pass(req, res, alone);
    }
    fail(req, res, statusOf(error), error);
  }

  function serve(proxy: ProxyServer): void {
    proxy.on("proxyReq", (request, req, res) => {
      (req as Asked)[REQUEST] = request;
      limit(request, settings);
      request.on("upgrade", (_response, socket) => {
        socket.destroy();
        failed(new Error("the application switched protocols unasked"), req, res);
      });
    });
    proxy.on("proxyRes", respond);
    proxy.on("error", (error, req, res) => {
      if (req !== undefined && res instanceof ServerResponse) failed(error, req, res);
    });
  }

  function respond(response: IncomingMessage, req: IncomingMessage, res: ServerResponse): void {
    if (res.destroyed || res.headersSent) return void response.destroy();
    unlimit(response);
    if (log !== undefined) {
      response.on("close", () => {
        if (!response.complete) reasons.set(res, "upstream closed");
      });
    }
    try {
      const lines = linesFor(req);
      if (traffic.closing) lines.push("Connection", "close");
      relay(response, res, { lines, decided }, keepUpstream);
    } catch (error) {
      response.destroy();
      fail(req, res, error instanceof PolicyError ? 500 : 502, error);
    }
  }

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, first?: Middleware): void {
    socket.on("error", () => undefined);
    const { upgrade: protocols = "", "content-length": length = "0", "transfer-encoding": coding } = req.headers;
    // A body has come with the bytes that Node took for the other protocol's.
    if (length !== "0" || coding !== undefined) return refuse(req, socket, 400);
    // An upgrade may be ignored, RFC 9110 §7.8; over plain http a WebSocket is redirected like all else.
    const asked = req.method === "GET" && protocols.toLowerCase() === "websocket";
    if (!asked || (first !== undefined && !(trustProxy && isSecure(req)))) return onSocket(req, socket, (res) => handle(req, res, first));
    if (!tidy(req, trustProxy)) return refuse(req, socket, 400);
    openTunnel(req, socket, head);
  }

  function refuse(req: IncomingMessage, socket: Duplex, status: PageStatus, error?: unknown): void {
    onSocket(req, socket, (res) => {
      begin(req, res);
      if (error !== undefined) reasons.set(res, reasonOf(error));
      answer(req, res, status, HTML, pageOf(status));
    });
  }

  /** A response where Node made none, and has handed out the bare socket. */
  function onSocket(req: IncomingMessage, socket: Duplex, answer: (res: ServerResponse) => void): void {
    const res = new ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket as Socket);
    traffic.answering.add(socket);
    socket.once("close", () => traffic.answering.delete(socket));
    res.once("finish", () => {
      res.detachSocket(socket as Socket);
      (socket as Socket).destroySoon();
      res.emit("close");
    });
    answer(res);
  }

  function misfit(error: NodeJS.ErrnoException, socket: Duplex): void {
    const res = (socket as { _httpMessage?: ServerResponse })._httpMessage;
    // After the head of another answer this one would be taken for a part of it.
    if (!socket.writable || res?.headersSent || error.code === "ECONNRESET") return void socket.destroy();
    const status = MISFITS[error.code ?? ""] ?? 400;
    if (res !== undefined) {
      res.shouldKeepAlive = false;
      return fail(res.req, res, status, error);
    }
    const req = new IncomingMessage(socket as Socket);
    Object.assign(req, { method: "GET", url: "/", httpVersion: "1.1", httpVersionMajor: 1, httpVersionMinor: 1 });
    refuse(req, socket, status, error);
  }

  serve(kept);
  serve(alone);
  const openTunnel = tunnel({ settings, traffic, secure, refuse, entryOf }, toTarget);
  return { handle, upgrade, misfit };
}

const HTML = "text/html; charset=utf-8";
const TEXT = "text/plain; charset=utf-8";

const MISFITS: Readonly<Record<string, PageStatus>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** What was asked of the application. On the request itself: a WeakMap of every request keeps the garbage collector busy. */
const REQUEST = Symbol("request");
type Asked = IncomingMessage & { [REQUEST]?: ClientRequest };

/** Safe and without a body: asking twice is asking once. RFC 9110 §9.2.1. */
function mayRepeat({ method = "", headers }: IncomingMessage): boolean {
  const { "content-length": length = "0", "transfer-encoding": coding } = headers;
  return ["GET", "HEAD", "OPTIONS"].includes(method) && length === "0" && coding === undefined;
}
