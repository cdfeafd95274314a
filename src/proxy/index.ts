import { type PolicyError, policyError } from "../errors.js";
import { httpsRedirect } from "../middleware/https-redirect.js";
import { handlersOf } from "./handlers.js";
import { checkGrace, type ListenOptions, type ProxyOptions, readListenOptions, readProxyOptions } from "./options.js";
import { bind, type Listener, listenerOf } from "./server.js";
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
   * @throws {PolicyError} with all mistakes in the options, if Node refuses the key or the certificate, and if the proxy is closed; the
   *   error of Node for a port that is in use or not permitted. Nothing listens then.
   */
  listen(where: ListenOptions): Promise<{ readonly port: number; readonly redirectPort: number | undefined }>;
  /**
   * Closes the proxy: accepts no new connections, closes WebSockets, and waits for running requests. It cannot listen again.
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
    lingering: new Set(),
    closing: false,
  };
  const handlers = handlersOf({ settings, traffic });
  const listeners: Listener[] = [];

  /** Listens on one port; the listener is closed again if the proxy was closed meanwhile. */
  async function open(listener: Listener, port: number, host: string): Promise<number> {
    const bound = await bind(listener, port, host);
    if (traffic.closing) {
      listener.server.close();
      throw closedProxy();
    }
    listeners.push(listener);
    return bound;
  }

  return {
    async listen(where) {
      const { port, host = "127.0.0.1", redirectPort, publicPort, hosts } = readListenOptions(where, settings.tls !== undefined);
      if (traffic.closing) throw closedProxy();
      const main = listenerOf(handlers, settings, settings.tls);
      const bound = await open(main, port, host);
      if (redirectPort === undefined) return { port: bound, redirectPort: undefined };
      const redirect = httpsRedirect({ port: publicPort ?? bound, hosts });
      try {
        return { port: bound, redirectPort: await open(listenerOf(handlers, settings, undefined, redirect), redirectPort, host) };
      } catch (error) {
        main.server.close();
        throw error;
      }
    },

    async close(grace = 8_000) {
      checkGrace(grace);
      traffic.closing = true;
      return drain(listeners, traffic, grace);
    },
  };
}

function closedProxy(): PolicyError {
  return policyError("conflict", ["listen"], "the proxy is closed", "Make another one with createProxy(…).");
}

/** Closes the servers, waits for running requests, and cuts off those that take longer; returns their number. */
async function drain(listeners: readonly Listener[], traffic: Traffic, grace: number): Promise<number> {
  const closed = Promise.all(listeners.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  // A connection becomes idle when its last response is finished, and Node would keep it for the next.
  const sweep = setInterval(() => {
    for (const { server } of listeners) server.closeIdleConnections();
  }, 50);
  for (const socket of traffic.tunnels) socket.end();
  for (const socket of traffic.lingering) socket.destroy();
  let cut = 0;
  const bound = setTimeout(() => {
    cut = traffic.running;
    for (const socket of traffic.tunnels) socket.destroy();
    for (const { connections } of listeners) for (const socket of connections) socket.destroy();
  }, grace);
  await closed;
  clearTimeout(bound);
  clearInterval(sweep);
  for (const agent of [traffic.kept, traffic.single]) agent.destroy();
  return cut;
}
