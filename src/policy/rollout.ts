import { issueCollector, policyError, type ReportIssue } from "../errors.js";
import type { Resolved } from "../headers/header.js";
import { registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { whole } from "../values/edits.js";
import { record } from "../values/own.js";
import { awaited, shown } from "../values/text.js";
import type { CheckedLayers } from "./check-types.js";
import { fold } from "./fold.js";
import { definePolicy, isPolicy, type LayerInput, makePolicy, type Policy, patchesOf } from "./policy.js";

/**
 * Turns every header that has a report-only form into it: browsers report, and block nothing. The other headers are unchanged.
 * `sandbox` and `upgrade-insecure-requests`, which browsers ignore there, are left out.
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
  const written = withoutReporting(definePolicy(policy));
  const observed = reportOnlyHeaders(written, report);
  throwIfAny();
  const others = Object.entries(written).filter(([key]) => !(`${key}ReportOnly` in observed));
  return makePolicy(["none", Object.fromEntries([...others, ...Object.entries(observed)])], false);
}

/**
 * A policy as report-only headers, beside the policy that is enforced: `securityHeaders("recommended", observe("strict"))`.
 * Headers without a report-only form are left out; `reporting` is kept.
 *
 * @param layers as for `definePolicy`.
 * @returns a patch, a layer for `securityHeaders`.
 * @throws {PolicyError} with all that is wrong.
 */
export function observe<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): Patch {
  const { report, throwIfAny } = issueCollector();
  const written = withoutReporting(makePolicy(layers));
  const observed = reportOnlyHeaders(written, report);
  throwIfAny();
  const { reporting, reportingEndpoints, developmentOnly } = written;
  return Object.freeze({
    ...observed,
    ...(reporting !== undefined && { reporting }),
    ...(reportingEndpoints !== undefined && { reportingEndpoints }),
    // Exporters refuse what is for a development server in report-only headers too.
    ...(developmentOnly !== undefined && { developmentOnly }),
  }) as Patch;
}

/** A policy's headers before `reporting` is written into them, so that it can be written into others. */
function withoutReporting(policy: Policy): Resolved {
  return fold(patchesOf(policy), issueCollector().report, new Set());
}

/** The report-only header of every header that has one; each replaces the one of a layer below. */
function reportOnlyHeaders(written: Resolved, report: ReportIssue): Resolved {
  const observed: Record<string, unknown> = record([]);
  for (const { key, header, reportOnly: isReportOnly } of registered) {
    const options = written[key];
    if (isReportOnly || header.hasReportOnly === undefined || options === undefined) continue;
    const name = `${key}ReportOnly`;
    if (written[name] !== undefined) {
      report({
        path: [name],
        code: "conflict",
        message: `is in the policy already, and ${key} would replace it`,
        hint: `Write ${name}: false, or ${key}: false.`,
      });
    }
    const left: unknown = header.observable === undefined ? options : header.observable(options);
    observed[name] = left === false ? false : whole(left as object);
  }
  return observed;
}
