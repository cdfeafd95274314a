import { onCommit } from "./commit.js";
import { headersSent, nothingInForce, pass, refuseRequest } from "./pass.js";
import { reapply, stateOf } from "./state.js";
import type { Middleware } from "./types.js";

/**
 * Seals the response: what is in force at the moment its headers go out wins against anything written later, be it by a
 * proxied upstream, `res.writeHead`, a handler or Express's own error page. Every header of the policy goes out once, with
 * its value; those a patch has switched off, and those under `stripHeaders`, do not go out at all. What the policy says
 * nothing of is left as it is.
 *
 * @returns a middleware to mount right after `securityHeaders`; overrides below it count. Where nothing is in force it goes
 *   to `next(err)`. Upgrades (WebSocket) and streams written past the response object are not touched.
 * @throws {PolicyError} where it is mounted without the call.
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
