import { PolicyError, policyError } from "../../errors.js";
import type { Policy } from "../../policy/policy.js";
import { awaited, type OptionSchemas, readOptions, shown } from "../../values/options.js";
import { callable, textThat } from "../../values/schema.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { type ConfigFormat, formats } from "./formats.js";
import { budgetOf, LIMITS, type Note } from "./limits.js";
import { policiesOf, type ReadPolicies } from "./policies.js";
import { recognised, titleOf } from "./recognise.js";
import { chooseServer, type ServerChoice } from "./servers.js";
import type { ReadSite } from "./site.js";
import { type ReadFiles, type Source, sourcesOf } from "./sources.js";

export type { ConfigFormat } from "./formats.js";
export type { ConfigText, ReadFiles } from "./sources.js";

/** A line that was not read, or not exactly. */
export interface ConfigNote {
  /** The name of the file, from `ParseOptions` or an include. Undefined if the text has no name. */
  readonly file?: string | undefined;
  /** The line number, from 1. */
  readonly line: number;
  /** The text of the line. */
  readonly text: string;
  readonly message: string;
  /** Whether the policy may differ from what the server sends. If false, the note only explains how a line was read. */
  readonly differs: boolean;
}

/** The options of {@link parseConfig}. */
export interface ParseOptions {
  /** The name of the text in notes, such as `"/etc/nginx/nginx.conf"`. */
  readonly file?: string | undefined;
  /** Returns included files. Without it, each include becomes a note. */
  readonly files?: ReadFiles | undefined;
  /** The server to read if there are several: its name, `"example.com:443"`, `":8080"`, `"nginx.conf:12"` or `"line 12"`. */
  readonly server?: string | undefined;
}

/** The security headers of a configuration. */
export interface ParsedConfig {
  /** For all paths without a route. Begins with `none`. */
  readonly policy: Policy;
  /** Paths as in `exportPolicy`, the broadest first. Each policy is complete, and begins with `none`. */
  readonly routes: readonly { readonly path: string; readonly policy: Policy }[];
  /** Sorted by line. */
  readonly notes: readonly ConfigNote[];
}

/**
 * Reads the security headers of an existing configuration.
 *
 * Headers that are sent under a condition, differ per response or are not valid become notes. Nothing is left out without a note.
 * Headers without a key of their own are listed under `custom`, removed headers under `stripHeaders`. If a part of a header is not valid
 * (`block-all-mixed-content`, an obsolete feature), the rest of the header is read, and a note names the part.
 *
 * @param format the format of the text, such as `"nginx"`.
 * @param text the whole file. For nginx, Apache and Caddy, an included part is enough.
 * @param options the name of the text, its included files, and the server to read.
 * @returns policies by path, and notes.
 * @throws {PolicyError} if the format is unknown, if the text does not have the format (the path names the file and the line), if
 *   several servers send different headers and none was chosen, and beyond the limits: 1,048,576 characters, 100 nested blocks, or 50,000 directives, with snippets and variables expanded.
 */
export function parseConfig(format: ConfigFormat, text: string, options: ParseOptions = {}): ParsedConfig {
  if (typeof format !== "string" || !Object.hasOwn(formats, format)) return unknownFormat(format);
  checkText(format, text);
  const result = readConfig(format, text, options);
  if ("policy" in result) return result;
  throw severalServers(format, result.choices, options.server);
}

/** One word with a slash or a file extension. In no format does such a text set a header. */
const isPath = (text: string) =>
  text.length < 4_096 &&
  /^[\w.\-@~:/\\]+$/.test(text) &&
  !text.includes("://") &&
  /[/\\]|\.(?:conf|cfg|json|toml|ya?ml|[cm]?[jt]s)$/.test(text);

function checkText(format: string, text: unknown): void {
  const refuse = (message: string, hint: string) => {
    throw policyError("wrong-type", ["parseConfig"], message, hint);
  };
  if (ArrayBuffer.isView(text)) refuse("bytes are not text", 'Write readFileSync(path, "utf8"), or call .toString().');
  if (typeof text !== "string") refuse(`${shown(text)} is not text`, awaited(text, `Write parseConfig(${JSON.stringify(format)}, "…").`));
  else if (isPath(text)) {
    refuse(`${show(text)} is a path, not the text of a file`, `Write readFileSync(${JSON.stringify(text)}, "utf8").`);
  }
}

/** As {@link parseConfig}, but returns the servers to choose from instead of throwing. */
export function readConfig(
  format: ConfigFormat,
  text: string,
  options: ParseOptions,
): ParsedConfig | { readonly choices: readonly ServerChoice[] } {
  const { file, files, server } = readOptions<ParseOptions>("parseConfig", options, OPTIONS);
  const notes: (ConfigNote & { readonly order: number })[] = [];
  const known = new Set<string>();
  const add = (differs: boolean) => (order: number, message: string) => {
    note.spend("work", STEPS_OF_A_NOTE + message.length);
    const { file, line, text } = note.at(order);
    const one = {
      file,
      line,
      text: cut(text.slice(0, 2 * LONGEST_NOTE).trim(), LONGEST_LINE),
      message: cut(message, LONGEST_NOTE),
      differs,
    };
    const key = `${order} ${one.message}`;
    if (known.has(key)) return;
    known.add(key);
    note.spend("notes", 1);
    notes.push({ ...one, order });
  };
  const main = file === undefined ? { text } : { path: file, text };
  const sources = sourcesOf(format, main, files, LIMITS.text, (line, why) => note(line, why));
  const note: Note = Object.assign(add(true), { ...budgetOf(format), ...sources, remark: add(false) });
  const chosen = chooseServer(readAs(format, sources.main, note), server, note);
  if (!("site" in chosen)) return { choices: chosen };
  const policies = policiesOf(chosen.site, note);
  if (isEmpty(policies)) checkFormat(format, sources.main);
  const isIn = (order: number, { line, end }: ReadSite) => end !== undefined && note.isWithin(order, line, end);
  // Hosts of one site share their lines.
  const ofOthers = ({ order }: { order: number }) => !isIn(order, chosen.site) && chosen.others.some((other) => isIn(order, other));
  return { ...policies, notes: inOrder(notes.filter((one) => !ofOthers(one))) };
}

/** Text that one format refuses may have another format. */
function readAs(format: ConfigFormat, main: Source, note: Note): readonly ReadSite[] {
  try {
    return formats[format].read(main, note);
  } catch (error) {
    if (error instanceof PolicyError) checkFormat(format, main);
    throw error;
  }
}

const isEmpty = ({ policy, routes }: ReadPolicies) =>
  routes.length === 0 && Object.keys(policy.resolved).every((key) => policy.resolved[key] === undefined);

/** Throws if the text seems to have another format. */
function checkFormat(format: ConfigFormat, { text, path }: Source): void {
  const other = recognised(text, path);
  if (other === undefined || other === format) return;
  const message = `it has no headers that ${titleOf(format)} would have`;
  throw policyError("invalid-value", [format], message, `Read it as ${JSON.stringify(other)}: most of it looks like ${titleOf(other)}.`);
}

/** Sorted by line. Notes of a file that is included twice occur once. */
function inOrder(notes: readonly (ConfigNote & { readonly order: number })[]): readonly ConfigNote[] {
  const sorted = [...notes].sort((one, other) => one.order - other.order);
  const once = new Map(sorted.map(({ order, ...one }) => [`${one.file}\n${one.line} ${one.message}`, one]));
  return [...once.values()];
}

function severalServers(format: string, choices: readonly ServerChoice[], wanted: string | undefined): PolicyError {
  const message = wanted === undefined ? `${choices.length} servers send different headers` : `${show(wanted)} is not one of its servers`;
  const shown = choices.slice(0, 20).map(({ label }) => JSON.stringify(label));
  const more = choices.length > shown.length ? `, and ${choices.length - shown.length} more` : "";
  return policyError(
    wanted === undefined ? "missing" : "unknown-name",
    [format, "server"],
    message,
    `Choose one of ${shown.join(", ")}${more}.`,
  );
}

const notEmpty = (text: string) => text !== "";

const OPTIONS: OptionSchemas<ParseOptions> = () => ({
  file: textThat(notEmpty, "a file name", 'Write a name, such as "nginx.conf".'),
  server: textThat(notEmpty, "the name of a server", 'Write the name of a server, such as "www.example.com".'),
  files: callable("Write a function that returns the files an include names."),
});

/** Steps to find the line of a note, and earlier equal notes. */
const STEPS_OF_A_NOTE = 50;

/** Maximum length of a note, in characters. */
const LONGEST_NOTE = 500;

/** Maximum length of the quoted line, in characters. */
const LONGEST_LINE = 160;

const cut = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function unknownFormat(format: unknown): never {
  const names = Object.keys(formats);
  const hint = typeof format === "string" ? didYouMean(format, names) : "";
  throw policyError("unknown-name", ["format"], `${shown(format)} is not a format`, awaited(format, hint || `Write ${oneOf(names)}.`));
}
