import { type Option, readOptions } from "../../values/legacy-options.js";
import type { Group, GroupFilter, GroupRecord } from "../group.js";
import type { Stats } from "../limits.js";

/** What a collector has gathered, to be added in one step. */
export interface Batch {
  /** One collector, from its start to its end. */
  readonly writer: string;
  /** 1, 2, 3, … by one writer. It sends the next only when this one is confirmed, and this one again where it is not. */
  readonly seq: number;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** They become the store's own. */
  readonly groups: readonly GroupRecord[];
  /** By `TotalName`. */
  readonly totals: ReadonlyMap<string, number>;
  /** Reports by hour and disposition: `1763719200000 enforce`. */
  readonly hours: ReadonlyMap<string, number>;
}

/** What became of a batch. */
export interface Written {
  /** The ids of groups that were not there before. */
  readonly created: readonly string[];
  /**
   * The writer's last batch before, 0 for none: this one's own `seq` where it had been added already, and then nothing was added; less than
   * the one before it where the store lost some.
   */
  readonly before: number;
}

/** Reports of one hour. */
export interface TimelinePoint {
  /** The beginning of the hour, in milliseconds since 1970. */
  readonly start: number;
  readonly enforce: number;
  readonly report: number;
  readonly none: number;
}

/** Where reports are kept. All of it rejects where the store cannot be reached; a batch is then sent again. */
export interface ReportStore {
  /** What addresses are hashed with: random, the same for all that write here. */
  salt(): Promise<string>;
  /** Adds all of a batch or nothing of it, and never twice. */
  add(batch: Batch): Promise<Written>;
  /** The groups that fit, the most frequent first. */
  groups(filter?: GroupFilter): Promise<readonly Group[]>;
  /**
   * A text that is another after each batch, and cheap to ask for: so what was made of the groups need not be made again. A store without
   * it works, and is read again each time.
   */
  revision?(): Promise<string>;
  /** What all writers have counted. */
  stats(): Promise<Stats>;
  /** The hours of the last 31 days that have reports, in order. */
  timeline(): Promise<readonly TimelinePoint[]>;
  /** Lets go of what the store has opened by itself. */
  close(): Promise<void>;
}

/** What every store takes. */
export interface StoreOptions {
  /** How many groups there may be, 1000 by default; what the fewest clients saw, and was not seen for longest, makes room. */
  readonly maxGroups?: number | undefined;
}

export const MAX_GROUPS: Option = {
  fits: (value) => Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= 100_000,
  hint: "Write how many groups to keep, from 1 to 100000.",
};

/** Writers that a store remembers: more processes than count into one at a time. */
export const WRITERS = 4_096;

const HOUR = 3_600_000;
export const KEPT_HOURS = 31 * 24;

/** @throws {PolicyError} with all that is wrong with the options. */
export function readStoreOptions(name: string, options: unknown): { readonly maxGroups: number } {
  return { maxGroups: 1_000, ...readOptions<StoreOptions>(name, options, { maxGroups: MAX_GROUPS }) } as { maxGroups: number };
}

/** The name of an hour in a batch. */
export function hourOf(at: number, disposition: string): string {
  return `${at - (at % HOUR)} ${disposition}`;
}

/** The oldest hour that is kept. */
export function firstHour(now: number): number {
  return now - (now % HOUR) - (KEPT_HOURS - 1) * HOUR;
}

/** Points from what stores keep: by the name of the hour its count. */
export function timelineOf(hours: Iterable<readonly [name: string, count: number]>, now = Date.now()): TimelinePoint[] {
  const points = new Map<number, { start: number; enforce: number; report: number; none: number }>();
  for (const [name, count] of hours) {
    const [hour = "", disposition] = name.split(" ");
    const start = Number(hour);
    if (start < firstHour(now)) continue;
    const point = points.get(start) ?? { start, enforce: 0, report: 0, none: 0 };
    point[disposition as "enforce" | "report" | "none"] += count;
    points.set(start, point);
  }
  return [...points.values()].sort((one, other) => one.start - other.start);
}
