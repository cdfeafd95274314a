import type { ProxyLogEntry } from "../proxy/index.js";
import { isCertificate, reasonOf } from "./input/request-errors.js";
import type { Terminal } from "./terminal.js";

/** Errors that say that an application cannot be reached at all. */
const UNREACHABLE = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENOENT|EPROTO|ERR_SSL_[A-Z_]{1,60})$/;

/** The same of one that has never answered; of any other, one response is late or broken, which may be a visitor's doing. */
const NEVER_REACHED = /^(?:ETIMEDOUT|HPE_INVALID_CONSTANT)$/;

/**
 * Makes a function that is called with each finished request of a proxy, and prints on stderr when its application can no longer be reached,
 * and when it is back: once each, however many requests there are.
 *
 * @param own paths that the proxy answers itself.
 */
export function reachability(
  target: string,
  own: readonly (string | undefined)[],
  { say, warn }: Pick<Terminal, "say" | "warn">,
): (entry: ProxyLogEntry) => void {
  let isGone = false;
  let hasAnswered = false;
  return ({ path, status, error }) => {
    if (own.includes(path)) return;
    hasAnswered ||= error === undefined;
    if (error === undefined && isGone) {
      isGone = false;
      say(`${target} answers again`);
    }
    if (error === undefined || isGone || status < 500) return;
    const cause = Object.assign(new Error(error), { code: error });
    if (!UNREACHABLE.test(error) && !isCertificate(cause) && (hasAnswered || !NEVER_REACHED.test(error))) return;
    isGone = true;
    warn(
      `${target} cannot be reached: ${reasonOf(cause, undefined)}. Requests get status ${status} until it answers; the proxy keeps running.`,
    );
  };
}
