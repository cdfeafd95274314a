import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * A lock on a file for several processes; Node 20 has no lock of the operating system.
 *
 * A folder beside the file always has one entry, whose name is `free` or names the process that has the turn. Taking the turn, returning
 * it and taking it over are the same step: renaming that entry. It succeeds for one process only, because the old name then no longer
 * exists, and a holder's name is never used twice. So many processes may try to take over the turn of a killed one, and one gets it.
 *
 * @param folder created where it does not exist; its parent must be on a disk of this machine.
 * @returns a function that waits for the turn, runs the work, which must be synchronous, and returns the turn. It rejects with the error
 *   of the work, and with an Error where another process that is alive keeps the turn for about a minute.
 */
export function turnsAt(folder: string): <T>(work: () => T) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(async () => during(folder, await taken(folder), work));
    last = done.catch(() => undefined);
    return done;
  };
}

/** Takes the turn; returns the name under which it is held. */
async function taken(folder: string): Promise<string> {
  const mine = await newHolder();
  let seen: string | undefined;
  for (let polls = 0; polls < PATIENCE; polls += 1) {
    const holder = await holderIn(folder);
    if (holder !== seen) polls = 0;
    seen = holder;
    const state = holder === undefined ? "missing" : await stateOf(holder, mine);
    if (state === "missing") await createTurn(folder);
    // Whether that process is alive cannot be seen from here; after so long it is taken to have ended.
    const isOver = state === "free" || (state === "unknown" && polls === PATIENCE - 1);
    if (isOver && (await moved(folder, holder as string, mine))) return mine;
    if (state === "alive" || state === "unknown" || polls > 0) await pause();
  }
  const why = seen === undefined ? "has no entry of a turn; delete it" : `is held by process ${pidOf(seen)}, which is alive`;
  throw new Error(`waited for a minute: ${folder} ${why}`);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE * (0.5 + Math.random())));
}

const FREE = "free";
const PAUSE = 20;

/** About a minute, counted in polls: the clock goes on while this process is stopped. */
const PATIENCE = 3_000;

async function during<T>(folder: string, mine: string, work: () => T): Promise<T> {
  try {
    return work();
  } finally {
    await moved(folder, mine, FREE);
  }
}

/** The entry; undefined where the folder does not exist, or the entry is just being renamed. */
async function holderIn(folder: string): Promise<string | undefined> {
  try {
    return (await readdir(folder)).find((name) => HOLDER.test(name));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const HOLDER = /^(?:free|\d{1,10}-(?:x|\d{1,20})-[\da-f]{16}-[\da-f]{16})$/;

/** Creates the folder with its entry in one step. That fails where the folder exists: one that is not empty is not replaced. */
async function createTurn(folder: string): Promise<void> {
  const made = `${folder}-${randomBytes(8).toString("hex")}`;
  await mkdir(made);
  try {
    await writeFile(join(made, FREE), "");
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    // On Windows the code is EPERM.
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error)) || !existsSync(folder)) throw error;
  }
}

/** Renames the entry; false where another process was faster. */
async function moved(folder: string, from: string, to: string): Promise<boolean> {
  try {
    await rename(join(folder, from), join(folder, to));
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

/** `pid-started-place-random`. Of a process in the same place it can be determined whether it is alive. */
async function newHolder(): Promise<string> {
  identity ??= identify();
  return `${await identity}-${randomBytes(8).toString("hex")}`;
}

let identity: Promise<string> | undefined;

async function identify(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  // Process ids are unique within one namespace, until the machine restarts.
  const place = createHash("sha256").update(`${boot} ${namespace} ${hostname()}`).digest("hex").slice(0, 16);
  const started = (await processStat(process.pid))?.started ?? NOT_KNOWN;
  return `${process.pid}-${started}-${place}`;
}

const NOT_KNOWN = "x";

const pidOf = (holder: string): number => Number.parseInt(holder, 10);

/**
 * `"free"`: no process has the turn, or its process has ended. `"alive"`: its process runs. `"unknown"`: it cannot be seen from here, for
 * example because it runs in another container.
 */
async function stateOf(holder: string, mine: string): Promise<"free" | "alive" | "unknown"> {
  if (holder === FREE) return "free";
  const [, started, place] = holder.split("-");
  const [ourPid, , ourPlace] = mine.split("-");
  const pid = pidOf(holder);
  if (place !== ourPlace || !(pid > 0)) return "unknown";
  // Another thread of this process, which may have ended.
  if (String(pid) === ourPid && mine.startsWith(`${pid}-${started}-`)) return "unknown";
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return "free";
  }
  const stat = await processStat(pid);
  if (stat === undefined || started === NOT_KNOWN) return "alive";
  // Another process has the id now; or this one has ended, and its parent has not read its exit code.
  return stat.started !== started || /[ZX]/.test(stat.state) ? "free" : "alive";
}

/** The state and the start time of a process, on Linux; proc(5). */
async function processStat(pid: number): Promise<{ readonly state: string; readonly started: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses, which may contain any character.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}
