import type { PolicyIssue } from "../../errors.js";
import { type Compared, differ, type FindGain } from "../compare/difference.js";
import type { Repeated } from "../reading.js";
import type { Standard } from "../standard.js";
import type { ExplainValue } from "./sentences.js";

/** A header as one of two policies has it. */
export interface ComparedSide<Value> {
  /** As browsers read it; undefined where it is absent, or they ignore it. */
  readonly value: Value | undefined;
  /** As it is sent; undefined in the same cases. */
  readonly text: string | undefined;
}

/** What a finding says of a value. */
export interface Advice {
  /** Without it, what the grammar says. */
  readonly message?: string;
  readonly fix: string;
}

/** Of a header whose values are structured fields: what to write where a value is none. RFC 9651. */
export const adviseStructured =
  (fix: string): NonNullable<HeaderKnowledge["advise"]> =>
  (_text, { message }) =>
    message.endsWith("is not a structured field") ? { fix } : undefined;

/** What an auditor knows of a header: `headers/` has one file for each. */
export interface HeaderKnowledge<Value = unknown> {
  /** How browsers read it when it is sent several times. */
  readonly repeated: Repeated;
  /** What browsers do where its values differ and one of them is among `words`, in lower case. `effect` completes a sentence. */
  readonly conflict?: { readonly words: readonly string[]; readonly inForce: Value; readonly effect: string };
  /** What findings about it are classified by. */
  readonly standard: Standard;
  /** The same for its report-only header, where it differs. */
  readonly reportOnlyStandard?: Standard;
  /** Says in plain sentences what a value does. A method, so that headers of all types of values fit in one table. */
  explain(...given: Parameters<ExplainValue<Value>>): string;
  /** What each side allows that the other one does not. */
  compare(before: ComparedSide<Value>, after: ComparedSide<Value>): Compared;
  /**
   * Whether a value that its grammar refuses may be a word that some browser knows; without it, browsers ignore what the grammar refuses.
   */
  readonly isUnknownWord?: (text: string) => boolean;
  /** What is wrong with a value that its grammar refuses, and what to write, where the grammar does not know it. */
  readonly advise?: (text: string, issue: PolicyIssue) => Advice | undefined;
  /**
   * The members of a value that are not known here and that some browser may know, beside what it ignores: where they differ, the two
   * values cannot be compared.
   */
  readonly unknownMembers?: (text: string) => readonly string[];
}

/** Compares by an example of what `to` allows and `from` does not; undefined stands for the header's absence. */
export function byGain<Value>(gain: FindGain<Value | undefined>): HeaderKnowledge<Value>["compare"] {
  return (before, after) => ({ difference: differ(gain, before.value, after.value) });
}
