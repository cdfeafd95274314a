import { issueCollector } from "../errors.js";
import { registered } from "../headers/index.js";
import { fold } from "../policy/fold.js";
import { makePolicy, type Policy, patchesOf } from "../policy/policy.js";
import { whole } from "../values/edits.js";

/**
 * A policy with its report-only headers as enforced ones, where the policy does not have both: what somebody observes is what is to be
 * enforced. The same policy where there is nothing to change.
 *
 * @param policy made by `definePolicy`.
 */
export function enforceable(policy: Policy): Policy {
  const written = fold(patchesOf(policy), issueCollector().report, new Set());
  const turned = registered.flatMap(({ key, header, reportOnly }) => {
    const name = `${key}ReportOnly`;
    const options: unknown = written[name];
    if (reportOnly || header.hasReportOnly === undefined || options === undefined || written[key] !== undefined) return [];
    return [
      [key, typeof options === "object" && options !== null ? whole(options) : options],
      [name, false],
    ];
  });
  return turned.length === 0 ? policy : makePolicy([policy, Object.fromEntries(turned)]);
}
