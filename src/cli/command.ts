import type { Flags, Given } from "./flag.js";
import type { Terminal } from "./terminal.js";

export { type Flag, type Flags, type Given, PORT, SECONDS } from "./flag.js";

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
    default: "the nearest portcullis.config.{ts,mts,js,mjs,cjs,json} of the project",
    text: "The configuration file: a policy file, which may also set options of check, record and prove.",
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

/** Defines a command: `run` gets the options with the types of `flags`. */
export function command<const F extends Flags>(definition: Command<F>): Command {
  return definition as unknown as Command;
}
