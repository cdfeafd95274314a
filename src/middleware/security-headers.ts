import type { CheckedLayers } from "../policy/check-types.js";
import { compileLayers } from "../policy/compile-layers.js";
import type { LayerInput } from "../policy/policy.js";
import { pass, refuseRequest, unwritable } from "./pass.js";
import { enforcer } from "./state.js";
import type { Middleware } from "./types.js";

/**
 * Puts a policy in force for what is mounted below; a second one replaces the first as a whole.
 *
 * @param layers as for `definePolicy`: presets, patches, policies, the lowest first; without any, `recommended`.
 * @returns a middleware for Express 4 and 5, Connect, `node:http` and `node:http2`. Where a `perRequest` function fails,
 *   the headers are sent without its sources and `next` gets the error.
 * @throws {PolicyError} at once, with all that is wrong with the policy.
 */
export function securityHeaders<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): Middleware {
  refuseRequest("securityHeaders", layers);
  const enforce = enforcer(compileLayers(layers));
  return function securityHeaders(req, res, next) {
    const failed = res?.headersSent === false ? undefined : unwritable("securityHeaders", req, res);
    if (failed !== undefined) return pass(next, failed);
    pass(next, enforce(req, res));
  };
}
