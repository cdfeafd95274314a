import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { Failure, systemFailure } from "../failure.js";
import { PROGRAM_SECONDS } from "../limits.js";

/** `HEAD~1:policy.json`; one letter before the colon is a drive. */
const REVISION = /^([^-:][^:]+):([^:]+)$/;

/**
 * Writes a file of a git revision to a temporary file, for a word such as `HEAD~1:policy.json`, and removes it afterwards.
 *
 * The path is relative to the repository's root, as in git, or to the current folder where it begins with `./`. A module is written
 * beside its newer version, so that its imports are found; they are those of today.
 *
 * @param use reads the file; its argument is undefined where the word does not name a revision.
 * @throws {Failure} where git does not have it, or a file cannot be written.
 */
export async function withRevision<T>(word: string, use: (path: string | undefined) => Promise<T>): Promise<T> {
  const [, revision, path] = REVISION.exec(word) ?? [];
  if (revision === undefined || path === undefined || existsSync(word)) return use(undefined);
  const text = git(word, ["show", word]);
  const root = path.startsWith(".") ? process.cwd() : git(word, ["rev-parse", "--show-toplevel"]).toString().trim();
  const kind = extname(path);
  const isModule = /^\.[cm]?[jt]s$/.test(kind);
  const folder = isModule ? nearest(dirname(resolve(root, path))) : await mkdtemp(join(tmpdir(), "portcullis-"));
  const file = join(folder, `.portcullis-${randomBytes(8).toString("hex")}${kind}`);
  try {
    await writeFile(file, text, { flag: "wx" });
    return await use(file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw systemFailure(error, file);
  } finally {
    await rm(isModule ? file : folder, { recursive: true, force: true });
  }
}

/** The folder, or the nearest one above it that exists. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}

/** Bytes that git may print. */
const LARGEST = 16_000_000;

function git(word: string, args: readonly string[]): Buffer {
  const { error, status, stdout, stderr } = spawnSync("git", args, { maxBuffer: LARGEST, timeout: 1_000 * PROGRAM_SECONDS });
  if (error !== undefined) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new Failure([`${word}: ${missing ? "git is not installed" : `git failed: ${error.message}`}.`], 2);
  }
  if (status === 0) return stdout;
  const [said = ""] = stderr.toString().split("\n");
  throw new Failure([`${word} is neither a file nor a revision in git: ${said.replace(/^fatal: |\.$/g, "")}.`], 2);
}
