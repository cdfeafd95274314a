import { lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, systemFailure } from "./failure.js";

/**
 * Writes files into a folder, which is created if needed.
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
  if (!force) {
    const existing = [];
    for (const { path } of all) if (await exists(path)) existing.push(path);
    if (existing.length > 0)
      throw new Failure(
        existing.map((path) => `${path} exists already.`),
        1,
        "Nothing was written. --force overwrites existing files.",
      );
  }
  for (const { path, text } of all) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { flag: force ? "w" : "wx" });
    } catch (error) {
      throw systemFailure(error, path);
    }
  }
  return all.map(({ path }) => path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
