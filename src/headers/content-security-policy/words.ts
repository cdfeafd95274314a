import { plain } from "../../values/own.js";
import { rows } from "./directives.js";

/** Words outside the source lists that have single quotes on the wire. */
const QUOTED_WORDS: Readonly<Record<string, readonly string[]>> = plain({
  trustedTypes: ["none", "allow-duplicates"],
  trustedTypesFor: ["script"],
  webrtc: ["allow", "block"],
});

/** A word of a directive without a source list, as it goes over the wire: `'script'` for `script`. */
export function wireWord(key: string, word: string): string {
  return QUOTED_WORDS[rows[key]?.takes ?? ""]?.includes(word) ? `'${word}'` : word;
}

/** The words of a directive that have quotes on the wire. */
export function quotedWords(key: string): readonly string[] {
  return QUOTED_WORDS[rows[key]?.takes ?? ""] ?? [];
}

/** All of them. */
export const wordsInQuotes: ReadonlySet<string> = new Set(Object.values(QUOTED_WORDS).flat());
