import * as z from "zod/mini";
import { policyError } from "../../errors.js";
import { awaited, type OptionSchemas, reading, readOptions, shown } from "../../values/options.js";
import { textThat, wholeNumber } from "../../values/schema.js";
import { show } from "../../values/text.js";
import { selectGroups } from "../filter.js";
import { newSalt } from "../fingerprint.js";
import { LATEST, ROLLING, TALLIES } from "../group.js";
import { REFUSAL_NAMES, statsOf } from "../limits.js";
import { packRecord } from "../record.js";
import { type RedisClient, withDeadline } from "./redis-client.js";
import { ADD, ALL_FIELDS, IGNORED, KEYS, REVISION, SALT, SET_IGNORED } from "./redis-scripts.js";
import {
  type Batch,
  DEFAULT_MAX_GROUPS,
  firstHour,
  isHourName,
  KEPT_HOURS,
  MOST_IGNORED,
  maxGroupsSchema,
  type ReportStore,
  type StoreOptions,
  timelineOf,
  tooManyIgnored,
  WRITERS,
} from "./store.js";
import { type CorruptionOptions, corruptionListener, corruptionReporter, MOST_REPORTS, readCounts, readRecords } from "./stored.js";

/** What {@link redisStore} takes besides the client. */
export interface RedisStoreOptions extends StoreOptions, CorruptionOptions {
  /** The beginning of all keys. Default: `"portcullis:{reports}:"`. The braces keep them on one node of a cluster. */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds that Redis has for each command. Default: 5000. After that, what waits for it rejects, and no further command is sent
   * until Redis has answered.
   */
  readonly deadlineMs?: number | undefined;
}

const OPTIONS: OptionSchemas<RedisStoreOptions> = () => ({
  maxGroups: maxGroupsSchema(),
  onCorrupt: corruptionListener(),
  prefix: textThat((text) => text !== "", "the beginning of the keys", 'Write the beginning of the keys, such as "site:{reports}:".'),
  deadlineMs: wholeNumber(1, 60_000, "milliseconds, from 1 to 60000"),
});

/**
 * Keeps reports in Redis, for many processes that share one store, in eight keys of bounded size. How much a killed Redis forgets depends
 * on its `appendfsync`; it is counted as `store-lost`. A batch is written as a whole or not at all: where a key holds something else, it
 * is refused, and sent again.
 *
 * @param client connected, and with a listener for `error`; the store does not close it.
 * @param options all optional.
 * @throws {PolicyError} at boot, for anything but a client, and with all mistakes in the options.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): ReportStore {
  checkClient(client);
  const given = readOptions<RedisStoreOptions>("redisStore", options, OPTIONS);
  const { prefix = "portcullis:{reports}:", maxGroups = DEFAULT_MAX_GROUPS, deadlineMs = 5_000 } = given;
  const evaluate = withDeadline(client, deadlineMs);
  const run = async (script: string, names: readonly string[], args: readonly string[] = []): Promise<readonly unknown[]> =>
    listIn(await evaluate(script, { keys: names.map((name) => prefix + name), arguments: [...args] }));
  const corrupt = corruptionReporter("redisStore", given.onCorrupt);
  const place = (key: string) => (field: string) => `the field ${show(field)} of the key ${show(prefix + key)}`;
  const readIgnored = async () => (await run(IGNORED, ["ignored"])).map(String).sort();
  let salt: string | undefined;

  return {
    async salt() {
      salt ??= String((await run(SALT, ["salt"], [newSalt()]))[0]);
      return salt;
    },
    async add(batch) {
      const [before, ...created] = await run(ADD, KEYS, addArguments(batch, maxGroups));
      return { before: Number(before), created: created.map(String) };
    },
    async groups(filter) {
      const [rows, ignored] = await Promise.all([run(ALL_FIELDS, ["groups"]), readIgnored()]);
      return selectGroups(readRecords(pairs(rows), place("groups"), corrupt), filter, new Set(ignored));
    },
    ignored: readIgnored,
    async setIgnored(name, isIgnored) {
      const [isDone] = await run(SET_IGNORED, ["ignored", "totals"], [name, isIgnored ? "1" : "", String(MOST_IGNORED)]);
      if (isDone !== 1) throw tooManyIgnored("redisStore");
    },
    revision: async () => (await run(REVISION, ["salt", "totals"])).join(" "),
    stats: async () => statsOf(new Map(readCounts(pairs(await run(ALL_FIELDS, ["totals"])), place("totals"), corrupt))),
    timeline: async () => timelineOf(readCounts(pairs(await run(ALL_FIELDS, ["hours"])), place("hours"), corrupt, isHourName)),
    close: async () => undefined,
  };
}

function checkClient(client: unknown): void {
  const isClient = reading(
    [],
    () => undefined,
    () => typeof client === "object" && client !== null && typeof (client as Partial<RedisClient>).eval === "function",
  );
  if (isClient) return;
  const hint = awaited(client, "Write redisStore(await createClient({ url }).connect()), with createClient of the package redis.");
  throw policyError("wrong-type", ["redisStore"], `${shown(client)} is not a Redis client`, hint);
}

/** The two arguments of {@link ADD}: the settings, and what to add. */
function addArguments({ writer, seq, at, groups, totals, hours }: Batch, maxGroups: number): readonly [settings: string, batch: string] {
  const bounds = { maxGroups, writers: WRITERS, keptHours: 3 * KEPT_HOURS, firstHour: firstHour(at), tallies: TALLIES, rolling: ROLLING };
  const sane = { latest: LATEST, mostReports: MOST_REPORTS, refusalNames: REFUSAL_NAMES };
  const batch = { groups: groups.map(packRecord), totals: Object.fromEntries(totals), hours: Object.fromEntries(hours) };
  return [JSON.stringify({ writer, seq, at, ...bounds, ...sane }), JSON.stringify(batch)];
}

const LIST = z.array(z.unknown());

/** A reply as a list; a single text is a list of one. */
function listIn(reply: unknown): readonly unknown[] {
  if (typeof reply === "string") return [reply];
  const { success, data } = LIST.safeParse(reply);
  if (!success) throw new Error(`Redis answered ${show(reply)} instead of a list`);
  return data;
}

/** Fields and values, of a flat list. */
function pairs(flat: readonly unknown[]): (readonly [field: string, value: unknown])[] {
  return Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => [String(flat[2 * index]), flat[2 * index + 1]] as const);
}
