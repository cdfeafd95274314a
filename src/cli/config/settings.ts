import * as z from "zod/mini";
import type { ReportIssue } from "../../errors.js";
import { checkOptions } from "../../values/options.js";
import { expecting, listOf, type Schema, textThat, wholeNumber } from "../../values/schema.js";
import { limitFlags } from "../check/flags.js";
import type { Flag, Flags } from "../flag.js";
import { walkFlags } from "../record/flags.js";

/** Options that a file may not set: secrets that would be sent to any site, a program to start, and what makes a walk less safe. */
const { header: _, insecure: __, browser: ___, "ignore-site-policy": ____, ...walkSettings } = walkFlags;

/** The options that a configuration file may set, by command. */
export const configurable = { check: limitFlags, record: walkSettings, prove: walkSettings } as const satisfies Readonly<
  Record<string, Flags>
>;

export type SettingsName = keyof typeof configurable;

export const SETTINGS = Object.keys(configurable) as readonly SettingsName[];

/** Values of options, by command and by the name of the option without dashes: `{ check: { failUnder: 90 } }`. */
export type Settings = Readonly<Partial<Record<SettingsName, Readonly<Record<string, unknown>>>>>;

/** The key of an option in a file: `fail-under` is `failUnder`. */
export const keyOf = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The schemas of a command's options, by their keys. */
export function settingSchemas(name: SettingsName): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries<Flag>(configurable[name]).map(([flag, definition]) => [keyOf(flag), schemaOf(definition)]));
}

function schemaOf({ value, number, many, text }: Flag) {
  if (value === undefined) return z.boolean(expecting("true or false"));
  if (number !== undefined) return wholeNumber(number[0], number[1]);
  const one = textThat((found) => found !== "", `a text: ${text.replace(/\.$/, "")}`);
  return many ? listOf(one, "a list of texts") : one;
}

const cached = Object.fromEntries(SETTINGS.map((name) => [name, () => settingSchemas(name)])) as Readonly<
  Record<SettingsName, () => Readonly<Record<string, Schema>>>
>;

/** Checks the options of one command, as a file has them, and reports each mistake. */
export function readSettings(name: SettingsName, value: unknown, report: ReportIssue): Readonly<Record<string, unknown>> {
  const answered: ReportIssue = (issue) => report({ ...issue, ...keptOut(name, String(issue.path.at(-1))) });
  return { ...checkOptions<Record<string, unknown>>([name], value, cached[name], answered) };
}

/** What is said of an option of a walk that no file may set; undefined for any other key. */
function keptOut(name: SettingsName, key: string) {
  const flag = Object.keys(walkFlags).find((one) => one === key || keyOf(one) === key);
  if (flag === undefined || name === "check" || Object.hasOwn(configurable[name], flag)) return undefined;
  return { message: "no file may set this option", hint: `Write --${flag} on the command line.` };
}
