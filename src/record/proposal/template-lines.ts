import { createHash } from "node:crypto";
import { hashOf, type InlineCode } from "../inline.js";
import { distinct, type Item } from "./part.js";

/** Pieces of code about which one question is asked, and the word that confirms all of them. */
export interface Question {
  readonly codes: readonly [InlineCode, ...InlineCode[]];
  readonly item: Item | undefined;
}

/** What a question shows whole: pieces, and characters of each. */
const MOST_PIECES = 12;
const LONGEST_PIECE = 160;

/** Characters that the texts of one template line begin with. */
const BEGINNING = 12;

/**
 * Code that one line of a template writes with another text on each page, such as `window.page = "/about"`, as one question. Only pieces that
 * the question shows whole: nothing hides among them.
 */
export function questionsOf(codes: readonly InlineCode[]): readonly Question[] {
  const questions: [InlineCode, ...InlineCode[]][] = [];
  const open = new Map<string, InlineCode[]>();
  for (const code of codes) {
    const line = lineOf(code);
    const pieces = open.get(line);
    if (pieces !== undefined && pieces.length < MOST_PIECES) pieces.push(code);
    else {
      const begun: [InlineCode] = [code];
      questions.push(begun);
      open.set(line, begun);
    }
  }
  return questions.map((all) => ({ codes: all, item: itemOf(all) }));
}

/** The position, kind and beginning of code; other code is a line of its own. */
function lineOf({ kind, hash, text, place, pages, isServed }: InlineCode): string {
  const [position] = /:\d+:\d+$/.exec(place) ?? [];
  const isLine = isServed && position !== undefined && pages.some((page) => place === page + position);
  const isShort = text.length <= LONGEST_PIECE && !/[\r\n\u2028\u2029]/.test(text);
  // Of code whose element is gone only the beginning is known, and a recording of a suite has no secrets: the hash is of more than the text.
  const isWhole = isShort && hash === hashOf(text);
  return isLine && isWhole ? JSON.stringify([kind, position, text.slice(0, BEGINNING)]) : JSON.stringify([kind, hash, place, text]);
}

/** The hash of a piece; of several, a hash of their hashes, which is another one as soon as any of them changes. */
function itemOf(codes: readonly InlineCode[]): Item | undefined {
  const hashes = codes.flatMap(({ hash }) => hash ?? []);
  if (codes.length === 1) return hashes[0]?.slice(1, -1) as Item | undefined;
  return `sha256-${createHash("sha256")
    .update([...hashes].sort().join(" "))
    .digest("base64")}`;
}

/** The code that a question shows: of several pieces, one text below the other. */
export function shownCode({ codes: [first, ...others] }: Question): InlineCode {
  if (others.length === 0) return first;
  const all = [first, ...others];
  return { ...first, hash: undefined, text: all.map(({ text }) => text).join("\n"), pages: distinct(all.flatMap(({ pages }) => pages)) };
}
