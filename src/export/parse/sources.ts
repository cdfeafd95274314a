import { issueCollector, policyError } from "../../errors.js";
import { shown } from "../../values/options.js";
import { own } from "../../values/own.js";

/** A file of a configuration, with the name that the configuration or the user gave. */
export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

/**
 * Returns the files that an `include` names, in order.
 *
 * @param pattern the argument of the include. May have wildcards.
 * @param from the file of the include. Undefined if it has no name.
 * @returns an empty list if no file matches. A string instead of a file is the reason why it is not read, and becomes a note.
 */
export type ReadFiles = (pattern: string, from: string | undefined) => readonly (ConfigText | string)[];

/** A text to read. Lines are numbered through all files from `first`, so that a number also identifies the file. */
export interface Source {
  readonly path: string | undefined;
  readonly text: string;
  readonly first: number;
}

/** A line: its file, number and text. */
export interface Where {
  readonly file: string | undefined;
  /** The first line of a file is 1. */
  readonly line: number;
  readonly text: string;
}

/** The files of one configuration. */
export interface Sources {
  readonly main: Source;
  /**
   * Reads the files of an include on this line. Notes the reason if it cannot.
   *
   * @returns undefined if includes are not followed, which the caller must note.
   * @throws {PolicyError} beyond the limits of files and characters.
   */
  include(pattern: string, line: number): readonly Source[] | undefined;
  /** Marks this line of the main text as the first line of another file, after a heading of `nginx -T`. */
  heading(line: number, path: string): void;
  at(line: number): Where;
  /** Whether a line, or an include that leads to it, is between two lines. */
  isWithin(line: number, first: number, last: number): boolean;
  /** @throws {PolicyError} always, with the file and the line: the text does not have its format. */
  refuse(line: number, message: string, hint: string): never;
}

/** Maximum number of files. Hosting providers may have hundreds of sites in a folder. */
const MOST_FILES = 1_000;

/**
 * @param files the option of `parseConfig`.
 * @param most the maximum number of characters of all files.
 * @param tell receives the line of an include that is not read, and the reason.
 */
export function sourcesOf(
  format: string,
  main: ConfigText | { readonly text: string },
  files: ReadFiles | undefined,
  most: number,
  tell: (line: number, why: string) => void,
): Sources {
  const parts: Part[] = [];
  const lines: string[] = [];
  let characters = 0;
  let count = 0;
  const add = (path: string | undefined, text: string, from?: number): Source => {
    characters += text.length;
    count += 1;
    if (characters > most) tooMuch(format, `the text has ${characters} characters, and at most ${most} are read`);
    if (count > MOST_FILES) tooMuch(format, `it has more than ${MOST_FILES} files`);
    const first = lines.length + 1;
    for (const line of text.split("\n")) lines.push(line);
    parts.push({ path, first, ...(from === undefined ? {} : { from }) });
    checkNul(format, path, text);
    return { path, text: text.replace(/^\ufeff/, ""), first };
  };
  const partOf = (line: number): Part => parts.findLast(({ first }) => first <= line) ?? { path: undefined, first: 1 };
  const at = (line: number): Where => {
    const { path, first } = partOf(line);
    return { file: path, line: line - first + 1, text: lines[line - 1] ?? "" };
  };
  return {
    main: add("path" in main ? main.path : undefined, main.text),
    include: (pattern, line) => {
      if (files === undefined) return undefined;
      return includedFiles(files(pattern, at(line).file)).flatMap((found) => {
        if (typeof found !== "string") return [add(found.path, found.text, line)];
        tell(line, found);
        return [];
      });
    },
    heading: (first, path) => {
      const isLast = (parts.at(-1)?.first ?? 0) <= first;
      parts.push({ path, first });
      if (!isLast) parts.sort((one, other) => one.first - other.first);
    },
    at,
    isWithin: (line, first, last) => {
      for (let now: number | undefined = line; now !== undefined; now = partOf(now).from) if (now >= first && now <= last) return true;
      return false;
    },
    refuse: (order, message, hint) => {
      const { file, line } = at(order);
      throw policyError("invalid-value", [format, ...(file === undefined ? [] : [file]), `line ${line}`], message, hint);
    },
  };
}

/** Checks what the `files` option returned. */
function includedFiles(returned: unknown): readonly (ConfigText | string)[] {
  const { report, throwIfAny } = issueCollector();
  const hint = 'Return [{ path: "/etc/nginx/a.conf", text: "…" }].';
  const refuse = (step: readonly number[], value: unknown, expected: string) =>
    report({
      path: ["parseConfig", "files", ...step],
      code: "wrong-type",
      message: `returned ${shown(value)}, which is not ${expected}`,
      hint,
    });
  if (!Array.isArray(returned)) refuse([], returned, "a list");
  const found = Array.isArray(returned) ? Array.from<unknown>(returned) : [];
  for (const [index, one] of found.entries()) {
    const isFile = typeof one === "object" && one !== null && typeof own(one, "path") === "string" && typeof own(one, "text") === "string";
    if (typeof one !== "string" && !isFile) refuse([index], one, "a file or a reason");
  }
  throwIfAny();
  return found as readonly (ConfigText | string)[];
}

/** Lines of one file. */
interface Part {
  readonly path: string | undefined;
  readonly first: number;
  /** The line of the include. */
  readonly from?: number;
}

function tooMuch(format: string, message: string): never {
  throw policyError("invalid-value", [format], message, "Pass the part that sets headers.");
}

function checkNul(format: string, path: string | undefined, text: string): void {
  const nul = text.indexOf("\0");
  if (nul < 0) return;
  const line = text.slice(0, nul).split("\n").length;
  const where = path === undefined ? [] : [path];
  throw policyError(
    "invalid-value",
    [format, ...where, `line ${line}`],
    "it has a NUL character, which is not allowed in configurations",
    "Pass the file as text.",
  );
}
