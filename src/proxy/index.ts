import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { httpsRedirect } from "../middleware/https-redirect.js";
import type { Middleware } from "../middleware/types.js";
import { handlersOf } from "./handlers.js";
import { CLIENT_IDLE, HEADER_BYTES, HEADERS_TIME, STALL_TIME } from "./limits.js";
import {
  badTls,
  checkGrace,
  type ListenOptions,
  type ProxyOptions,
  type ProxyTls,
  readListenOptions,
  readProxyOptions,
} from "./options.js";
import type { Traffic } from "./traffic.js";
import { keepingAgent, singleAgent } from "./upstream.js";

export type { ListenOptions, ProxyEndpoint, ProxyLogEntry, ProxyOptions, ProxyTls } from "./options.js";
export type { ProxyRoute } from "./places.js";

/** A proxy in front of one application. */
export interface ProxyServer {
  /**
   * Starts to listen.
   *
   * @returns the ports, which differ from the options if those are 0.
   * @throws {PolicyError} with all mistakes in the options, and the error of Node for a port that is in use or not permitted; nothing
   *   listens then.
   */
  listen(where: ListenOptions): Promise<{ readonly port: number; readonly redirectPort: number | undefined }>;
  /**
   * Closes the proxy: accepts no new connections, closes WebSockets, and waits for running requests.
   *
   * @param grace how long to wait for them, in milliseconds. Default: 8,000.
   * @returns the number of requests that were cut off.
   * @throws {PolicyError} if `grace` is not a number of milliseconds; the proxy keeps running then.
   */
  close(grace?: number): Promise<number>;
}

/**
 * Makes a reverse proxy that sets the headers of a policy on every response of an application, and on its own error pages. It streams in
 * both directions, passes WebSockets on, removes `Server` and similar headers, and sets X-Forwarded-For, -Proto and -Host.
 *
 * @param options see {@link ProxyOptions}; only `target` is required.
 * @returns a proxy that does not listen yet.
 * @throws {PolicyError} at the call, with all mistakes in the options and the policy.
 */
export function createProxy(options: ProxyOptions): ProxyServer {
  const settings = readProxyOptions(options);
  const traffic: Traffic = {
    kept: settings.keepAlive ? keepingAgent(settings.target) : singleAgent(settings.target),
    single: singleAgent(settings.target),
    running: 0,
    tunnels: new Set(),
    answering: new Set(),
    lingering: new Set(),
    closing: false,
  };
  const handlers = handlersOf({ settings, traffic });
  const servers: Server[] = [];

  const open = async (server: Server, port: number, host: string, first?: Middleware): Promise<number> => {
    // Without this listener Node responds to Expect itself, before the request is checked.
    for (const event of ["request", "checkContinue", "checkExpectation"]) {
      server.on(event, (req: IncomingMessage, res: ServerResponse) => handlers.handle(req, res, first));
    }
    server.on("upgrade", (req, socket, head) => handlers.upgrade(req, socket, head, first));
    server.on("connect", (req, socket) => handlers.connect(req, socket, first));
    server.on("clientError", (error, socket) => handlers.misfit(error, socket, first));
    server.on("timeout", handlers.stalled);
    // Node would drop lines beyond its limit, also such as frame a body; the proxy counts them itself.
    server.maxHeadersCount = 0;
    server.maxConnections = settings.maxConnections;
    server.timeout = STALL_TIME;
    server.keepAliveTimeout = CLIENT_IDLE;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ port, host }, resolve));
    // For example no free file descriptor for another connection.
    server.on("error", (error) => process.emitWarning(error));
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };

  return {
    async listen(where) {
      const { port, host = "127.0.0.1", redirectPort, publicPort, hosts } = readListenOptions(where);
      const main = settings.tls === undefined ? http.createServer(PARSER) : secureServer(settings.tls);
      const bound = await open(main, port, host);
      if (redirectPort === undefined || settings.tls === undefined) return { port: bound, redirectPort: undefined };
      const redirect = httpsRedirect({ port: publicPort ?? bound, hosts });
      try {
        return { port: bound, redirectPort: await open(http.createServer(PARSER), redirectPort, host, redirect) };
      } catch (error) {
        main.close();
        throw error;
      }
    },

    async close(grace = 8_000) {
      checkGrace(grace);
      traffic.closing = true;
      const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      // A connection becomes idle when its last response is finished, and Node would keep it for the next.
      const sweep = setInterval(() => {
        for (const server of servers) server.closeIdleConnections();
      }, 50);
      for (const socket of traffic.tunnels) socket.end();
      for (const socket of traffic.lingering) socket.destroy();
      let cut = 0;
      const bound = setTimeout(() => {
        cut = traffic.running;
        for (const socket of [...traffic.tunnels, ...traffic.answering]) socket.destroy();
        for (const server of servers) server.closeAllConnections();
      }, grace);
      await closed;
      clearTimeout(bound);
      clearInterval(sweep);
      for (const agent of [traffic.kept, traffic.single]) agent.destroy();
      return cut;
    },
  };
}

/** The limits of Node, and its strict parser, whatever the environment sets. */
const PARSER: http.ServerOptions = {
  maxHeaderSize: HEADER_BYTES,
  insecureHTTPParser: false,
  // The proxy checks Host itself, and responds with the policy.
  requireHostHeader: false,
  headersTimeout: HEADERS_TIME,
  // An upload has no time limit as long as data arrives.
  requestTimeout: 0,
};

function secureServer(tls: ProxyTls): Server {
  try {
    const server = https.createServer({
      ...PARSER,
      handshakeTimeout: HEADERS_TIME,
      key: Buffer.from(tls.key),
      cert: Buffer.from(tls.cert),
    });
    // Before Node emits clientError: a response would wait forever for the handshake to end.
    return server.prependListener("tlsClientError", (_, socket) => socket.destroy());
  } catch (cause) {
    throw badTls(cause);
  }
}
