import type { FindGain } from "../compare/difference.js";
import { byGain, type HeaderKnowledge } from "./knowledge.js";
import { BROKEN } from "./sentences.js";

/** What is known of one word of a header. */
export interface WordKnowledge {
  /** What it does, as a sentence. */
  readonly text: string;
  /** What it allows, out of what the header's words differ in: a word that allows less is the stronger one. */
  readonly allows: readonly string[];
}

/** The value of a header of one word; its parameters, such as `;report-to="default"`, do not change what it allows. */
type WordValue<Word extends string> = Word | { readonly policy: Word };

const wordOf = <Word extends string>(value: WordValue<Word>): Word => (typeof value === "object" ? value.policy : value);

/**
 * What is known of a header of one word.
 *
 * @param words each word of the header: a missing one is a compile error.
 * @param absent what is allowed without the header: a list, or the word that is the default.
 */
export function ofWords<Word extends string>(
  words: Readonly<Record<Word, WordKnowledge>>,
  absent: readonly string[] | Word,
): Pick<HeaderKnowledge<WordValue<Word>>, "explain" | "compare" | "isUnknownWord"> {
  const known = new Map<string, WordKnowledge>(Object.entries(words));
  const withoutHeader = typeof absent === "string" ? words[absent].allows : absent;
  const allowed = (value: WordValue<Word> | undefined) => (value === undefined ? withoutHeader : known.get(wordOf(value))?.allows);
  const gain: FindGain<WordValue<Word> | undefined> = (from, to) => {
    const [before, after] = [allowed(from), allowed(to)];
    if (before !== undefined && after !== undefined) return after.find((one) => !before.includes(one));
    // A word without a row: nothing is known of what it allows.
    const [old, fresh] = [from, to].map((value) => value && wordOf(value));
    return old === fresh ? undefined : `what ${JSON.stringify(fresh ?? old)} allows in browsers that know it`;
  };
  return {
    explain: (reading) => (reading.kind === "read" ? (known.get(wordOf(reading.value))?.text ?? NOT_KNOWN) : BROKEN),
    compare: byGain(gain),
    isUnknownWord: (text) => isUnknown(text, known),
  };
}

const NOT_KNOWN = "What this value does is not known here.";

/** Browsers ignore a known word in the wrong case, and what is not a word at all; another word one of them may know. */
function isUnknown(text: string, known: ReadonlyMap<string, unknown>): boolean {
  const word = text.split(/[;,]/)[0]?.toLowerCase() ?? "";
  return /^[a-z0-9-]+$/.test(word) && word !== "allowall" && ![...known.keys()].some((one) => one.toLowerCase() === word);
}
