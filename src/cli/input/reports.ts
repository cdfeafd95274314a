import type { Group } from "../../reports/index.js";
import { readGroups } from "../../reports/read-groups.js";
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

function groupsOfJson(text: string, word: string): readonly Group[] {
  const found = parseJson(text, word);
  return named(word, () => readGroups(found), "Write the file with JSON.stringify(await store.groups()).");
}
