import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";

/** A header whose whole value is one word of a list. The first word is what `true` stands for. */
export function oneWordHeader<const Name extends string, const Words extends readonly [string, ...string[]]>(
  name: Name,
  words: Words,
): Header<Words[number], Name> & WithDefaults<Words[number]> {
  return {
    name,
    defaults: words[0],
    value: () => z.enum(words),
    serialize: (word) => word,
    parse: (text) => readWord(text, words),
  };
}

/** One of these words, in any case, as written here; throws PolicyError. */
export function readWord<Word extends string>(text: string, words: readonly Word[]): Word {
  const trimmed = text.trim().toLowerCase();
  const word = words.find((known) => known.toLowerCase() === trimmed);
  if (word === undefined)
    throw policyError("invalid-value", [], `${show(text)} is not one of its values`, didYouMean(text, words) || `Write ${oneOf(words)}.`);
  return word;
}
