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

export type { ListenOptions, ProxyLogEntry, ProxyOptions, ProxyTls } from "./options.js";
export type { ProxyRoute } from "./places.js";

/** A proxy in front of one application. */
export interface ProxyServer {
  /**
   * Begins to serve.
   *
   * @returns the ports, useful where 0 was asked for.
   * @throws what Node throws where a port is taken or not allowed, a PolicyError with all that is wrong with the options; then nothing listens.
   */
  listen(where: ListenOptions): Promise<{ readonly port: number; readonly redirectPort: number | undefined }>;
  /**
   * Stops: takes no new connection, ends WebSockets, and lets the requests that run finish.
   *
   * @param grace milliseconds to wait for them; 8,000 unless told.
   * @returns how many had to be cut off.
   * @throws a PolicyError where `grace` is no number of milliseconds; then it goes on.
   */
  close(grace?: number): Promise<number>;
}

/**
 * A reverse proxy that puts a policy on every response of an application which cannot do it itself, its own error pages included.
 * Streams both ways, passes WebSockets on, withholds `Server` and its like, sets X-Forwarded-For, -Proto and -Host.
 *
 * @param options what {@link ProxyOptions} has; only `target` is needed.
 * @throws {PolicyError} at once, with all that is wrong with the options or the policy.
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
    // Node answers an Expect itself where nobody listens, before the request is looked at.
    for (const event of ["request", "checkContinue", "checkExpectation"]) {
      server.on(event, (req: IncomingMessage, res: ServerResponse) => handlers.handle(req, res, first));
    }
    server.on("upgrade", (req, socket, head) => handlers.upgrade(req, socket, head, first));
    server.on("connect", (req, socket) => handlers.connect(req, socket, first));
    server.on("clientError", (error, socket) => handlers.misfit(error, socket, first));
    server.on("timeout", handlers.stalled);
    // All lines that frame a body are seen; how many there may be is counted here.
    server.maxHeadersCount = 0;
    server.maxConnections = settings.maxConnections;
    server.timeout = STALL_TIME;
    server.keepAliveTimeout = CLIENT_IDLE;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ port, host }, resolve));
    // Such as no file being left for one more connection.
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
      // A connection becomes idle when its last response is over, and Node would keep it for the next.
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

/** Where Node's own limits are, and that no environment loosens its parser. */
const PARSER: http.ServerOptions = {
  maxHeaderSize: HEADER_BYTES,
  insecureHTTPParser: false,
  // Here, where it is answered with the policy, and with all that can be wrong with a Host.
  requireHostHeader: false,
  headersTimeout: HEADERS_TIME,
  // An upload may take as long as it likes while it moves.
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
    // Before Node makes a clientError of it: an answer would wait for ever for the handshake to end.
    return server.prependListener("tlsClientError", (_, socket) => socket.destroy());
  } catch (cause) {
    throw badTls(cause);
  }
}
