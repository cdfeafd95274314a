import { show } from "../../../values/text.js";
import type { Note } from "../limits.js";
import { dynamic } from "../site.js";
import type { Source } from "../sources.js";
import { type Defined, sectionHolds } from "./modules.js";

/** A directive, or with a block a section. */
export interface Directive {
  /** In lower case. */
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block?: readonly Directive[];
  /** Of a section: the line that closes it. */
  readonly end?: number;
}

interface TextLine {
  readonly text: string;
  readonly line: number;
}

/** A section that is not closed yet. */
interface Open {
  readonly head: Omit<Directive, "block">;
  readonly block: Directive[];
  /** Its content does not apply. */
  readonly skipped: boolean;
  /** What is assumed about it; noted if it contains headers. */
  readonly assumed?: string | undefined;
}

interface Macro {
  readonly parameters: readonly string[];
  readonly lines: readonly TextLine[];
}

/** The state of reading: Apache evaluates these while it reads, line by line. */
interface State extends Defined {
  readonly note: Note;
  /** The first line of the text, which an `Include` is relative to. */
  readonly first: number;
  readonly macros: Map<string, Macro>;
  readonly open: Open[];
  root: string | undefined;
  block: Directive[];
}

/** Apache's own limit is 20 (`AP_MAX_INCLUDE_DEPTH`); macros that use macros count here too. */
const DEEPEST = 20;

/**
 * Sections whose lines apply as they do outside, or not at all. Apache has no `Header` for one method: in `<Limit>` it applies to all.
 */
const TRANSPARENT = /^(?:if(?:module|define|version|directive|file)|limit(?:except)?|require(?:all|any|none))$/;

/**
 * Parses lines and sections, and evaluates what Apache evaluates while it reads: `Define`, `<IfModule>`, macros and includes.
 *
 * @throws {PolicyError} where sections are not closed as they are opened.
 */
export function directivesOf(source: Source, note: Note): Pick<State, "block" | "modules"> {
  const state: State = {
    note,
    first: source.first,
    defined: new Map(),
    modules: new Set(),
    macros: new Map(),
    open: [],
    root: undefined,
    block: [],
  };
  read(logicalLines(source), state, 0);
  return state;
}

function read(lines: readonly TextLine[], state: State, depth: number): void {
  const { note, open } = state;
  const before = open.length;
  for (let index = 0; index < lines.length; index++) {
    const { text, line } = lines[index] as TextLine;
    note.spend("directives", 1);
    const [, closing, section] = /^<(\/?)([A-Za-z]\w*)/.exec(text) ?? [];
    if (section?.toLowerCase() === "macro" && closing === "") index = macro(lines, index, state);
    else if (section !== undefined && closing === "") opened(text, line, state);
    else if (section !== undefined) closed(section, line, state, before);
    else directive(text, line, state, depth);
  }
  const last = open.at(-1);
  if (last !== undefined && open.length > before) broken(note, last.head.line, `<${last.head.name}> is never closed`);
}

function opened(text: string, line: number, state: State): void {
  const { open, note } = state;
  const { name, args } = named(withDefines(text.slice(1).replace(/>\s*$/, ""), state));
  note.enter(open.length + 1, line);
  const { holds, assumed } = sectionHolds(name, args, state);
  open.push({ head: { name, args, line }, block: state.block, skipped: !holds || open.at(-1)?.skipped === true, assumed });
  // The content of a transparent section is read as if it were outside.
  if (!TRANSPARENT.test(name)) state.block = [];
}

function closed(section: string, line: number, state: State, before: number): void {
  const { open, note } = state;
  const outer = (open.length > before ? open.pop() : undefined) ?? broken(note, line, `</${section}> closes no block`);
  const { head, block, skipped } = outer;
  if (head.name !== section.toLowerCase()) broken(note, line, `</${section}> is where </${head.name}> belongs`);
  if (TRANSPARENT.test(head.name)) return;
  if (!skipped) block.push({ ...head, block: state.block, end: line });
  state.block = block;
}

function directive(text: string, line: number, state: State, depth: number): void {
  const { open, note } = state;
  const { name, args, first } = named(withDefines(text, state));
  if (!/^[a-z]\w*$/.test(name)) broken(note, line, `${show(first)} is not a directive`);
  if (name === "header") {
    for (const { assumed, head } of open) if (assumed !== undefined) note(head.line, assumed);
  }
  if (open.at(-1)?.skipped) return;
  if (WHILE_READING.has(name)) WHILE_READING.get(name)?.(args, line, state, depth);
  else state.block.push({ name, args, line });
}

type Act = (args: readonly string[], line: number, state: State, depth: number) => void;

const WHILE_READING: ReadonlyMap<string, Act> = new Map<string, Act>([
  ["define", ([name, value = ""], _, { defined }) => void (name !== undefined && defined.set(name, value))],
  ["undefine", ([name = ""], _, { defined }) => void defined.delete(name)],
  ["loadmodule", ([name = ""], _, { modules }) => void modules.add(name)],
  ["serverroot", serverRoot],
  ["include", include],
  ["includeoptional", include],
  ["use", use],
]);

function serverRoot([folder]: readonly string[], _: number, state: State): void {
  state.root = folder;
}

function include([pattern = ""]: readonly string[], line: number, state: State, depth: number): void {
  const { note, root, first } = state;
  const absolute = /^(?:\/|[A-Za-z]:)/.test(pattern);
  const whole = absolute || root === undefined ? pattern : `${root.replace(/\/$/, "")}/${pattern}`;
  // Relative to ServerRoot; default: the folder of the first file.
  const files = note.include(whole, absolute ? line : first);
  if (files === undefined) {
    note(line, "includes another file: read that file too");
    return;
  }
  deeper(line, state, depth);
  for (const file of files) read(logicalLines(file), state, depth + 1);
}

function macro(lines: readonly TextLine[], start: number, state: State): number {
  const { text, line } = lines[start] as TextLine;
  const [name = "", ...parameters] = wordsOf(text.replace(/>\s*$/, "")).slice(1);
  let end = start + 1;
  while (end < lines.length && !/^<\/macro\s*>/i.test((lines[end] as TextLine).text)) end += 1;
  if (end === lines.length) broken(state.note, line, "<macro> is never closed");
  if (state.open.at(-1)?.skipped !== true) {
    state.macros.set(name.toLowerCase(), { parameters, lines: lines.slice(start + 1, end) });
  }
  return end;
}

function use([name = "", ...values]: readonly string[], line: number, state: State, depth: number): void {
  const { note, macros } = state;
  const found = macros.get(name.toLowerCase());
  if (found === undefined || found.parameters.length !== values.length) {
    note(line, `${show(name)} is not a macro with ${values.length} arguments defined above: not read`);
    return;
  }
  deeper(line, state, depth);
  // The longest first, so that $a does not hit $ab.
  const pairs = found.parameters.map((one, index) => [one, values[index] ?? ""] as const);
  pairs.sort(([one], [other]) => other.length - one.length);
  const written = found.lines.map((one) => {
    const text = pairs.reduce((rest, [parameter, value]) => rest.split(parameter).join(value), one.text);
    note.spend("characters", text.length);
    return { ...one, text };
  });
  read(written, state, depth + 1);
}

function deeper(line: number, { note }: State, depth: number): void {
  if (depth < DEEPEST) return;
  broken(note, line, `files and macros are nested more than ${DEEPEST} deep, which Apache refuses`);
}

function named(text: string): { readonly name: string; readonly first: string; readonly args: readonly string[] } {
  const [first = "", ...args] = wordsOf(text);
  return { first, name: first.toLowerCase(), args };
}

/** The text with `${…}` replaced by the defined value. */
function withDefines(text: string, { defined, note }: State): string {
  return text.replace(/\$\{([^{}:]+)\}/g, (whole, name) => {
    const value = defined.get(name) ?? dynamic(whole);
    note.spend("characters", value.length);
    return value;
  });
}

/** Lines joined with their continuation lines; without comments and blank lines. */
function logicalLines({ text, first }: Source): readonly TextLine[] {
  const lines: { text: string; line: number }[] = [];
  let continued = false;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const goesOn = raw.endsWith("\\");
    const piece = goesOn ? raw.slice(0, -1) : raw;
    const last = lines.at(-1);
    if (continued && last !== undefined) last.text += piece;
    else lines.push({ text: piece, line: first + index });
    continued = goesOn;
  }
  return lines.map((one) => ({ ...one, text: one.text.trim() })).filter((one) => one.text !== "" && !one.text.startsWith("#"));
}

/** Words, in quotes or not; an unclosed quote extends to the end of the line. */
function wordsOf(line: string): readonly string[] {
  return Array.from(
    line.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?$)|'([^'\\]*(?:\\.[^'\\]*)*)(?:'|\\?$)|(\S+)/g),
    ([, double, single, plain]) =>
      double?.replace(/\\([\\"])/g, "$1") ?? single?.replace(/\\([\\'])/g, "$1") ?? (plain as string).replace(/\\\\/g, "\\"),
  );
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Pass the text of a configuration that apachectl -t takes.");
}
