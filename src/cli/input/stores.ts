import { PolicyError } from "../../errors.js";
import type { Group, RedisClient, ReportStore } from "../../reports/index.js";
import { builtInSqlite } from "../../reports/stores/sqlite-drivers.js";
import { Failure } from "../failure.js";
import { READ_SECONDS } from "../limits.js";
import { optionalPackage } from "../optional-package.js";
import { within } from "./within.js";

/** Reads the groups of a SQLite file; throws {@link Failure}. */
export async function groupsOfSqlite(file: string): Promise<readonly Group[]> {
  const open = await sqliteFor(file);
  return readStore(file, () => open(file));
}

/** Opens a SQLite file to write reports to; it is created where it does not exist. Throws {@link Failure}. */
export async function storeAt(file: string): Promise<ReportStore> {
  const open = await sqliteFor(file);
  try {
    return await within(READ_SECONDS, file, open(file));
  } catch (error) {
    if (error instanceof Failure || error instanceof PolicyError) throw error;
    throw new Failure([`${file} cannot be opened: ${reasonOf(error)}.`]);
  }
}

async function sqliteFor(file: string): Promise<(file: string) => Promise<ReportStore>> {
  if (builtInSqlite() === undefined) await load("node-sqlite3-wasm", file);
  return (await import("../../reports/index.js")).sqliteStore;
}

/** The methods used of a client of the package `redis`. */
interface Client extends RedisClient {
  on(event: "error", listener: () => void): this;
  connect(): Promise<unknown>;
  destroy(): void;
}

const CONNECT_MILLISECONDS = 5_000;

/** Reads the groups of a Redis database; throws {@link Failure}, without the password of the address. */
export async function groupsOfRedis(url: string): Promise<readonly Group[]> {
  const { createClient } = (await load("redis", "Redis")) as { createClient(options: object): Client };
  const { redisStore } = await import("../../reports/index.js");
  let client: Client | undefined;
  try {
    return await readStore(url.replace(/\/\/[^@/]*@/, "//"), async () => {
      const socket = { connectTimeout: CONNECT_MILLISECONDS, reconnectStrategy: false };
      client = createClient({ url, socket }).on("error", () => undefined);
      await client.connect();
      return redisStore(client);
    });
  } finally {
    client?.destroy();
  }
}

async function readStore(name: string, openStore: () => Promise<ReportStore>): Promise<readonly Group[]> {
  const groups = async () => {
    const store = await openStore();
    const groups = await store.groups();
    await store.close();
    return groups;
  };
  try {
    return await within(READ_SECONDS, name, groups());
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure([`${name} cannot be read: ${reasonOf(error)}.`]);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "nothing listens there";
  return (message || String(code)).replace(/\.$/, "");
}

/** Imports an optional package; throws {@link Failure} where it is not installed. */
async function load(name: string, what: string): Promise<unknown> {
  const found = await optionalPackage(name);
  if (found === undefined)
    throw new Failure([`${what} is read with the package ${name}, which is not installed. Run npm install ${name}.`]);
  return found;
}
