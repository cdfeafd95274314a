import type { Agent, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { guarded } from "./guard.js";
import { HEALTH_HELD, HEALTH_TIME } from "./limits.js";
import type { ProxySettings } from "./options.js";
import { asker, limit, reasonOf } from "./upstream.js";

/** Why the application is not healthy, for the log; undefined if it is. */
type Reason = string | undefined;

/** Asks the application for its health. */
export type Health = () => Promise<Reason>;

/**
 * Makes the health check of one proxy. Simultaneous calls share one request to the application, and its result is kept for a second, so
 * that clients cannot load the application with health checks.
 *
 * @param agent for a connection of one request.
 * @returns undefined if the settings name no health target.
 */
export function healthOf(settings: ProxySettings, agent: Agent): Health | undefined {
  const { healthTarget } = settings;
  if (healthTarget === undefined) return undefined;
  let shared: Promise<Reason> | undefined;
  let over = 0;
  return () => {
    if (shared !== undefined && performance.now() < over) return shared;
    over = Number.POSITIVE_INFINITY;
    shared = probe(settings, healthTarget, agent).finally(() => {
      over = performance.now() + HEALTH_HELD;
    });
    return shared;
  };
}

/** Sends one GET without anything of a visitor. Only the status of the response counts; the connection is closed. */
function probe(settings: ProxySettings, url: string, agent: Agent): Promise<Reason> {
  const { target, pseudonym, connectTimeout, responseTimeout } = settings;
  const lines = ["Host", target.host, "User-Agent", "portcullis-health", "Accept", "*/*", "Via", `1.1 ${pseudonym}`];
  return new Promise((resolve) => {
    const request = asker(settings)({ method: "GET", url }, lines, agent);
    limit(request, undefined, { connectTimeout, responseTimeout: Math.min(responseTimeout, HEALTH_TIME) });
    const ending = () => request;
    function answered({ statusCode = 0 }: IncomingMessage): void {
      resolve(statusCode >= 200 && statusCode < 400 ? undefined : `status ${statusCode}`);
      request.destroy();
    }
    function switched(_: IncomingMessage, socket: Duplex): void {
      socket.destroy();
      resolve("unrequested protocol switch of the application");
    }
    request.once("response", guarded(answered, ending));
    request.once("upgrade", guarded(switched, ending));
    request.on("error", (error) => resolve(reasonOf(error)));
    request.once("close", () => resolve("upstream closed"));
    request.end();
  });
}
