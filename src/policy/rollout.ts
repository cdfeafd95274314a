import { issueCollector, type ReportIssue } from "../errors.js";
import type { Resolved } from "../headers/header.js";
import { registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { whole } from "../values/edits.js";
import { record } from "../values/own.js";
import type { CheckedLayers } from "./check-types.js";
import { fold } from "./fold.js";
import { definePolicy, type Layer, makePolicy, type Policy, patchesOf } from "./policy.js";

/**
 * Moves every header that has a Report-Only twin to it: browsers report, and block nothing. The other headers stay.
 * `sandbox` and `upgrade-insecure-requests`, which browsers ignore there, are left out.
 *
 * @param policy made by `definePolicy`.
 * @throws {PolicyError} where the policy has both a header and its twin: one of the two would be lost.
 */
export function reportOnly(policy: Policy): Policy {
  const { report, throwIfAny } = issueCollector();
  const written = withoutReporting(definePolicy(policy));
  const twins = twinsOf(written, report);
  throwIfAny();
  const others = Object.entries(written).filter(([key]) => !(`${key}ReportOnly` in twins));
  return definePolicy("none", Object.fromEntries([...others, ...Object.entries(twins)]) as Patch);
}

/**
 * A policy as Report-Only twins, to lie beside the one that is enforced: `securityHeaders("recommended", observe("strict"))`.
 * Its headers without a twin are left out; its `reporting` comes along.
 *
 * @param layers as for `definePolicy`.
 * @throws {PolicyError} with all that is wrong.
 */
export function observe<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): Patch {
  const { report, throwIfAny } = issueCollector();
  const written = withoutReporting(makePolicy(layers));
  const twins = twinsOf(written, report);
  throwIfAny();
  const { reporting, reportingEndpoints } = written;
  return Object.freeze({
    ...twins,
    ...(reporting !== undefined && { reporting }),
    ...(reportingEndpoints !== undefined && { reportingEndpoints }),
  }) as Patch;
}

/** What a policy comes to before `reporting` is written into its headers, so that it can be written into others. */
function withoutReporting(policy: Policy): Resolved {
  return fold(patchesOf(policy), issueCollector().report, new Set());
}

/** The Report-Only twin of every header that has one; each replaces a twin that stands below it. */
function twinsOf(written: Resolved, report: ReportIssue): Resolved {
  const twins: Record<string, unknown> = record([]);
  for (const { key, header, reportOnly: isTwin } of registered) {
    const options = written[key];
    if (isTwin || header.hasReportOnly === undefined || options === undefined) continue;
    const twin = `${key}ReportOnly`;
    if (written[twin] !== undefined) {
      report({
        path: [twin],
        code: "conflict",
        message: `stands already, and ${key} would take its place`,
        hint: "Switch one of the two off first.",
      });
    }
    const left: unknown = header.observable === undefined ? options : header.observable(options);
    twins[twin] = left === false ? false : whole(left as object);
  }
  return twins;
}
