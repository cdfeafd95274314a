import { issueCollector, type Path, type ReportIssue } from "../errors.js";
import { record } from "./own.js";
import { didYouMean, oneOf, show } from "./text.js";

/** What one option may be, and what to write where it is something else. */
export interface Option {
  readonly fits: (value: unknown) => boolean;
  /** For example `"Write true or false."` */
  readonly hint: string;
  /** Of a list: what each member may be, so that errors name those that do not fit. */
  readonly member?: (value: unknown) => boolean;
}

/**
 * Checks the options of a middleware at boot: all mistakes at once.
 *
 * @param name the factory, as it stands in errors.
 * @param options what the user gave; `undefined` is an empty object, and an option that is undefined is not given.
 * @param known every option there is.
 * @returns a copy, with the options that were given; without a prototype, so that nothing else is ever read as one.
 * @throws {PolicyError}
 */
export function readOptions<T extends object>(name: string, options: unknown, known: Readonly<Record<keyof T, Option>>): Partial<T> {
  const { report, throwIfAny } = issueCollector();
  const given = fittingOptions(name, options, known, report);
  throwIfAny();
  return given;
}

/** The same, with what fits; what does not is reported. */
export function fittingOptions<T extends object>(
  name: string,
  options: unknown,
  known: Readonly<Record<keyof T, Option>>,
  report: ReportIssue,
): Partial<T> {
  if (options === undefined) return record([]) as Partial<T>;
  if (typeof options !== "object" || options === null || isList(options)) {
    report({
      path: [name],
      code: "wrong-type",
      message: `${show(options)} is no object of options`,
      hint: name.endsWith("]") ? "Write { … }." : `Write ${name}({ … }).`,
    });
    return record([]) as Partial<T>;
  }
  const given = record([]) as Partial<T>;
  for (const key of reading([name], report, () => Object.keys(options as object)) ?? []) {
    reading([name, key], report, () => {
      const value = (options as Record<string, unknown>)[key];
      if (!Object.hasOwn(known, key)) reportUnknown([name, key], Object.keys(known), report);
      else if (value !== undefined && fits(value, [name, key], known[key as keyof T], report)) given[key as keyof T] = value as T[keyof T];
    });
  }
  return given;
}

/** What a getter or a proxy throws becomes an issue. */
export function reading<T>(path: Path, report: ReportIssue, read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    const message = `reading it threw ${cause instanceof Error ? show(cause.message) : show(cause)}`;
    report({ path, code: "unreadable", message, hint: "Give plain values." });
    return undefined;
  }
}

/** What a value is called; a promise is mostly a forgotten `await`. */
export function shown(value: unknown): string {
  return value instanceof Promise ? "a promise" : show(value);
}

/** A hint for a value, or what to do with a promise. */
export function hintFor(value: unknown, hint: string): string {
  return value instanceof Promise ? "Write await before it." : hint;
}

// A revoked proxy makes even Array.isArray throw.
function isList(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function reportUnknown(path: Path, keys: readonly string[], report: ReportIssue): void {
  const hint = didYouMean(String(path.at(-1)), keys) || `Write ${oneOf(keys)}.`;
  report({ path, code: "unknown-name", message: "unknown option", hint });
}

function fits(value: unknown, path: Path, option: Option, report: ReportIssue): boolean {
  if (option.fits(value)) return true;
  for (const [steps, odd] of misfits(value, option)) {
    report({ path: [...path, ...steps], message: `${shown(odd)} does not fit`, hint: hintFor(odd, option.hint) });
  }
  return false;
}

/** The members that do not fit, with their places; the value itself where it is no list, or where its members do. */
function misfits(value: unknown, { member }: Option): readonly (readonly [steps: readonly number[], value: unknown])[] {
  const list: readonly unknown[] = member !== undefined && Array.isArray(value) ? value : [];
  const odd = Array.from(list).flatMap((one, index) => (member?.(one) ? [] : [[[index], one] as const]));
  return odd.length > 0 ? odd : [[[], value]];
}

/** An option that is a switch. */
export const SWITCH: Option = { fits: (value) => typeof value === "boolean", hint: "Write true or false." };
