import leven from "leven";
import { quote } from "../errors.js";

/** `token`, RFC 9110 §5.6.2. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `field-value` without obs-text: visible ASCII, blanks only inside. RFC 9110 §5.5. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

/** Whether Node, every proxy and every browser read this text as one field value. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/** The text without these characters, blanks and tabs by default, at its ends; a regular expression takes quadratic time for the end. */
export function trimmed(text: string, characters = " \t"): string {
  let [start, end] = [0, text.length];
  while (start < end && characters.includes(text[start] as string)) start += 1;
  while (end > start && characters.includes(text[end - 1] as string)) end -= 1;
  return text.slice(start, end);
}

/** A value for an error message. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "object":
      if (value === null) return "null";
      return isArray(value) ? "a list" : "an object";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    default:
      return String(value);
  }
}

// A revoked proxy makes even Array.isArray throw.
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** `Did you mean "x"? ` where a candidate is near, else nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  if (word.length > 60) return "";
  const lower = word.toLowerCase();
  const near = candidates.find((candidate) => candidate.toLowerCase() === lower) ?? nearest(word, candidates, word.length < 5 ? 2 : 3);
  return near === undefined ? "" : `Did you mean ${JSON.stringify(near)}?`;
}

function nearest(word: string, candidates: readonly string[], furthest: number): string | undefined {
  const distances = candidates.map((candidate) => leven(word, candidate));
  const least = Math.min(...distances);
  return least > furthest ? undefined : candidates[distances.indexOf(least)];
}

/** `"a", "b" or "c"`. */
export function oneOf(values: readonly unknown[]): string {
  const shown = values.map(show);
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} or ${last}`;
}

/** `script-src` for `scriptSrc`: how keys are written on the wire. */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
