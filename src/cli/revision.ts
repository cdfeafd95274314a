import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { Failure, systemFailure } from "./failure.js";

/** `HEAD~1:policy.json`; a drive letter is no revision. */
const REVISION = /^([^-:][^:]+):([^:]+)$/;

/**
 * Gives the place of a file as git has it, where the word is `rev:path`; undefined where the word is no such thing.
 *
 * The path is below the repository's root, as git itself has it, or, where it begins with `./`, below this folder. A module lies beside
 * its newer version meanwhile, so that what it imports is found: as it is now.
 *
 * @throws {Failure} with what git says.
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

/** The folder, or the one above it that is still there. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}

const LARGEST = 16_000_000;

function git(word: string, args: readonly string[]): Buffer {
  const { error, status, stdout, stderr } = spawnSync("git", args, { maxBuffer: LARGEST });
  if (error !== undefined) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new Failure([`${word}: ${missing ? "git is not installed" : `git failed: ${error.message}`}.`], 2);
  }
  if (status === 0) return stdout;
  const [said = ""] = stderr.toString().split("\n");
  throw new Failure([`${word} is neither a file nor in git: ${said.replace(/^fatal: |\.$/g, "")}.`], 2);
}
