import * as z from "zod/mini";
import { type OptionSchemas, readOptions } from "../values/options.js";
import { expecting } from "../values/schema.js";
import type { Group, GroupKey, GroupRecord } from "./group.js";
import { groupOf } from "./record.js";
import { subjectOf } from "./subject.js";

type FilterKey = { readonly [Name in keyof GroupKey]?: GroupKey[Name] | undefined };

/** Which groups to return: those that match every member. */
export interface GroupFilter extends FilterKey {
  /** Seen at or after this moment, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** At most so many. Default: all. */
  readonly limit?: number | undefined;
}

const KEY_NAMES = ["type", "policyHash", "disposition", "directive", "blocked", "route"] as const satisfies readonly (keyof GroupKey)[];

const SCHEMAS: OptionSchemas<GroupFilter> = () => {
  const text = z.string(expecting("a string"));
  const number = z.union([z.number(), z.literal(Number.POSITIVE_INFINITY)], expecting("a number"));
  return { type: text, policyHash: text, disposition: text, directive: text, blocked: text, route: text, since: number, limit: number };
};

const NONE: ReadonlySet<string> = new Set();

/** The groups that match, the most frequent first; those of an ignored subject are marked. Throws PolicyError where the filter is wrong. */
export function selectGroups(records: Iterable<GroupRecord>, wanted?: GroupFilter, ignored: ReadonlySet<string> = NONE): Group[] {
  const filter = readOptions<GroupFilter>("groups", wanted, SCHEMAS);
  const { since = 0, limit = Number.POSITIVE_INFINITY } = filter;
  return [...records]
    .filter((record) => record.lastSeen >= since && KEY_NAMES.every((name) => filter[name] === undefined || filter[name] === record[name]))
    .sort((one, other) => other.count - one.count || other.lastSeen - one.lastSeen)
    .slice(0, limit)
    .map((record) => (ignored.has(subjectOf(record)) ? { ...groupOf(record), ignored: true } : groupOf(record)));
}
