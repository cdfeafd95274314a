import type { PolicyIssue } from "../../errors.js";
import type { Reading } from "../reading.js";

/** `"a, b and c"`. */
export function and(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Of a value that browsers cannot read. */
export const BROKEN = "Browsers cannot read this value, and ignore the header.";

/** What browsers ignore in a value that they read, one sentence each. */
export function ignoredParts(issues: readonly PolicyIssue[]): string {
  return issues.map(({ message }) => ` ${message}.`).join("");
}

/** A header's value, alone: `text` as it was sent. */
export type ExplainValue<Value> = (reading: Reading<Value>, text: string) => string;

/** Explains a value that could be read, and names the parts of it that browsers ignore. */
export function whenRead<Value>(say: (value: Value, text: string) => string): ExplainValue<Value> {
  return (reading, text) => (reading.kind === "read" ? say(reading.value, text) + ignoredParts(reading.issues) : BROKEN);
}
