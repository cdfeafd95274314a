import type { ReportIssue } from "../../errors.js";
import { show } from "../../values/text.js";
import type { CheckContext } from "../header.js";
import { checkEndpoint } from "../reporting-endpoints.js";
import { nameOf, rows, takesOf } from "./directives.js";
import { type Directives, type Item, provesInline } from "./values.js";

/** Checks what directives mean beside each other, and beside the rest of the policy. */
export function checkPolicy(options: Directives, context: CheckContext): void {
  checkStrictDynamic(options, context.report);
  checkScripts(options, context.report);
  checkReporting(options, context);
  if (context.reportOnly) checkReportOnly(options, context.report);
}

function listOf(options: Directives, key: string): readonly Item[] | undefined {
  const value = options[key];
  return typeof value === "object" && takesOf(key) !== undefined ? value : undefined;
}

function sourceLists(options: Directives): [key: string, list: readonly Item[]][] {
  return Object.keys(options).flatMap((key) => {
    const list = listOf(options, key);
    return list === undefined ? [] : [[key, list] as [string, readonly Item[]]];
  });
}

function checkStrictDynamic(options: Directives, report: ReportIssue): void {
  for (const [key, list] of sourceLists(options)) {
    const strict = list.indexOf("strict-dynamic");
    const proven = list.some(provesInline);
    if (strict < 0 || proven) continue;
    const hint = 'Add nonce (import { nonce } from "portcullis") or a hash, or take "strict-dynamic" out.';
    report({
      path: [key, strict],
      code: "conflict",
      message: '"strict-dynamic" needs a nonce or a hash; without one no script runs',
      hint,
    });
  }
}

function checkScripts(options: Directives, report: ReportIssue): void {
  if (options.scriptSrc !== undefined || options.defaultSrc !== undefined) return;
  const fetches = Object.keys(options).find((key) => rows[key]?.fallback !== undefined);
  if (fetches === undefined) return;
  const hint = 'Write scriptSrc or defaultSrc, for example defaultSrc: ["self"].';
  report({ path: ["scriptSrc"], code: "missing", message: `${fetches} is limited, but scripts may come from anywhere`, hint });
}

function checkReporting(options: Directives, { policy, report }: CheckContext): void {
  const { reportTo } = options;
  if (typeof reportTo === "string") checkEndpoint(reportTo, ["reportTo"], policy, report);
  for (const [key, list] of sourceLists(options)) {
    const index = list.findIndex((item) => typeof item === "string" && item.startsWith("report-sha"));
    if (index < 0 || reportTo !== undefined) continue;
    report({
      path: [key, index],
      code: "missing",
      message: `${show(list[index])} has nowhere to report to`,
      hint: 'Write reporting: "/csp-report", or reportTo.',
    });
  }
}

function checkReportOnly(options: Directives, report: ReportIssue): void {
  for (const key of Object.keys(options)) {
    if (rows[key]?.enforcedOnly === undefined) continue;
    report({
      path: [key],
      code: "conflict",
      message: `browsers ignore ${nameOf(key)} in a Report-Only policy`,
      hint: "Write it under contentSecurityPolicy.",
    });
  }
}
