import { PolicyError, type ReportIssue, reportUnder } from "../errors.js";
import type { Entry, Schema } from "../headers/header.js";
import { keys } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { type Edit, type EditKind, editKind } from "../values/edits.js";
import { bare } from "../values/own.js";
import { checkShape } from "../values/schema.js";
import { didYouMean, property, show } from "../values/text.js";
import { isPlainObject } from "./copy.js";
import { reportUnknownKey } from "./unknown-key.js";

/**
 * Checks what can be checked of a patch without the layers below it: names, types, sources.
 *
 * @param patch plain data, as `copier` returns it.
 * @param written whether a developer wrote it; otherwise it is made of headers that browsers accept.
 */
export function checkPatch(patch: Patch, report: ReportIssue, written: boolean): void {
  for (const [key, value] of Object.entries(patch)) checkKey(key, value, report, written);
}

function checkKey(name: string, value: unknown, report: ReportIssue, written: boolean): void {
  const key = keys.get(name);
  if (key === undefined) return reportUnknownKey(name, value, report);
  if (value === undefined || value === false) return;
  const { entry } = key;
  if (value === true) {
    if (entry.defaults === undefined) {
      report({ path: [name], code: "wrong-type", message: "true needs a default, and this key has none", hint: `Write ${entry.example}.` });
    }
    return;
  }
  if (entry.fields === undefined) return checkShape(schemasOf(entry.value as () => Schema), value, [name], report);
  if (typeof value === "string" && entry.takesText) return checkText(entry, value, reportUnder([name], report));
  if (!isPlainObject(value) || editKind(value) !== undefined)
    return report({ path: [name], code: "wrong-type", ...notFields(entry, value) });
  if (entry.caseless) checkSpellings(Object.keys(value), reportUnder([name], report));
  for (const [field, inner] of Object.entries(value)) checkField(entry, field, inner, reportUnder([name], report));
  if (written) entry.checkWritten?.(value, reportUnder([name], report));
}

/** What is wrong with a value where an object of fields is expected. */
function notFields(entry: Entry<unknown>, value: unknown): { readonly message: string; readonly hint: string } {
  const kind = editKind(value);
  if (kind !== undefined) {
    if (kind === "allow" && entry.widening !== undefined)
      return { message: "allow(…) widens a field, not a header", hint: `Write it at a field: ${entry.widening.example}.` };
    if (entry.resolve === undefined) return { message: `${kind}(…) works on directives of contentSecurityPolicy only`, hint: WHOLE };
    return {
      message: `${kind}(…) edits a directive, not a header`,
      hint: `Write it at a directive: { scriptSrc: ${kind}("https://cdn.example") }.`,
    };
  }
  const message = `${show(value)} is not ${entry.takesText ? "a string or an object" : "an object"}`;
  if (value === null) return { message, hint: "Leave the key out, or write false." };
  return { message, hint: asObject(entry, value) ?? `Write ${entry.example}, or false to switch it off.` };
}

const WHOLE = "Write the whole value.";

/** The object that a header's text represents. */
function asObject(entry: Entry<unknown>, text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > 200) return undefined;
  try {
    const fields = Object.entries(entry.parse?.(text) ?? {}).map(([name, value]) => property(name, JSON.stringify(value)));
    return fields.length === 0 ? undefined : `Write { ${fields.join(", ")} }.`;
  } catch {
    return undefined;
  }
}

function checkSpellings(names: readonly string[], report: ReportIssue): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      report({ path: [name], code: "conflict", message: `${show(name)} is written twice, in two spellings`, hint: "Write it once." });
    }
    seen.add(name.toLowerCase());
  }
}

function checkText(entry: Entry<unknown>, text: string, report: ReportIssue): void {
  try {
    const fields = entry.parse?.(text, true) as Record<string, unknown>;
    for (const [field, value] of Object.entries(fields)) checkField(entry, field, value, report);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const issue of error.issues) report({ ...issue, path: issue.path === "" ? [] : [issue.path] });
  }
}

/** Schemas that were built: each key's when a policy first writes that key. */
const built = new WeakMap<() => unknown, unknown>();

function schemasOf<T>(make: () => T): T {
  if (!built.has(make)) built.set(make, make());
  return built.get(make) as T;
}

function checkField(entry: Entry<unknown>, name: string, value: unknown, report: ReportIssue): void {
  const schema = fieldSchema(entry, name, report);
  if (schema === undefined) return;
  if (value === undefined || (value === false && !entry.falseIsAValue)) return;
  if (entry.resolve !== undefined && value === true) return;
  const kind = editKind(value);
  if (kind === undefined) checkShape(schema, value, [name], report);
  else if (kind === "allow" && entry.widening !== undefined) {
    if ((value as Edit).sources.length === 0) reportEmpty(kind, name, report);
    else checkShape(entry.widening.takes?.() ?? schema, entry.widening.valueOf((value as Edit).sources), [name], report);
  } else if (entry.resolve === undefined) {
    report({ path: [name], code: "wrong-type", message: `${kind}(…) works on directives of contentSecurityPolicy only`, hint: WHOLE });
  } else checkEdit(schema, value as Edit, name, report);
}

/** The schema of a field; reports a field that the key does not have. */
function fieldSchema(entry: Entry<unknown>, name: string, report: ReportIssue): Schema | undefined {
  const schemas = entry.fields === undefined ? {} : schemasOf(entry.fields);
  if (Object.hasOwn(schemas, name)) return schemas[name];
  let reported = false;
  const schema = entry.otherField?.(name, (issue) => {
    reported = true;
    report(issue);
  });
  if (schema === undefined && !reported) {
    const names = Object.keys(schemas);
    const { fieldNoun: noun } = entry;
    const hint = () =>
      didYouMean(name, names) ||
      (noun === undefined
        ? `It takes ${names.join(", ").replace(/, (?=[^,]*$)/, " and ")}.`
        : `See reference/${noun}s in the documentation.`);
    report({ path: [name], code: "unknown-name", message: `unknown ${noun ?? "option"}`, hint });
  }
  return schema;
}

function checkEdit(schema: Schema, edit: Edit, field: string, report: ReportIssue): void {
  const { sources } = edit;
  const kind = editKind(edit);
  if (!takesList(schema)) {
    const message = `${kind}(…) edits a list, and this is not a list`;
    return checkShape(schema, edit, [field], (issue) => report({ ...issue, message }));
  }
  if (sources.length === 0) reportEmpty(kind, field, report);
  else if (kind === "allow" && NARROWER[field] !== undefined) {
    const message = "allow(…) is for what a page loads, and this directive is for several kinds of it";
    report({ path: [field], code: "wrong-type", message, hint: `Write it at ${NARROWER[field]}.` });
  } else checkShape(schema, sources, [field], report);
}

/** Whether a schema is one of lists: it may refuse an empty list, but not for its type. */
function takesList(schema: Schema): boolean {
  const { error } = schema.safeParse([]);
  return !error?.issues.some(({ code, path }) => path.length === 0 && code !== "custom");
}

function reportEmpty(kind: EditKind | undefined, field: string, report: ReportIssue): void {
  report({ path: [field], message: `${kind}() names no source`, hint: `Write ${kind}("https://cdn.example"), or leave the key out.` });
}

/** Directives that others fall back to: what widened them would depend on which others are there. */
export const NARROWER: Readonly<Record<string, string>> = bare({
  defaultSrc: "the directives of what is loaded, such as imgSrc and connectSrc",
  childSrc: "frameSrc or workerSrc",
});
