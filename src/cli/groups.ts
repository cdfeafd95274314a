import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Group, RedisClient, ReportStore } from "../reports/index.js";
import { builtInSqlite } from "../reports/stores/sqlite-drivers.js";
import { bare } from "../values/own.js";
import { Failure, systemFailure } from "./failure.js";
import { LONGEST, parseJson, readInput } from "./input.js";

/**
 * Reads what browsers reported: out of a SQLite file, Redis, or a JSON file with the list that `store.groups()` gives.
 *
 * @throws {Failure} in one line, where it is none of them, cannot be reached, or needs a package that is not installed.
 */
export async function readGroups(word: string): Promise<readonly Group[]> {
  if (/^rediss?:\/\//.test(word)) return fromRedis(word);
  const beginning = await beginningOf(word);
  if (beginning === "SQLite format 3\0") return fromSqlite(word);
  if (/^\ufeff?\s*\[/.test(beginning)) return fromJson(word);
  const hint = "Write reports.db, redis://127.0.0.1:6379, or a JSON file with what store.groups() gives.";
  throw new Failure([`${word} is neither a store of reports nor a list of groups. ${hint}`], 2);
}

async function beginningOf(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16);
      return buffer.subarray(0, bytesRead).toString();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { lines } = systemFailure(error, file);
    throw new Failure(lines, 2);
  }
}

async function fromJson(file: string): Promise<readonly Group[]> {
  const groups = parseJson(await readInput(file, file, LONGEST.groups), file) as readonly unknown[];
  const odd = groups.findIndex((group) => !isGroup(group));
  if (odd < 0) return groups as readonly Group[];
  throw new Failure([`${file}[${odd}] is no group of reports. Write the file with JSON.stringify(await store.groups()).`]);
}

const TEXTS = ["id", "type", "policyHash", "disposition", "directive", "blocked", "route"] satisfies readonly (keyof Group)[];
const NUMBERS = ["count", "firstSeen", "lastSeen", "clients"] satisfies readonly (keyof Group)[];
const LISTS = ["pages", "browsers", "urls", "files", "samples", "days"] satisfies readonly (keyof Group)[];

function isGroup(value: unknown): value is Group {
  if (typeof value !== "object" || value === null) return false;
  // Own properties only.
  const group = bare(value as Readonly<Record<string, unknown>>);
  const counted = (one: { value?: unknown; count?: unknown } | null) => typeof one?.value === "string" && typeof one.count === "number";
  const texts = TEXTS.every((name) => typeof group[name] === "string");
  const lists = LISTS.every((name) => Array.isArray(group[name]) && (group[name] as []).every(counted));
  return texts && lists && NUMBERS.every((name) => typeof group[name] === "number");
}

async function fromSqlite(file: string): Promise<readonly Group[]> {
  if (builtInSqlite() === undefined) await load("node-sqlite3-wasm", file);
  const { sqliteStore } = await import("../reports/index.js");
  return read(file, async () => sqliteStore(file));
}

/** A client of the package `redis`, as far as it is used. */
interface Client extends RedisClient {
  on(event: "error", listener: () => void): this;
  connect(): Promise<unknown>;
  destroy(): void;
}

const CONNECT_TIMEOUT = 5_000;

async function fromRedis(url: string): Promise<readonly Group[]> {
  const { createClient } = (await load("redis", "Redis")) as { createClient(options: object): Client };
  const { redisStore } = await import("../reports/index.js");
  const name = url.replace(/\/\/[^@/]*@/, "//");
  let client: Client | undefined;
  try {
    return await read(name, async () => {
      client = createClient({ url, socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: false } }).on("error", () => undefined);
      await client.connect();
      return redisStore(client);
    });
  } finally {
    client?.destroy();
  }
}

async function read(name: string, openStore: () => Promise<ReportStore>): Promise<readonly Group[]> {
  try {
    const store = await openStore();
    const groups = await store.groups();
    await store.close();
    return groups;
  } catch (error) {
    throw new Failure([`${name} cannot be read: ${reasonOf(error)}.`]);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "nothing listens there";
  return (message || String(code)).replace(/\.$/, "");
}

/** A package that stands in the project, or beside this program; it is not bundled, because not everybody needs it. */
async function load(name: string, what: string): Promise<unknown> {
  try {
    return await import(name);
  } catch {
    try {
      return await import(pathToFileURL(createRequire(join(process.cwd(), "package.json")).resolve(name)).href);
    } catch {
      throw new Failure([`${what} is read with the package ${name}, which is not installed. Run npm install ${name}.`]);
    }
  }
}
