import * as z from "zod/mini";
import { type PolicyError, policyError } from "../../errors.js";
import { bare } from "../../values/own.js";
import { callable, checkShape, expecting } from "../../values/schema.js";
import { show } from "../../values/text.js";
import { type GroupRecord, LATEST, TALLY_NAMES } from "../group.js";

/** An option of the stores that read what they wrote. */
export interface CorruptionOptions {
  /**
   * Called once with an error for each stored row that cannot be read; the other rows are still read. What it throws is ignored.
   * Default: `process.emitWarning`.
   */
  readonly onCorrupt?: ((error: PolicyError) => unknown) | undefined;
}

/** The schema of `onCorrupt`. */
export function corruptionListener() {
  return callable("Write a function that takes the error.");
}

/** Reports that a row cannot be read. `where` identifies it, `problem` is what is wrong, `hint` what to do. */
export type ReportCorrupt = (where: string, problem: string, hint: string) => void;

/** Rows that were reported. A store that has more unreadable ones reports some of them again. */
const REPORTED_ROWS = 1_000;

/** Reports each unreadable row to a listener once. `store` is the function that made the store. */
export function corruptionReporter(store: string, onCorrupt: CorruptionOptions["onCorrupt"] = emitWarning): ReportCorrupt {
  const reported = new Set<string>();
  return (where, problem, hint) => {
    if (reported.has(where)) return;
    if (reported.size >= REPORTED_ROWS) reported.clear();
    reported.add(where);
    try {
      onCorrupt(policyError("invalid-value", [store], `${where} cannot be read: ${problem}`, hint));
    } catch {
      // A listener's error must not keep the other rows from being read.
    }
  };
}

/** The process's own way to warn; runtimes other than Node may not have it. */
function emitWarning(error: PolicyError): void {
  (globalThis as { process?: { emitWarning?(warning: Error): void } }).process?.emitWarning?.(error);
}

/** The largest number that adds exactly. */
export const MOST_REPORTS = Number.MAX_SAFE_INTEGER;

function recordSchema() {
  const text = z.string(expecting("a string"));
  const number = z.number(expecting("a number")).check(z.gte(0, expecting("0 or more")));
  const count = number.check(z.lte(MOST_REPORTS, expecting(`at most ${MOST_REPORTS}`)));
  const time = number.check(z.lte(LATEST, expecting(`a time, at most ${LATEST}`)));
  // A tally that an older version did not write is empty.
  const tally = z.optional(z.custom(isTally, expecting("counts by value")));
  return z.object(
    {
      id: text,
      type: text,
      policyHash: text,
      policy: z.optional(text),
      disposition: z.enum(["enforce", "report", "none"], expecting('"enforce", "report" or "none"')),
      directive: text,
      blocked: text,
      route: text,
      count,
      firstSeen: time,
      lastSeen: time,
      tallies: z.object(Object.fromEntries(TALLY_NAMES.map((name) => [name, tally])), expecting("an object of tallies")),
    },
    expecting("an object"),
  );
}

function isTally(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((count) => typeof count === "number" && count >= 0 && count <= MOST_REPORTS);
}

let schema: ReturnType<typeof recordSchema> | undefined;

/** Characters of one record; the bounded lists of a group are shorter. */
const LONGEST_RECORD = 1_000_000;

/** Reads a record that `packRecord` made, or returns what is wrong with it. */
export function readRecord(id: string, text: unknown): GroupRecord | { readonly problem: string } {
  if (typeof text !== "string") return { problem: `${show(text)} is not JSON` };
  if (text.length > LONGEST_RECORD) return { problem: `it has more than ${LONGEST_RECORD} characters` };
  const parsed = parseJson(text);
  if (parsed === undefined) return { problem: `${show(text)} is not JSON` };
  // Without prototypes: a schema reads inherited properties too.
  const record = isObject(parsed) ? bare(parsed as Readonly<Record<string, unknown>>) : parsed;
  const tallies = isObject(record) && isObject(record["tallies"]) ? bare(record["tallies"]) : undefined;
  const problem = problemOf(tallies === undefined ? record : { ...(record as object), tallies });
  if (problem !== undefined) return { problem };
  const { id: own, ...rest } = record as unknown as GroupRecord;
  if (own !== id) return { problem: `it is the group ${show(own)}` };
  const maps = TALLY_NAMES.map((name) => [name, new Map(Object.entries(tallies?.[name] ?? {}))] as const);
  return { id, ...rest, tallies: Object.fromEntries(maps) as unknown as GroupRecord["tallies"] };
}

function problemOf(record: unknown): string | undefined {
  let problem: string | undefined;
  schema ??= recordSchema();
  checkShape(schema, record, [], ({ path, message }) => {
    problem ??= path.length === 0 ? message : `${path.join(".")}: ${message}`;
  });
  return problem;
}

const RECORD_HINT = "Delete it, or wait for the next report of this group, which replaces it.";
const COUNT_HINT = "Delete it.";

/** The records that can be read, of rows by id. `place` names a row. */
export function readRecords(rows: Iterable<readonly [id: string, text: unknown]>, place: (id: string) => string, report: ReportCorrupt) {
  const records: GroupRecord[] = [];
  for (const [id, text] of rows) {
    const record = readRecord(id, text);
    if ("problem" in record) report(place(id), record.problem, RECORD_HINT);
    else records.push(record);
  }
  return records;
}

/** The counts that can be read, of rows by name. `isName` returns whether a name is one that stores write. */
export function readCounts(
  rows: Iterable<readonly [name: string, count: unknown]>,
  place: (name: string) => string,
  report: ReportCorrupt,
  isName: (name: string) => boolean = () => true,
): (readonly [name: string, count: number])[] {
  const counts: (readonly [string, number])[] = [];
  for (const [name, value] of rows) {
    const count = typeof value === "string" && value !== "" ? Number(value) : value;
    if (!isName(name)) report(place(name), `${show(name)} is not an hour and a disposition`, COUNT_HINT);
    else if (!Number.isSafeInteger(count)) report(place(name), `${show(value)} is not a whole number`, COUNT_HINT);
    else counts.push([name, count as number]);
  }
  return counts;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
