import { Failure } from "../../../../src/cli/failure.js";
import { PolicyError } from "../../../../src/errors.js";

/** One mistake in what was pasted or written. */
export interface Mistake {
  /** Where in the policy; `""` for the whole text. */
  readonly path: string;
  readonly message: string;
  /** What to write instead; `""` where the message says it. */
  readonly hint: string;
}

/** What the library made of a text, or its mistakes. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/**
 * Runs a part of the library.
 *
 * @returns its result, or each mistake that it threw; never throws for what the library refuses.
 */
export function answer<T>(run: () => T): Answer<T> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return { ok: false, mistakes: mistakesOf(error) };
  }
}

/** A text that is longer than what is read, as mistakes; undefined for a text that is not. */
export function tooLong(text: string, most: number): Answer<never> | undefined {
  if (text.length <= most) return undefined;
  const message = `The text has ${text.length} characters, and at most ${most} are read here`;
  return { ok: false, mistakes: [{ path: "", message, hint: "The command line reads longer files." }] };
}

function mistakesOf(error: unknown): readonly Mistake[] {
  if (error instanceof PolicyError) return error.issues.map(({ path, message, hint }) => ({ path, message, hint }));
  if (error instanceof Failure)
    return error.lines.map((message, index) => ({ path: "", message, hint: index === error.lines.length - 1 ? (error.hint ?? "") : "" }));
  throw error;
}
