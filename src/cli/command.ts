import type { Terminal } from "./terminal.js";

/** One option of a command, without its two dashes. */
export interface Flag {
  /** What it does, for the help: a sentence that begins with a verb or a noun. */
  readonly text: string;
  /** The placeholder of its value in the help, `"port"`; without it the option takes no value. */
  readonly value?: string;
  /** Its value is a whole number within this range. */
  readonly number?: readonly [least: number, most: number];
  /** Whether it can be repeated. */
  readonly many?: true;
  /** The value that holds without the option, for the help: `"8080"`. */
  readonly default?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** The options of a command line, with the types of their table. */
export type Given<F extends Flags> = { readonly [Name in keyof F]?: ValueOf<F[Name]> };

type ValueOf<F extends Flag> = F extends { value: string }
  ? F extends { many: true }
    ? readonly string[]
    : F extends { number: readonly number[] }
      ? number
      : string
  : true;

/** An argument without dashes. */
export interface Positional {
  readonly name: string;
  readonly text: string;
  /** Whether it can be left out; only the last ones can. */
  readonly optional?: true;
  /** Whether it can be repeated; only the last one can. */
  readonly many?: true;
  /** Whether the help has a table of what it may be. */
  readonly listed?: true;
}

/** A table in the help: names and explanations. */
export interface HelpTable {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, text: string])[];
}

/** What a command takes from a configuration file. */
export interface ConfigUse {
  /** `"default"`: its policy is that of `--policy`, where there is none. `"asked"`: the command asks for it, by {@link Defaults}. */
  readonly policy?: "default" | "asked";
  /** The key with defaults of its options. */
  readonly settings?: "check" | "record" | "prove";
}

/** What a configuration file has for a command. */
export interface Defaults {
  /** The word for `--policy`, undefined without a configuration file; prints on stderr which file is used. */
  policy(): Promise<readonly string[] | undefined>;
}

/** The options of a command that takes something from a configuration file. */
export const configFlags = {
  config: {
    value: "file",
    default: "the nearest portcullis.config.{ts,js,mjs,cjs,json} of the project",
    text: "The configuration file: a policy file, which may set options too.",
  },
  "no-config": { text: "Use no configuration file." },
} as const satisfies Flags;

/**
 * One command of the program: one file in `commands/`, and one line in `commands/index.ts`. A plain object, so that the help is printed
 * without loading the modules that the command needs: `run` imports them.
 */
export interface Command<F extends Flags = Flags> {
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly flags: F;
  /** A command line, and what it does. */
  readonly examples: readonly (readonly [line: string, text: string])[];
  /** Further tables for the help, loaded only for it. */
  readonly tables?: () => Promise<readonly HelpTable[]>;
  /** What it takes from a configuration file; a command with this has {@link configFlags}. */
  readonly config?: ConfigUse;
  /** Runs the command; returns the exit code. A {@link Failure} or a PolicyError is printed as lines on stderr. */
  run(given: Given<F>, words: readonly string[], terminal: Terminal, defaults: Defaults): Promise<0 | 1 | 2>;
}

/** Ranges of numbers for {@link Flag.number}. */
export const PORT = [1, 65_535] as const;
export const SECONDS = [1, 86_400] as const;

/** Defines a command: `run` gets the options with the types of `flags`. */
export function command<const F extends Flags>(definition: Command<F>): Command {
  return definition as unknown as Command;
}
