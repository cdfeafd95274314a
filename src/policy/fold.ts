import { type ReportIssue, reportUnder } from "../errors.js";
import type { Entry, Resolved } from "../headers/header.js";
import { type Key, keys, registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import type { Reporting } from "../headers/reporting.js";
import type { ReportingEndpoints } from "../headers/reporting-endpoints.js";
import { editKind, isWhole } from "../values/edits.js";
import { bare, plain, record } from "../values/own.js";
import { show } from "../values/text.js";

/** What stands for one key after some layers: a whole value, or what was written for each field, in the order first written. */
type Standing = { readonly value: unknown } | { readonly fields: Map<string, unknown[]> };

/**
 * Folds patches, the lowest first: the override law's points 2 to 5.
 * Keys in `faulty` were refused already, and are left out.
 */
export function fold(patches: readonly Patch[], report: ReportIssue, faulty: ReadonlySet<string>): Resolved {
  const resolved: Record<string, unknown> = record([]);
  for (const [name, key] of keys) {
    if (faulty.has(name)) continue;
    const standing = stand(
      key.entry,
      patches.map((patch) => patch[name as keyof Patch]),
    );
    const options = standing && settle(key, standing, reportUnder([name], report));
    if (options !== undefined) resolved[name] = options;
  }
  return plain(resolved);
}

/** Writes `reporting` into the headers, and checks what each key means beside the others. */
export function complete(resolved: Resolved, report: ReportIssue, faulty: ReadonlySet<string>): Resolved {
  const policy = plain(expandReporting(resolved, report));
  // A header may name an endpoint that was refused: that was said already.
  const endpointsKnown = !faulty.has("reporting") && !faulty.has("reportingEndpoints");
  const reportHere: ReportIssue = (issue) => {
    if (endpointsKnown || issue.code !== "unknown-endpoint") report(issue);
  };
  for (const [name, { entry, reportOnly }] of keys) {
    const options = policy[name];
    if (options !== undefined) entry.check?.(options, { policy, reportOnly, report: reportUnder([name], reportHere) });
  }
  return policy;
}

function stand(entry: Entry<unknown>, values: readonly unknown[]): Standing | undefined {
  let standing: Standing | undefined;
  for (const value of values) {
    if (value === undefined) continue;
    if (value === false) standing = undefined;
    else if (value === true) standing ??= replaceBy(entry, entry.defaults);
    else if (entry.fields === undefined || typeof value === "string" || isWhole(value)) standing = replaceBy(entry, value);
    else standing = merge(standing, value as Record<string, unknown>, entry);
  }
  return standing;
}

function replaceBy(entry: Entry<unknown>, value: unknown): Standing {
  if (entry.fields === undefined) return { value };
  const options = typeof value === "string" && entry.takesText ? entry.parse?.(value, true) : value;
  return { fields: new Map(Object.entries(options as object).map(([name, inner]) => [name, [inner]])) };
}

function merge(standing: Standing | undefined, options: Record<string, unknown>, entry: Entry<unknown>): Standing | undefined {
  const written = Object.entries(options).filter(([, value]) => value !== undefined);
  // Over a header that is off, removals alone do not turn it on.
  if (standing === undefined && written.every(([, value]) => isRemoval(value, entry))) return undefined;
  const fields = new Map(standing !== undefined && "fields" in standing ? standing.fields : []);
  for (const [field, value] of written) {
    const name = spelled(field, fields, entry);
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return { fields };
}

/** A field as it was first spelled, where case does not tell names apart. */
function spelled(name: string, fields: ReadonlyMap<string, unknown>, entry: Entry<unknown>): string {
  if (!entry.caseless || fields.has(name)) return name;
  return [...fields.keys()].find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}

function isRemoval(value: unknown, entry: Entry<unknown>): boolean {
  return editKind(value) === "remove" || (value === false && !entry.falseIsAValue);
}

function settle({ entry, reportOnly }: Key, standing: Standing, report: ReportIssue): unknown {
  if ("value" in standing) return standing.value;
  if (entry.resolve !== undefined) return entry.resolve(standing.fields, { report, reportOnly });
  const last = [...standing.fields].map(([name, values]) => [name, values.at(-1)] as const);
  const options = record(last.filter(([, value]) => value !== undefined && (value !== false || entry.falseIsAValue)));
  for (const name of entry.required ?? []) {
    if (options[name] === undefined)
      report({ path: [name], code: "missing", message: "is missing", hint: `Write ${name}, or false for the whole.` });
  }
  return Object.keys(options).length === 0 ? undefined : options;
}

/** `reporting` becomes an endpoint, and that endpoint's name in every header that can report. */
function expandReporting(resolved: Resolved, report: ReportIssue): Resolved {
  const reporting = resolved["reporting"] as Reporting | undefined;
  if (reporting === undefined) return resolved;
  const expanded: Record<string, unknown> = bare(resolved);
  const own = (resolved["reportingEndpoints"] ?? record([])) as ReportingEndpoints;
  for (const [name, url] of Object.entries(reporting)) {
    if (own[name] === undefined || own[name] === url) continue;
    report({
      path: ["reportingEndpoints", name],
      code: "conflict",
      message: `${show(own[name])} is not where reporting sends it`,
      hint: "Write it in one of the two places.",
    });
  }
  expanded["reportingEndpoints"] = { ...reporting, ...own };
  for (const { key, header } of registered) {
    const options = resolved[key];
    const endpoint = header.reportsTo !== undefined && reporting[header.reportsTo] ? header.reportsTo : "default";
    const url = reporting[endpoint];
    if (options !== undefined && url && header.withReporting !== undefined)
      expanded[key] = header.withReporting(options, { endpoint, url });
  }
  return expanded;
}
