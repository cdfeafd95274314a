import { flat } from "./flat.js";
import { type Counted, type Group, type GroupRecord, POLICY_CHARACTERS, ROLLING, TALLIES, TALLY_NAMES, type TallyName } from "./group.js";
import { safeText } from "./parse.js";
import type { Sighting } from "./sighting.js";

/** A record of no reports, for the group of a sighting. */
export function newRecord({ id, key, policy, at }: Sighting): GroupRecord {
  const tallies = Object.fromEntries(TALLY_NAMES.map((name) => [name, new Map()])) as GroupRecord["tallies"];
  const own = { ...key, directive: flat(key.directive), blocked: flat(key.blocked), route: flat(key.route) };
  const kept = policy === "" ? {} : { policy: flat(safeText(policy, POLICY_CHARACTERS)) };
  return { id, ...own, ...kept, count: 0, firstSeen: at, lastSeen: at, tallies };
}

/** Adds one report. */
export function addSighting(record: GroupRecord, { at, seen }: Sighting): void {
  record.count += 1;
  record.lastSeen = at;
  for (const name of TALLY_NAMES) if (seen[name] !== "") addTo(record.tallies[name], name, seen[name], 1);
}

/** Adds the counts of another record of the same group. */
export function addRecord(record: GroupRecord, added: GroupRecord): void {
  const { count, firstSeen, lastSeen, tallies } = added;
  // Of a record that an earlier version wrote.
  if (!Object.hasOwn(record, "policy") && Object.hasOwn(added, "policy")) record.policy = added.policy as string;
  record.count += count;
  record.firstSeen = Math.min(record.firstSeen, firstSeen);
  record.lastSeen = Math.max(record.lastSeen, lastSeen);
  for (const name of TALLY_NAMES) for (const [value, times] of tallies[name]) addTo(record.tallies[name], name, value, times);
}

function addTo(tally: Map<string, number>, name: TallyName, value: string, times: number): void {
  const before = tally.get(value);
  if (before === undefined && tally.size >= TALLIES[name]) {
    if (name !== ROLLING) return;
    tally.delete([...tally.keys()].sort()[0] as string);
  }
  tally.set(before === undefined ? flat(value) : value, (before ?? 0) + times);
}

const WEEK = 604_800_000;

/**
 * The priority of a group when not all fit: each doubling of its clients counts as much as being seen a week later. The count only decides
 * between groups that are otherwise equal; else a client that repeats one report would drive out what many visitors see.
 */
export function worthOf({ count, lastSeen, tallies }: Pick<GroupRecord, "count" | "lastSeen" | "tallies">): number {
  return lastSeen / WEEK + Math.log2(Math.max(1, tallies.clients.size)) + Math.log2(count) / 1_024;
}

/** The record as plain data for JSON. */
export function packRecord({ tallies, ...rest }: GroupRecord): object {
  return { ...rest, tallies: Object.fromEntries(TALLY_NAMES.map((name) => [name, Object.fromEntries(tallies[name])])) };
}

/** The public view of a record. */
export function groupOf({ tallies, ...rest }: GroupRecord): Group {
  const list = (name: TallyName): Counted[] =>
    [...tallies[name]].map(([value, count]) => ({ value, count })).sort((one, other) => other.count - one.count);
  return {
    ...rest,
    clients: tallies.clients.size,
    pages: list("pages"),
    browsers: list("browsers"),
    urls: list("urls"),
    files: list("files"),
    samples: list("samples"),
    days: list("days").sort((one, other) => (one.value < other.value ? -1 : 1)),
  };
}
