import { policyError } from "../../errors.js";
import type { Sources } from "./sources.js";

/** Limits for reading one configuration. A text beyond a limit is refused. */
export const LIMITS = {
  /** Characters of the text. Far more than a real configuration has, and read within a second. */
  text: 1_048_576,
  /** Nesting depth of blocks. Real configurations nest about six, and readers recurse once or twice per block. */
  depth: 100,
  /** Directives, header lines or JSON values, counted each time they are imported. */
  directives: 50_000,
  /** Characters of all expanded variables and arguments of snippets. */
  characters: 4_194_304,
  /** Paths with their own headers. */
  paths: 2_000,
  /** Headers of one path. Node accepts 2,000 lines; about thirty are useful. */
  headers: 200,
  /** Characters of a header value. The limits of servers and browsers are between 8 and 64 kB. */
  value: 65_536,
  /** Number of notes. */
  notes: 10_000,
  /** Steps, such as comparing two paths or changing one header. About 50 ns each. */
  work: 20_000_000,
} as const;

/** Steps to copy one entry of a list or a map. This also limits memory. */
export const STEPS_OF_A_COPY = 20;

/** The limits that are counted while a text is read. */
export type Counted = Exclude<keyof typeof LIMITS, "text" | "depth" | "value">;

const EXCESS: Readonly<Record<Counted, string>> = {
  directives: `it has more than ${LIMITS.directives} directives, with those that are imported`,
  characters: `its variables expand to more than ${LIMITS.characters} characters`,
  paths: `more than ${LIMITS.paths} paths have headers of their own`,
  headers: `one path has more than ${LIMITS.headers} headers`,
  notes: `more than ${LIMITS.notes} of its lines cannot be read`,
  work: `reading it takes more than ${LIMITS.work} steps of work`,
};

/** Takes notes, reads included files, and counts against the limits. Lines are those of {@link Source}. */
export interface Note extends Sources {
  /** Notes that the policy may differ from what the server sends: the line was not read, or not exactly. */
  (line: number, message: string): void;
  /** Notes how a line was read. The policy does not differ. */
  remark(line: number, message: string): void;
  /**
   * Adds to a counter.
   *
   * @throws {PolicyError} beyond the limit.
   */
  spend(what: Counted, amount: number): void;
  /** Checks one amount against a limit, without counting it. */
  cap(what: Counted, amount: number): void;
  /**
   * Checks the nesting depth.
   *
   * @throws {PolicyError} that names the line, beyond the limit.
   */
  enter(depth: number, line: number): void;
}

/** Counters for one text. */
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
