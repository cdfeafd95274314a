import { show } from "../../../values/text.js";
import type { Note } from "../limits.js";
import type { Source } from "../sources.js";
import type { Files } from "./files.js";

/** A directive, with included files in place of `include`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block?: readonly Directive[];
  /** The last line of the block. */
  readonly end?: number;
  /** The text of a Lua block. */
  readonly lua?: string;
}

/** White space, a comment, a quoted text, a word, or one of `;{}`. In a word, `${` does not open a block. */
const TOKEN =
  /\s+|#[^\n]*|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|((?:\\[\s\S]|\$\{|[^\s;{}"'\\])(?:\\[\s\S]|\$\{|[^\s;{\\])*)|[;{}]/y;

/**
 * nginx's grammar: words, followed by a semicolon or a block. Included files replace their `include`.
 *
 * @throws {PolicyError} if braces, quotes or semicolons do not match.
 */
export function directivesOf(source: Source, files: Files, note: Note): readonly Directive[] {
  return fileOf(source, files, note, []);
}

function fileOf({ text, first, path }: Source, files: Files, note: Note, around: readonly (string | undefined)[]): readonly Directive[] {
  const token = new RegExp(TOKEN);
  const open: { readonly head: Omit<Directive, "block">; readonly block: Directive[] }[] = [];
  let block: Directive[] = [];
  const top = block;
  let words: string[] = [];
  let start = first;
  let line = first;
  const included = (pattern: string): void => {
    for (const file of files.include(pattern, line) ?? []) {
      if (file.path !== undefined && [...around, path].includes(file.path)) {
        note(line, "includes a file that includes this one: not read");
        continue;
      }
      note.enter(around.length + 1, line);
      for (const one of fileOf(file, files, note, [...around, path])) block.push(one);
    }
  };
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found, double, single, plain] = token.exec(text) ?? broken(note, line, "a quote is not closed, or a backslash escapes nothing");
    const word = double ?? single ?? plain;
    if (word !== undefined) {
      if (words.length === 0) start = line;
      words.push(word.replace(/\\(["'\\trn])/g, (_, char: string) => ESCAPES[char] ?? char));
    } else if (found === ";" || found === "{") {
      const [name, ...args] = words;
      if (name === undefined) return broken(note, line, `"${found}" has no directive before it`);
      words = [];
      note.spend("directives", 1);
      note.enter(found === ";" ? 0 : around.length + open.length + 1, line);
      if (found === ";") {
        if (name === "include") included(args[0] ?? "");
        else block.push({ name, args, line: start });
      } else if (/_by_lua_block$/.test(name)) {
        token.lastIndex = endOfLua(text, at, line, note);
        block.push({ name, args, line: start, lua: text.slice(at, token.lastIndex) });
      } else {
        open.push({ head: { name, args, line: start }, block });
        block = [];
      }
    } else if (found === "}") {
      const outer = open.pop() ?? broken(note, line, '"}" closes no block');
      if (words.length > 0) broken(note, line, `${show(words[0])} has no ";" after it`);
      outer.block.push({ ...outer.head, block, end: line });
      block = outer.block;
    }
    line += text.slice(at, token.lastIndex).split("\n").length - 1;
  }
  const [unclosed] = open;
  if (unclosed !== undefined) broken(note, unclosed.head.line, `${show(unclosed.head.name)} opens a block that is never closed`);
  if (words.length > 0) broken(note, start, `${show(words[0])} has no ";" after it`);
  return top;
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", r: "\r", n: "\n" };

/** A Lua block ends where its braces are balanced. */
function endOfLua(text: string, start: number, line: number, note: Note): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return broken(note, line, '"{" is never closed');
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Pass the text of an nginx configuration that nginx -t takes.");
}
