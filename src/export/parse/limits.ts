import { policyError } from "../../errors.js";
import type { Sources } from "./sources.js";

/** What reading one configuration may cost. A text that comes to more is refused, whatever it says. */
export const LIMITS = {
  /** Characters of the text: far more than any server's own configuration, and as much as is read in a second. */
  text: 1_048_576,
  /** Blocks in blocks; servers nest six of them or so, and readers recurse once or twice a block. */
  depth: 100,
  /** Directives, lines of headers or values of JSON, each counted again wherever it is imported. */
  directives: 50_000,
  /** Characters that variables and arguments of snippets are replaced by, all together. */
  characters: 4_194_304,
  /** Different paths that get headers of their own. */
  paths: 2_000,
  /** Headers of one path; Node takes 2,000 lines, and browsers need no more than thirty. */
  headers: 200,
  /** Characters of one header's value; servers and browsers stop between 8 and 64 kB. */
  value: 65_536,
  /** Notes about lines that were not read. */
  notes: 10_000,
  /** Steps: comparisons of two paths, changes of one header, and the like. Some 50 ns each. */
  work: 20_000_000,
} as const;

/** Steps of one entry of a list or a map that is copied: it takes its place in memory, which is bounded so too. */
export const STEPS_OF_A_COPY = 20;

/** What is counted while a text is read. */
export type Counted = Exclude<keyof typeof LIMITS, "text" | "depth" | "value">;

const EXCESS: Readonly<Record<Counted, string>> = {
  directives: `it has more than ${LIMITS.directives} directives, with those that are imported`,
  characters: `its variables expand to more than ${LIMITS.characters} characters`,
  paths: `more than ${LIMITS.paths} paths have headers of their own`,
  headers: `one path has more than ${LIMITS.headers} headers`,
  notes: `more than ${LIMITS.notes} of its lines cannot be read`,
  work: `reading it takes more than ${LIMITS.work} steps of work`,
};

/** Notes a line; reads the files that are included; and counts what reading costs. Lines are those of {@link Source}. */
export interface Note extends Sources {
  /** Something may be sent, or not sent, that the policy has otherwise: the line was not read, or not as it stands. */
  (line: number, message: string): void;
  /** How a line was read, where the policy has what is sent. */
  remark(line: number, message: string): void;
  /**
   * Adds to what was counted so far.
   *
   * @throws {PolicyError} beyond the limit.
   */
  spend(what: Counted, amount: number): void;
  /** The same of an amount that stands alone. */
  cap(what: Counted, amount: number): void;
  /**
   * Goes as many blocks deep.
   *
   * @throws {PolicyError} where that is too deep, with the line.
   */
  enter(depth: number, line: number): void;
}

/** The limits of one text. */
export function budgetOf(format: string): Pick<Note, "spend" | "cap" | "enter"> {
  const spent = { directives: 0, characters: 0, paths: 0, headers: 0, notes: 0, work: 0 };
  const refuse = (where: readonly string[], message: string): never => {
    throw policyError("invalid-value", [format, ...where], message, "Pass the part that sets headers, or simplify it.");
  };
  const cap = (what: Counted, amount: number): void => {
    if (amount > LIMITS[what]) refuse([], EXCESS[what]);
  };
  return {
    cap,
    spend(what, amount) {
      spent[what] += amount;
      cap(what, spent[what]);
    },
    enter(depth, line) {
      if (depth > LIMITS.depth) refuse([`line ${line}`], `blocks are nested more than ${LIMITS.depth} deep`);
    },
  };
}
