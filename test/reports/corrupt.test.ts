// Rows that something else wrote into a store: each is named, and none takes another one with it.
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { PolicyError } from "../../src/index.js";
import { type Batch, type RedisClient, type ReportStore, redisStore, sqliteStore } from "../../src/reports/index.js";
import { insert } from "../../src/reports/stores/sqlite-add.js";
import { loadDriver } from "../../src/reports/stores/sqlite-drivers.js";
import { readRecord } from "../../src/reports/stores/stored.js";
import { turnsAt } from "../../src/reports/stores/turns.js";
import { folder } from "./support.js";

/** As the first version wrote it. */
const STORED = {
  id: "a",
  type: "csp-violation",
  policyHash: "0123456789abcdef",
  disposition: "report",
  directive: "img-src",
  blocked: "https://img.example",
  route: "/",
  count: 3,
  firstSeen: 1763683200000,
  lastSeen: 1763719200000,
  tallies: {
    pages: { "https://site.example/": 3 },
    browsers: { "Firefox 145": 3 },
    urls: { "https://img.example/logo.png": 3 },
    files: {},
    samples: {},
    days: { "2026-11-21": 3 },
    clients: { "0a1b2c3d": 3 },
  },
};

const json = (changes: object = {}) => JSON.stringify({ ...STORED, ...changes });

describe("a stored record", () => {
  it("of the first version is read", () => {
    expect(readRecord("a", json())).toEqual({
      ...STORED,
      tallies: {
        pages: new Map([["https://site.example/", 3]]),
        browsers: new Map([["Firefox 145", 3]]),
        urls: new Map([["https://img.example/logo.png", 3]]),
        files: new Map(),
        samples: new Map(),
        days: new Map([["2026-11-21", 3]]),
        clients: new Map([["0a1b2c3d", 3]]),
      },
    });
  });

  it("without a tally that came later has an empty one", () => {
    expect(readRecord("a", json({ tallies: { pages: { "/": 1 } } }))).toMatchObject({
      tallies: { pages: new Map([["/", 1]]), days: new Map() },
    });
  });

  it("of a type that a later version knows is read", () => {
    expect(readRecord("a", json({ type: "later" }))).toMatchObject({ type: "later" });
  });

  it.each<[string, unknown, string]>([
    ["a number", 7, "7 is not JSON"],
    ["text that is not JSON", "{", '"{" is not JSON'],
    ["a list", "[7]", "a list is not an object"],
    ["null", "null", "null is not an object"],
    ["an empty object", "{}", "id: undefined is not a string"],
    ["another group", json({ id: "b" }), 'it is the group "b"'],
    ["a count that is a text", json({ count: "3" }), 'count: "3" is not a number'],
    ["a negative count", json({ count: -1 }), "count: -1 is not 0 or more"],
    ["a count beyond whole numbers", json({ count: 2 ** 53 }), "count: 9007199254740992 is not at most 9007199254740991"],
    ["a time that no date has", json({ lastSeen: 1e300 }), "lastSeen: 1e+300 is not a time, at most 8640000000000000"],
    ["a beginning that no date has", json({ firstSeen: 9e15 }), "firstSeen: 9000000000000000 is not a time, at most 8640000000000000"],
    ["a tally beyond whole numbers", json({ tallies: { days: { a: 1e16 } } }), "tallies.days: an object is not counts by value"],
    ["an unknown disposition", json({ disposition: "x" }), 'disposition: "x" is not "enforce", "report" or "none"'],
    ["no tallies", json({ tallies: undefined }), "tallies: undefined is not an object of tallies"],
    ["a tally that is a number", json({ tallies: { days: 7 } }), "tallies.days: 7 is not counts by value"],
    ["a tally with a text", json({ tallies: { days: { "2026-11-21": "many" } } }), "tallies.days: an object is not counts by value"],
    ["more than a million characters", json({ route: "x".repeat(1_000_000) }), "it has more than 1000000 characters"],
  ])("that is %s says what is wrong", (_, text, problem) => {
    expect(readRecord("a", text)).toEqual({ problem });
  });
});

/** A store over these rows, and what it says of them. */
interface Corrupted {
  readonly store: ReportStore;
  readonly errors: PolicyError[];
  /** How errors name a row of the groups, the totals and the hours. */
  readonly place: (table: string, row: string) => string;
}

const ROWS = {
  groups: [
    ["a", json()],
    ["b", "{"],
    ["c", json({ id: "c", blocked: "https://other.example" })],
  ],
  totals: [
    ["accepted", "6"],
    ["noise", "many"],
  ],
  hours: [
    [`${Date.now() - (Date.now() % 3_600_000)} report`, "6"],
    ["yesterday", "1"],
  ],
} as const;

async function inSqlite(): Promise<Corrupted> {
  const file = join(folder(), "reports.db");
  const errors: PolicyError[] = [];
  const store = await sqliteStore(file, { onCorrupt: (error) => errors.push(error) });
  const open = await loadDriver();
  await turnsAt(`${file}.turn`)(() => {
    const db = open(file);
    try {
      db.exec("PRAGMA locking_mode = EXCLUSIVE");
      insert(db, "INSERT INTO groups VALUES (?, 3, 1, ?)", ROWS.groups);
      insert(db, "INSERT INTO totals VALUES (?, ?)", ROWS.totals);
      insert(db, "INSERT INTO hours VALUES (?, ?)", ROWS.hours);
    } finally {
      db.close();
    }
  });
  return { store, errors, place: (table, row) => `the row "${row}" of the table ${table} in "${file}"` };
}

async function inRedis(): Promise<Corrupted> {
  const errors: PolicyError[] = [];
  const client: RedisClient = {
    eval: async (_script, { keys }) => ROWS[(keys[0] as string).replace("r:", "") as keyof typeof ROWS]?.flat() ?? [],
  };
  const store = redisStore(client, { prefix: "r:", onCorrupt: (error) => errors.push(error) });
  return { store, errors, place: (table, row) => `the field "${row}" of the key "r:${table}"` };
}

describe.each([
  ["SQLite", "sqliteStore", inSqlite],
  ["Redis", "redisStore", inRedis],
])("a corrupt row in %s", (_, name, open) => {
  it("of the groups is named, and the other groups are returned", async () => {
    const { store, errors, place } = await open();
    expect((await store.groups()).map(({ id }) => id).sort()).toEqual(["a", "c"]);
    expect(errors.map(({ message }) => message)).toEqual([
      `${name}: ${place("groups", "b")} cannot be read: "{" is not JSON. Delete it, or wait for the next report of this group, which replaces it.`,
    ]);
    expect(errors[0]).toBeInstanceOf(PolicyError);
  });

  it("is named once", async () => {
    const { store, errors } = await open();
    await store.groups();
    await store.groups();
    expect(errors).toHaveLength(1);
  });

  it("of the totals is named, and the other totals are returned", async () => {
    const { store, errors, place } = await open();
    expect(await store.stats()).toMatchObject({ accepted: 6, noise: 0 });
    expect(errors.map(({ message }) => message)).toEqual([
      `${name}: ${place("totals", "noise")} cannot be read: "many" is not a whole number. Delete it.`,
    ]);
  });

  it("of the hours is named, and the other hours are returned", async () => {
    const { store, errors, place } = await open();
    expect((await store.timeline()).map(({ report }) => report)).toEqual([6]);
    expect(errors.map(({ message }) => message)).toEqual([
      `${name}: ${place("hours", "yesterday")} cannot be read: "yesterday" is not an hour and a disposition. Delete it.`,
    ]);
  });
});

it("a corrupt row is a warning of the process where nobody listens", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  onTestFinished(() => warn.mockRestore());
  const store = redisStore({ eval: async () => ["b", "{"] });
  expect(await store.groups()).toEqual([]);
  expect(String(warn.mock.calls[0]?.[0])).toBe(
    'PolicyError: redisStore: the field "b" of the key "portcullis:{reports}:groups" cannot be read: "{" is not JSON. Delete it, or wait for the next report of this group, which replaces it.',
  );
});

it("a listener of corrupt rows that throws takes no group away", async () => {
  const onCorrupt = () => {
    throw new Error("no");
  };
  const store = redisStore({ eval: async () => ["b", "{", "a", json()] }, { onCorrupt });
  expect((await store.groups()).map(({ id }) => id)).toEqual(["a"]);
});

it("a corrupt group in SQLite is replaced by its next report, and counted as store-lost", async () => {
  const { store } = await inSqlite();
  const tallies = {
    pages: new Map(),
    browsers: new Map(),
    urls: new Map(),
    files: new Map(),
    samples: new Map(),
    days: new Map(),
    clients: new Map(),
  };
  const group = { ...STORED, id: "b", count: 1, tallies };
  const batch = { writer: "w", seq: 1, at: Date.now(), groups: [group], totals: new Map(), hours: new Map() } as unknown as Batch;
  expect(await store.add(batch)).toEqual({ created: ["b"], before: 0 });
  expect((await store.groups()).map(({ id }) => id).sort()).toEqual(["a", "b", "c"]);
  expect((await store.stats()).shed["store-lost"]).toBe(1);
});
