import type { Terminal } from "./terminal.js";

/** One option of a command, without its two dashes. */
export interface Flag {
  /** What it does, in a help text. */
  readonly text: string;
  /** What stands for its value in a help text, `"port"`; without it the option is a switch. */
  readonly value?: string;
  /** Its value is a whole number: the least and the most it may be. */
  readonly number?: readonly [least: number, most: number];
  /** Whether it may be given more than once. */
  readonly many?: true;
  /** What holds where it is not given, as a help text has it: `"8080"`. */
  readonly default?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** The options that were given, as their table has them. */
export type Given<F extends Flags> = { readonly [Name in keyof F]?: ValueOf<F[Name]> };

type ValueOf<F extends Flag> = F extends { value: string }
  ? F extends { many: true }
    ? readonly string[]
    : F extends { number: readonly number[] }
      ? number
      : string
  : true;

/** A word that stands without dashes. */
export interface Positional {
  readonly name: string;
  readonly text: string;
  /** Whether it may be left out; only the last ones may. */
  readonly optional?: true;
}

/** A part of a help text: names, and what they are. */
export interface HelpTable {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, text: string])[];
}

/** One verb of the command line; a plain table, so that the help comes without what the command itself needs. */
export interface Command<F extends Flags = Flags> {
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly flags: F;
  /** What to type, and what it does. */
  readonly examples: readonly (readonly [line: string, text: string])[];
  /** More to know, looked up only when the help is asked for. */
  readonly tables?: () => Promise<readonly HelpTable[]>;
  /** Does it; the exit code. A {@link Failure} or a PolicyError becomes lines on stderr. */
  run(given: Given<F>, words: readonly string[], terminal: Terminal): Promise<0 | 1>;
}

/** Ranges of numbers. */
export const PORT = [1, 65_535] as const;
export const SECONDS = [1, 86_400] as const;

/** A command whose options have the types of its own table. */
export function command<const F extends Flags>(definition: Command<F>): Command {
  return definition as unknown as Command;
}
