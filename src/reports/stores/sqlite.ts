import { policyError } from "../../errors.js";
import { show } from "../../values/text.js";
import { newSalt } from "../fingerprint.js";
import { addRecord, packRecord, selectGroups, unpackRecord, worthOf } from "../group.js";
import { statsOf } from "../limits.js";
import { checkPlace, type Database, loadDriver, type Open, type Value } from "./sqlite-drivers.js";
import {
  type Batch,
  firstHour,
  type ReportStore,
  readStoreOptions,
  type StoreOptions,
  timelineOf,
  WRITERS,
  type Written,
} from "./store.js";
import { turnsAt } from "./turns.js";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, count INTEGER, worth REAL, record TEXT);
  CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS hours (name TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS writers (id TEXT PRIMARY KEY, seq INTEGER, at INTEGER) WITHOUT ROWID`;

/**
 * Keeps reports in a file, for one machine: processes on it take turns, and the command line may read while a site writes. Uses the
 * SQLite of Node 22.13 and newer, and `node-sqlite3-wasm` on older ones; both may write the same file. Who has the turn is said in the
 * folder `<file>.turn`, which stays: another program should read a copy of the file. The file's folder has to be on a disk of this machine.
 *
 * @param file its path; made where it is not there.
 * @param options all of them optional.
 * @throws {PolicyError} where the options are wrong, the folder does not exist or there is no SQLite; what SQLite says, where the file is none of its own.
 *   Each method rejects where a process that is alive keeps the turn for about a minute.
 */
export async function sqliteStore(file: string, options: StoreOptions = {}): Promise<ReportStore> {
  if (typeof file !== "string" || file === "" || file === ":memory:" || file.includes("\0")) {
    throw policyError("invalid-value", ["sqliteStore"], `${show(file)} is no path of a file`, 'Write sqliteStore("reports.db").');
  }
  const { maxGroups } = readStoreOptions("sqliteStore", options);
  await checkPlace(file);
  const open = await loadDriver();
  const take = turnsAt(`${file}.turn`);
  const use = <T>(work: (db: Database) => T): Promise<T> => patiently(() => take(() => once(open, file, work)));
  const salt = await use((db) => {
    db.exec(SCHEMA);
    insert(db, "INSERT OR IGNORE INTO settings VALUES ('salt', ?)", [[newSalt()]]);
    return String(db.get("SELECT value FROM settings WHERE name = 'salt'")?.["value"]);
  });

  return {
    salt: async () => salt,
    add: (batch) => use((db) => transaction(db, () => add(db, batch, maxGroups))),
    groups: async (filter) => {
      const rows = await use((db) => db.all("SELECT record FROM groups"));
      return selectGroups(
        rows.map(({ record }) => unpackRecord(String(record))),
        filter,
      );
    },
    revision: async () => String((await use((db) => db.get("SELECT count FROM totals WHERE name = 'revision'")))?.["count"] ?? 0),
    stats: async () => statsOf(new Map(await use((db) => counts(db, "totals")))),
    timeline: async () => timelineOf(await use((db) => counts(db, "hours"))),
    close: async () => undefined,
  };
}

/**
 * Opened for each step, and closed again, so that others have their turn. The write-ahead log is what survives a crash: the package's
 * build of SQLite never rolls back the other kind of journal, because it takes its own lock for somebody else's. The log without shared
 * memory wants the file to itself.
 */
function once<T>(open: Open, file: string, work: (db: Database) => T): T {
  const db = open(file);
  try {
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    db.get("PRAGMA journal_mode = WAL");
    return work(db);
  } finally {
    db.close();
  }
}

const TRIES = 100;

/** The system lets go of a killed process's locks a little after it is dead; and a program from elsewhere may be reading. */
async function patiently<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (tries === TRIES || !/\bdatabase is locked\b/.test(String(error))) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function transaction<T>(db: Database, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

function add(db: Database, { writer, seq, at, groups, totals, hours }: Batch, maxGroups: number): Written {
  const before = Number(db.get("SELECT seq FROM writers WHERE id = ?", [writer])?.["seq"] ?? 0);
  if (before >= seq) return { created: [], before };
  insert(db, "INSERT OR REPLACE INTO writers VALUES (?, ?, ?)", [[writer, seq, at]]);
  db.exec(`DELETE FROM writers WHERE id NOT IN (SELECT id FROM writers ORDER BY at DESC LIMIT ${WRITERS})`);

  const created: string[] = [];
  const rows: Value[][] = [];
  const find = db.prepare("SELECT record FROM groups WHERE id = ?");
  try {
    for (const group of groups) {
      const stored = find.get([group.id])?.["record"];
      const record = stored === undefined ? group : unpackRecord(String(stored));
      if (stored === undefined) created.push(group.id);
      else addRecord(record, group);
      rows.push([record.id, record.count, worthOf(record), JSON.stringify(packRecord(record))]);
    }
  } finally {
    find.finalize();
  }
  insert(db, "INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?)", rows);
  addCounts(db, "totals", [...totals, ["evicted", makeRoom(db, maxGroups)], ["revision", 1]]);
  addCounts(db, "hours", hours);
  db.exec(`DELETE FROM hours WHERE CAST(name AS INTEGER) < ${firstHour(at)}`);
  return { created, before };
}

/** The reports of the groups that had to go. */
function makeRoom(db: Database, maxGroups: number): number {
  const over = Number(db.get("SELECT count(*) AS n FROM groups")?.["n"]) - maxGroups;
  if (over <= 0) return 0;
  const rarest = `SELECT id FROM groups ORDER BY worth LIMIT ${over}`;
  const evicted = Number(db.get(`SELECT sum(count) AS n FROM groups WHERE id IN (${rarest})`)?.["n"]);
  db.exec(`DELETE FROM groups WHERE id IN (${rarest})`);
  return evicted;
}

type CountTable = "totals" | "hours";

function addCounts(db: Database, table: CountTable, added: Iterable<readonly [string, number]>): void {
  const sql = `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count`;
  insert(
    db,
    sql,
    [...added].filter(([, count]) => count > 0),
  );
}

function counts(db: Database, table: CountTable): (readonly [string, number])[] {
  return db.all(`SELECT name, count FROM ${table}`).map(({ name, count }) => [String(name), Number(count)] as const);
}

function insert(db: Database, sql: string, rows: Iterable<readonly Value[]>): void {
  const statement = db.prepare(sql);
  try {
    for (const row of rows) statement.run(row);
  } finally {
    statement.finalize();
  }
}
