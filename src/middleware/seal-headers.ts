import { onCommit } from "./commit.js";
import { headersSent, nothingInForce, pass, refuseRequest } from "./pass.js";
import { reapply, stateOf } from "./state.js";
import type { Middleware } from "./types.js";

/**
 * Seals the response: at the moment its headers are sent, the policy in force wins over anything that was written later by a
 * proxied upstream, `res.writeHead`, a handler or Express's own error page. Every header of the policy is sent once, with its value;
 * headers that a patch has switched off, and those under `stripHeaders`, are not sent. Headers the policy does not mention are left
 * unchanged.
 *
 * @returns a middleware to mount right after `securityHeaders`; overrides below it count. Where no policy is in force it calls
 *   `next(err)`. Upgrades (WebSocket), and streams that are written past the response object, are not sealed.
 * @throws {PolicyError} where it is mounted without being called.
 */
export function sealHeaders(...none: readonly []): Middleware {
  refuseRequest("sealHeaders", none);
  return function sealHeaders(req, res, next) {
    if (stateOf(res) === undefined) return pass(next, nothingInForce("sealHeaders", req, res));
    if (res.headersSent) return pass(next, headersSent("sealHeaders"));
    onCommit(res, (status) => reapply(req, res as typeof res & { getHeader(name: string): unknown }, status));
    pass(next, undefined);
  };
}
