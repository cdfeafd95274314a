/**
 * Characters that control a terminal, change the direction of text, or are invisible: control characters (U+0000 to U+001F, U+007F to
 * U+009F), line and paragraph separators, format characters such as U+202E and U+FEFF, ignorable characters, and lone surrogates.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Escapes these characters, as `\u202e`: JSON and JavaScript read the escape as the character. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same, except for line breaks and tabs. */
export function visibleLines(text: string): string {
  return text.replace(UNSEEN, (character) => (character === "\n" || character === "\t" ? character : escaped(character)));
}

function escaped(character: string): string {
  return [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}
