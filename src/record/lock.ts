import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Milliseconds after which a lock is that of a process that has ended: a recording is written in less. */
const LOCK_AGE = 30_000;
const LOCK_PAUSE = 20;

/** What `rename` says of a folder that is not empty: on Windows, of each folder. */
const HELD: ReadonlySet<string> = new Set(["ENOTEMPTY", "EEXIST", ...(process.platform === "win32" ? ["EPERM", "EACCES"] : [])]);

/**
 * Waits until no other process has a lock, and takes it. The lock is a folder with one file, whose name no other holder has. A holder's whole
 * folder is moved to the place of the lock, which fails while a file is in there; and whoever gives a lock up, or ends that of a process
 * that has ended, removes the file of this holder and no other's. So of several processes that find the same old lock, one gets it.
 *
 * @param path of the lock, in a folder that exists.
 * @returns a function that gives the lock up.
 * @throws the error of the file system (the promise rejects), also where others have had the lock for a minute.
 */
export async function takeLock(path: string): Promise<() => void> {
  const holder = randomBytes(8).toString("hex");
  const own = `${path}.${holder}`;
  const end = Date.now() + 2 * LOCK_AGE;
  mkdirSync(own);
  try {
    writeFileSync(join(own, holder), "");
    while (!moved(own, holder, path, end)) {
      endOld(path);
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE));
    }
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    throw error;
  }
  return () => {
    rmSync(join(path, holder), { force: true });
    removeEmpty(path);
  };
}

/** Whether the folder of a holder is at the place of the lock now. The age of a lock counts from here. */
function moved(own: string, holder: string, path: string, end: number): boolean {
  const now = new Date();
  utimesSync(join(own, holder), now, now);
  try {
    renameSync(own, path);
    return true;
  } catch (error) {
    if (HELD.has((error as NodeJS.ErrnoException).code ?? "") && now.getTime() < end) return false;
    throw error;
  }
}

/** Removes the holder of a lock that is too old. */
function endOld(path: string): void {
  for (const holder of namesIn(path)) {
    const since = statSync(join(path, holder), { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > LOCK_AGE) rmSync(join(path, holder), { force: true });
  }
  // Windows moves no folder to the place of an empty one.
  removeEmpty(path);
}

/** The lock may have been given up meanwhile. */
function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Another process has the lock.
  }
}
