import { type Options, type Program, parse } from "acorn";
import { show } from "../../../values/text.js";
import type { Note } from "../limits.js";
import type { Source } from "../sources.js";

const OPTIONS: Options = {
  ecmaVersion: "latest",
  sourceType: "module",
  locations: true,
  allowHashBang: true,
  allowReturnOutsideFunction: true,
};

/** Maximum number of types to remove: the text is parsed again after each. */
const MOST_TYPES = 50;

/** A type as usual in configurations: `NextConfig`, `import("next").NextConfig`, `Promise<Header[]>`. */
const TYPE = String.raw`(?:import\(["'][\w./-]+["']\)\.)?[\w.]+(?:<[\w.[\]|, "']{0,100}>)?(?:\[\])*`;

/** TypeScript syntax at which a JavaScript parser fails, as regular expressions for the text from that position. */
const TYPES = [new RegExp(String.raw`:\s{0,9}${TYPE}`, "y"), new RegExp(String.raw`(?:satisfies|as)\s{1,9}${TYPE}`, "y")];

/**
 * Reads a program of JavaScript, or of TypeScript with types that are simple to remove: `import type`, `: T`, `as T` and `satisfies T`.
 *
 * @throws {PolicyError} if it is neither.
 */
export function programOf({ text: given, first }: Source, note: Note): Program {
  let text = given;
  for (let left = MOST_TYPES; ; left--) {
    note.spend("work", text.length);
    try {
      return parse(text, OPTIONS);
    } catch (error) {
      const at = error instanceof SyntaxError ? (error as SyntaxError & { readonly pos?: number }).pos : undefined;
      const without = at === undefined || left === 0 ? undefined : withoutType(text, at);
      if (without === undefined) return refuse(error, at);
      text = without;
    }
  }

  function refuse(error: unknown, at: number | undefined): never {
    const tooDeep = error instanceof Error && /stack/.test(error.message);
    if (at === undefined || tooDeep) return note.refuse(first, "its expressions are nested too deeply", "Simplify it.");
    const line = first + given.slice(0, at).split("\n").length - 1;
    const what = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, "") : "";
    const hint = "Pass JavaScript: of TypeScript, take out all but import type, and types behind a colon, as or satisfies.";
    return note.refuse(line, `it is not JavaScript at ${show(given.slice(at, at + 20))}: ${what}`, hint);
  }
}

/** The text with the type at which parsing failed replaced by blanks; undefined if there is no type. */
function withoutType(text: string, at: number): string | undefined {
  const blank = (from: number, to: number) => text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, " ") + text.slice(to);
  const line = text.lastIndexOf("\n", at - 1) + 1;
  const before = text.slice(line, at);
  if (/^\s*import\s+type\s+(?:\w+\s*)?$/.test(before)) {
    const [statement] = /^[^;'"]{0,2000}["'][^"'\n]{0,200}["'];?/.exec(text.slice(line)) ?? [];
    return statement === undefined ? undefined : blank(line, line + statement.length);
  }
  const [, word] = /[{,]\s*(type\s+)$/.exec(before.slice(-50)) ?? [];
  if (word !== undefined) return blank(at - word.length, at);
  for (const type of TYPES) {
    type.lastIndex = at;
    const [found] = type.exec(text) ?? [];
    if (found !== undefined) return blank(at, at + found.length);
  }
  return undefined;
}
