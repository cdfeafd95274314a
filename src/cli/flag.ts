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

export const SECONDS = [1, 86_400] as const;

/** Ranges of numbers for {@link Flag.number}. */
export const PORT = [1, 65_535] as const;
