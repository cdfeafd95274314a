import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { didYouMean, oneOf, show, trimmed } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";

/**
 * A header whose whole value is one of a few words. The first word is its default, which `true` means.
 *
 * @param exact whether browsers compare the case too.
 * @param error the schema's words for values that have a hint of their own; undefined for all others.
 */
export function oneWordHeader<const Name extends string, const Words extends readonly [string, ...string[]]>(
  name: Name,
  words: Words,
  exact = false,
  error: (input: unknown) => string | undefined = () => undefined,
): Header<Words[number], Name> & WithDefaults {
  return {
    name,
    defaults: words[0],
    example: show(words[0]),
    value: () => z.enum(words, { error: ({ input }) => error(input) }),
    serialize: (word) => word,
    parse: (text) => readWord(text, words, exact),
  };
}

/** Finds one of these words in a header, in any case unless `exact`; throws PolicyError. */
export function readWord<Word extends string>(text: string, words: readonly Word[], exact = false): Word {
  const bareText = trimmed(text);
  const word = words.find((known) => known === bareText || (!exact && known.toLowerCase() === bareText.toLowerCase()));
  if (word === undefined)
    throw policyError("invalid-value", [], `${show(text)} is not one of its values`, didYouMean(text, words) || `Write ${oneOf(words)}.`);
  return word;
}
