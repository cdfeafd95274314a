import * as z from "zod/mini";
import { issueCollector } from "../../errors.js";
import type { Group } from "../../reports/index.js";
import { bare } from "../../values/own.js";
import { checkShape, expecting } from "../../values/schema.js";
import { Failure, named } from "../failure.js";
import { MOST_BYTES } from "../limits.js";
import { parseJson } from "./json.js";
import { groupsOfRedis, groupsOfSqlite } from "./stores.js";
import { beginningOf, readText } from "./text.js";

/**
 * Reads the reports of browsers from a SQLite file, or from a JSON file with what `store.groups()` returns.
 *
 * @throws {Failure} where the file is neither, or cannot be read.
 */
export async function readReportsFile(path: string, word: string): Promise<readonly Group[]> {
  const beginning = beginningOf(path, word, 16);
  if (beginning === "SQLite format 3\0") return groupsOfSqlite(word);
  if (/^\ufeff?\s*\[/.test(beginning)) return groupsOfJson(await readText(path, word, { bytes: MOST_BYTES.reports }), word);
  const hint = "Write reports.db, redis://127.0.0.1:6379, or a JSON file with what store.groups() returns.";
  throw new Failure([`${word} is neither a report store nor a list of groups. ${hint}`], 2);
}

/** Reads the reports of browsers from Redis: `redis://…` or `rediss://…`. */
export const readReportsStore = groupsOfRedis;

/** Only own properties count. */
const ownObject = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.pipe(
    z.transform((value) => (typeof value === "object" && value !== null && !Array.isArray(value) ? bare(value) : value)),
    z.object(shape, expecting("an object")),
  );

const groups = () => {
  const text = z.string(expecting("a string"));
  const count = z.number(expecting("a number"));
  const tally = z.array(ownObject({ value: text, count }), expecting("a list of { value, count }"));
  const texts = { id: text, type: text, policyHash: text, disposition: text, directive: text, blocked: text, route: text };
  const counts = { count, firstSeen: count, lastSeen: count, clients: count };
  const tallies = { pages: tally, browsers: tally, urls: tally, files: tally, samples: tally, days: tally };
  return z.array(ownObject({ ...texts, ...counts, ...tallies } satisfies Record<keyof Group, unknown>));
};

function groupsOfJson(text: string, word: string): readonly Group[] {
  const found = parseJson(text, word);
  named(
    word,
    () => {
      const { report, throwIfAny } = issueCollector();
      checkShape(groups(), found, ["groups"], report);
      throwIfAny();
    },
    "Write the file with JSON.stringify(await store.groups()).",
  );
  return found as readonly Group[];
}
