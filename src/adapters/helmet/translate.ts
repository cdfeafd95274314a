import type { Path, PolicyIssue, ReportIssue } from "../../errors.js";
import { KEYWORDS } from "../../values/sources.js";
import { keyOf } from "./content-security-policy.js";
import { rowNamed } from "./options.js";
import { stepsOf } from "./policy-path.js";
import type { Fields, HelmetContentSecurityPolicy } from "./types.js";

/** Keywords, which helmet's directives write in single quotes and a policy without. */
const BARE_WORD = new RegExp(`"(${[...KEYWORDS, "script", "allow-duplicates"].join("|")})"`, "g");

/** An issue of the policy as an issue of helmet's options: with their path and, in a CSP, with quoted keywords. */
export function asWritten(options: Fields, { code, path, message, hint }: PolicyIssue): Parameters<ReportIssue>[0] {
  const written = (text: string) => (path.startsWith("contentSecurityPolicy") ? text.replace(BARE_WORD, `"'$1'"`) : text);
  return { code, path: pathIn(options, path), message: written(message), hint: written(hint) };
}

/** The path in helmet's options that corresponds to a path in the policy. */
function pathIn(options: Fields, path: string): Path {
  const { key, field, index } = stepsOf(path);
  const end = index === undefined ? [] : [index];
  if (key.startsWith("contentSecurityPolicy")) {
    const { directives = {} } = options["contentSecurityPolicy"] as HelmetContentSecurityPolicy;
    const written = Object.keys(directives).find((name) => keyOf(name) === field);
    return ["contentSecurityPolicy", "directives", ...[written ?? field ?? []].flat(), ...end];
  }
  const { name = key, alias = name, fields = [] } = rowNamed(key) ?? {};
  return [alias in options ? alias : name, ...[field ?? fields[0] ?? []].flat(), ...end];
}
