import { existsSync, lstatSync, readdirSync, type Stats, statSync } from "node:fs";
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
 * @throws {Failure} where a folder has several, or the file of a folder above belongs to another user.
 */
export function findConfig(folder: string): string | undefined {
  for (const at of projectFolders(folder)) {
    const names = namesIn(at);
    if (names.length > 1) throw new Failure([`${names.join(" and ")} are in one folder. Keep one of them, or write --config <file>.`], 2);
    const [only] = names;
    if (only === undefined) continue;
    const found = relative(folder, join(at, only));
    if (at !== folder && isOfOthers(join(at, only), folder)) throw new Failure([`${found} belongs to another user. ${OTHERS}`], 2);
    return found;
  }
  return undefined;
}

const OTHERS = "To use it, write --config <file>; to use none, --no-config.";

/** A package.json in a shared folder, such as /tmp, makes no project of it: what another user put there is not run. */
function isOfOthers(file: string, folder: string): boolean {
  const user = process.getuid?.();
  if (user === undefined) return false;
  const trusted = new Set([0, user, statSync(folder).uid]);
  // A link belongs to whom made it, whatever it leads to.
  const all = [lstatSync(file), statSync(file, { throwIfNoEntry: false })];
  return all.some((one: Stats | undefined) => one !== undefined && !trusted.has(one.uid));
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
