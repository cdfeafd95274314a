import type { ReportIssue } from "../../errors.js";
import { rows } from "../../headers/content-security-policy/directives.js";
import { type EditKind, edit } from "../../values/edits.js";
import { own } from "../../values/own.js";
import { isList, show } from "../../values/text.js";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Makes a reviver for `JSON.parse` that turns the edits of a policy file into edits: `{ "append": […] }`, `{ "remove": […] }` and
 * `{ "allow": […] }`, and at a feature of Permissions-Policy `{ "edit": "allow", "sources": […] }`, since `allow` is also the name of the
 * list in a feature's long form.
 *
 * @param report gets a long form without `reportTo`, which could be taken for an edit: its path begins with the header.
 */
export function jsonEdits(report: ReportIssue): (key: string, value: unknown) => unknown {
  return (key, value) => {
    if (!isObject(value)) return value;
    if (key !== "permissionsPolicy" && key !== "permissionsPolicyReportOnly") return editOf(key, value);
    const features = Object.entries(value).map(([name, one]) => [name, featureOf(one, (issue) => report({ ...issue, path: [key, name] }))]);
    return Object.fromEntries(features);
  };
}

/** JSON has no functions: an edit is an object of one key. */
function editOf(key: string, value: object): unknown {
  const [[kind, sources] = [], ...others] = Object.entries(value);
  const isKind = kind === "append" || kind === "remove" || (kind === "allow" && (key === "policy" || Object.hasOwn(rows, key)));
  return isKind && Array.isArray(sources) && others.length === 0 ? edit(kind as EditKind, sources) : value;
}

function featureOf(value: unknown, report: ReportIssue): unknown {
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  const sources = own(value, "sources");
  if (names.length === 2 && own(value, "edit") === "allow" && Array.isArray(sources)) return edit("allow", sources);
  const list = own(value, "allow");
  if (names.length > 1 || list === undefined) return value;
  const written = isList(list) && list.length < 10 ? `[${list.map(show).join(", ")}]` : isList(list) ? "[…]" : show(list);
  const widening = isList(list) && list.length > 0 ? `, or { "edit": "allow", "sources": ${written} } to widen it` : "";
  report({
    path: [],
    code: "conflict",
    message: '{ "allow": … } without "reportTo" may mean the whole list or an addition to it',
    hint: `Write ${written} for the whole list${widening}.`,
  });
  return value;
}
