import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SavedRecording } from "../../record/saved.js";
import type { Group } from "../../reports/index.js";
import { readGroups } from "../../reports/read-groups.js";
import { Failure, named } from "../failure.js";
import { MOST_BYTES } from "../limits.js";
import { parseJson } from "./json.js";
import { formOf } from "./recognise.js";
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
  const hint =
    "Write reports.db, redis://127.0.0.1:6379, a JSON file with what store.groups() returns, or a recording of recordViolations().";
  throw new Failure([`${word} is neither a report store nor a list of groups. ${hint}`], 2);
}

/** Reads the reports of browsers from Redis: `redis://…` or `rediss://…`. */
export const readReportsStore = groupsOfRedis;

function groupsOfJson(text: string, word: string): readonly Group[] {
  const found = parseJson(text, word);
  return named(word, () => readGroups(found), "Write the file with JSON.stringify(await store.groups()).");
}

/**
 * Reads what `recordViolations` of portcullis/testing has written.
 *
 * @returns undefined where the word is something else, such as a report store.
 * @throws {Failure} where it is a recording that is broken, or the file cannot be read.
 */
export async function readRecordingFile(word: string): Promise<SavedRecording | undefined> {
  if (formOf(word, ["reports"]) !== "file") return undefined;
  const path = resolve(word);
  if (!/^\ufeff?\s*\{/.test(beginningOf(path, word, 16))) return undefined;
  const found = parseJson(await readText(path, word, { bytes: MOST_BYTES.reports }), word);
  const { isRecording, readRecording } = await import("../../record/saved-schema.js");
  return isRecording(found) ? named(word, () => readRecording(found)) : undefined;
}

/** Files of a folder that are read, and their bytes together. */
const MOST_FILES = 1_000;
const MOST_FOLDER_BYTES = 512_000_000;

/**
 * The words of the files in a folder that may be recordings, in the order of their names; undefined where the word is not a folder.
 *
 * @throws {Failure} where there are none, or too many.
 */
export function recordingsInFolder(word: string): readonly string[] | undefined {
  if (statSync(resolve(word), { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const names = readdirSync(resolve(word)).filter((name) => name.endsWith(".json"));
  const files = names.sort().map((name) => join(word, name));
  if (files.length === 0) throw new Failure([`${word} has no .json file. Write a folder that recordViolations() has written to.`], 2);
  if (files.length > MOST_FILES) throw new Failure([`${word} has ${files.length} .json files, more than ${MOST_FILES}.`], 2);
  const bytes = files.reduce((sum, file) => sum + (statSync(resolve(file), { throwIfNoEntry: false })?.size ?? 0), 0);
  if (bytes > MOST_FOLDER_BYTES) throw new Failure([`${word} has ${bytes} bytes in .json files, more than ${MOST_FOLDER_BYTES}.`], 2);
  return files;
}
