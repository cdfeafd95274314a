import { issueCollector, PolicyError, policyError } from "../errors.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { type CompiledPolicy, compile, variantChange } from "../policy/compile.js";
import { type Group, overrideBy } from "../policy/override.js";
import type { LayerInput } from "../policy/policy.js";
import { readLayers } from "../policy/read.js";
import { silentForm } from "../policy/sample.js";
import { lazy } from "../values/lazy.js";
import { headersSent, nothingInForce, pass, refuseRequest } from "./pass.js";
import { applyChange, type PolicyChange, stateOf } from "./state.js";
import { farther } from "./transport.js";
import type { Middleware } from "./types.js";

/**
 * Adds layers to the policy in force on this response, and writes only the headers that differ.
 * Overrides stack: `override(a, b)` is `override(a)` and then `override(b)`.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it but `strictTransportSecurity`, `reporting`,
 *   `reportingEndpoints`, `stripHeaders` and `maxBytes`, which belong to the whole site: only a patch that names them changes them.
 * @returns a middleware for a route or a router. Where no policy is in force, where the headers are sent already, and where
 *   the layers conflict with the policy in force, it calls `next(err)` and leaves the response as it is.
 * @throws {PolicyError} at once, with all that is wrong with the layers themselves.
 */
export function override<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): Middleware {
  refuseRequest("override", layers);
  const { report, throwIfAny } = issueCollector();
  const { groups } = readLayers(layers, report);
  throwIfAny();

  const changes = new WeakMap<CompiledPolicy, PolicyChange | PolicyError>();
  // Nearly every route is used with one policy, so the last one is cached: with thousands of overrides, a map lookup is slower.
  let met: CompiledPolicy | undefined;
  let change: PolicyChange | PolicyError | undefined;

  return function override(req, res, next) {
    const state = stateOf(res);
    if (state === undefined) return pass(next, nothingInForce("override", req, res));
    if (res.headersSent) return pass(next, headersSent("override"));
    if (change === undefined || met !== state.compiled) {
      met = state.compiled;
      change = changes.get(met) ?? makeChange(met, groups);
      changes.set(met, change);
    }
    pass(next, change instanceof PolicyError ? change : applyChange(req, res, state, change));
  };
}

/** Whether a response asks for reports is decided once, before its overrides. */
function checkSample(before: CompiledPolicy, after: CompiledPolicy): void {
  if (after.sample === undefined || after.sample === before.sample) return;
  const hint = "Write it in securityHeaders: an override may change the endpoints.";
  throw policyError("conflict", ["override", "reporting", "sample"], "is decided before overrides, once a response", hint);
}

/** How these layers change a policy, or why they do not fit it. */
function makeChange(before: CompiledPolicy, groups: readonly Group[]): PolicyChange | PolicyError {
  try {
    const changedPolicy = () => overrideBy(before.policyOf(), groups);
    // Created again on each access: otherwise thousands of overrides would each hold a whole policy in memory.
    const form = before.isSilent ? silentForm : compile;
    const compiled = form(changedPolicy(), lazy(changedPolicy));
    checkSample(before, compiled);
    const strip = compiled.strip.filter((name) => !before.strip.includes(name));
    return {
      compiled,
      dependsOn: farther(before.dependsOn, compiled.dependsOn),
      secure: variantChange(before.secure, compiled.secure, strip),
      plain: variantChange(before.plain, compiled.plain, strip),
      loopback: variantChange(before.loopback, compiled.loopback, strip),
    };
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}
