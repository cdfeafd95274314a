/**
 * What a terminal would obey, what changes the order of what stands beside it, and what nobody sees: control characters of both sets (U+0000 to
 * U+001F, U+007F to U+009F), line and paragraph separators, formats such as U+202E and U+FEFF, other characters without a shape, and halves of pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text of strangers on one line: each such character as `\u202e`, which JSON and JavaScript read as the character itself. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same of several lines; tabs stay, too. */
export function visibleLines(text: string): string {
  return text.replace(UNSEEN, (character) => (character === "\n" || character === "\t" ? character : escaped(character)));
}

function escaped(character: string): string {
  return [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}
