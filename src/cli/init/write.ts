import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { constants, copyFile, type FileHandle, link, lstat, mkdir, open, realpath, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { Failure, systemFailure } from "../failure.js";
import type { NewFile } from "./files.js";

/** Where a file is written. */
interface Place {
  /** From the project's folder, as errors name it. */
  readonly path: string;
  /** The same without symbolic links. */
  readonly at: string;
  /** Folders above it that are missing, the highest first. */
  readonly missing: readonly string[];
  /** The file that is there now. */
  readonly before: Stats | undefined;
}

/**
 * Finds where files of a project are written, and checks that they can be. A repository of somebody else may have any links: nothing is
 * written outside of the project, nor through a link.
 *
 * @param folder the project's folder.
 * @param paths from there, with `/`.
 * @param force whether existing files may be overwritten.
 * @throws {Failure} with every path that is taken, or leads out of the project.
 */
export async function findPlaces(folder: string, paths: readonly string[], force: boolean): Promise<readonly Place[]> {
  const root = await realpath(folder);
  const found: (Place | Wrong)[] = [];
  for (const path of paths) found.push(await placeOf(root, path, force));
  const wrong = [...new Set(found.flatMap((one) => ("wrong" in one ? [one.wrong] : [])))];
  const hint = found.every((one) => !("wrong" in one) || one.isFile) ? " --force overwrites existing files." : "";
  if (wrong.length > 0) throw new Failure(wrong, 1, `Nothing was written.${hint}`);
  return found as readonly Place[];
}

/**
 * Writes the files of a project: all, or none where one of them cannot be written. Each appears with its whole text at once.
 *
 * @param folder the project's folder.
 * @param force whether existing files may be overwritten.
 * @returns the paths of the files.
 * @throws {Failure} as {@link findPlaces} does, or with the error of the operating system.
 */
export async function writeProject(folder: string, files: readonly NewFile[], force: boolean): Promise<readonly string[]> {
  const paths = files.map(({ path }) => path);
  const places = await findPlaces(folder, paths, force);
  /** What takes a step back, and what is left to clean up when all is written. */
  const [undo, finish]: [(() => Promise<unknown>)[], (() => Promise<unknown>)[]] = [[], []];
  let current = "";
  try {
    const drafts: string[] = [];
    for (const [index, place] of places.entries()) {
      current = place.path;
      await makeFolders(place, undo);
      const draft = nameBeside(place);
      undo.push(() => rm(draft, { force: true }));
      await writeDraft(draft, files[index]?.text ?? "", place.before);
      drafts.push(draft);
    }
    for (const [index, place] of places.entries()) {
      current = place.path;
      await publish(drafts[index] ?? "", place, undo, finish);
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error instanceof Failure ? error : systemFailure(error, current);
  }
  for (const step of finish) await step().catch(() => undefined);
  return paths;
}

/** Why a file cannot be written; `isFile` where it would only be overwritten. */
interface Wrong {
  readonly wrong: string;
  readonly isFile: boolean;
}

const refused = (wrong: string): Wrong => ({ wrong, isFile: false });

async function placeOf(root: string, path: string, force: boolean): Promise<Place | Wrong> {
  const missing: string[] = [];
  const parts = path.split("/");
  let at = root;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    const named = parts.slice(0, index + 1).join("/");
    const next = join(at, part);
    const found = await look(next);
    if (found === undefined) missing.push(next);
    const real = found?.isSymbolicLink() ? await realpath(next).catch(() => undefined) : next;
    if (real === undefined || !isWithin(root, real))
      return refused(`${named} is a symbolic link that does not lead to a folder of this project.`);
    if (found !== undefined && !(await look(real))?.isDirectory()) return refused(`${named} is not a folder.`);
    at = real;
  }
  at = join(at, basename(path));
  const before = await look(at);
  if (before?.isSymbolicLink()) return refused(`${path} is a symbolic link, and init writes through none. Delete the link first.`);
  if (before !== undefined && !before.isFile()) return refused(`${path} is ${before.isDirectory() ? "a folder" : "not a regular file"}.`);
  if (before !== undefined && !force) return { wrong: `${path} exists already.`, isFile: true };
  return { path, at, missing, before };
}

/** On Windows, the way to another drive is a whole path. */
const isWithin = (root: string, path: string) => relative(root, path).split(sep)[0] !== ".." && !isAbsolute(relative(root, path));

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw systemFailure(error, path);
  }
}

/** Another name in the same folder, which nobody can guess. */
const nameBeside = ({ at }: Place) => join(dirname(at), `.${basename(at)}.${randomUUID()}.tmp`);

async function makeFolders({ at, path, missing }: Place, undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const folder of missing) {
    try {
      await mkdir(folder);
      // Only if it is empty: what others put there stays.
      undo.push(() => rmdir(folder));
    } catch (error) {
      // Made for the file before, or in between by somebody else.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  if ((await realpath(dirname(at))) !== dirname(at)) throw new Failure([`${dirname(path)} has become a symbolic link.`]);
}

async function writeDraft(draft: string, text: string, before: Stats | undefined): Promise<void> {
  await withFile(draft, async (file) => {
    await file.writeFile(text);
    if (before !== undefined) await file.chmod(before.mode & 0o777);
  });
}

/** Opens a file that does not exist yet; no link is followed. */
async function withFile(path: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o666);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

/** What a file system without hard links says. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Gives a draft its name: in one step, and without `--force` only where nothing has it. */
async function publish(draft: string, place: Place, undo: (() => Promise<unknown>)[], finish: (() => Promise<unknown>)[]): Promise<void> {
  const { at, before } = place;
  if (before === undefined) {
    await link(draft, at).catch((error) => {
      if (!NO_LINKS.has(error.code)) throw error;
      return copyFile(draft, at, constants.COPYFILE_EXCL);
    });
    undo.push(() => rm(at, { force: true }));
    finish.push(() => rm(draft, { force: true }));
    return;
  }
  const kept = nameBeside(place);
  undo.push(() => rm(kept, { force: true }));
  await copyFile(at, kept, constants.COPYFILE_EXCL);
  undo.push(() => rename(kept, at));
  await rename(draft, at);
  finish.push(() => rm(kept, { force: true }));
}
