import { policyError } from "../../errors.js";
import { type Option, readOptions } from "../../values/legacy-options.js";
import { show } from "../../values/text.js";
import { newSalt } from "../fingerprint.js";
import { packRecord, ROLLING, selectGroups, TALLIES, unpackRecord } from "../group.js";
import { statsOf } from "../limits.js";
import { firstHour, KEPT_HOURS, MAX_GROUPS, type ReportStore, type StoreOptions, timelineOf, WRITERS } from "./store.js";

/** A connected client of the package `redis`, as far as it is used. */
export interface RedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** False while there is no connection: then nothing is asked, and nothing queued. */
  readonly isReady?: boolean;
}

/** What {@link redisStore} takes beside the client. */
export interface RedisStoreOptions extends StoreOptions {
  /** The beginning of all keys; `"portcullis:{reports}:"` by default. In a cluster the braces keep them together. */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds that Redis has for each command, 5000 by default; then what waits for it rejects, and nothing more is asked until Redis
   * has answered.
   */
  readonly deadlineMs?: number | undefined;
}

/**
 * Keeps reports in Redis, for many processes that count into one store. All of it is seven keys of bounded size. What Redis may forget
 * when it is killed is a matter of its own `appendfsync`; what it has forgotten is counted as `store-lost`. A batch is written whole or
 * not at all: where a key holds something else, it is refused, and sent again.
 *
 * @param client connected, and with a listener for `error`; it stays yours to close.
 * @param options all of them optional.
 * @throws {PolicyError} at once, with all that is wrong with the options.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): ReportStore {
  if (typeof client !== "object" || client === null || typeof client.eval !== "function") {
    const hint = "Write redisStore(await createClient({ url }).connect()), createClient being that of the package redis.";
    throw policyError("wrong-type", ["redisStore"], `${show(client)} is no client of Redis`, hint);
  }
  const given = readOptions<RedisStoreOptions>("redisStore", options, OPTIONS);
  const { prefix = "portcullis:{reports}:", maxGroups = 1_000, deadlineMs = 5_000 } = given;
  const evaluate = withDeadline(client, deadlineMs);
  const ask = async (script: string, names: readonly string[], args: readonly string[] = []): Promise<unknown> =>
    evaluate(script, { keys: names.map((name) => prefix + name), arguments: [...args] });
  let salt: string | undefined;

  return {
    async salt() {
      salt ??= String(await ask(SALT, ["salt"], [newSalt()]));
      return salt;
    },
    async add({ writer, seq, at, groups, totals, hours }) {
      const batch = { groups: groups.map(packRecord), totals: Object.fromEntries(totals), hours: Object.fromEntries(hours) };
      const settings = {
        writer,
        seq,
        at,
        maxGroups,
        writers: WRITERS,
        keptHours: 3 * KEPT_HOURS,
        firstHour: firstHour(at),
        tallies: TALLIES,
      };
      const answer = await ask(ADD, KEYS, [JSON.stringify({ ...settings, rolling: ROLLING }), JSON.stringify(batch)]);
      const [before, ...created] = answer as [unknown, ...unknown[]];
      return { before: Number(before), created: created.map(String) };
    },
    groups: async (filter) => {
      const records = (await ask("return redis.call('HVALS', KEYS[1])", ["groups"])) as unknown[];
      return selectGroups(
        records.map((record) => unpackRecord(String(record))),
        filter,
      );
    },
    revision: async () => ((await ask(REVISION, ["salt", "totals"])) as unknown[]).join(" "),
    stats: async () => statsOf(new Map(pairs(await ask(COUNTS, ["totals"])))),
    timeline: async () => timelineOf(pairs(await ask(COUNTS, ["hours"]))),
    close: async () => undefined,
  };
}

const OPTIONS: Readonly<Record<keyof RedisStoreOptions, Option>> = {
  maxGroups: MAX_GROUPS,
  prefix: {
    fits: (value) => typeof value === "string" && value !== "",
    hint: 'Write the beginning of the keys, such as "site:{reports}:".',
  },
  deadlineMs: {
    fits: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) <= 60_000,
    hint: "Write milliseconds, from 1 to 60000.",
  },
};

/**
 * The client's `eval`, which rejects where Redis takes longer. What was asked may still be done later; so that it does not pile up,
 * nothing more is asked until then.
 */
function withDeadline(client: RedisClient, ms: number): RedisClient["eval"] {
  let overdue = 0;
  return async (script, options) => {
    if (client.isReady === false) throw new Error("Redis is not connected");
    if (overdue > 0) throw new Error(`Redis has not answered for ${ms} ms or more, and is asked nothing until it does`);
    const answer = client.eval(script, options);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        overdue += 1;
        const settle = (): void => {
          overdue -= 1;
        };
        answer.then(settle, settle);
        reject(new Error(`Redis has not answered within ${ms} ms`));
      }, ms);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };
}

function pairs(flat: unknown): (readonly [string, number])[] {
  const items = flat as unknown[];
  return Array.from({ length: items.length / 2 }, (_, index) => [String(items[2 * index]), Number(items[2 * index + 1])] as const);
}

const SALT = "redis.call('SET', KEYS[1], ARGV[1], 'NX') return redis.call('GET', KEYS[1])";

// The protocol has no maps before its third version; a script always gives the flat list.
const COUNTS = "return redis.call('HGETALL', KEYS[1])";

// The salt tells a Redis that was emptied, and counts from 1 again.
const REVISION = "return { redis.call('GET', KEYS[1]) or '', redis.call('HGET', KEYS[2], 'revision') or '0' }";

const KEYS = ["groups", "worth", "totals", "hours", "writers", "writers-at"];

/**
 * One step for Redis, that is: all of it or nothing. What may fail comes before the first write, because a script that fails halfway is
 * not taken back: so the types of all keys and all counts are looked at first, and a stored group that cannot be read is replaced. How
 * groups are merged and what they are worth is as in group.ts; the tests run both side by side.
 */
const ADD = `
local groups, worth, totals, hours, writers, writersAt = unpack(KEYS)
local set, batch = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])

for index, expected in ipairs({ 'hash', 'zset', 'hash', 'hash', 'hash', 'zset' }) do
  local found = redis.call('TYPE', KEYS[index]).ok
  if found ~= expected and found ~= 'none' then
    return redis.error_reply('ERR the key ' .. KEYS[index] .. ' holds a ' .. found .. ', and not a ' .. expected ..
      ': delete it, or choose another prefix')
  end
end
local function check(key, field)
  local count = redis.call('HGET', key, field)
  if count and not string.match(count, '^%-?%d+$') then
    return redis.error_reply('ERR the key ' .. key .. ' holds what is no number at ' .. field)
  end
end
batch.totals.evicted = batch.totals.evicted or 0
batch.totals['store-lost'] = batch.totals['store-lost'] or 0
batch.totals.revision = 1
for name in pairs(batch.totals) do
  local wrong = check(totals, name)
  if wrong then return wrong end
end
for hour in pairs(batch.hours) do
  local wrong = check(hours, hour)
  if wrong then return wrong end
end

local before = tonumber(redis.call('HGET', writers, set.writer) or '0') or 0
if before >= set.seq then return { before } end

local function read(text)
  local fine, record = pcall(cjson.decode, text)
  if not fine or type(record) ~= 'table' or type(record.tallies) ~= 'table' then return nil end
  for _, name in ipairs({ 'count', 'firstSeen', 'lastSeen' }) do
    if type(record[name]) ~= 'number' then return nil end
  end
  for name in pairs(set.tallies) do
    if type(record.tallies[name]) ~= 'table' then return nil end
    for _, count in pairs(record.tallies[name]) do
      if type(count) ~= 'number' then return nil end
    end
  end
  return record
end

local function size(map)
  local n = 0
  for _ in pairs(map) do n = n + 1 end
  return n
end

local function merge(into, from, bound, rolling)
  local n = size(into)
  for value, count in pairs(from) do
    if into[value] then
      into[value] = into[value] + count
    elseif n < bound then
      into[value] = count
      n = n + 1
    elseif rolling then
      local oldest
      for one in pairs(into) do if not oldest or one < oldest then oldest = one end end
      into[oldest] = nil
      into[value] = count
    end
  end
end

local records, created = {}, {}
for _, group in ipairs(batch.groups) do
  local stored = redis.call('HGET', groups, group.id)
  local record = stored and read(stored)
  if record then
    record.count = record.count + group.count
    record.firstSeen = math.min(record.firstSeen, group.firstSeen)
    record.lastSeen = math.max(record.lastSeen, group.lastSeen)
    for name, bound in pairs(set.tallies) do
      merge(record.tallies[name], group.tallies[name], bound, name == set.rolling)
    end
  else
    record = group
    created[#created + 1] = group.id
    -- How many reports it had counted cannot be known.
    if stored then batch.totals['store-lost'] = batch.totals['store-lost'] + 1 end
  end
  local clients = math.max(1, size(record.tallies.clients))
  local score = record.lastSeen / 604800000 + math.log(clients) / math.log(2) + math.log(record.count) / math.log(2) / 1024
  records[#records + 1] = { record.id, string.format('%.17g', score), cjson.encode(record) }
end

redis.call('HSET', writers, set.writer, string.format('%d', set.seq))
redis.call('ZADD', writersAt, string.format('%d', set.at), set.writer)
for _, old in ipairs(redis.call('ZRANGE', writersAt, 0, -set.writers - 1)) do
  redis.call('HDEL', writers, old)
  redis.call('ZREM', writersAt, old)
end

for _, record in ipairs(records) do
  redis.call('HSET', groups, record[1], record[3])
  redis.call('ZADD', worth, record[2], record[1])
end
local over = redis.call('ZCARD', worth) - set.maxGroups
if over > 0 then
  for _, id in ipairs(redis.call('ZRANGE', worth, 0, over - 1)) do
    local stored = redis.call('HGET', groups, id)
    local record = stored and read(stored)
    if record then batch.totals.evicted = batch.totals.evicted + record.count end
    redis.call('HDEL', groups, id)
    redis.call('ZREM', worth, id)
  end
end

for name, count in pairs(batch.totals) do if count > 0 then redis.call('HINCRBY', totals, name, string.format('%d', count)) end end
for hour, count in pairs(batch.hours) do redis.call('HINCRBY', hours, hour, string.format('%d', count)) end
if redis.call('HLEN', hours) > set.keptHours then
  for _, hour in ipairs(redis.call('HKEYS', hours)) do
    if tonumber(string.match(hour, '^%d+') or '0') < set.firstHour then redis.call('HDEL', hours, hour) end
  end
end
return { before, unpack(created) }
`;
