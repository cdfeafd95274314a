import { lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, systemFailure } from "./failure.js";

/**
 * Writes files into a folder, which is made where it is not there.
 *
 * @param force whether files that are there may be overwritten; without it nothing at all is written where one is.
 * @returns where they went.
 * @throws {Failure} with every file that is there already, or with what the system refused.
 */
export async function writeFiles(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
  force: boolean,
): Promise<readonly string[]> {
  const all = files.map(({ path, text }) => ({ path: join(folder, path), text }));
  if (!force) {
    const there = [];
    for (const { path } of all) if (await exists(path)) there.push(path);
    if (there.length > 0)
      throw new Failure(
        there.map((path) => `${path} is there already.`),
        1,
        "Nothing was written. --force overwrites.",
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
