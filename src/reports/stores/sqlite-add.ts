import type { GroupRecord } from "../group.js";
import { withinRefusalNames } from "../limits.js";
import { addRecord, packRecord, worthOf } from "../record.js";
import type { Database, Row, Statement, Value } from "./sqlite-drivers.js";
import { type Batch, firstHour, MOST_IGNORED, WRITERS, type Written } from "./store.js";
import { readRecord } from "./stored.js";

/** Adds a batch, within a transaction. A stored group that cannot be read is replaced, and counted as `store-lost`. */
export function addBatch(db: Database, { writer, seq, at, groups, totals, hours }: Batch, maxGroups: number): Written {
  const before = Number(db.get("SELECT seq FROM writers WHERE id = ?", [writer])?.["seq"] ?? 0);
  if (before >= seq) return { created: [], before };
  insert(db, "INSERT OR REPLACE INTO writers VALUES (?, ?, ?)", [[writer, seq, at]]);
  db.exec(`DELETE FROM writers WHERE id NOT IN (SELECT id FROM writers ORDER BY at DESC LIMIT ${WRITERS})`);
  const { records, created, lost } = merged(db, groups);
  insert(
    db,
    "INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?)",
    records.map((record) => [record.id, record.count, worthOf(record), JSON.stringify(packRecord(record))]),
  );
  const known = db.all("SELECT name FROM totals").map(({ name }) => String(name));
  addCounts(db, "totals", [
    ...withinRefusalNames(known, totals),
    ["store-lost", lost],
    ["evicted", makeRoom(db, maxGroups)],
    ["revision", 1],
  ]);
  addCounts(db, "hours", hours);
  db.exec(`DELETE FROM hours WHERE CAST(name AS INTEGER) < ${firstHour(at)}`);
  return { created, before };
}

/** The groups with what is stored of them; which are new, and how many of these replace one that cannot be read. */
function merged(db: Database, groups: readonly GroupRecord[]) {
  const created: string[] = [];
  let lost = 0;
  const records = withStatement(db, "SELECT record FROM groups WHERE id = ?", (find) =>
    groups.map((group) => {
      const stored = storedIn(find.get([group.id]), group.id);
      if (stored === undefined || "problem" in stored) {
        created.push(group.id);
        if (stored !== undefined) lost += 1;
        return group;
      }
      addRecord(stored, group);
      return stored;
    }),
  );
  return { records, created, lost };
}

function storedIn(row: Row | null, id: string): ReturnType<typeof readRecord> | undefined {
  return row === null ? undefined : readRecord(id, row["record"]);
}

/** Removes the groups that are worth least; returns how many reports they had. */
function makeRoom(db: Database, maxGroups: number): number {
  const over = Number(db.get("SELECT count(*) AS n FROM groups")?.["n"]) - maxGroups;
  if (over <= 0) return 0;
  const least = `SELECT id FROM groups ORDER BY worth LIMIT ${over}`;
  const evicted = Number(db.get(`SELECT sum(count) AS n FROM groups WHERE id IN (${least})`)?.["n"]);
  db.exec(`DELETE FROM groups WHERE id IN (${least})`);
  return evicted;
}

function addCounts(db: Database, table: "totals" | "hours", added: Iterable<readonly [string, number]>): void {
  const sql = `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count`;
  const rows = [...added].filter(([, count]) => count > 0);
  insert(db, sql, rows);
}

/** Ignores something, or stops ignoring it, within a transaction; false where too much is ignored. */
export function setIgnored(db: Database, name: string, isIgnored: boolean): boolean {
  if (isIgnored) {
    const others = db.get("SELECT count(*) AS n FROM ignored WHERE name <> ?", [name])?.["n"];
    if (Number(others) >= MOST_IGNORED) return false;
  }
  insert(db, isIgnored ? "INSERT OR IGNORE INTO ignored VALUES (?)" : "DELETE FROM ignored WHERE name = ?", [[name]]);
  addCounts(db, "totals", [["revision", 1]]);
  return true;
}

/** Runs a statement once for each row of values. */
export function insert(db: Database, sql: string, rows: Iterable<readonly Value[]>): void {
  withStatement(db, sql, (statement) => {
    for (const row of rows) statement.run(row);
  });
}

function withStatement<T>(db: Database, sql: string, work: (statement: Statement) => T): T {
  const statement = db.prepare(sql);
  try {
    return work(statement);
  } finally {
    statement.finalize();
  }
}
