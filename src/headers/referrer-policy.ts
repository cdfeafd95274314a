import * as z from "zod/mini";
import { PolicyError, policyError } from "../errors.js";
import { expecting, soleMember } from "../values/schema.js";
import { oneOf, show, trimmed } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";
import { readWord } from "./one-of.js";

const WORDS = [
  "no-referrer",
  "no-referrer-when-downgrade",
  "origin",
  "origin-when-cross-origin",
  "same-origin",
  "strict-origin",
  "strict-origin-when-cross-origin",
  "unsafe-url",
] as const;

type Word = (typeof WORDS)[number];

/** One policy, or several: a browser uses the last one that it supports. */
export type ReferrerPolicy = Word | readonly Word[];

/** `Referrer-Policy`: how much of the page's URL requests and links send to other sites. Referrer Policy §4.1. */
export const referrerPolicy: Header<ReferrerPolicy, "Referrer-Policy"> & WithDefaults = {
  name: "Referrer-Policy",
  defaults: "strict-origin-when-cross-origin",
  example: '"no-referrer"',
  value: wordOrList,
  serialize: (policy) => (typeof policy === "string" ? policy : policy.join(", ")),

  parse(text) {
    const words = text.split(",").map((word) => readWord(word, WORDS));
    return words.length === 1 ? (words[0] as Word) : words;
  },

  // A browser uses the last value that it supports. Referrer Policy §8.1.
  read(text, report) {
    const known: Word[] = [];
    for (const word of text.split(",").map((part) => trimmed(part))) {
      if (word === "") continue;
      try {
        known.push(readWord(word, WORDS));
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        for (const { message, hint } of error.issues) report({ path: [], message, hint });
      }
    }
    if (known.length === 0) throw policyError("invalid-value", [], `${show(text)} is not one of its values`, `Write ${oneOf(WORDS)}.`);
    return known.length === 1 ? (known[0] as Word) : known;
  },
};

/** One word or a list of words; errors come from the form that matches the value. */
function wordOrList() {
  const word = z.enum(WORDS, { error: ({ input }) => meantWord(input) });
  return z.union([word, z.array(z.enum(WORDS)).check(z.minLength(1))]);
}

/** The words of an error for a value with an obvious meaning. */
function meantWord(input: unknown): string | undefined {
  const value = typeof input === "string" ? input.split(/[\s,]+/) : soleMember(input);
  if (Array.isArray(value) && value.length > 1 && value.every((word) => WORDS.includes(word as Word)))
    return expecting("one of its values", `Write [${value.map(show).join(", ")}].`);
  return input === "none" ? expecting("one of its values", 'Did you mean "no-referrer"?') : undefined;
}
