import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { didYouMean, oneOf, show, trimmed } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";

/** A header whose whole value is one word of a list, in any case unless `exact`. The first word is what `true` stands for. */
export function oneWordHeader<const Name extends string, const Words extends readonly [string, ...string[]]>(
  name: Name,
  words: Words,
  exact = false,
): Header<Words[number], Name> & WithDefaults<Words[number]> {
  return {
    name,
    defaults: words[0],
    value: () => z.enum(words),
    serialize: (word) => word,
    parse: (text) => readWord(text, words, exact),
  };
}

/** One of these words, in any case unless `exact`, as written here; throws PolicyError. */
export function readWord<Word extends string>(text: string, words: readonly Word[], exact = false): Word {
  const bareText = trimmed(text);
  const word = words.find((known) => known === bareText || (!exact && known.toLowerCase() === bareText.toLowerCase()));
  if (word === undefined)
    throw policyError("invalid-value", [], `${show(text)} is not one of its values`, didYouMean(text, words) || `Write ${oneOf(words)}.`);
  return word;
}
