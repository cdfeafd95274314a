import { issueCollector } from "../errors.js";
import { record } from "../values/own.js";
import { didYouMean, oneOf, show } from "../values/text.js";

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
  if (options === undefined) return record([]) as Partial<T>;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    report({
      path: [name],
      code: "wrong-type",
      message: `${show(options)} is no object of options`,
      hint: name.endsWith("]") ? "Write { … }." : `Write ${name}({ … }).`,
    });
    throwIfAny();
  }
  const given = record([]) as Partial<T>;
  for (const [key, value] of Object.entries(options as object)) {
    const option = Object.hasOwn(known, key) ? known[key as keyof T] : undefined;
    if (option === undefined) {
      const keys = Object.keys(known);
      report({
        path: [name, key],
        code: "unknown-name",
        message: "unknown option",
        hint: didYouMean(key, keys) || `Write ${oneOf(keys)}.`,
      });
    } else if (value !== undefined && !option.fits(value)) {
      for (const [steps, odd] of misfits(value, option))
        report({ path: [name, key, ...steps], message: `${show(odd)} does not fit`, hint: option.hint });
    } else if (value !== undefined) given[key as keyof T] = value as T[keyof T];
  }
  throwIfAny();
  return given;
}

/** The members that do not fit, with their places; the value itself where it is no list, or where its members do. */
function misfits(value: unknown, { member }: Option): readonly (readonly [steps: readonly number[], value: unknown])[] {
  const list: readonly unknown[] = member !== undefined && Array.isArray(value) ? value : [];
  const odd = list.flatMap((one, index) => (member?.(one) ? [] : [[[index], one] as const]));
  return odd.length > 0 ? odd : [[[], value]];
}

/** An option that is a switch. */
export const SWITCH: Option = { fits: (value) => typeof value === "boolean", hint: "Write true or false." };
