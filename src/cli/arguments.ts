import { parseArgs } from "node:util";
import { didYouMean, show } from "../values/text.js";
import type { Command, Flags, Given } from "./command.js";
import { Failure } from "./failure.js";

/**
 * Reads the options and arguments of a command.
 *
 * @throws {Failure} with all mistakes and the command's help; exit code 2.
 */
export function readArguments<F extends Flags>(
  name: string,
  { flags, positionals, examples }: Pick<Command<F>, "flags" | "positionals" | "examples">,
  args: readonly string[],
): { readonly given: Given<F>; readonly words: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(flags).map(([flag, { value }]) => [flag, { type: typeOf(value), multiple: true as const }]),
  );
  // Node's strict mode stops at the first mistake, and suggests no names.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const wrong: string[] = [];
  const values: Record<string, unknown> = {};
  const words: string[] = [];
  let group: number | undefined;
  for (const token of tokens ?? []) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) {
      // Of -HName:value, Node makes an option of each letter.
      if (token.index !== group) wrong.push(unknown(token.rawName, Object.keys(flags)));
      group = token.index;
    } else if (values[token.name] !== undefined && flag.many === undefined) wrong.push(`${token.rawName} cannot be repeated.`);
    else if (flag.value === undefined) {
      if (token.value === undefined) values[token.name] = true;
      else wrong.push(`${token.rawName} takes no value.`);
    } else if (token.value === undefined || token.value === "" || (token.inlineValue === false && /^-./.test(token.value))) {
      wrong.push(`${token.rawName} needs a value: ${token.rawName} <${flag.value}>.`);
    } else if (flag.number && !isWithin(token.value, flag.number)) {
      wrong.push(`${token.rawName}: ${show(token.value)} is not a whole number from ${flag.number.join(" to ")}.`);
    } else if (flag.many) values[token.name] = [...((values[token.name] as string[] | undefined) ?? []), token.value];
    else values[token.name] = flag.number ? Number(token.value) : token.value;
  }
  // An argument after an unknown option may be its value.
  if (wrong.length === 0) {
    wrong.push(
      ...missingArguments(name, words, positionals, examples),
      ...unexpectedArguments(positionals.at(-1)?.many ? [] : words.slice(positionals.length), flags),
    );
  }
  if (wrong.length > 0) throw usage(wrong, name);
  return { given: withPolicies(values, words, positionals) as Given<F>, words };
}

/** `headers strict site.json` is `headers --policy strict --policy site.json`; options are above arguments. */
function withPolicies(values: Readonly<Record<string, unknown>>, words: readonly string[], positionals: Command["positionals"]): object {
  const policies = words.slice(positionals.length - 1);
  if (positionals.at(-1)?.name !== "policy" || policies.length === 0) return values;
  return { ...values, policy: [...policies, ...((values["policy"] as string[] | undefined) ?? [])] };
}

/** A mistake in a command line: prints the lines, and the command's help to read. */
export function usage(lines: readonly string[], name?: string): Failure {
  return new Failure(lines, 2, `See portcullis ${name === undefined ? "" : `${name} `}--help.`);
}

const typeOf = (value: string | undefined): "boolean" | "string" => (value === undefined ? "boolean" : "string");

function isWithin(text: string, [least, most]: readonly [number, number]): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function unknown(rawName: string, flags: readonly string[]): string {
  const near = didYouMean(rawName.replace(/^-+/, ""), [...flags, "help"]).replace(/"(.*)"/, "--$1");
  return `Unknown option ${rawName}.${near && ` ${near}`}`;
}

function missingArguments(
  command: string,
  words: readonly string[],
  positionals: Command["positionals"],
  examples: Command["examples"],
): string[] {
  const missing = positionals.slice(words.length).filter(({ optional }) => !optional);
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => `<${name}>`).join(" and ");
  const line = ["portcullis", command, ...positionals.map(({ name, optional }) => (optional ? `[${name}]` : `<${name}>`))].join(" ");
  const listed = missing.flatMap(({ name, listed }) => (listed ? [`; portcullis ${command} --help lists the ${name}s`] : []));
  const [simplest = ""] = (examples[0]?.[0] ?? "").split(" --");
  return [`${names} ${missing.length === 1 ? "is" : "are"} missing. Write ${line}, such as ${simplest}${listed.join("")}.`];
}

function unexpectedArguments(words: readonly string[], flags: Flags): string[] {
  return words.map((word) => `Unexpected argument ${show(word)}.${flagFor(word, flags)}`);
}

/** The option to which an unexpected argument probably belongs, if the command has it. */
function flagFor(word: string, flags: Flags): string {
  const name = /^https?:/i.test(word) ? "target" : "policy";
  return Object.hasOwn(flags, name) ? ` Write --${name} ${/^[\w./:~-]{1,80}$/.test(word) ? word : show(word)}.` : "";
}
