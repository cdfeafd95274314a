import { policyError } from "../../errors.js";
import { awaited, type OptionSchemas, readOptions, shown } from "../../values/options.js";
import { show } from "../../values/text.js";
import { selectGroups } from "../filter.js";
import { newSalt } from "../fingerprint.js";
import { statsOf } from "../limits.js";
import { addBatch, insert, setIgnored } from "./sqlite-add.js";
import { checkPlace, type Database, loadDriver, type Open } from "./sqlite-drivers.js";
import {
  DEFAULT_MAX_GROUPS,
  isHourName,
  maxGroupsSchema,
  type ReportStore,
  type StoreOptions,
  timelineOf,
  tooManyIgnored,
} from "./store.js";
import { type CorruptionOptions, corruptionListener, corruptionReporter, readCounts, readRecords } from "./stored.js";
import { turnsAt } from "./turns.js";

/** What {@link sqliteStore} takes besides the file. */
export interface SqliteStoreOptions extends StoreOptions, CorruptionOptions {}

const OPTIONS: OptionSchemas<SqliteStoreOptions> = () => ({ maxGroups: maxGroupsSchema(), onCorrupt: corruptionListener() });

const TABLES = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, count INTEGER, worth REAL, record TEXT);
  CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS hours (name TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ignored (name TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS writers (id TEXT PRIMARY KEY, seq INTEGER, at INTEGER) WITHOUT ROWID`;

/**
 * Keeps reports in a file, for the processes of one machine: they take turns, and the command line may read while a site writes. Uses the
 * SQLite of Node 22.13 and newer, and `node-sqlite3-wasm` on older versions; both may write the same file. The folder `<file>.turn` records
 * which process may write, and is not deleted; another program should read a copy of the file. The file must be on a disk of this machine.
 *
 * @param file its path; it is created where it does not exist.
 * @param options all optional.
 * @returns a promise. It rejects with a PolicyError where the path or an option is wrong, the folder does not exist or there is no SQLite,
 *   and with SQLite's own error where the file is not a database. Every method rejects where another process keeps the turn for about a
 *   minute.
 */
export async function sqliteStore(file: string, options: SqliteStoreOptions = {}): Promise<ReportStore> {
  if (typeof file !== "string" || file === "" || file === ":memory:" || file.includes("\0")) {
    throw policyError("invalid-value", ["sqliteStore"], `${shown(file)} is not a path`, awaited(file, 'Write sqliteStore("reports.db").'));
  }
  const { maxGroups = DEFAULT_MAX_GROUPS, onCorrupt } = readOptions<SqliteStoreOptions>("sqliteStore", options, OPTIONS);
  await checkPlace(file);
  const open = await loadDriver();
  const take = turnsAt(`${file}.turn`);
  const use = <T>(work: (db: Database) => T): Promise<T> => retried(() => take(() => once(open, file, work)));
  const salt = await use((db) => {
    db.exec(TABLES);
    insert(db, "INSERT OR IGNORE INTO settings VALUES ('salt', ?)", [[newSalt()]]);
    return String(db.get("SELECT value FROM settings WHERE name = 'salt'")?.["value"]);
  });
  const corrupt = corruptionReporter("sqliteStore", onCorrupt);
  const place = (table: string) => (row: string) => `the row ${show(row)} of the table ${table} in ${show(file)}`;
  const counts = async (table: "totals" | "hours", isName?: (name: string) => boolean) => {
    const rows = await use((db) => db.all(`SELECT name, count FROM ${table}`));
    return readCounts(
      rows.map(({ name, count }) => [String(name), count] as const),
      place(table),
      corrupt,
      isName,
    );
  };

  return {
    salt: async () => salt,
    add: (batch) => use((db) => transaction(db, () => addBatch(db, batch, maxGroups))),
    async groups(filter) {
      const [stored, ignored] = await use((db) => [db.all("SELECT id, record FROM groups"), ignoredIn(db)] as const);
      const rows = stored.map(({ id, record }) => [String(id), record] as const);
      return selectGroups(readRecords(rows, place("groups"), corrupt), filter, new Set(ignored));
    },
    ignored: () => use(ignoredIn),
    async setIgnored(name, isIgnored) {
      const isDone = await use((db) => transaction(db, () => setIgnored(db, name, isIgnored)));
      if (!isDone) throw tooManyIgnored("sqliteStore");
    },
    revision: async () => String((await use((db) => db.get("SELECT count FROM totals WHERE name = 'revision'")))?.["count"] ?? 0),
    stats: async () => statsOf(new Map(await counts("totals"))),
    timeline: async () => timelineOf(await counts("hours", isHourName)),
    close: async () => undefined,
  };
}

function ignoredIn(db: Database): readonly string[] {
  return db.all("SELECT name FROM ignored ORDER BY name").map(({ name }) => String(name));
}

/**
 * Opens the file for one step and closes it again, so that other processes have their turn. The write-ahead log survives a crash: the
 * package's build of SQLite never rolls back the other kind of journal, because it takes its own lock for that of another process. A log
 * without shared memory needs the file for itself.
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
const PAUSE_MS = 20;

/** Repeats a step while the file is locked: the locks of a killed process outlive it a little, and another program may be reading. */
async function retried<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (tries === TRIES || !/\bdatabase is locked\b/.test(String(error))) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
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
