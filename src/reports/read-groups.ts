import * as z from "zod/mini";
import { issueCollector, type Path, policyError } from "../errors.js";
import { awaited, reading, shown } from "../values/options.js";
import { checkShape, expecting, ownObject } from "../values/schema.js";
import { type Group, LATEST } from "./group.js";

const HINT = "Write what store.groups() returns.";

/** Made when groups are first read: making it at import would slow every start. */
function groupSchema() {
  const text = z.string(expecting("a string", HINT));
  const number = z.number(expecting("a number", HINT)).check(z.gte(0, expecting("0 or more", HINT)));
  const time = number.check(z.lte(LATEST, expecting(`a time, at most ${LATEST}`, HINT)));
  const counted = z.array(
    ownObject({ value: text, count: number }, expecting("a value and its count", HINT)),
    expecting("a list of values and counts", HINT),
  );
  return ownObject(
    {
      id: text,
      // Any text: a later version, which writes to the same store, may know more types.
      type: text,
      policyHash: text,
      policy: z.optional(text),
      ignored: z.optional(z.literal(true, expecting("true", HINT))),
      disposition: z.enum(["enforce", "report", "none"], expecting('"enforce", "report" or "none"', HINT)),
      directive: text,
      blocked: text,
      route: text,
      count: number,
      firstSeen: time,
      lastSeen: time,
      clients: number,
      pages: counted,
      browsers: counted,
      urls: counted,
      files: counted,
      samples: counted,
      days: counted,
    },
    expecting("a group of reports", HINT),
  );
}

let schema: ReturnType<typeof groupSchema> | undefined;

/** More than ten stores hold. */
const MOST_GROUPS = 1_000_000;

/**
 * Reads a list of groups that comes from outside, such as the parsed JSON of `await store.groups()`.
 *
 * @param path where the list is, as errors name it.
 * @returns the same list.
 * @throws {PolicyError} for anything else; it names what is wrong with the first group that is not one.
 */
export function readGroups(value: unknown, path: Path = ["groups"]): readonly Group[] {
  if (
    reading(
      path,
      () => undefined,
      () => Array.isArray(value),
    ) !== true
  ) {
    throw policyError("wrong-type", path, `${shown(value)} is not a list of groups`, awaited(value, HINT));
  }
  const list = value as readonly unknown[];
  if (list.length > MOST_GROUPS) {
    throw policyError("invalid-value", path, `the list has more than ${MOST_GROUPS} groups`, "Write store.groups({ limit: 1000 }).");
  }
  schema ??= groupSchema();
  for (const [index, group] of list.entries()) checkGroup(group, schema, [...path, index]);
  return list as readonly Group[];
}

/** Whether a group is one that {@link readGroups} accepts: whoever writes to a store may write others. */
export function isGroup(value: unknown): boolean {
  schema ??= groupSchema();
  try {
    checkGroup(value, schema, []);
    return true;
  } catch {
    return false;
  }
}

function checkGroup(value: unknown, group: ReturnType<typeof groupSchema>, path: Path): void {
  const { report, throwIfAny } = issueCollector();
  reading(path, report, () => checkShape(group, value, path, report));
  throwIfAny();
}
