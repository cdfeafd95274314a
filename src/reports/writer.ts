import { flat } from "./flat.js";
import type { Group } from "./group.js";
import { type Refusal, type Stats, statsOf, type TotalName, withinRefusalNames } from "./limits.js";
import { addCount, hashClients, type PendingCounts, pendingCounts } from "./pending.js";
import { groupOf } from "./record.js";
import type { Sighting } from "./sighting.js";
import type { Batch, ReportStore } from "./stores/store.js";

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
  const all = new Map<string, number>();
  const pending = pendingCounts();
  const sender = batchSender(store, pending, (lost) => count("store-lost", lost), onGroup);
  const { flush, schedule } = flusher(sender, everyMs);

  function count(name: TotalName, times = 1): void {
    pending.count(name, times);
    addCount(all, name, times);
    schedule();
  }

  return {
    isKnown: pending.isKnown,
    add(sighting) {
      if (!pending.add(sighting)) return false;
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

/** Sends one batch after another. */
interface BatchSender {
  /** Whether nothing waits, neither a batch nor counts. */
  isEmpty(): boolean;
  /** Sends the next batch, or the last one again if the store did not confirm it. Rejects with the error of the store. */
  send(): Promise<void>;
}

/**
 * Makes the batches of one writer.
 *
 * @param onLost called with the number of reports that the store had confirmed, and lost.
 * @param onGroup called with each group that is new in the store.
 */
function batchSender(
  store: ReportStore,
  pending: PendingCounts,
  onLost: (reports: number) => void,
  onGroup: ((group: Group) => unknown) | undefined,
): BatchSender {
  const writer = crypto.randomUUID();
  const confirmed = confirmedBatches();
  let seq = 0;
  let sending: Batch | undefined;

  async function nextBatch(): Promise<Batch> {
    // First: if the store cannot be reached, the counts stay where they are.
    const salt = await store.salt();
    seq += 1;
    const batch = { writer, seq, at: Date.now(), ...pending.take() };
    for (const record of batch.groups) await hashClients(record, salt);
    return batch;
  }

  return {
    isEmpty: () => sending === undefined && pending.isEmpty(),
    async send() {
      sending ??= await nextBatch();
      const names = new Map(sending.groups.map((record) => [record.id, groupOf(record)]));
      const accepted = sending.groups.reduce((sum, record) => sum + record.count, 0);
      const { created, before } = await store.add(sending);
      const lost = confirmed.missing(before, sending.seq);
      confirmed.add(sending.seq, accepted);
      sending = undefined;
      if (lost > 0) onLost(lost);
      for (const id of created) notify(onGroup, names.get(id));
    },
  };
}

/** Sends all that waits, at once or after a pause. After failures the pauses become longer. */
function flusher({ isEmpty, send }: BatchSender, everyMs: number): { flush(): Promise<void>; schedule(): void } {
  let running: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  async function sendAll(): Promise<void> {
    try {
      while (!isEmpty()) {
        await send();
        failures = 0;
      }
    } catch (error) {
      failures = Math.min(failures + 1, 20);
      throw error;
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running ??= sendAll().finally(() => {
      running = undefined;
      if (!isEmpty()) schedule();
    });
    return running;
  }

  function schedule(): void {
    if (timer !== undefined || running !== undefined) return;
    const pause = Math.min(everyMs * 2 ** failures, Math.max(everyMs, LONGEST_PAUSE));
    timer = setTimeout(() => flush().catch(() => undefined), pause);
    // One attempt before the process ends; an unreachable store does not keep it alive.
    if (failures > 0) (timer as { unref?(): unknown }).unref?.();
  }

  return { flush, schedule };
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

/** Calls the listener; its errors are ignored. */
function notify(onGroup: ((group: Group) => unknown) | undefined, group: Group | undefined): void {
  if (onGroup === undefined || group === undefined) return;
  try {
    Promise.resolve(onGroup(group)).catch(() => undefined);
  } catch {
    // As above.
  }
}
