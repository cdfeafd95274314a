import { clientHash } from "./fingerprint.js";
import type { GroupRecord } from "./group.js";
import type { TotalName } from "./limits.js";
import { addSighting, newRecord } from "./record.js";
import type { Sighting } from "./sighting.js";
import { type Batch, hourOf } from "./stores/store.js";

/** Groups that wait for the store. Beyond that, known groups are still counted, and new ones are not. */
const PENDING_GROUPS = 1_000;

/** Groups of one batch: few enough that writing it does not delay others. */
const BATCH_GROUPS = 50;

/** Hours that wait for the store: they become many only while it is unreachable for days. */
const PENDING_HOURS = 3 * 24 * 31;

/** Ids of known groups. */
const KNOWN_GROUPS = 5_000;

/** What was counted and is not in a batch yet. */
export interface PendingCounts {
  isEmpty(): boolean;
  /** Whether the group was counted before. */
  isKnown(id: string): boolean;
  /** Adds a report; false where there is no room for its group. */
  add(sighting: Sighting): boolean;
  count(name: TotalName, times: number): void;
  /** Takes the counts of the next batch. The groups have addresses, which {@link hashClients} replaces. */
  take(): Pick<Batch, "groups" | "totals" | "hours">;
}

/** Counts nothing yet. */
export function pendingCounts(): PendingCounts {
  const known = new Set<string>();
  const groups = new Map<string, GroupRecord>();
  let totals = new Map<string, number>();
  let hours = new Map<string, number>();

  return {
    isEmpty: () => groups.size === 0 && totals.size === 0,
    isKnown: (id) => known.has(id),
    add(sighting) {
      const record = groups.get(sighting.id) ?? newRecord(sighting);
      if (record.count === 0) {
        if (groups.size >= PENDING_GROUPS) return false;
        groups.set(sighting.id, record);
      }
      addSighting(record, sighting);
      remember(known, sighting.id);
      const hour = hourOf(sighting.at, sighting.key.disposition);
      if (hours.size < PENDING_HOURS || hours.has(hour)) addCount(hours, hour, 1);
      return true;
    },
    count: (name, times) => addCount(totals, name, times),
    take() {
      const records = [...groups.values()].slice(0, BATCH_GROUPS);
      for (const record of records) groups.delete(record.id);
      const taken = { groups: records, totals, hours };
      totals = new Map();
      hours = new Map();
      return taken;
    },
  };
}

/** Adds to one of several counts. */
export function addCount(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

/** Replaces addresses by their hashes: no address is ever written to a store. */
export async function hashClients({ tallies: { clients } }: GroupRecord, salt: string): Promise<void> {
  const hashed = await Promise.all([...clients].map(async ([address, count]) => [await clientHash(salt, address), count] as const));
  clients.clear();
  for (const [hash, count] of hashed) addCount(clients, hash, count);
}

function remember(known: Set<string>, id: string): void {
  known.delete(id);
  known.add(id);
  if (known.size > KNOWN_GROUPS) known.delete(known.keys().next().value as string);
}
