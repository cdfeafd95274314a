import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * Turns at a file, for processes that share no lock of the operating system: Node 20 has none to offer.
 *
 * A folder beside the file always holds one entry, whose name says who has the turn: `free`, or the holder. Taking, handing back and
 * taking over are one and the same step, the renaming of that entry. It succeeds for one process only, because the name that it starts
 * from is then gone; a holder's name is never used twice. So a turn that was left by a killed process can be taken over by many at
 * once, and one gets it.
 *
 * @param folder made where it is not there; its parent has to be on a disk of this machine.
 * @returns a function that waits for the turn, does the work, which must be synchronous, and hands the turn back. It rejects with what
 *   the work throws, and with an Error where a process that is alive keeps the turn for about a minute.
 */
export function turnsAt(folder: string): <T>(work: () => T) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(async () => during(folder, await taken(folder), work));
    last = done.catch(() => undefined);
    return done;
  };
}

/** Takes the turn; the name under which it is held. */
async function taken(folder: string): Promise<string> {
  const mine = await newHolder();
  let seen: string | undefined;
  for (let polls = 0; polls < PATIENCE; polls += 1) {
    const holder = await holderIn(folder);
    if (holder !== seen) polls = 0;
    seen = holder;
    const state = holder === undefined ? "missing" : await stateOf(holder, mine);
    if (state === "missing") await lay(folder);
    // Nobody here can see whether that process lives: whoever keeps a turn for so long does not.
    const isOver = state === "free" || (state === "unknown" && polls === PATIENCE - 1);
    if (isOver && (await moved(folder, holder as string, mine))) return mine;
    if (state === "alive" || state === "unknown" || polls > 0) await pause();
  }
  const why = seen === undefined ? "holds something else; delete it" : `is kept by process ${pidOf(seen)}, which is alive`;
  throw new Error(`waited for a minute: ${folder} ${why}`);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE * (0.5 + Math.random())));
}

const FREE = "free";
const PAUSE = 20;

/** Polls, not milliseconds: a process that was stopped must not take a clock that went on for patience. About a minute. */
const PATIENCE = 3_000;

async function during<T>(folder: string, mine: string, work: () => T): Promise<T> {
  try {
    return work();
  } finally {
    await moved(folder, mine, FREE);
  }
}

/** The one entry; undefined where there is no folder, or where it was being renamed just now. */
async function holderIn(folder: string): Promise<string | undefined> {
  try {
    return (await readdir(folder)).find((name) => HOLDER.test(name));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const HOLDER = /^(?:free|\d{1,10}-(?:x|\d{1,20})-[\da-f]{16}-[\da-f]{16})$/;

/** Makes the folder with its entry in one step, which fails where there is one already: a folder that is not empty is not replaced. */
async function lay(folder: string): Promise<void> {
  const made = `${folder}-${randomBytes(8).toString("hex")}`;
  await mkdir(made);
  try {
    await writeFile(join(made, FREE), "");
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    // Windows says EPERM for it.
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error)) || !existsSync(folder)) throw error;
  }
}

/** Renames the entry; false where somebody else was faster. */
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

/** `pid-started-place-random`: where the place is our own, we can tell whether that process still lives. */
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
  // Process ids mean something within one namespace, and between one start of the machine and the next.
  const place = createHash("sha256").update(`${boot} ${namespace} ${hostname()}`).digest("hex").slice(0, 16);
  const started = (await processStat(process.pid))?.started ?? NOT_KNOWN;
  return `${process.pid}-${started}-${place}`;
}

const NOT_KNOWN = "x";

const pidOf = (holder: string): number => Number.parseInt(holder, 10);

/** Whether the turn is free, because its holder's process is over or nobody has it; the process alive; or in another container, say, where nobody here can see it. */
async function stateOf(holder: string, mine: string): Promise<"free" | "alive" | "unknown"> {
  if (holder === FREE) return "free";
  const [, started, place] = holder.split("-");
  const [ourPid, , ourPlace] = mine.split("-");
  const pid = pidOf(holder);
  if (place !== ourPlace || !(pid > 0)) return "unknown";
  // Another thread of this process, which may have been terminated.
  if (String(pid) === ourPid && mine.startsWith(`${pid}-${started}-`)) return "unknown";
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return "free";
  }
  const stat = await processStat(pid);
  if (stat === undefined || started === NOT_KNOWN) return "alive";
  // The id belongs to another process by now; or this one is dead and nobody has asked for its exit code yet.
  return stat.started !== started || /[ZX]/.test(stat.state) ? "free" : "alive";
}

/** State and start of a process, on Linux; proc(5). */
async function processStat(pid: number): Promise<{ readonly state: string; readonly started: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}
