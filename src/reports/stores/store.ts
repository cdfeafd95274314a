import * as z from "zod/mini";
import { type PolicyError, policyError } from "../../errors.js";
import { type OptionSchemas, readOptions } from "../../values/options.js";
import { expecting, wholeNumber } from "../../values/schema.js";
import type { GroupFilter } from "../filter.js";
import type { Group, GroupRecord } from "../group.js";
import type { Stats } from "../limits.js";

/**
 * What a collector has counted, to be added in one step.
 *
 * @experimental
 */
export interface Batch {
  /** The id of one collector, from its start to its end. */
  readonly writer: string;
  /** 1, 2, 3, … of one writer. It sends the next batch only when this one is confirmed, and repeats this one where it is not. */
  readonly seq: number;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** The store may keep and change them. */
  readonly groups: readonly GroupRecord[];
  /** By `TotalName`. */
  readonly totals: ReadonlyMap<string, number>;
  /** Reports by hour and disposition: `1763719200000 enforce`. */
  readonly hours: ReadonlyMap<string, number>;
}

/**
 * What happened to a batch.
 *
 * @experimental
 */
export interface Written {
  /** The ids of groups that were not in the store. */
  readonly created: readonly string[];
  /**
   * The writer's last batch before this one; 0 where there is none. It is this batch's own `seq` where it was added already, and then
   * nothing was added. It is less than `seq - 1` if the store lost some.
   */
  readonly before: number;
}

/** Reports of one hour, by disposition. */
export interface TimelinePoint {
  /** The start of the hour, in milliseconds since 1970. */
  readonly start: number;
  readonly enforce: number;
  readonly report: number;
  readonly none: number;
}

/** Where reports are kept. Every method rejects where the store cannot be reached; a batch is then sent again. */
export interface ReportStore {
  /** The salt for hashes of addresses: random, the same for all writers of this store. */
  salt(): Promise<string>;
  /** Adds a batch as a whole or not at all, and never twice. */
  add(batch: Batch): Promise<Written>;
  /** The groups that match, the most frequent first. */
  groups(filter?: GroupFilter): Promise<readonly Group[]>;
  /**
   * A text that changes with each batch, and is cheap to read: what was computed from the groups stays valid until then. Optional: without
   * it, the groups are read again each time.
   */
  revision?(): Promise<string>;
  /**
   * What somebody ignored on the reports page, in order: `https://cdn.example`, `inline script-src-elem`. Then `groups` marks the groups
   * that are about it, and `learn` does not use them. Optional, together with `setIgnored`: without it, nothing can be ignored.
   */
  ignored?(): Promise<readonly string[]>;
  /** Ignores something, or stops ignoring it, for all processes. Changes the revision. Rejects where 1,000 others are ignored. */
  setIgnored?(name: string, isIgnored: boolean): Promise<void>;
  /** What all writers have counted. */
  stats(): Promise<Stats>;
  /** The hours of the last 31 days that have reports, in order. */
  timeline(): Promise<readonly TimelinePoint[]>;
  /** Closes what the store itself has opened. */
  close(): Promise<void>;
}

/** What every store takes. */
export interface StoreOptions {
  /**
   * How many groups are kept, from 1 to 100000. Default: 1000. Beyond that, the groups that the fewest clients saw, and that were not seen
   * for the longest time, are removed.
   */
  readonly maxGroups?: number | undefined;
}

/** The default of `maxGroups`. */
export const DEFAULT_MAX_GROUPS = 1_000;

/** The schema of `maxGroups`. */
export function maxGroupsSchema() {
  return wholeNumber(1, 100_000, "how many groups to keep, from 1 to 100000");
}

const SCHEMAS: OptionSchemas<StoreOptions> = () => ({ maxGroups: maxGroupsSchema() });

/** Checks the options of a store that has no others. Throws PolicyError with all mistakes. */
export function readStoreOptions(name: string, options: unknown): { readonly maxGroups: number } {
  return { maxGroups: DEFAULT_MAX_GROUPS, ...(readOptions<StoreOptions>(name, options, SCHEMAS) as { maxGroups?: number }) };
}

/** The schema of a store of which these methods are called. Methods of a class count too. */
export function storeWith(methods: readonly (keyof ReportStore)[], hint: string) {
  const hasMethods = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    methods.every((name) => typeof (value as Partial<Record<keyof ReportStore, unknown>>)[name] === "function");
  return z.custom<ReportStore>(hasMethods, expecting("a store of reports", hint));
}

/** What can be ignored in one store. */
export const MOST_IGNORED = 1_000;

/** The error of `setIgnored` for one more. `store` is the function that made the store. */
export function tooManyIgnored(store: string): PolicyError {
  return policyError("invalid-value", [store], `${MOST_IGNORED} sources are ignored`, "Stop ignoring some of them first.");
}

/** Writers that a store remembers: more processes than write to one store at a time. */
export const WRITERS = 4_096;

const HOUR = 3_600_000;
export const KEPT_HOURS = 31 * 24;

/** The name of an hour in a batch. */
export function hourOf(at: number, disposition: string): string {
  return `${at - (at % HOUR)} ${disposition}`;
}

/** Whether a name is one that {@link hourOf} makes. */
export function isHourName(name: string): boolean {
  return /^\d{1,16} (?:enforce|report|none)$/.test(name);
}

/** The oldest hour that is kept. */
export function firstHour(now: number): number {
  return now - (now % HOUR) - (KEPT_HOURS - 1) * HOUR;
}

/** The points of a timeline, from counts by the name of the hour. */
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
