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

/** A line that was not read, or not as it stands. */
export interface ConfigNote {
  /** The file, as `ParseOptions` or an include calls it; undefined where the text has no name. */
  readonly file?: string | undefined;
  /** The first line of the file is 1. */
  readonly line: number;
  /** What stands there. */
  readonly text: string;
  readonly message: string;
  /** Whether something may be sent, or not sent, that the policy has otherwise. Where false, the note tells how a line was read, and nothing more. */
  readonly differs: boolean;
}

/** How a configuration is read. */
export interface ParseOptions {
  /** What the text is called in notes: `"/etc/nginx/nginx.conf"`. */
  readonly file?: string | undefined;
  /** Gives the files that are included; without it each include is a note. */
  readonly files?: ReadFiles | undefined;
  /** Of several servers the one to read: its name, `"example.com:443"`, `":8080"`, `"nginx.conf:12"` or `"line 12"`. */
  readonly server?: string | undefined;
}

/** The security headers of a configuration. */
export interface ParsedConfig {
  /** For all paths that no route means; begins with `none`. */
  readonly policy: Policy;
  /** Paths as `exportPolicy` takes them, the broadest first; each policy is all that holds there, and begins with `none`. */
  readonly routes: readonly { readonly path: string; readonly policy: Policy }[];
  /** By line. */
  readonly notes: readonly ConfigNote[];
}

/**
 * Reads the security headers out of a configuration that is there already, so that a site can move in.
 *
 * What is sent under a condition, differs per response or is no valid header becomes a note, and nothing is left out without one.
 * Headers that Portcullis has no key for stand under `custom`, those that are taken away under `stripHeaders`. One part that a header cannot
 * have (`block-all-mixed-content`, a feature that is gone) does not cost the header: the rest is read, and the note names the part.
 *
 * @param format what the text is, such as `"nginx"`.
 * @param text all of the file; for nginx, Apache and Caddy a part that is to be included will do.
 * @param options what the text is called, and the files that it includes.
 * @returns policies by path, and what was not understood.
 * @throws {PolicyError} for a format that does not exist, where the text is none of its format (the path names the file and the line), where
 *   several servers do not send the same and none was chosen, and where it is too much: more than 1,048,576 characters, 100 blocks in each other, or 50,000 directives, snippets and variables written out.
 */
export function parseConfig(format: ConfigFormat, text: string, options: ParseOptions = {}): ParsedConfig {
  if (typeof format !== "string" || !Object.hasOwn(formats, format)) return unknownFormat(format);
  checkText(format, text);
  const result = readConfig(format, text, options);
  if ("policy" in result) return result;
  throw severalServers(format, result.choices, options.server);
}

/** One word with a slash, or with the end of a file's name: in no format does it set a header. */
const isPath = (text: string) =>
  text.length < 4_096 &&
  /^[\w.\-@~:/\\]+$/.test(text) &&
  !text.includes("://") &&
  /[/\\]|\.(?:conf|cfg|json|toml|ya?ml|[cm]?[jt]s)$/.test(text);

function checkText(format: string, text: unknown): void {
  const refuse = (message: string, hint: string) => {
    throw policyError("wrong-type", ["parseConfig"], message, hint);
  };
  if (ArrayBuffer.isView(text)) refuse("bytes are not text", 'Write readFileSync(path, "utf8"), or .toString() behind them.');
  if (typeof text !== "string") refuse(`${shown(text)} is not text`, awaited(text, `Write parseConfig(${JSON.stringify(format)}, "…").`));
  else if (isPath(text)) {
    refuse(`${show(text)} is a path, not the text of a file`, `Write readFileSync(${JSON.stringify(text)}, "utf8").`);
  }
}

/** What {@link parseConfig} gives, or the servers that there are to choose from. */
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
  // Hosts that a matcher tells apart share their lines.
  const ofOthers = ({ order }: { order: number }) => !isIn(order, chosen.site) && chosen.others.some((other) => isIn(order, other));
  return { ...policies, notes: inOrder(notes.filter((one) => !ofOthers(one))) };
}

/** What one format's grammar refuses may be another's. */
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

/** Text of another format gives nothing, or an error that misleads. */
function checkFormat(format: ConfigFormat, { text, path }: Source): void {
  const other = recognised(text, path);
  if (other === undefined || other === format) return;
  const message = `nothing in it sets a header as ${titleOf(format)} does`;
  throw policyError("invalid-value", [format], message, `Read it as ${JSON.stringify(other)}: most of it looks like ${titleOf(other)}.`);
}

/** By line, and of a file that is included twice each note once. */
function inOrder(notes: readonly (ConfigNote & { readonly order: number })[]): readonly ConfigNote[] {
  const sorted = [...notes].sort((one, other) => one.order - other.order);
  const once = new Map(sorted.map(({ order, ...one }) => [`${one.file}\n${one.line} ${one.message}`, one]));
  return [...once.values()];
}

function severalServers(format: string, choices: readonly ServerChoice[], wanted: string | undefined): PolicyError {
  const message = wanted === undefined ? `${choices.length} servers do not send the same` : `${show(wanted)} is not one of its servers`;
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

/** What it takes to find the line, and whether it has this note already. */
const STEPS_OF_A_NOTE = 50;

/** Characters of a note. */
const LONGEST_NOTE = 500;

/** Characters of the line that it is about: of a whole file on one line the beginning says nothing. */
const LONGEST_LINE = 160;

const cut = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function unknownFormat(format: unknown): never {
  const names = Object.keys(formats);
  const hint = typeof format === "string" ? didYouMean(format, names) : "";
  throw policyError("unknown-name", ["format"], `${shown(format)} is not a format`, awaited(format, hint || `Write ${oneOf(names)}.`));
}
