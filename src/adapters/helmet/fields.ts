import type { Path, ReportIssue } from "../../errors.js";
import { reading } from "../../values/options.js";
import { bare } from "../../values/own.js";
import { show } from "../../values/text.js";
import type { Fields } from "./types.js";

/** An object without fields and without prototype. */
export const EMPTY: Fields = bare({});

/** The own fields of an object, so that nothing is read from `Object.prototype`; an error that a getter throws is reported. */
export function recordOf(value: unknown, path: Path, shape: string, report: ReportIssue): Fields | undefined {
  return reading(path.length === 0 ? ["fromHelmet"] : path, report, () => {
    if (!isRecord(value)) return refuseType(value, path, shape, report);
    for (const key of Object.keys(Object.getPrototypeOf(value) ?? {})) {
      // Keys that some code added to Object.prototype are not meant as options.
      if (Object.hasOwn(Object.prototype, key)) continue;
      const message = "is inherited, and only own properties are read";
      report({ path: [...path, key], code: "wrong-type", message, hint: "Set it on the object itself." });
    }
    return bare(value as Fields);
  });
}

/** Whether it is an object of options: not a Map, a Date or a boxed boolean. A module's namespace object has no prototype. */
function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === null || Object.prototype.toString.call(value) === "[object Object]";
}

export function refuseType(value: unknown, path: Path, shape: string, report: ReportIssue): undefined {
  report({
    path: path.length === 0 ? ["fromHelmet"] : path,
    code: "wrong-type",
    message: `${show(value)} is not a valid value`,
    hint: `Write ${shape}.`,
  });
}

/** The value of a field that takes words. Helmet refuses true and false there; in a policy they would switch the header. */
export function wordOf(fields: Fields, name: string, otherwise: string, report: ReportIssue): unknown {
  const { [name]: value = otherwise } = fields;
  return typeof value === "boolean" ? refuseType(value, [name], `${show(otherwise)}, or another of its values`, report) : value;
}

export function switched(fields: Fields, name: string, otherwise: boolean, report: ReportIssue): boolean {
  const { [name]: value = otherwise } = fields;
  if (typeof value !== "boolean") refuseType(value, [name], "true or false", report);
  return value === true;
}
