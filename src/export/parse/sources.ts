import { policyError } from "../../errors.js";

/** A file of a configuration, by the name that the configuration or the user has for it. */
export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

/**
 * Gives the files that an `include` names, in their order.
 *
 * @param pattern as it stands there, with its stars.
 * @param from the file in which it stands; undefined where that has no name.
 * @returns undefined where they are not to be read, which becomes a note; an empty list where a pattern with stars means none.
 */
export type ReadFiles = (pattern: string, from: string | undefined) => readonly ConfigText[] | undefined;

/** A text that is read. Its first line is the line `first`: lines are counted on through all files, so that a number tells the file too. */
export interface Source {
  readonly path: string | undefined;
  readonly text: string;
  readonly first: number;
}

/** Where a line stands, and what it says. */
export interface Where {
  readonly file: string | undefined;
  /** The first line of a file is 1. */
  readonly line: number;
  readonly text: string;
}

/** The files of one configuration. */
export interface Sources {
  readonly main: Source;
  /** Whether `files` was given: without it an include cannot be followed. */
  readonly follows: boolean;
  /**
   * Reads what an include on this line names.
   *
   * @returns undefined where it is not read: to be noted.
   * @throws {PolicyError} beyond the limits of files and characters.
   */
  include(pattern: string, line: number): readonly Source[] | undefined;
  /** From this line on the main text is another file, whose first line it is: a heading of `nginx -T` stands before it. */
  heading(line: number, path: string): void;
  at(line: number): Where;
  /** @throws {PolicyError} that names the file and the line: the text is none of its format. */
  refuse(line: number, message: string, hint: string): never;
}

/** Files of one configuration; hosters have some hundred sites in a folder. */
const MOST_FILES = 1_000;

/** @param most characters of all files together. */
export function sourcesOf(
  format: string,
  main: ConfigText | { readonly text: string },
  files: ReadFiles | undefined,
  most: number,
): Sources {
  const parts: { readonly path: string | undefined; readonly first: number }[] = [];
  const lines: string[] = [];
  let characters = 0;
  let count = 0;
  const add = (path: string | undefined, text: string): Source => {
    characters += text.length;
    count += 1;
    if (characters > most) tooMuch(format, `the text has ${characters} characters, and at most ${most} are read`);
    if (count > MOST_FILES) tooMuch(format, `it has more than ${MOST_FILES} files`);
    const first = lines.length + 1;
    for (const line of text.split("\n")) lines.push(line);
    parts.push({ path, first });
    checkNul(format, path, text);
    return { path, text: text.replace(/^\ufeff/, ""), first };
  };
  const at = (line: number): Where => {
    const part = parts.findLast(({ first }) => first <= line) ?? parts[0];
    return { file: part?.path, line: line - (part?.first ?? 1) + 1, text: lines[line - 1] ?? "" };
  };
  return {
    main: add("path" in main ? main.path : undefined, main.text),
    follows: files !== undefined,
    include: (pattern, line) => files?.(pattern, at(line).file)?.map(({ path, text }) => add(path, text)),
    heading: (first, path) => {
      parts.push({ path, first });
      parts.sort((one, other) => one.first - other.first);
    },
    at,
    refuse: (order, message, hint) => {
      const { file, line } = at(order);
      throw policyError("invalid-value", [format, ...(file === undefined ? [] : [file]), `line ${line}`], message, hint);
    },
  };
}

function tooMuch(format: string, message: string): never {
  throw policyError("invalid-value", [format], message, "Give the part that sets headers.");
}

function checkNul(format: string, path: string | undefined, text: string): void {
  const nul = text.indexOf("\0");
  if (nul < 0) return;
  const line = text.slice(0, nul).split("\n").length;
  const where = path === undefined ? [] : [path];
  throw policyError(
    "invalid-value",
    [format, ...where, `line ${line}`],
    "there is a NUL, which no configuration has",
    "Give the file as text.",
  );
}
