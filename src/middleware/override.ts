import { issueCollector, PolicyError } from "../errors.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { type CompiledPolicy, variantChange } from "../policy/compile.js";
import { type Group, overrideBy } from "../policy/override.js";
import type { Layer } from "../policy/policy.js";
import { readLayers } from "../policy/read.js";
import { compiledOf } from "../policy/render.js";
import { headersSent, nothingInForce, pass, refuseRequest } from "./pass.js";
import { applyChange, type PolicyChange, stateOf } from "./state.js";
import { farther } from "./transport.js";
import type { Middleware } from "./types.js";

/**
 * Lengthens the policy in force on this response by these layers, and writes only the lines that differ.
 * Overrides stack: `override(a, b)` is `override(a)` and then `override(b)`.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it but `strictTransportSecurity`, `reporting`,
 *   `reportingEndpoints`, `stripHeaders` and `maxBytes`, which belong to the whole site: only a patch that names them changes them.
 * @returns a middleware for a route or a router. Where nothing is in force, where the headers are sent, and where
 *   the layers do not fit the policy in force, it goes to `next(err)` and what is in force stays.
 * @throws {PolicyError} at once, with all that is wrong with the layers themselves.
 */
export function override<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): Middleware {
  refuseRequest("override", layers);
  const { report, throwIfAny } = issueCollector();
  const { groups } = readLayers(layers, report);
  throwIfAny();

  // One entry per policy met, failures too; nearly every route meets one.
  const met = new WeakMap<CompiledPolicy, PolicyChange | PolicyError>();

  return function override(req, res, next) {
    const state = stateOf(res);
    if (state === undefined) return pass(next, nothingInForce("override", req, res));
    if (res.headersSent) return pass(next, headersSent("override"));
    const before = state.compiled;
    let made = met.get(before);
    if (made === undefined) {
      made = makeChange(before, groups);
      met.set(before, made);
    }
    if (made instanceof PolicyError) return pass(next, made);
    pass(next, applyChange(req, res, state, made));
  };
}

function makeChange(before: CompiledPolicy, groups: readonly Group[]): PolicyChange | PolicyError {
  try {
    const compiled = compiledOf(overrideBy(before.policy, groups));
    const strip = compiled.strip.filter((name) => !before.strip.includes(name));
    return {
      compiled,
      strip,
      dependsOn: farther(before.dependsOn, compiled.dependsOn),
      secure: variantChange(before.secure, compiled.secure),
      plain: variantChange(before.plain, compiled.plain),
      loopback: variantChange(before.loopback, compiled.loopback),
    };
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}
