import { show } from "../../../values/text.js";
import type { Note } from "../limits.js";
import type { Source } from "../sources.js";

/** A line of a Caddyfile, and the block that it opens. */
export interface Statement {
  readonly words: readonly string[];
  readonly line: number;
  readonly block?: readonly Statement[];
  /** Of a block: the line that closes it. */
  readonly end?: number;
}

/** All statements, including those in blocks. */
export function flat(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((one) => [one, ...flat(one.block ?? [])]);
}

/** Blank, line break, comment, text in quotes or backticks, or a word. */
const TOKEN =
  /[ \t\r\f]+|\\\r?\n|\n|#[^\n]*|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|`([^`]*)`|<<([\w-]{1,80})\r?\n|((?!["`])(?:\\[^\n]|[^\s\\])+)/y;

interface Word {
  readonly text: string;
  readonly plain: boolean;
}

/**
 * Parses the text of a Caddyfile.
 *
 * @throws {PolicyError} if braces or quotes do not match.
 */
export function statementsOf({ text, first: top }: Source, note: Note): readonly Statement[] {
  const token = new RegExp(TOKEN);
  const open: { readonly head: Statement; readonly block: Statement[] }[] = [];
  let block: Statement[] = [];
  let words: Word[] = [];
  let line = top;
  let start = top;
  const endOfLine = (): void => {
    const last = words.at(-1);
    const opens = last?.plain && last.text === "{";
    const kept = (opens ? words.slice(0, -1) : words).map((word) => word.text);
    const [first] = words;
    note.spend("directives", words.length === 0 ? 0 : 1);
    if (first?.plain && first.text === "}") {
      const outer = open.pop() ?? broken(note, start, '"}" closes no block');
      if (words.length > 1) broken(note, start, `${show(words[1]?.text)} follows "}"`);
      outer.block.push({ ...outer.head, block, end: start });
      block = outer.block;
    } else if (opens) {
      note.enter(open.length + 1, start);
      open.push({ head: { words: kept, line: start }, block });
      block = [];
    } else if (kept.length > 0) block.push({ words: kept, line: start });
    words = [];
  };
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found, double, ticks, heredoc, plain] = token.exec(text) ?? broken(note, line, "a quote is not closed");
    if (words.length === 0) start = line;
    if (found === "\n") endOfLine();
    else if (double !== undefined) words.push({ text: double.replaceAll('\\"', '"'), plain: false });
    else if (ticks !== undefined) words.push({ text: ticks, plain: false });
    else if (heredoc !== undefined) {
      const [whole, body = ""] =
        new RegExp(`^([\\s\\S]*?)\\r?\\n[ \\t]*${heredoc}(?=\\s|$)`).exec(text.slice(token.lastIndex)) ??
        broken(note, line, `${show(`<<${heredoc}`)} is never closed`);
      words.push({ text: body.replace(/^[ \t]+/gm, ""), plain: false });
      token.lastIndex += whole.length;
    } else if (plain !== undefined) words.push({ text: plain, plain: true });
    line += text.slice(at, token.lastIndex).split("\n").length - 1;
  }
  endOfLine();
  const last = open.at(-1);
  if (last !== undefined) broken(note, last.head.line, `${show(`${last.head.words.join(" ")} {`)} is never closed`);
  return block;
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Pass the text of a Caddyfile that caddy adapt takes.");
}
