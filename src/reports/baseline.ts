import { policyError } from "../errors.js";
import { own } from "../values/own.js";
import type { Group } from "./group.js";
import { readGroups } from "./read-groups.js";

/** A recording of `recordViolations`, of which the groups are used: the parsed JSON of its file. */
export interface RecordedGroups {
  readonly portcullis: string;
  readonly version: number;
  readonly groups: readonly object[];
}

/** Blocked code, which may be other code on each route: a source is the same everywhere. */
const CODE: readonly string[] = ["inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink"];

/** What makes a report known: the directive and the source; of code, the route too. */
function keyOf({ type, directive, blocked, route }: Group): string {
  const base = String(directive).replace(/-(?:elem|attr)$/, "");
  return [type, base, blocked, CODE.includes(blocked) ? route : ""].join(" ");
}

/** Whether a group of a report store is in none of the recordings. */
export function newSince(recordings: readonly { readonly groups: readonly Group[] }[]): (group: Group) => boolean {
  const known = new Set(recordings.flatMap((one) => one.groups.map(keyOf)));
  return (group) => !known.has(keyOf(group));
}

/** Of recordings: their groups are the same in each. */
const VERSIONS: readonly unknown[] = [1, 2];

const MOST_RECORDINGS = 100;
/** As many as a recording keeps. */
const MOST_GROUPS = 5_000;

/** Whether a value is a recording, or a list of some; their groups are read by {@link readBaseline}. */
export function isBaseline(value: unknown): boolean {
  const all = Array.isArray(value) ? value : [value];
  return all.length > 0 && all.length <= MOST_RECORDINGS && all.every(isRecorded);
}

const isRecorded = (value: unknown): boolean =>
  own(value, "portcullis") === "recording" && VERSIONS.includes(own(value, "version")) && Array.isArray(own(value, "groups"));

/**
 * Reads recordings that {@link isBaseline} has accepted.
 *
 * @returns whether a group is in none of them.
 * @throws {PolicyError} for groups that are none, and for more than a recording has.
 */
export function readBaseline(name: string, recorded: RecordedGroups | readonly RecordedGroups[]): (group: Group) => boolean {
  const all = [recorded].flat() as readonly RecordedGroups[];
  return newSince(
    all.map(({ groups }) => {
      if (groups.length > MOST_GROUPS) {
        const message = `${groups.length} groups are more than the ${MOST_GROUPS} of a recording`;
        throw policyError("invalid-value", [name, "recorded", "groups"], message, "Write what recordViolations() has saved.");
      }
      return { groups: readGroups(groups, [name, "recorded", "groups"]) };
    }),
  );
}
