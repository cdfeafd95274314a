import { PolicyError, policyError } from "../../errors.js";
import type { Policy } from "../../policy/policy.js";
import { type OptionSchemas, readOptions } from "../../values/options.js";
import { callable, textThat } from "../../values/schema.js";
import { recognisedIn } from "./clues.js";
import type { Format } from "./format.js";
import { budgetOf, LIMITS, type Note } from "./limits.js";
import { policiesOf, type ReadPolicies } from "./policies.js";
import { chooseServer, type ServerChoice } from "./servers.js";
import type { ReadSite } from "./site.js";
import { type ReadFiles, type Source, sourcesOf } from "./sources.js";

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
 * Reads a configuration with one reader, without the registry of all of them.
 *
 * @param format its reader.
 * @param known the formats that a text may have instead, for the message about a text of another format.
 * @returns policies and notes; or the servers to choose from, if several send different headers.
 * @throws {PolicyError} as `parseConfig`, but not for several servers.
 */
export function readWith(
  format: Format,
  known: readonly Format[],
  text: string,
  options: ParseOptions,
): ParsedConfig | { readonly choices: readonly ServerChoice[] } {
  const { file, files, server } = readOptions<ParseOptions>("parseConfig", options, OPTIONS);
  const notes: (ConfigNote & { readonly order: number })[] = [];
  const noted = new Set<string>();
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
    if (noted.has(key)) return;
    noted.add(key);
    note.spend("notes", 1);
    notes.push({ ...one, order });
  };
  const main = file === undefined ? { text } : { path: file, text };
  const sources = sourcesOf(format.name, main, files, LIMITS.text, (line, why) => note(line, why));
  const note: Note = Object.assign(add(true), { ...budgetOf(format.name), ...sources, remark: add(false) });
  const chosen = chooseServer(readAs(format, known, sources.main, note), server, note);
  if (!("site" in chosen)) return { choices: chosen };
  const policies = policiesOf(chosen.site, note);
  if (isEmpty(policies)) checkFormat(format, known, sources.main);
  const isIn = (order: number, { line, end }: ReadSite) => end !== undefined && note.isWithin(order, line, end);
  // Hosts of one site share their lines.
  const ofOthers = ({ order }: { order: number }) => !isIn(order, chosen.site) && chosen.others.some((other) => isIn(order, other));
  return { ...policies, notes: inOrder(notes.filter((one) => !ofOthers(one))) };
}

/** Text that one format refuses may have another format. */
function readAs(format: Format, known: readonly Format[], main: Source, note: Note): readonly ReadSite[] {
  try {
    return format.read(main, note);
  } catch (error) {
    if (error instanceof PolicyError) checkFormat(format, known, main);
    throw error;
  }
}

const isEmpty = ({ policy, routes }: ReadPolicies) =>
  routes.length === 0 && Object.keys(policy.resolved).every((key) => policy.resolved[key] === undefined);

/** Throws if the text seems to have another format. */
function checkFormat({ name, title }: Format, known: readonly Format[], { text, path }: Source): void {
  const other = recognisedIn(known, text, path);
  if (other === undefined || other.name === name) return;
  const message = `it has no headers that ${title} would have`;
  throw policyError("invalid-value", [name], message, `Read it as ${JSON.stringify(other.name)}: most of it looks like ${other.title}.`);
}

/** Sorted by line. Notes of a file that is included twice occur once. */
function inOrder(notes: readonly (ConfigNote & { readonly order: number })[]): readonly ConfigNote[] {
  const sorted = [...notes].sort((one, other) => one.order - other.order);
  const once = new Map(sorted.map(({ order, ...one }) => [`${one.file}\n${one.line} ${one.message}`, one]));
  return [...once.values()];
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
