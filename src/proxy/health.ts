import type { Agent, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { guarded } from "./guard.js";
import { HEALTH_HELD, HEALTH_TIME } from "./limits.js";
import type { ProxySettings } from "./options.js";
import { asker, limit, reasonOf } from "./upstream.js";

/** Why the application is not well, in a word for the log; undefined where it is. */
type Ailment = string | undefined;

/**
 * Asks the application whether it is well, with nothing of a visitor's. All who ask at a time share one question, and its answer holds for a
 * second: nobody can load the application with it.
 *
 * @param agent makes a connection for the question alone.
 * @returns undefined where there is nothing to ask.
 */
export function healthOf(settings: ProxySettings, agent: Agent): (() => Promise<Ailment>) | undefined {
  const { healthTarget } = settings;
  if (healthTarget === undefined) return undefined;
  let shared: Promise<Ailment> | undefined;
  let over = 0;
  return () => {
    if (shared !== undefined && performance.now() < over) return shared;
    over = Number.POSITIVE_INFINITY;
    shared = question(settings, healthTarget, agent).finally(() => {
      over = performance.now() + HEALTH_HELD;
    });
    return shared;
  };
}

/** One GET; of its answer only the status counts, and the connection ends with it. */
function question(settings: ProxySettings, url: string, agent: Agent): Promise<Ailment> {
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
      resolve("the application switched protocols unasked");
    }
    request.once("response", guarded(answered, ending));
    request.once("upgrade", guarded(switched, ending));
    request.on("error", (error) => resolve(reasonOf(error)));
    request.once("close", () => resolve("upstream closed"));
    request.end();
  });
}
