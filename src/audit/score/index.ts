import type { Subject } from "../subject.js";
import { FIGURES, type TestName } from "./figures.js";
import { outcomes } from "./outcomes.js";

/** One test that could be seen. */
export interface TestResult {
  readonly test: TestName;
  /** The row of the figures, such as `"unsafe-inline"`. */
  readonly result: string;
  /** What it adds to the points, or subtracts. A bonus counts only where 90 points are left without any. */
  readonly modifier: number;
}

/** A test that needs something that is not known. */
export interface UnseenTest {
  readonly test: TestName;
  readonly why: string;
}

/** The least points of each grade, the best first. */
export const GRADES = [
  [100, "A+"],
  [90, "A"],
  [85, "A-"],
  [80, "B+"],
  [70, "B"],
  [65, "B-"],
  [60, "C+"],
  [50, "C"],
  [45, "C-"],
  [40, "D+"],
  [30, "D"],
  [25, "D-"],
  [0, "F"],
] as const;

/** The letter of a score, from `"A+"` to `"F"`. */
export type Grade = (typeof GRADES)[number][1];

/** The score of the headers by the Observatory's figures, counting only what could be seen. */
export interface Score {
  /** 0 and more; 100 is a good site without extras. */
  readonly points: number;
  readonly grade: Grade;
  readonly tests: readonly TestResult[];
  /** Tests that do not count here, and may change the points where they can be seen. */
  readonly unseen: readonly UnseenTest[];
}

const BONUS_FROM = 90;

export function scoreOf(subject: Subject): Score {
  const tests: TestResult[] = [];
  const unseen: UnseenTest[] = [];
  for (const test of Object.keys(FIGURES) as TestName[]) {
    const outcome: string | { readonly unseen: string } = outcomes[test](subject);
    if (typeof outcome === "string") {
      const figures: Readonly<Record<string, number>> = FIGURES[test];
      tests.push({ test, result: outcome, modifier: figures[outcome] as number });
    } else unseen.push({ test, why: outcome.unseen });
  }
  return { ...total(tests), tests, unseen };
}

/** Starts at 100, subtracts, and adds only where at least 90 points are left. */
export function total(tests: readonly Pick<TestResult, "modifier">[]): Pick<Score, "points" | "grade"> {
  const sum = (modifiers: readonly number[]) => modifiers.reduce((one, other) => one + other, 0);
  const modifiers = tests.map(({ modifier }) => modifier);
  const without = 100 + sum(modifiers.filter((modifier) => modifier < 0));
  const points = Math.max(0, without >= BONUS_FROM ? without + sum(modifiers.filter((modifier) => modifier > 0)) : without);
  const floored = points - (points % 5);
  return { points, grade: GRADES.find(([from]) => floored >= from)?.[1] ?? "F" };
}
