import http, { type Server } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { httpsRedirect } from "../middleware/https-redirect.js";
import type { Middleware } from "../middleware/types.js";
import { handlersOf } from "./handlers.js";
import { badTls, type ProxyOptions, type ProxyTls, readProxyOptions } from "./options.js";
import type { Traffic } from "./traffic.js";
import { agentFor } from "./upstream.js";

export type { ProxyLogEntry, ProxyOptions, ProxyTls } from "./options.js";

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
}

/** A proxy in front of one application. */
export interface ProxyServer {
  /**
   * Begins to serve.
   *
   * @returns the ports, useful where 0 was asked for.
   * @throws what Node throws where a port is taken or not allowed; then nothing listens.
   */
  listen(where: ListenOptions): Promise<{ readonly port: number; readonly redirectPort: number | undefined }>;
  /**
   * Stops: takes no new connection, ends WebSockets, and lets the requests that run finish.
   *
   * @param grace milliseconds to wait for them; 8,000 unless told.
   * @returns how many had to be cut off.
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
  const traffic: Traffic = { agent: agentFor(settings.target), running: 0, tunnels: new Set(), answering: new Set(), closing: false };
  const { handle, upgrade, misfit } = handlersOf(settings, traffic);
  const servers: Server[] = [];

  const open = async (server: Server, port: number, host: string, first?: Middleware): Promise<number> => {
    server.on("request", (req, res) => handle(req, res, first));
    server.on("upgrade", (req, socket, head) => upgrade(req, socket, head, first));
    server.on("clientError", misfit);
    // An upload may take as long as it likes; that headers come in time, Node sees to.
    server.requestTimeout = 0;
    server.keepAliveTimeout = 65_000;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ port, host }, resolve));
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };

  return {
    async listen({ port, host = "127.0.0.1", redirectPort, publicPort }) {
      const main = settings.tls === undefined ? http.createServer() : secureServer(settings.tls);
      const bound = await open(main, port, host);
      if (redirectPort === undefined || settings.tls === undefined) return { port: bound, redirectPort: undefined };
      const redirect = httpsRedirect({ port: publicPort ?? bound });
      try {
        return { port: bound, redirectPort: await open(http.createServer(), redirectPort, host, redirect) };
      } catch (error) {
        main.close();
        throw error;
      }
    },

    async close(grace = 8_000) {
      traffic.closing = true;
      const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      // A connection becomes idle when its last response is over, and Node would keep it for the next.
      const sweep = setInterval(() => {
        for (const server of servers) server.closeIdleConnections();
      }, 50);
      for (const socket of traffic.tunnels) socket.end();
      let cut = 0;
      const bound = setTimeout(() => {
        cut = traffic.running;
        for (const socket of [...traffic.tunnels, ...traffic.answering]) socket.destroy();
        for (const server of servers) server.closeAllConnections();
      }, grace);
      await closed;
      clearTimeout(bound);
      clearInterval(sweep);
      traffic.agent.destroy();
      return cut;
    },
  };
}

function secureServer(tls: ProxyTls): Server {
  try {
    return https.createServer({ key: Buffer.from(tls.key), cert: Buffer.from(tls.cert) });
  } catch (cause) {
    throw badTls(cause);
  }
}
