import { clientHash } from "./fingerprint.js";
import { flat } from "./flat.js";
import type { Group, GroupRecord } from "./group.js";
import { type Refusal, type Stats, statsOf, type TotalName, withinRefusalNames } from "./limits.js";
import { addSighting, groupOf, newRecord } from "./record.js";
import type { Sighting } from "./sighting.js";
import { type Batch, hourOf, type ReportStore } from "./stores/store.js";

/** Groups that wait for the store. Beyond that, known groups are still counted, and new ones are not. */
const PENDING_GROUPS = 1_000;

/** Groups of one batch: few enough that writing it does not delay others. */
const BATCH_GROUPS = 50;

/** Hours that wait for the store: they become many only while it is unreachable for days. */
const PENDING_HOURS = 3 * 24 * 31;

/** Ids of known groups. */
const KNOWN_GROUPS = 5_000;

/** Milliseconds between two attempts, at most. */
const LONGEST_PAUSE = 10_000;

/** Batches whose counts are remembered, in case the store loses them. */
const REMEMBERED_BATCHES = 1_024;

/** Collects counts, and writes them to the store in batches. */
export interface Writer {
  /** Whether this writer has counted the group before. */
  isKnown(id: string): boolean;
  /** Adds a report; false where there is no room for its group. */
  add(sighting: Sighting): boolean;
  count(name: TotalName, times?: number): void;
  /** Counts what was refused because of a host name, by its cause and by the name. */
  refuse(cause: Refusal, host: string): void;
  /** What was counted here since the start, written or not. */
  stats(): Stats;
  /** Writes everything that waits; rejects with the error of the store. */
  flush(): Promise<void>;
}

/**
 * Returns a writer for a store.
 *
 * @param store where batches are written.
 * @param everyMs milliseconds between two batches.
 * @param onGroup called with each group that is new in the store, once it is written.
 */
export function batchWriter(store: ReportStore, everyMs: number, onGroup: ((group: Group) => unknown) | undefined): Writer {
  const id = crypto.randomUUID();
  const known = new Set<string>();
  const all = new Map<string, number>();
  const confirmed = confirmedBatches();
  const groups = new Map<string, GroupRecord>();
  let totals = new Map<string, number>();
  let hours = new Map<string, number>();
  let seq = 0;
  let sending: Batch | undefined;
  let writing: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const isEmpty = (): boolean => sending === undefined && groups.size === 0 && totals.size === 0;

  async function nextBatch(): Promise<Batch> {
    const salt = await store.salt();
    const records = [...groups.values()].slice(0, BATCH_GROUPS);
    for (const record of records) groups.delete(record.id);
    const batch = { writer: id, seq: seq + 1, at: Date.now(), groups: records, totals, hours };
    seq += 1;
    totals = new Map();
    hours = new Map();
    for (const { tallies } of records) await hashClients(tallies.clients, salt);
    return batch;
  }

  async function write(): Promise<void> {
    while (!isEmpty()) {
      sending ??= await nextBatch();
      const names = new Map(sending.groups.map((record) => [record.id, groupOf(record)]));
      const accepted = sending.groups.reduce((sum, { count }) => sum + count, 0);
      const { created, before } = await store.add(sending);
      const lost = confirmed.missing(before, sending.seq);
      confirmed.add(sending.seq, accepted);
      sending = undefined;
      failures = 0;
      if (lost > 0) count("store-lost", lost);
      for (const one of created) notify(onGroup, names.get(one));
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing ??= write()
      .catch((error: unknown) => {
        failures = Math.min(failures + 1, 20);
        throw error;
      })
      .finally(() => {
        writing = undefined;
        if (!isEmpty()) schedule();
      });
    return writing;
  }

  function schedule(): void {
    if (timer !== undefined || writing !== undefined) return;
    const pause = Math.min(everyMs * 2 ** failures, Math.max(everyMs, LONGEST_PAUSE));
    timer = setTimeout(() => flush().catch(() => undefined), pause);
    // One attempt before the process ends; an unreachable store does not keep it alive.
    if (failures > 0) (timer as { unref?(): unknown }).unref?.();
  }

  function count(name: TotalName, times = 1): void {
    bump(totals, name, times);
    bump(all, name, times);
    schedule();
  }

  return {
    isKnown: (group) => known.has(group),
    add(sighting) {
      const record = groups.get(sighting.id) ?? newRecord(sighting);
      if (record.count === 0) {
        if (groups.size >= PENDING_GROUPS) return false;
        groups.set(sighting.id, record);
      }
      addSighting(record, sighting);
      remember(known, sighting.id);
      const hour = hourOf(sighting.at, sighting.key.disposition);
      if (hours.size < PENDING_HOURS || hours.has(hour)) bump(hours, hour, 1);
      count("accepted");
      return true;
    },
    count,
    refuse(cause, host) {
      count(cause);
      for (const [name] of withinRefusalNames(all.keys(), [[`${cause} ${flat(host)}`, 1]])) count(name as TotalName);
    },
    stats: () => statsOf(all),
    flush,
  };
}

/** The last confirmed batches, to notice when a store comes back without them. */
function confirmedBatches() {
  const accepted = new Map<number, number>();
  return {
    add(seq: number, count: number): void {
      accepted.set(seq, count);
      accepted.delete(seq - REMEMBERED_BATCHES);
    },
    /** How many reports are in the batches after `before`, the last one that the store has, and before this one. */
    missing(before: number, seq: number): number {
      let sum = 0;
      for (let one = seq - 1; one > before && accepted.has(one); one -= 1) {
        sum += accepted.get(one) ?? 0;
        // They count as lost only once.
        accepted.set(one, 0);
      }
      return sum;
    },
  };
}

/** Replaces addresses by their hashes: no address is ever written to a store. */
async function hashClients(clients: Map<string, number>, salt: string): Promise<void> {
  const hashed = await Promise.all([...clients].map(async ([address, count]) => [await clientHash(salt, address), count] as const));
  clients.clear();
  for (const [hash, count] of hashed) bump(clients, hash, count);
}

function remember(known: Set<string>, id: string): void {
  known.delete(id);
  known.add(id);
  if (known.size > KNOWN_GROUPS) known.delete(known.keys().next().value as string);
}

function bump(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

/** Calls the listener; its errors are ignored. */
function notify(onGroup: ((group: Group) => unknown) | undefined, group: Group | undefined): void {
  if (onGroup === undefined || group === undefined) return;
  try {
    Promise.resolve(onGroup(group)).catch(() => undefined);
  } catch {
    // As above.
  }
}
