import { rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { policyError } from "../../errors.js";
import { show } from "../../values/text.js";

/** The methods used of an open database. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  get(sql: string, values?: readonly Value[]): Row | null;
  all(sql: string, values?: readonly Value[]): readonly Row[];
  close(): void;
}

export interface Statement {
  run(values: readonly Value[]): unknown;
  get(values: readonly Value[]): Row | null;
  finalize(): void;
}

export type Value = string | number;
export type Row = Readonly<Record<string, Value>>;

/** Opens a file; only while this process has the turn at it. */
export type Open = (file: string) => Database;

const PACKAGE = "node-sqlite3-wasm";

/** `node:sqlite` of Node 22.13 and newer. It is not imported, so that bundlers do not look for it. */
export function builtInSqlite(): BuiltIn | undefined {
  return process.getBuiltinModule?.("node:sqlite") as BuiltIn | undefined;
}

/**
 * Loads the SQLite of Node (22.13 and newer), else that of the package. Both write the same files.
 *
 * @throws {PolicyError} where neither exists.
 */
export async function loadDriver(): Promise<Open> {
  const builtIn = builtInSqlite();
  if (builtIn !== undefined) return (file) => adapted(new builtIn.DatabaseSync(file));
  try {
    // Not a literal: bundlers must not look for an optional package.
    const name: string = PACKAGE;
    const { Database, default: whole } = (await import(name)) as { Database?: Packaged; default?: { Database: Packaged } };
    return ofPackage((Database ?? whole?.Database) as Packaged);
  } catch (cause) {
    const hint = `Run npm install ${PACKAGE}, or use Node 22.13 or newer.`;
    throw policyError("missing", ["sqliteStore"], `this Node has no SQLite, and ${PACKAGE} cannot be loaded`, hint, cause);
  }
}

/**
 * Checks the path of a file: the errors of the system and of SQLite name neither the folder nor what to do.
 *
 * @throws {PolicyError} where its folder does not exist, or the path is a folder.
 */
export async function checkPlace(file: string): Promise<void> {
  const folder = dirname(file);
  if ((await isFolder(folder)) === false) {
    throw policyError(
      "missing",
      ["sqliteStore"],
      `the folder ${show(folder)} does not exist`,
      "Create it, or write a path in a folder that exists.",
    );
  }
  if (await isFolder(file)) {
    throw policyError(
      "invalid-value",
      ["sqliteStore"],
      `${show(file)} is a folder`,
      'Write the path of a file: sqliteStore("reports.db").',
    );
  }
}

/** Whether a path is a folder; undefined where that cannot be determined. */
async function isFolder(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "") ? false : undefined;
  }
}

type Packaged = new (file: string) => Database;

/** The package's own lock is a folder, which a killed process leaves behind. For the process that may write, it is always stale. */
function ofPackage(Database: Packaged): Open {
  return (file) => {
    rmSync(`${file}.lock`, { recursive: true, force: true });
    return new Database(file);
  };
}

/** The members used of `node:sqlite`. */
export interface BuiltIn {
  readonly DatabaseSync: new (file: string) => DatabaseSync;
}

interface DatabaseSync {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: Value[]): unknown; get(...values: Value[]): Row | undefined; all(...values: Value[]): Row[] };
  close(): void;
}

function adapted(db: DatabaseSync): Database {
  return {
    exec: (sql) => db.exec(sql),
    prepare(sql) {
      const statement = db.prepare(sql);
      return {
        run: (values) => statement.run(...values),
        get: (values) => statement.get(...values) ?? null,
        finalize: () => undefined,
      };
    },
    get: (sql, values = []) => db.prepare(sql).get(...values) ?? null,
    all: (sql, values = []) => db.prepare(sql).all(...values),
    close: () => db.close(),
  };
}
