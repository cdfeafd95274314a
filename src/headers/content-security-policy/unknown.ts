import type { ReportIssue } from "../../errors.js";
import { deprecated, keyOfName, nameOf } from "./directives.js";

const FROM_HELMET = 'wrap helmet options in fromHelmet() from "portcullis/helmet".';

/** helmet's options, of any version. */
const OF_HELMET: ReadonlyMap<string, string> = new Map([
  ["directives", `Directives are written directly: contentSecurityPolicy: { scriptSrc: ["self"] }. Or ${FROM_HELMET}`],
  ["useDefaults", `This is a helmet option: take it out, or ${FROM_HELMET} securityHeaders("none", …) starts without defaults.`],
  ["reportOnly", "Write the directives under contentSecurityPolicyReportOnly."],
  ...["loose", "setAllHeaders", "disableAndroid", "browserSniff"].map(
    (name) => [name, "helmet has removed this option: take it out."] as const,
  ),
]);

/** Reports why a key is not a directive: an option of helmet, a wire name, or a directive that browsers have removed. */
export function explainUnknown(name: string, report: ReportIssue): undefined {
  const key = keyOfName.get(name.toLowerCase().replaceAll("_", "-"));
  const wire = nameOf(name);
  const gone = deprecated.get(wire);
  const hint = OF_HELMET.get(name);
  if (hint !== undefined) report({ path: [name], code: "unknown-name", message: "unknown directive", hint });
  else if (key !== undefined && key !== name)
    report({ path: [name], code: "unknown-name", message: "directives are written in camelCase", hint: `Write ${key}.` });
  else if (gone !== undefined) report({ path: [name], code: "unknown-name", message: "this directive is deprecated", hint: gone });
  return undefined;
}
