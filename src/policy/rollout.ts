import { issueCollector, policyError } from "../errors.js";
import type { Resolved } from "../headers/header.js";
import type { Patch } from "../headers/patch.js";
import { awaited, shown } from "../values/text.js";
import type { CheckedLayers } from "./check-types.js";
import { fold } from "./fold.js";
import { observedForm, REPORT_ONLY } from "./observed.js";
import { definePolicy, isPolicy, type LayerInput, makePolicy, type Policy, patchesOf, policyFrom } from "./policy.js";
import { keepMembers } from "./read.js";

/**
 * Turns every header that has a report-only form into it: browsers report, and block nothing. The other headers are unchanged.
 * `sandbox` and `upgrade-insecure-requests`, which browsers ignore there, are left out. What a route adds by `override` becomes report-only
 * too: a patch of `contentSecurityPolicy` changes the policy that is observed.
 *
 * @param policy made by `definePolicy`.
 * @returns a policy of the report-only headers and the other headers.
 * @throws {PolicyError} where the policy has both a header and its report-only header: one of the two would be lost.
 */
export function reportOnly(policy: Policy): Policy {
  if (!isPolicy(policy)) {
    throw policyError(
      "wrong-type",
      ["reportOnly"],
      `${shown(policy)} is not a policy`,
      awaited(policy, "Wrap it: reportOnly(definePolicy(…))."),
    );
  }
  const { report, throwIfAny } = issueCollector();
  const { observed, others } = observedForm(withoutReporting(definePolicy(policy)), report);
  throwIfAny();
  return policyFrom([keepMembers([...others, ...observed], REPORT_ONLY, true)]);
}

/**
 * A policy as report-only headers, beside the policy that is enforced: `securityHeaders("recommended", observe("strict"))`.
 * Headers without a report-only form are left out; `reporting` is kept.
 *
 * @param layers as for `definePolicy`: a patch alone starts from `recommended`.
 * @returns a patch, a layer for `securityHeaders`.
 * @throws {PolicyError} with all that is wrong.
 */
export function observe<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): Patch {
  const { report, throwIfAny } = issueCollector();
  const { observed, others } = observedForm(withoutReporting(makePolicy(layers)), report);
  throwIfAny();
  return Object.freeze(Object.fromEntries([...observed, ...[...others].filter(([key]) => KEPT.includes(key))])) as Patch;
}

// Exporters refuse what is for a development server in report-only headers too.
const KEPT: readonly string[] = ["reporting", "reportingEndpoints", "developmentOnly"];

/** A policy's headers before `reporting` is written into them, so that it can be written into others. */
function withoutReporting(policy: Policy): Resolved {
  return fold(patchesOf(policy), issueCollector().report, new Set());
}
