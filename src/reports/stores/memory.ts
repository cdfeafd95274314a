import { selectGroups } from "../filter.js";
import { newSalt } from "../fingerprint.js";
import type { GroupRecord } from "../group.js";
import { statsOf, withinRefusalNames } from "../limits.js";
import { addRecord, worthOf } from "../record.js";
import {
  firstHour,
  MOST_IGNORED,
  type ReportStore,
  readStoreOptions,
  type StoreOptions,
  timelineOf,
  tooManyIgnored,
  WRITERS,
} from "./store.js";

/**
 * Keeps reports in the memory of this process: for development, and for a single process that may forget them.
 *
 * @param options all optional.
 * @throws {PolicyError} at boot, with all mistakes in the options.
 */
export function memoryStore(options: StoreOptions = {}): ReportStore {
  const { maxGroups } = readStoreOptions("memoryStore", options);
  const salt = newSalt();
  const records = new Map<string, GroupRecord>();
  const totals = new Map<string, number>();
  const hours = new Map<string, number>();
  const writers = new Map<string, number>();
  const ignored = new Set<string>();
  let revision = 0;

  function makeRoom(): void {
    if (records.size <= maxGroups) return;
    const least = [...records.values()].sort((one, other) => worthOf(one) - worthOf(other)).slice(0, records.size - maxGroups);
    for (const { id, count } of least) {
      records.delete(id);
      addCounts(totals, [["evicted", count]]);
    }
  }

  function addGroup(group: GroupRecord): void {
    const record = records.get(group.id);
    if (record === undefined) records.set(group.id, group);
    else addRecord(record, group);
  }

  return {
    salt: async () => salt,
    async add({ writer, seq, at, groups, totals: added, hours: addedHours }) {
      const before = writers.get(writer) ?? 0;
      if (before >= seq) return { created: [], before };
      revision += 1;
      writers.delete(writer);
      writers.set(writer, seq);
      if (writers.size > WRITERS) writers.delete(writers.keys().next().value as string);
      const created = groups.filter(({ id }) => !records.has(id)).map(({ id }) => id);
      for (const group of groups) addGroup(group);
      makeRoom();
      addCounts(totals, withinRefusalNames(totals.keys(), added));
      addCounts(hours, addedHours);
      for (const name of hours.keys()) if (Number.parseInt(name, 10) < firstHour(at)) hours.delete(name);
      return { created, before };
    },
    groups: async (filter) => selectGroups(records.values(), filter, ignored),
    ignored: async () => [...ignored].sort(),
    async setIgnored(name, isIgnored) {
      if (isIgnored && ignored.size >= MOST_IGNORED && !ignored.has(name)) throw tooManyIgnored("memoryStore");
      revision += 1;
      if (isIgnored) ignored.add(name);
      else ignored.delete(name);
    },
    revision: async () => String(revision),
    stats: async () => statsOf(totals),
    timeline: async () => timelineOf(hours),
    close: async () => undefined,
  };
}

function addCounts(into: Map<string, number>, counts: Iterable<readonly [string, number]>): void {
  for (const [name, count] of counts) into.set(name, (into.get(name) ?? 0) + count);
}
