import { closestMatch } from "leven";

/** `token`, RFC 9110 §5.6.2. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `field-value` without obs-text: visible ASCII, blanks only inside. RFC 9110 §5.5. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

/** Whether Node, every proxy and every browser read this text as one field value. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/** A value for an error message: quoted, cut, and without a character that could break the line. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const text = JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
      return text.replace(/[\x7f-\u{10ffff}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
    }
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
  const near =
    candidates.find((candidate) => candidate.toLowerCase() === lower) ??
    closestMatch(word, candidates, { maxDistance: word.length < 5 ? 2 : 3 });
  return near === undefined ? "" : `Did you mean ${JSON.stringify(near)}?`;
}

/** `"a", "b" or "c"`. */
export function oneOf(values: readonly unknown[]): string {
  const shown = values.map(show);
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} or ${last}`;
}
