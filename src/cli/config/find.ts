import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Failure } from "../failure.js";

const NAME = "portcullis.config";

/** Its extensions, for the help and errors. */
export const CONFIG_EXTENSIONS = [".ts", ".mts", ".js", ".mjs", ".cjs", ".json"] as const;

/** What ends the search: the root of a project. */
const ROOTS = ["package.json", ".git"] as const;

/**
 * Finds the configuration file of a project: in the folder, or the nearest one above it, up to one with a package.json or a .git. Outside
 * of a project only the folder itself counts: others may write into the folders above it.
 *
 * @returns its path from the folder, or undefined.
 * @throws {Failure} where a folder has several.
 */
export function findConfig(folder: string): string | undefined {
  for (const at of projectFolders(folder)) {
    const names = namesIn(at);
    if (names.length > 1) throw new Failure([`${names.join(" and ")} are in one folder. Keep one of them, or write --config <file>.`], 2);
    const [only] = names;
    if (only !== undefined) return relative(folder, join(at, only));
  }
  return undefined;
}

/** The folder and those above it, up to the root of the project. */
function projectFolders(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    folders.push(at);
    if (ROOTS.some((name) => existsSync(join(at, name)))) return folders;
    if (at === dirname(at)) return [folder];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    const names = new Set(readdirSync(folder));
    return CONFIG_EXTENSIONS.map((extension) => `${NAME}${extension}`).filter((name) => names.has(name));
  } catch {
    // A folder above that may not be listed has none.
    return [];
  }
}
