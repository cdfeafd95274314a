import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, systemFailure } from "./failure.js";

/**
 * Writes files into a folder, which is created if needed: all, or none where one of them cannot be written.
 *
 * @param force whether existing files may be overwritten; otherwise nothing is written if one exists.
 * @returns the paths of the files.
 * @throws {Failure} with every existing file, or with the error of the operating system.
 */
export async function writeFiles(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
  force: boolean,
): Promise<readonly string[]> {
  const all = files.map(({ path, text }) => ({ path: join(folder, path), text }));
  await checkFree(
    all.map(({ path }) => path),
    force,
  );
  const undo: (() => Promise<unknown>)[] = [];
  for (const { path, text } of all) {
    const before = force ? await readFile(path).catch(() => undefined) : undefined;
    const restore = () => (before === undefined ? rm(path, { force: true }) : writeFile(path, before));
    try {
      const made = await mkdir(dirname(path), { recursive: true });
      if (made !== undefined) undo.push(() => rm(made, { recursive: true, force: true }));
      await writeFile(path, text, { flag: force ? "w" : "wx" });
      undo.push(restore);
    } catch (error) {
      // A file that appeared in between belongs to somebody else.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") undo.push(restore);
      for (const step of undo.reverse()) await step().catch(() => undefined);
      throw systemFailure(error, path);
    }
  }
  return all.map(({ path }) => path);
}

/**
 * Checks that files can be written, before the work whose results they are for.
 *
 * @param paths undefined for a file that is not wanted.
 * @throws {Failure} with every file that exists, unless `force` is set.
 */
export async function checkFree(paths: readonly (string | undefined)[], force: boolean): Promise<void> {
  if (force) return;
  const existing: string[] = [];
  for (const path of paths) if (path !== undefined && (await exists(path))) existing.push(path);
  const hint = "Nothing was written. --force overwrites existing files.";
  if (existing.length > 0)
    throw new Failure(
      existing.map((path) => `${path} exists already.`),
      1,
      hint,
    );
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
