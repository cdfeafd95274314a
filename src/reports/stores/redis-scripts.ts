// Lua scripts, each of which Redis runs as one step.

/** Sets the salt if there is none, and returns it. */
export const SALT = "redis.call('SET', KEYS[1], ARGV[1], 'NX') return redis.call('GET', KEYS[1])";

/** Every field of a hash and its value, as one flat list in every version of the protocol. */
export const ALL_FIELDS = "return redis.call('HGETALL', KEYS[1])";

/** The salt and the revision: a Redis that was emptied has a new salt, and counts from 1 again. */
export const REVISION = "return { redis.call('GET', KEYS[1]) or '', redis.call('HGET', KEYS[2], 'revision') or '0' }";

/** What is ignored. */
export const IGNORED = "return redis.call('SMEMBERS', KEYS[1])";

/** Ignores something, or stops ignoring it; returns 0 where too much is ignored. As in {@link ADD}, what may fail comes first. */
export const SET_IGNORED = `
local ignored, totals = KEYS[1], KEYS[2]
local known = redis.call('SISMEMBER', ignored, ARGV[1]) == 1
if ARGV[2] ~= '' and not known and redis.call('SCARD', ignored) >= tonumber(ARGV[3]) then return { 0 } end
redis.call('HINCRBY', totals, 'revision', 1)
if ARGV[2] == '' then redis.call('SREM', ignored, ARGV[1]) else redis.call('SADD', ignored, ARGV[1]) end
return { 1 }
`;

/** The keys of {@link ADD}, in its order. */
export const KEYS = ["groups", "worth", "totals", "hours", "writers", "writers-at"];

/**
 * Adds a batch in one step. Redis does not roll back a script that fails halfway, so everything that may fail comes before the first
 * write: the types of all keys and all counts are checked first, and a stored group that cannot be read is replaced. Merging groups and
 * their worth are as in record.ts; the tests compare both.
 */
export const ADD = `
local groups, worth, totals, hours, writers, writersAt = unpack(KEYS)
local set, batch = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])

for index, expected in ipairs({ 'hash', 'zset', 'hash', 'hash', 'hash', 'zset' }) do
  local found = redis.call('TYPE', KEYS[index]).ok
  if found ~= expected and found ~= 'none' then
    return redis.error_reply('ERR the key ' .. KEYS[index] .. ' holds a ' .. found .. ' instead of a ' .. expected ..
      ': delete it, or choose another prefix')
  end
end
local function check(key, field)
  local count = redis.call('HGET', key, field)
  if count and not string.match(count, '^%-?%d+$') then
    return redis.error_reply('ERR the key ' .. key .. ' holds a value that is not a number at ' .. field)
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

local function within(number, most)
  return type(number) == 'number' and number >= 0 and number <= most
end
local function read(text)
  local fine, record = pcall(cjson.decode, text)
  if not fine or type(record) ~= 'table' or type(record.tallies) ~= 'table' then return nil end
  for name, most in pairs({ count = set.mostReports, firstSeen = set.latest, lastSeen = set.latest }) do
    if not within(record[name], most) then return nil end
  end
  for name in pairs(set.tallies) do
    if type(record.tallies[name]) ~= 'table' then return nil end
    for _, count in pairs(record.tallies[name]) do
      if not within(count, set.mostReports) then return nil end
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
    record.policy = record.policy or group.policy
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

local named = 0
for _, name in ipairs(redis.call('HKEYS', totals)) do if string.find(name, ' ', 1, true) then named = named + 1 end end
for name in pairs(batch.totals) do
  if string.find(name, ' ', 1, true) and redis.call('HEXISTS', totals, name) == 0 then
    if named < set.refusalNames then named = named + 1 else batch.totals[name] = 0 end
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
