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
      return isList(value) ? "a list" : "an object";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    default:
      return String(value);
  }
}

/** `Array.isArray`, which throws for a revoked proxy. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** `Did you mean "x"?` where one candidate is near, else the empty string. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearestName(word, candidates);
  return near === undefined ? "" : `Did you mean ${JSON.stringify(near)}?`;
}

/** The candidate that a misspelt word most likely means, the earlier of several; undefined where none is near. */
export function nearestName(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 60) return undefined;
  const key = lettersOf(word);
  return (
    candidates.find((candidate) => lettersOf(candidate) === key && key !== "") ??
    nearest(word, candidates, 1) ??
    candidates.find((candidate) => candidate.length === word.length && sorted(candidate) === sorted(word)) ??
    nearest(word, candidates, word.length < 4 ? 1 : word.length < 7 ? 2 : 3) ??
    shortest(candidates.filter((candidate) => word.length > 2 && candidate.toLowerCase().startsWith(word.toLowerCase())))
  );
}

/** A name without case and punctuation: `unsafe-inline`, `unsafe_inline` and `unsafeInline` are the same word. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Equal for two words with transposed letters. */
function sorted(word: string): string {
  return [...word.toLowerCase()].sort().join("");
}

function shortest(candidates: readonly string[]): string | undefined {
  return [...candidates].sort((one, other) => one.length - other.length)[0];
}

/** The candidate that differs in the fewest letters, `furthest` at most, and never in all letters of the word. */
function nearest(word: string, candidates: readonly string[], furthest: number): string | undefined {
  const most = Math.min(furthest, word.length - 1);
  // The distance is never less than the difference in length.
  const close = candidates.filter(({ length }) => Math.abs(length - word.length) <= most);
  const distances = close.map((candidate) => leven(word, candidate));
  const least = Math.min(...distances);
  return least > most ? undefined : close[distances.indexOf(least)];
}

/** `"a", "b" or "c"`. */
export function oneOf(values: readonly unknown[]): string {
  const shown = values.map(show);
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} or ${last}`;
}

/** What was thrown, in an error message: the message of an error, or the value. */
export function showThrown(cause: unknown): string {
  return show(cause instanceof Error ? cause.message : cause);
}

/** Whether a value is a promise; `instanceof` alone throws for a revoked proxy. */
export function isPromise(value: unknown): boolean {
  try {
    return value instanceof Promise;
  } catch {
    return false;
  }
}

/** The same as {@link show}, where a promise usually means a forgotten `await`. */
export function shown(value: unknown): string {
  return isPromise(value) ? "a promise" : show(value);
}

/** The hint for a value, or to write `await` where it is a promise. */
export function awaited(value: unknown, hint: string): string {
  return isPromise(value) ? "Write await before it." : hint;
}

/** A value's kind in an error message: `an instance of Map`, or what {@link show} says. */
export function showKind(value: unknown): string {
  if (typeof value !== "object" || value === null || isList(value)) return show(value);
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "Object" && /^\w{1,40}$/.test(name) ? `an instance of ${name}` : show(value);
}

/** A property in an object literal: `a: 1`, or `"a-b": 1`. */
export function property(name: string, value: string): string {
  return `${/^[A-Za-z_$][\w$]*$/.test(name) && name.length <= 60 ? name : show(name)}: ${value}`;
}

/** `script-src` for `scriptSrc`: how keys are written on the wire. */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
