import { type ReportIssue, reportUnder } from "../errors.js";
import type { Entry, QueuedValue, Resolved } from "../headers/header.js";
import { type Key, keys, registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { endpointsOf, type Reporting } from "../headers/reporting.js";
import type { ReportingEndpoints } from "../headers/reporting-endpoints.js";
import { type Edit, editKind, isWhole } from "../values/edits.js";
import { bare, plain, record } from "../values/own.js";
import { show } from "../values/text.js";

type Fields = Map<string, readonly QueuedValue[]>;

/**
 * One key after some layers: a whole value, or the values written for each field, in the order in which they were first written.
 * `isOff`: no layer has turned it on; only what is allowed where a layer above turns it on is there.
 */
type Accumulated = { readonly value: unknown } | { readonly fields: Fields; readonly isOff?: true };

/**
 * Folds patches, the lowest first: rules 2 to 5 of overriding.
 *
 * @param faulty keys that were refused already, and are left out.
 * @returns the options of every key that is on.
 */
export function fold(patches: readonly Patch[], report: ReportIssue, faulty: ReadonlySet<string>): Resolved {
  const resolved: Record<string, unknown> = record([]);
  for (const [name, key] of keys) {
    if (faulty.has(name)) continue;
    const values = patches.map((patch) => patch[name as keyof Patch]);
    const accumulated = accumulate(key.entry, values);
    const options = accumulated && resolve(key, accumulated, reportUnder([name], report));
    if (options !== undefined) resolved[name] = options;
  }
  return plain(resolved);
}

/** Writes `reporting` into the headers, and checks each key beside the others. Returns all of it frozen. */
export function complete(resolved: Resolved, report: ReportIssue, faulty: ReadonlySet<string>): Resolved {
  const policy = plain(expandReporting(resolved, report));
  // A header may name an endpoint that was refused, which was reported already.
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

/** Folds the values of one key; undefined where it is off. */
function accumulate(entry: Entry<unknown>, values: readonly unknown[]): Accumulated | undefined {
  let below: Accumulated | undefined;
  for (const [layer, value] of values.entries()) {
    if (value === undefined) continue;
    if (value === false) below = undefined;
    else if (value === true) below = isOn(below) ? below : widened(replaceBy(entry, entry.defaults, layer), below);
    else if (entry.fields === undefined || typeof value === "string" || isWhole(value)) below = replaceBy(entry, value, layer);
    else below = merge(below, value as Record<string, unknown>, entry, layer);
  }
  return isOn(below) ? below : undefined;
}

function isOn(accumulated: Accumulated | undefined): boolean {
  return accumulated !== undefined && !("isOff" in accumulated);
}

/** The default, and what layers below it allow. */
function widened(on: Accumulated, below: Accumulated | undefined): Accumulated {
  if (!("fields" in on) || below === undefined || !("fields" in below)) return on;
  const fields = new Map(on.fields);
  for (const [name, allowed] of below.fields) fields.set(name, [...(fields.get(name) ?? []), ...allowed]);
  return { fields };
}

function replaceBy(entry: Entry<unknown>, value: unknown, layer: number): Accumulated {
  if (entry.fields === undefined) return { value };
  const options = typeof value === "string" && entry.takesText ? entry.parse?.(value, true) : value;
  return { fields: new Map(Object.entries(options as object).map(([name, inner]) => [name, [{ value: inner, layer }]])) };
}

function merge(below: Accumulated | undefined, options: Record<string, unknown>, entry: Entry<unknown>, layer: number): Accumulated {
  const written = Object.entries(options).filter(([, value]) => value !== undefined);
  // These alone do not turn on a header that is off.
  const isOff = !isOn(below) && written.every(([, value]) => isRemoval(value, entry) || editKind(value) === "allow");
  const fields: Fields = new Map(below !== undefined && "fields" in below ? below.fields : []);
  for (const [field, value] of isOff ? written.filter(([, one]) => editKind(one) === "allow") : written) {
    const name = spelled(field, fields, entry);
    fields.set(name, [...(fields.get(name) ?? []), { value, layer }]);
  }
  return isOff ? { fields, isOff } : { fields };
}

/** A field as it was first spelled, where names are not case-sensitive. */
function spelled(name: string, fields: ReadonlyMap<string, unknown>, entry: Entry<unknown>): string {
  if (!entry.caseless || fields.has(name)) return name;
  return [...fields.keys()].find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}

function isRemoval(value: unknown, entry: Entry<unknown>): boolean {
  return editKind(value) === "remove" || (value === false && !entry.falseIsAValue);
}

/** Applies the edits of one key; undefined if no value remains. */
function resolve({ entry, reportOnly }: Key, accumulated: Accumulated, report: ReportIssue): unknown {
  if ("value" in accumulated) return accumulated.value;
  if (entry.resolve !== undefined) return entry.resolve(accumulated.fields, { report, reportOnly });
  const last = [...accumulated.fields].map(([name, values]) => [name, lastOf(values, entry)] as const);
  const options = record(last.filter(([, value]) => value !== undefined && (value !== false || entry.falseIsAValue)));
  for (const name of entry.required ?? []) {
    if (options[name] === undefined)
      report({ path: [name], code: "missing", message: "is missing", hint: `Write ${name}, or false to switch the whole header off.` });
  }
  return Object.keys(options).length === 0 ? undefined : options;
}

/** The value that was written last, widened by each `allow(…)` since; undefined where there is only the latter. */
function lastOf(values: readonly QueuedValue[], { widening }: Entry<unknown>): unknown {
  let last: unknown;
  for (const { value } of values) {
    if (editKind(value) !== "allow" || widening === undefined) last = value;
    else if (last !== undefined) last = widening.widen(last, (value as Edit).sources);
  }
  return last;
}

/** `reporting` becomes an endpoint, and that endpoint's name in every header that can report. */
function expandReporting(resolved: Resolved, report: ReportIssue): Resolved {
  const written = resolved["reporting"] as Reporting | undefined;
  if (written === undefined) return resolved;
  const reporting = endpointsOf(written);
  const expanded: Record<string, unknown> = bare(resolved);
  const own = (resolved["reportingEndpoints"] ?? record([])) as ReportingEndpoints;
  for (const [name, url] of Object.entries(reporting)) {
    if (own[name] === undefined || own[name] === url) continue;
    report({
      path: ["reportingEndpoints", name],
      code: "conflict",
      message: `${show(own[name])} differs from the URL of reporting`,
      hint: "Write the endpoint in one of the two places.",
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
