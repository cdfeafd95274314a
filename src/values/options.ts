import { issueCollector, type Path, type ReportIssue } from "../errors.js";
import { record } from "./own.js";
import { checkShape, type Schema } from "./schema.js";
import { awaited, didYouMean, oneOf, shown, showThrown } from "./text.js";

export { awaited, shown };

/** The schema of each option, made when options are first read: making them all at import would slow every start. */
export type OptionSchemas<T> = () => Readonly<Record<keyof T, Schema>>;

/**
 * Checks an object of options at boot, and reports all mistakes at once.
 *
 * @param name the function that takes the options, as errors name it.
 * @param options what the user wrote; `undefined` means no options, and an option that is `undefined` is absent.
 * @param schemas a schema for every option.
 * @returns a copy of the options that are present, without a prototype.
 * @throws {PolicyError}
 */
export function readOptions<T extends object>(name: string, options: unknown, schemas: OptionSchemas<T>): Partial<T> {
  const { report, throwIfAny } = issueCollector();
  const read = checkOptions([name], options, schemas, report);
  throwIfAny();
  return read;
}

/** The same, for several checks that share one list of issues: returns the valid options, and reports the others. */
export function checkOptions<T extends object>(path: Path, options: unknown, schemas: OptionSchemas<T>, report: ReportIssue): Partial<T> {
  const read = record([]) as Partial<T>;
  if (options === undefined) return read;
  if (!isRecord(options)) {
    const call =
      Object.keys(made(schemas)).length === 0 ? `It takes no options: write ${String(path[0])}().` : `Write ${String(path[0])}({ … }).`;
    const hint = path.length > 1 ? "Write { … }." : call;
    report({ path, code: "wrong-type", message: `${shown(options)} is not an object of options`, hint: awaited(options, hint) });
    return read;
  }
  const known = made(schemas);
  for (const key of reading(path, report, () => Object.keys(options)) ?? []) {
    const place = [...path, key];
    if (!Object.hasOwn(known, key)) reportUnknown(place, Object.keys(known), report);
    else
      reading(place, report, () => {
        const value = options[key];
        if (checkOne(value, known[key as keyof T], place, report)) read[key as keyof T] = value as T[keyof T];
      });
  }
  return read;
}

/** Checks one argument of a function: `checkArgument("policyHash", "algorithm", value, schema)`. Throws PolicyError. */
export function checkArgument(name: string, argument: string, value: unknown, schema: Schema): void {
  const { report, throwIfAny } = issueCollector();
  const path = [name, argument];
  reading(path, report, () => checkShape(schema, value, path, report));
  throwIfAny();
}

function checkOne(value: unknown, schema: Schema, path: Path, report: ReportIssue): boolean {
  if (value === undefined) return false;
  let fits = true;
  checkShape(schema, value, path, (issue) => {
    fits = false;
    report(issue);
  });
  return fits;
}

const cache = new WeakMap<() => unknown, unknown>();

function made<T>(make: () => T): T {
  if (!cache.has(make)) cache.set(make, make());
  return cache.get(make) as T;
}

/** Runs a read that may throw, of a getter or a proxy: the exception becomes an issue, and the result is undefined. */
export function reading<T>(path: Path, report: ReportIssue, read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    const message = `reading it threw ${showThrown(cause)}`;
    report({ path, code: "unreadable", message, hint: "Use a plain value." });
    return undefined;
  }
}

/** An object that may hold options: not a list, nor a Promise, Map or Date, which would pass for an empty object. */
function isRecord(value: unknown): value is Record<string, unknown> {
  try {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null || Object.keys(value).length > 0;
  } catch {
    return isObject(value);
  }
}

/** A proxy that throws is an object: what it throws is reported where it is read. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function reportUnknown(path: Path, keys: readonly string[], report: ReportIssue): void {
  const hint = didYouMean(String(path.at(-1)), keys) || (keys.length === 0 ? "It takes no options." : `Write ${oneOf(keys)}.`);
  report({ path, code: "unknown-name", message: "unknown option", hint });
}
