import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { own } from "../../values/own.js";
import { parseJson } from "../input/json.js";
import { checkFile, readText } from "../input/text.js";
import { MOST_BYTES } from "../limits.js";
import { hasManager } from "./managers.js";

/** Where a project is in its git repository. */
export interface Repository {
  /** The way to the project from the root of the repository, with `/`; `""` at the root, and outside of a repository. */
  readonly below: string;
  /** The folder whose lock file counts: that of the workspace that the project is in, or the project's own. */
  readonly workspace: string;
  /** The field `packageManager` of the package.json in that folder, of any type. */
  readonly packageManager: unknown;
}

/** Folders that are looked at, the project's own among them. */
const MOST_FOLDERS = 64;

/**
 * Finds the repository and the workspace of a project: in the folders above it, up to the root of the repository and no further.
 *
 * @param folder the project's folder.
 * @param manifest its package.json.
 * @throws {Failure} for a package.json above that cannot be read.
 */
export async function readRepository(folder: string, manifest: object): Promise<Repository> {
  const folders = foldersOf(folder);
  const below = relative(folders.at(-1) ?? folder, folder)
    .split(sep)
    .join("/");
  const packageManager = own(manifest, "packageManager");
  const alone: Repository = { below, workspace: folder, packageManager };
  if (packageManager !== undefined || hasManager((name) => existsSync(join(folder, name)))) return alone;
  for (const at of folders.slice(1)) {
    const above = await readManifest(at, relative(folder, join(at, "package.json")));
    if (own(above, "workspaces") !== undefined || existsSync(join(at, "pnpm-workspace.yaml")))
      return { below, workspace: at, packageManager: own(above, "packageManager") };
  }
  return alone;
}

/** The folder and those above it, up to the root of the repository; the folder alone where there is none. */
function foldersOf(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; folders.length < MOST_FOLDERS; at = dirname(at)) {
    folders.push(at);
    if (existsSync(join(at, ".git"))) return folders;
    if (at === dirname(at)) break;
  }
  return [folder];
}

async function readManifest(folder: string, word: string): Promise<unknown> {
  const path = join(folder, "package.json");
  checkFile(path, word, MOST_BYTES.policy);
  return existsSync(path) ? parseJson(await readText(path, word, { bytes: MOST_BYTES.policy }), word) : {};
}
