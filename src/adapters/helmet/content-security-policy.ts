import { type ReportIssue, reportUnder } from "../../errors.js";
import { deprecated, keyOfName, nameOf, rows } from "../../headers/content-security-policy/directives.js";
import { didYouMean, show } from "../../values/text.js";
import { readDirective } from "./directive.js";
import { recordOf, switched } from "./fields.js";
import type { Fields } from "./types.js";

/** The directives that `useDefaults` adds. */
const DEFAULT_DIRECTIVES: Fields = {
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  fontSrc: ["'self'", "https:", "data:"],
  formAction: ["'self'"],
  frameAncestors: ["'self'"],
  imgSrc: ["'self'", "data:"],
  objectSrc: ["'none'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  styleSrc: ["'self'", "https:", "'unsafe-inline'"],
  upgradeInsecureRequests: [],
};

export function readContentSecurityPolicy(fields: Fields, report: ReportIssue): Fields {
  const reportOnly = switched(fields, "reportOnly", false, report);
  const useDefaults = switched(fields, "useDefaults", true, report);
  const shape = `directives: { defaultSrc: ["'self'"] }`;
  const { directives: given = {} } = fields;
  const directives = recordOf(given, ["directives"], shape, report) ?? {};
  let wrong = false;
  const read = readDirectives(directives, useDefaults, (issue) => {
    wrong = true;
    report({ ...issue, path: ["directives", ...issue.path] });
  });
  if (wrong) return {};
  // Browsers ignore these in a Report-Only policy, and helmet's defaults contain one.
  const kept = [...read].filter(([key]) => !reportOnly || rows[key]?.enforcedOnly === undefined);
  return kept.length === 0 ? {} : { [reportOnly ? "contentSecurityPolicyReportOnly" : "contentSecurityPolicy"]: Object.fromEntries(kept) };
}

/** The directives by key, in helmet's order: its defaults first, and a replaced default keeps its place. */
function readDirectives(directives: Fields, useDefaults: boolean, report: ReportIssue): Map<string, unknown> {
  const read = new Map(Object.entries(useDefaults ? DEFAULT_DIRECTIVES : {}).map(([key, list]) => [key, readDirective(key, list, report)]));
  const seen = new Set<string>();
  let disabled = false;
  for (const [name, value] of Object.entries(directives)) {
    const key = keyOf(name);
    const reportHere = reportUnder([name], report);
    if (key === undefined) reportDirective(name, reportHere);
    else if (seen.has(key)) reportHere({ path: [], code: "conflict", message: `${show(key)} is written twice`, hint: "Write it once." });
    else if (key === "defaultSrc" && isDisabling(value)) {
      disabled = true;
      read.delete(key);
    } else if (key !== "defaultSrc" && value === null) read.delete(key);
    else read.set(key, readDirective(key, value, reportHere));
    if (key !== undefined) seen.add(key);
  }
  if (!read.has("defaultSrc") && !disabled) {
    const hint = "Write defaultSrc: [\"'self'\"], or helmet's dangerouslyDisableDefaultSrc.";
    report({ path: ["defaultSrc"], code: "missing", message: "is missing", hint });
  } else if (read.size === 0) {
    report({ path: [], code: "missing", message: "there are no directives", hint: "Write one, or contentSecurityPolicy: false." });
  }
  return read;
}

export function keyOf(name: string): string | undefined {
  return keyOfName.get(nameOf(name));
}

function reportDirective(name: string, report: ReportIssue): void {
  const gone = deprecated.has(nameOf(name));
  const hint = gone
    ? "Take it out."
    : didYouMean(name, [...keyOfName.values()]) || didYouMean(name, [...keyOfName.keys()]) || "Take it out.";
  report({ path: [], code: "unknown-name", message: gone ? "browsers have removed this directive" : "unknown directive", hint });
}

/** Whether it is helmet's symbol, recognised by its description: helmet is not imported here. */
function isDisabling(value: unknown): boolean {
  return typeof value === "symbol" && value.description === "dangerouslyDisableDefaultSrc";
}
