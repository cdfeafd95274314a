import type { Note } from "../limits.js";
import { dynamic } from "../site.js";
import type { Source } from "../sources.js";

/** One line of a configuration, split into words. */
export interface Statement {
  readonly words: readonly string[];
  readonly line: number;
}

/** A section, such as a frontend. Lines before the first one are a section without a kind. */
export interface Section {
  readonly kind: string;
  readonly name: string;
  /** The defaults section that it names. */
  readonly from: string | undefined;
  readonly line: number;
  readonly statements: Statement[];
}

const KINDS =
  /^(?:global|defaults|frontend|backend|listen|userlist|peers|resolvers|mailers|program|http-errors|ring|cache|fcgi-app|log-forward|log-profile|crt-store|traces|acme)$/;

/** Splits a configuration into sections. */
export function sectionsOf({ text, first }: Source, note: Note): readonly Section[] {
  const sections: Section[] = [{ kind: "", name: "", from: undefined, line: first, statements: [] }];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = first + index;
    const words = wordsOf(raw, line, note);
    const [kind = "", name = "", from, defaults] = words;
    if (words.length === 0) continue;
    note.spend("directives", 1);
    if (/^\.(?:if|elif|else)$/.test(kind)) note(line, "applies under a condition at startup: read as if it were true");
    if (KINDS.test(kind))
      sections.push({ kind, name, from: from === "from" ? defaults : name === "from" ? from : undefined, line, statements: [] });
    else sections.at(-1)?.statements.push({ words, line });
  }
  return sections;
}

const PIECE = /\s+|#.*|"((?:[^"\\]|\\.)*)"|'([^']*)'|\\.|[^\s"'\\#]+|./sy;

/** Splits a line into words. Quotes may occur within a word. Configuration manual, 2.2 to 2.4. */
function wordsOf(raw: string, line: number, note: Note): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece, weak, strong] of raw.matchAll(new RegExp(PIECE, "gy"))) {
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (piece.startsWith("#")) break;
    else {
      if (piece === '"' || piece === "'") note.refuse(line, "a quote is not closed", "Pass a configuration that haproxy -c takes.");
      word = `${word ?? ""}${weak !== undefined ? withEnvironment(weak) : (strong ?? withoutEscapes(piece))}`;
    }
  }
  return word === undefined ? words : [...words, word];
}

const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Unknown escapes keep their backslash. */
function withoutEscapes(text: string): string {
  return text.replace(/\\(x[0-9A-Fa-f]{2}|.)/gs, (whole, char: string) => {
    if (char.length > 1) return String.fromCharCode(Number.parseInt(char.slice(1), 16));
    return Object.hasOwn(LETTERS, char) ? (LETTERS[char] as string) : /[ \\#"'$]/.test(char) ? char : whole;
  });
}

/** In double quotes, environment variables are replaced. */
function withEnvironment(text: string): string {
  return text.replace(/\\(?:x[0-9A-Fa-f]{2}|.)|\$\{[^{}]*\}|\$\w+/gs, (piece) =>
    piece.startsWith("$") ? dynamic(piece) : withoutEscapes(piece),
  );
}

/** A log format: `%%` is a percent sign, all other expressions differ per response. */
export function formatText(format: string): string {
  return format.replace(/%%|%\[[^\]]*(?:\]|$)|%\{[^{}]*\}\w*|%\w+|%/g, (part) => (part === "%%" ? "%" : dynamic(part)));
}
