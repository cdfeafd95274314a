import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PolicyError } from "../../src/index.js";
import type { GroupRecord } from "../../src/reports/group.js";
import {
  type Batch,
  memoryStore,
  policyHash,
  type ReportStore,
  redisStore,
  type StoreOptions,
  sqliteStore,
} from "../../src/reports/index.js";
import { parseReport, type Report } from "../../src/reports/parse.js";
import { addSighting, newRecord, packRecord } from "../../src/reports/record.js";
import { type Document, documentReader, sightingMaker } from "../../src/reports/sighting.js";
import { insert } from "../../src/reports/stores/sqlite-add.js";
import { loadDriver } from "../../src/reports/stores/sqlite-drivers.js";
import { skipWithout } from "../peers.js";
import { folder, legacy, REDIS, redisClient, redisServer } from "./support.js";

type Make = (options?: StoreOptions) => Promise<ReportStore>;

const NOON = Date.UTC(2026, 10, 21, 12, 0, 0);
const DAY = 86_400_000;

function record(
  blocked: string,
  { times = 1, at = Date.now(), client = "ab", policy = "default-src 'self'; report-uri /csp-report" } = {},
): GroupRecord {
  const report = parseReport(legacy({ "blocked-uri": blocked, "original-policy": policy, "script-sample": "</script>\\" }), "") as Report;
  const document = documentReader(({ pathname }) => pathname)(report.document) as Document;
  const sighting = sightingMaker()(report, document, { at, client });
  const made = newRecord(sighting);
  for (let time = 0; time < times; time += 1) addSighting(made, sighting);
  return made;
}

function batch(seq: number, groups: readonly GroupRecord[], more: Partial<Batch> = {}): Batch {
  const accepted = groups.reduce((sum, { count }) => sum + count, 0);
  return { writer: "w", seq, at: Date.now(), groups, totals: new Map([["accepted", accepted]]), hours: new Map(), ...more };
}

const counts = async (store: ReportStore) => (await store.groups()).map(({ blocked, count }) => [blocked, count]);

function behavesAsAStore(make: Make): void {
  it("adds groups up", async () => {
    const store = await make();
    await store.add(batch(1, [record("https://a.example/x", { times: 2, at: NOON, client: "one" })]));
    await store.add(batch(2, [record("https://a.example/y", { times: 3, at: NOON + DAY, client: "two" })]));
    expect(await store.groups()).toEqual([
      {
        id: expect.stringMatching(/^[\da-f]{16}$/),
        type: "csp-violation",
        policyHash: policyHash("default-src 'self'"),
        policy: "default-src 'self'",
        disposition: "enforce",
        directive: "img-src",
        blocked: "https://a.example",
        route: "/page",
        count: 5,
        firstSeen: NOON,
        lastSeen: NOON + DAY,
        clients: 2,
        pages: [{ value: "https://site.example/page", count: 5 }],
        browsers: [{ value: "Other", count: 5 }],
        urls: [
          { value: "https://a.example/y", count: 3 },
          { value: "https://a.example/x", count: 2 },
        ],
        files: [],
        samples: [{ value: "</script>\\", count: 5 }],
        days: [
          { value: "2026-11-21", count: 2 },
          { value: "2026-11-22", count: 3 },
        ],
      },
    ]);
  });

  it("says which groups are new", async () => {
    const store = await make();
    const [one, two] = [record("https://a.example/"), record("https://b.example/")];
    expect(await store.add(batch(1, [one]))).toEqual({ created: [one.id], before: 0 });
    expect(await store.add(batch(2, [record("https://a.example/"), two]))).toEqual({ created: [two.id], before: 1 });
  });

  it("adds nothing of a batch that it has already", async () => {
    const store = await make();
    await store.add(batch(1, [record("https://a.example/")], { hours: new Map([[`${NOON} enforce`, 1]]) }));
    expect(await store.add(batch(1, [record("https://a.example/"), record("https://b.example/")]))).toEqual({ created: [], before: 1 });
    expect(await counts(store)).toEqual([["https://a.example", 1]]);
    expect(await store.stats()).toMatchObject({ accepted: 1 });
  });

  it("does not mistake one writer's batch for another's", async () => {
    const store = await make();
    await store.add(batch(1, [record("https://a.example/")]));
    await store.add(batch(1, [record("https://a.example/")], { writer: "other" }));
    expect(await counts(store)).toEqual([["https://a.example", 2]]);
  });

  it("says how many of a writer's batches it knows, where some are missing", async () => {
    const store = await make();
    await store.add(batch(1, []));
    expect(await store.add(batch(4, []))).toEqual({ created: [], before: 1 });
  });

  it("makes room by dropping the rarest, and says how many reports went", async () => {
    const store = await make({ maxGroups: 2 });
    await store.add(batch(1, [record("https://a.example/", { times: 5 }), record("https://b.example/", { times: 2 })]));
    await store.add(batch(2, [record("https://c.example/", { times: 3 })]));
    expect(await counts(store)).toEqual([
      ["https://a.example", 5],
      ["https://c.example", 3],
    ]);
    expect(await store.stats()).toMatchObject({ accepted: 10, evicted: 2 });
  });

  it("keeps what thirty visitors saw, and drops what one address repeats", async () => {
    const store = await make({ maxGroups: 1 });
    const seen = record("https://cdn.example/", { times: 30 });
    seen.tallies.clients.clear();
    for (let client = 0; client < 30; client += 1) seen.tallies.clients.set(`c${client}`, 1);
    await store.add(batch(1, [seen]));
    await store.add(batch(2, [record("https://repeated.example/", { times: 100_000, at: Date.now() + 60_000 })]));
    expect(await counts(store)).toEqual([["https://cdn.example", 30]]);
  });

  it("has another revision after each batch, and the same until then", async () => {
    const store = await make();
    const before = await store.revision?.();
    expect(before).toEqual(expect.any(String));
    expect(await store.revision?.()).toBe(before);
    await store.add(batch(1, [record("https://a.example/")]));
    const after = await store.revision?.();
    expect(after).not.toBe(before);
    await store.add(batch(1, [record("https://a.example/")]));
    expect(await store.revision?.()).toBe(after);
  });

  it("drops what was frequent long ago before what is new", async () => {
    const store = await make({ maxGroups: 1 });
    await store.add(batch(1, [record("https://old.example/", { times: 100, at: Date.now() - 90 * DAY })]));
    await store.add(batch(2, [record("https://new.example/")]));
    expect(await counts(store)).toEqual([["https://new.example", 1]]);
  });

  it("keeps the first values, and says how often", async () => {
    const store = await make();
    for (let page = 1; page <= 12; page += 1) await store.add(batch(page, [record(`https://a.example/${page}`)]));
    await store.add(batch(13, [record("https://a.example/10"), record("https://b.example/__proto__")]));
    const [a, b] = await store.groups();
    expect([...(a?.urls ?? [])].map(({ value, count }) => `${value} ${count}`).sort()).toEqual([
      "https://a.example/1 1",
      "https://a.example/10 2",
      ...[2, 3, 4, 5, 6, 7, 8, 9].map((page) => `https://a.example/${page} 1`),
    ]);
    expect(b?.urls).toEqual([{ value: "https://b.example/__proto__", count: 1 }]);
  });

  it("keeps the last 92 days", async () => {
    const store = await make();
    for (let day = 0; day < 94; day += 1) await store.add(batch(day + 1, [record("https://a.example/", { at: NOON + day * DAY })]));
    const [group] = await store.groups();
    expect(group?.days).toHaveLength(92);
    expect(group?.days[0]).toEqual({ value: "2026-11-23", count: 1 });
    expect(group?.days[91]).toEqual({ value: "2027-02-22", count: 1 });
  });

  it("keeps values that have names of objects' own", async () => {
    const store = await make();
    const one = record("https://a.example/");
    for (const name of ["__proto__", "constructor", "toString"]) one.tallies.samples.set(name, 1);
    await store.add(batch(1, [one]));
    const two = record("https://a.example/");
    two.tallies.samples.set("__proto__", 2);
    await store.add(batch(2, [two]));
    const [group] = await store.groups();
    expect(group?.samples[0]).toEqual({ value: "__proto__", count: 3 });
  });

  it("gives the groups that fit", async () => {
    const store = await make();
    await store.add(batch(1, [record("inline", { at: NOON }), record("https://a.example/", { at: NOON + DAY, times: 2 })]));
    const filtered = async (filter: object) => (await store.groups(filter)).map(({ blocked }) => blocked);
    expect(await filtered({ blocked: "inline" })).toEqual(["inline"]);
    expect(await filtered({ since: NOON + 1 })).toEqual(["https://a.example"]);
    expect(await filtered({ limit: 1 })).toEqual(["https://a.example"]);
    expect(await filtered({ directive: "img-src", type: undefined })).toEqual(["https://a.example", "inline"]);
    expect(await filtered({ route: "/other" })).toEqual([]);
  });

  it("counts by hour and disposition, for 31 days", async () => {
    const store = await make();
    const hour = Date.now() - (Date.now() % 3_600_000);
    const [old, kept] = [hour - 31 * DAY, hour - 31 * DAY + 3_600_000];
    const hours = new Map([
      [`${hour} enforce`, 2],
      [`${hour} report`, 1],
      [`${old} report`, 1],
      [`${kept} none`, 4],
    ]);
    await store.add(batch(1, [], { hours }));
    await store.add(batch(2, [], { hours: new Map([[`${hour} enforce`, 3]]) }));
    expect(await store.timeline()).toEqual([
      { start: kept, enforce: 0, report: 0, none: 4 },
      { start: hour, enforce: 5, report: 1, none: 0 },
    ]);
  });

  it("keeps the first 2,000 characters of the policy that was reported, without nonces and where reports go", async () => {
    const store = await make();
    const hosts = Array.from({ length: 200 }, (_, index) => `https://h${index}.example`).join(" ");
    const long = record("https://a.example/", { policy: `script-src 'nonce-abc' 'self'; img-src ${hosts}; report-uri /r?token=1` });
    const short = record("https://b.example/", { policy: "script-src 'nonce-abc' 'self'; img-src b.example; report-uri /r?token=1" });
    await store.add(batch(1, [long, short]));
    const policies = new Map((await store.groups()).map(({ blocked, policy }) => [blocked, policy]));
    expect([policies.get("https://a.example")?.length, policies.get("https://b.example")]).toEqual([
      2_000,
      "img-src b.example;script-src 'nonce' 'self'",
    ]);
  });

  it("learns the policy of a group that an earlier version wrote, with its next report", async () => {
    const store = await make();
    const { policy, ...old } = record("https://a.example/");
    await store.add(batch(1, [old]));
    expect((await store.groups())[0]).not.toHaveProperty("policy");
    await store.add(batch(2, [record("https://a.example/")]));
    expect((await store.groups())[0]).toMatchObject({ count: 2, policy: "default-src 'self'" });
  });

  it("marks the groups of what is ignored, on every route, and no others", async () => {
    const store = await make();
    await store.add(batch(1, [record("https://a.example/", { times: 3 }), record("https://b.example/", { times: 2 }), record("inline")]));
    await store.setIgnored?.("https://a.example", true);
    await store.setIgnored?.("inline img-src", true);
    expect((await store.groups()).map(({ blocked, ignored }) => [blocked, ignored])).toEqual([
      ["https://a.example", true],
      ["https://b.example", undefined],
      ["inline", true],
    ]);
  });

  it("lists what is ignored, in order and once", async () => {
    const store = await make();
    expect(await store.ignored?.()).toEqual([]);
    for (const name of ["https://b.example", "https://a.example", "https://b.example"]) await store.setIgnored?.(name, true);
    expect(await store.ignored?.()).toEqual(["https://a.example", "https://b.example"]);
  });

  it("stops ignoring, also what is not ignored", async () => {
    const store = await make();
    await store.setIgnored?.("https://a.example", true);
    await store.setIgnored?.("https://a.example", false);
    await store.setIgnored?.("https://b.example", false);
    expect(await store.ignored?.()).toEqual([]);
  });

  it("has another revision when something is ignored, and again when it is not", async () => {
    const store = await make();
    const before = await store.revision?.();
    await store.setIgnored?.("https://a.example", true);
    const during = await store.revision?.();
    await store.setIgnored?.("https://a.example", false);
    expect(new Set([before, during, await store.revision?.()]).size).toBe(3);
  });

  it("ignores 1,000 names, and refuses one more until another is restored", async () => {
    const store = await make();
    await Promise.all(Array.from({ length: 1_000 }, async (_, index) => store.setIgnored?.(`https://h${index}.example`, true)));
    await expect(store.setIgnored?.("https://a.example", true)).rejects.toThrow(
      "Store: 1000 sources are ignored. Stop ignoring some of them first.",
    );
    await store.setIgnored?.("https://h7.example", true);
    await store.setIgnored?.("https://h7.example", false);
    await store.setIgnored?.("https://a.example", true);
    expect((await store.ignored?.())?.length).toBe(1_000);
  }, 60_000);

  it("counts refused host names by name, the first 20 of them", async () => {
    const store = await make();
    const names = (count: number) => Array.from({ length: count }, (_, index) => [`other-host h${index}.example`, 1] as const);
    await store.add(batch(1, [], { totals: new Map([...names(20), ["other-host", 20]]) }));
    await store.add(batch(2, [], { totals: new Map([...names(1), ["other-origin shop.example", 40], ["other-host", 1]]) }));
    const { refused, shed } = await store.stats();
    expect([refused.length, shed["other-host"], refused[0]]).toEqual([20, 21, { cause: "other-host", host: "h0.example", count: 2 }]);
  });

  it("keeps its salt", async () => {
    const store = await make();
    const salt = await store.salt();
    expect(salt).toMatch(/^[\da-f-]{36}$/);
    expect(await store.salt()).toBe(salt);
  });

  it("checks its options at boot", async () => {
    await expect((async () => make({ maxGroups: 0 }))()).rejects.toThrow(
      "maxGroups: 0 is not a whole number from 1 to 100000. Write how many groups to keep, from 1 to 100000.",
    );
  });
}

describe("memoryStore", () => behavesAsAStore(async (options) => memoryStore(options)));

describe("sqliteStore", () => {
  behavesAsAStore((options) => sqliteStore(join(folder(), "reports.db"), options));

  it("has it all when it is opened again", async () => {
    const file = join(folder(), "reports.db");
    const first = await sqliteStore(file);
    await first.add(batch(1, [record("https://a.example/")]));
    const second = await sqliteStore(file);
    expect(await counts(second)).toEqual([["https://a.example", 1]]);
    expect(await second.salt()).toBe(await first.salt());
    expect(await second.add(batch(1, [record("https://a.example/")]))).toEqual({ created: [], before: 1 });
  });

  it("opens a file of the version before sources could be ignored, and keeps what is in it", async () => {
    const file = join(folder(), "reports.db");
    const { policy, ...old } = record("https://a.example/");
    const open = await loadDriver();
    const db = open(file);
    db.exec(`
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
      CREATE TABLE groups (id TEXT PRIMARY KEY, count INTEGER, worth REAL, record TEXT);
      CREATE TABLE totals (name TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
      CREATE TABLE hours (name TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
      CREATE TABLE writers (id TEXT PRIMARY KEY, seq INTEGER, at INTEGER) WITHOUT ROWID`);
    insert(db, "INSERT INTO settings VALUES (?, ?)", [["salt", "old salt"]]);
    insert(db, "INSERT INTO groups VALUES (?, 1, 1, ?)", [[old.id, JSON.stringify(packRecord(old))]]);
    db.close();
    const store = await sqliteStore(file);
    await store.setIgnored?.("https://a.example", true);
    expect([await store.salt(), (await store.groups()).map(({ blocked, ignored }) => [blocked, ignored])]).toEqual([
      "old salt",
      [["https://a.example", true]],
    ]);
  });

  it("shares what is ignored with others who have the file open", async () => {
    const file = join(folder(), "reports.db");
    const [one, other] = [await sqliteStore(file), await sqliteStore(file)];
    await one.setIgnored?.("https://a.example", true);
    expect(await other.ignored?.()).toEqual(["https://a.example"]);
  });

  it("takes turns with others who have the file open", async () => {
    const file = join(folder(), "reports.db");
    const stores = await Promise.all([sqliteStore(file), sqliteStore(file), sqliteStore(file)]);
    const adding = stores.flatMap((store, index) =>
      [1, 2, 3].map(async (seq) => store.add(batch(1, [record("https://a.example/")], { writer: `${index}.${seq}` }))),
    );
    await Promise.all(adding);
    expect(await counts(stores[0] as ReportStore)).toEqual([["https://a.example", 9]]);
  });

  it("clears the lock that the package leaves behind when a process is killed", async () => {
    const file = join(folder(), "reports.db");
    const store = await sqliteStore(file);
    mkdirSync(`${file}.lock`);
    expect(await store.groups()).toEqual([]);
  });

  it("refuses a file that is something else", async () => {
    const file = join(folder(), "reports.db");
    writeFileSync(file, "Not a database, but a text that is long enough to be looked at as one.".repeat(20));
    await expect(sqliteStore(file)).rejects.toThrow("file is not a database");
  });

  it.each([
    ["that is not there", "no-such-folder/x.db", "no-such-folder"],
    ["that is a file", "package.json/x.db", "package.json"],
  ])("refuses a folder %s", async (_what, file, named) => {
    const message = `sqliteStore: the folder "${named}" does not exist. Create it, or write a path in a folder that exists.`;
    const error = await sqliteStore(file).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ code: "missing", path: "sqliteStore", message });
  });

  it("refuses a folder in place of a file", async () => {
    await expect(sqliteStore("src")).rejects.toThrow(
      'sqliteStore: "src" is a folder. Write the path of a file: sqliteStore("reports.db").',
    );
  });

  it("refuses a value that is not a path", async () => {
    await expect(sqliteStore(":memory:")).rejects.toThrow('sqliteStore: ":memory:" is not a path. Write sqliteStore("reports.db").');
    await expect(sqliteStore("a\0.db")).rejects.toThrow('sqliteStore: "a\\u0000.db" is not a path. Write sqliteStore("reports.db").');
  });
});

describe.skipIf(skipWithout("redisStore", [REDIS]))("redisStore", () => {
  behavesAsAStore(async (options) => redisStore(await redisClient(await redisServer("no")), options));

  it("shares what is ignored with other clients of the same prefix", async () => {
    const client = await redisClient(await redisServer("no"));
    await redisStore(client).setIgnored?.("https://a.example", true);
    expect([await redisStore(client).ignored?.(), await redisStore(client, { prefix: "other:" }).ignored?.()]).toEqual([
      ["https://a.example"],
      [],
    ]);
  });

  it("writes nothing where another type of value is at the key of what is ignored", async () => {
    const client = await redisClient(await redisServer("no"));
    await client.set("portcullis:{reports}:ignored", "text");
    await expect(redisStore(client).setIgnored?.("https://a.example", true)).rejects.toThrow("WRONGTYPE");
    expect(await client.keys("*")).toEqual(["portcullis:{reports}:ignored"]);
  });

  it("keeps to eight keys under its prefix", async () => {
    const client = await redisClient(await redisServer("no"));
    const store = redisStore(client, { prefix: "site:{r}:", maxGroups: 3 });
    await store.salt();
    for (let seq = 1; seq <= 20; seq += 1) {
      await store.add(batch(seq, [record(`https://${seq}.example/`)], { hours: new Map([[`${NOON} none`, 1]]) }));
    }
    await store.setIgnored?.("https://a.example", true);
    expect((await client.keys("*")).sort()).toEqual(
      ["groups", "hours", "ignored", "salt", "totals", "worth", "writers", "writers-at"].map((name) => `site:{r}:${name}`),
    );
    expect(await client.hLen("site:{r}:groups")).toBe(3);
    expect(await client.zCard("site:{r}:worth")).toBe(3);
  });

  it("remembers as many writers as there may be processes", async () => {
    const client = await redisClient(await redisServer("no"));
    const store = redisStore(client);
    for (let writer = 0; writer < 4_100; writer += 1) await store.add(batch(1, [], { writer: String(writer), at: NOON + writer }));
    expect(await client.hLen("portcullis:{reports}:writers")).toBe(4_096);
    expect(await store.add(batch(1, [], { writer: "4099" }))).toEqual({ created: [], before: 1 });
  });

  it("forgets hours that are too old to be shown", async () => {
    const client = await redisClient(await redisServer("no"));
    const store = redisStore(client);
    const hours = new Map(Array.from({ length: 3_000 }, (_, hour) => [`${Date.now() - hour * 3_600_000} none`, 1] as const));
    await store.add(batch(1, [], { hours }));
    expect(await client.hLen("portcullis:{reports}:hours")).toBeLessThanOrEqual(744);
  });

  it("refuses a value that is not a client", () => {
    expect(() => redisStore("redis://127.0.0.1" as never)).toThrow(
      'redisStore: "redis://127.0.0.1" is not a Redis client. Write redisStore(await createClient({ url }).connect()), with createClient of the package redis.',
    );
  });
});
