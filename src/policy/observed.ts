import type { ReportIssue } from "../errors.js";
import type { Resolved } from "../headers/header.js";
import { registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { whole } from "../values/edits.js";

/** The name of the complete layer that `reportOnly` makes: overrides above it are observed too. */
export const REPORT_ONLY = "reportOnly";

/**
 * The headers of a policy or a patch that have a report-only form, as that form without what browsers ignore there; and all its other keys.
 *
 * @param isPatch whether layers lie below: values may be edits, `true` and text.
 */
export function observedForm(
  written: Resolved | Patch,
  report: ReportIssue,
  isPatch = false,
): Record<"observed" | "others", ReadonlyMap<string, unknown>> {
  const observed = new Map<string, unknown>();
  const others = new Map<string, unknown>(Object.entries(written));
  for (const { key, header, reportOnly: isReportOnly } of registered) {
    const options = others.get(key);
    if (isReportOnly || header.hasReportOnly === undefined || options === undefined) continue;
    const name = `${key}ReportOnly`;
    if (others.get(name) !== undefined) {
      report({
        path: [name],
        code: "conflict",
        message: `is in the policy already, and ${key} would replace it`,
        hint: `Write ${name}: false, or ${key}: false.`,
      });
    }
    others.delete(key);
    const read: unknown = typeof options === "string" && header.takesText ? header.parse?.(options, true) : options;
    const left: unknown = typeof read === "object" && header.observable !== undefined ? header.observable(read as object) : read;
    const isMerged = isPatch && read === options;
    // Of a patch that only has directives which browsers ignore there, nothing is left: it changes nothing.
    if (!isMerged || left !== false || options === false) observed.set(name, isMerged || left === false ? left : whole(left as object));
  }
  return { observed, others };
}
