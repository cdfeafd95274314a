import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { glob } from "tinyglobby";
import * as z from "zod/mini";
import { issueCollector, policyError } from "../errors.js";
import { checkArgument, type OptionSchemas, readOptions } from "../values/options.js";
import { expecting, listOf, textThat } from "../values/schema.js";
import { show } from "../values/text.js";
import { type HashOptions, hashCollector, hashOptions, type InlineHashes, type InlineKind } from "./html.js";

/** Options of {@link hashesOf}. */
export interface FilesOptions extends HashOptions {
  /** The folder that globs are relative to, a path or a `file:` URL. Default: `process.cwd()`. */
  readonly cwd?: string | URL | undefined;
  /**
   * Only `"scripts"` or only `"styles"`. Default: both. With a hash of a style, browsers ignore `'unsafe-inline'` of `styleSrc`: write
   * `"scripts"` to leave styles unchanged.
   */
  readonly only?: InlineKind | undefined;
}

const OPTIONS: OptionSchemas<FilesOptions> = () => ({
  ...hashOptions(),
  only: z.literal(["scripts", "styles"]),
  cwd: z.custom((value) => typeof value === "string" || isFileUrl(value), expecting("a folder", 'Write a folder, such as "dist".')),
});

function isFileUrl(value: unknown): boolean {
  try {
    return value instanceof URL && fileURLToPath(value) !== "";
  } catch {
    return false;
  }
}

/**
 * The hashes of the inline scripts and styles of all built pages, as one layer: `securityHeaders("strict", await hashesOf("dist/*.html"))`.
 * For a build step, or at boot; see `hashInlineScripts` and `hashInlineStyles` for what is hashed.
 *
 * @param globs one or more, with `/` between folders and `**` for all folders below; one that begins with `!` excludes files.
 * @param options see {@link FilesOptions}.
 * @returns a promise of the patch, with files sorted by path and each text once.
 * @throws {PolicyError} (the promise rejects) for wrong arguments, for a glob that matches no file, for a file that is not UTF-8, and,
 *   without `onUncovered`, with every attribute that no hash covers, by file, line and column. Errors of the file system pass through.
 */
export async function hashesOf(globs: string | readonly string[], options?: FilesOptions): Promise<InlineHashes> {
  const given = readOptions<FilesOptions>("hashesOf", options, OPTIONS);
  const { cwd = process.cwd() } = given;
  const folder = typeof cwd === "string" ? resolve(cwd) : fileURLToPath(cwd);
  const collector = hashCollector(given, given.only);
  for (const file of await filesOf(readGlobs(globs), folder)) collector.add(await readPage(resolve(folder, file), file), file);
  return collector.hashes();
}

/** Characters of one glob, and globs of one call. */
const LONGEST_GLOB = 4_096;
const MOST_GLOBS = 1_000;
const GLOBS = 'Write a glob, such as "dist/**/*.html", or a list of globs.';

function readGlobs(globs: string | readonly string[]): readonly string[] {
  const glob = textThat((text) => text !== "" && text.length <= LONGEST_GLOB, "a glob", GLOBS);
  checkArgument("hashesOf", "globs", globs, typeof globs === "object" ? listOf(glob, "a list of globs", GLOBS, 1) : glob);
  if (globs.length > MOST_GLOBS && typeof globs === "object")
    throw policyError("invalid-value", ["hashesOf", "globs"], `${globs.length} globs are too many`, GLOBS);
  const list = [globs].flat() as readonly string[];
  if (!list.every(isExclusion)) return list;
  throw policyError("missing", ["hashesOf", "globs"], "every glob is an exclusion", GLOBS);
}

const isExclusion = (glob: string): boolean => glob.startsWith("!");

/** Every glob has to match a file: the scripts of a page that is missed would be blocked. */
async function filesOf(globs: readonly string[], cwd: string): Promise<readonly string[]> {
  const { report, throwIfAny } = issueCollector();
  const ignore = globs.filter(isExclusion).map((one) => one.slice(1));
  const files = new Set<string>();
  for (const pattern of globs.filter((one) => !isExclusion(one))) {
    // A folder alone is not a glob: it would match images and scripts too.
    const matched = await glob(pattern, { cwd, ignore, expandDirectories: false });
    const hint = 'Build first, and write a glob such as "dist/**/*.html"; it is relative to cwd.';
    if (matched.length === 0)
      report({ path: ["hashesOf"], code: "missing", message: `no file in ${show(cwd)} matches ${show(pattern)}`, hint });
    for (const file of matched) files.add(file);
  }
  throwIfAny();
  return [...files].sort();
}

async function readPage(path: string, file: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw policyError(
      "unreadable",
      [file],
      "is not UTF-8, and a browser may decode text that differs from what is hashed",
      "Save it as UTF-8.",
      cause,
    );
  }
}
