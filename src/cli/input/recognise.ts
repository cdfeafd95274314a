import { extname } from "node:path";
import { unreachable } from "../../values/never.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { Failure } from "../failure.js";
import { hasBareUser, isAddress, isBareAddress } from "./address.js";
import { MODULES } from "./policy-module.js";
import { isPreset, presetNames } from "./presets.js";
import { serviceEntry } from "./services.js";

/** What an argument of a command may be, and how errors call it. */
export const KINDS = {
  policy: "a preset or a policy file",
  headers: "a file of headers",
  site: "an address such as https://example.com/",
  configuration: "a configuration file",
  reports: "a report store such as reports.db or redis://127.0.0.1:6379",
} as const;

export type InputKind = keyof typeof KINDS;

/** How a word of the command line is written. */
export type Form = "stdin" | "preset" | "store" | "address" | "file";

/** The forms in which each kind comes. */
const FORMS: Readonly<Record<InputKind, readonly Form[]>> = {
  policy: ["preset", "file"],
  headers: ["stdin", "file"],
  site: ["address"],
  configuration: ["stdin", "file"],
  reports: ["store", "file"],
};

const FORM_TESTS: Readonly<Record<Exclude<Form, "file">, (word: string) => boolean>> = {
  stdin: (word) => word === "-",
  preset: isPreset,
  store: (word) => /^rediss?:\/\//.test(word),
  address: isAddress,
};

/**
 * Recognises how a word is written, before anything is read.
 *
 * @param kinds what the command takes: a word that has none of their other forms is a file.
 * @throws {Failure} for an address, a store or stdin where the command takes none.
 */
export function formOf(word: string, kinds: readonly InputKind[]): Form {
  const tests = Object.entries(FORM_TESTS) as [Exclude<Form, "file">, (word: string) => boolean][];
  const forms = tests.filter(([, test]) => test(word)).map(([form]) => form);
  const taken = kinds.flatMap((kind) => FORMS[kind]);
  const form = forms.find((one) => taken.includes(one));
  if (form !== undefined) return form;
  if (forms.length === 0 && taken.includes("address") && isBareAddress(word)) return "address";
  if (taken.includes("address") && hasBareUser(word))
    throw new Failure(["An address with a user name and a password needs its scheme: write https:// before it."], 2);
  const [other] = forms.filter((one) => one !== "preset");
  if (other === undefined && taken.includes("file")) return "file";
  throw new Failure([`${show(word)} is ${nameOf(other ?? "file")}. Write ${kinds.map((kind) => KINDS[kind]).join(", or ")}.`], 2);
}

function nameOf(form: Form): string {
  switch (form) {
    case "stdin":
      return "stdin";
    case "preset":
      return "a preset";
    case "store":
      return "a report store";
    case "address":
      return "an address";
    case "file":
      return "a file";
    default:
      return unreachable(form);
  }
}

const POLICY_FILES: readonly string[] = [".json", ...MODULES];

/** How a file is read that may hold a policy or headers: by its extension, and in JSON by what it holds. */
export function fileKind(word: string, kinds: readonly InputKind[]): "module" | "json" | "headers" {
  const extension = extname(word);
  if (kinds.includes("policy") && MODULES.includes(extension)) return "module";
  if (kinds.includes("policy") && extension === ".json") return "json";
  if (kinds.includes("headers")) return "headers";
  throw unknownPolicy(word, extension);
}

function unknownPolicy(word: string, extension: string): Failure {
  if (extension !== "") return new Failure([`${word}: the extension of a policy file is ${oneOf(POLICY_FILES)}.`], 2);
  const hint = presetHint(word) || `Write ${oneOf(presetNames)}, or a file such as policy.json.`;
  return new Failure([`${show(word)} is not a preset. ${hint}`], 2);
}

/** The likely intended input, for the name of a file that does not exist. */
export function hintForMissing(word: string): string | undefined {
  return presetHint(word) || undefined;
}

/** What to write for a word that is nearly a preset, or names a recipe; the empty string for any other. */
function presetHint(word: string): string {
  const service = serviceEntry(word);
  return service === undefined ? didYouMean(word, presetNames) : `Write a file such as policy.json: { "services": [${service}] }`;
}
