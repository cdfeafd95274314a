import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { glob } from "tinyglobby";
import { issueCollector, policyError } from "../errors.js";
import { readOptions } from "../values/legacy-options.js";
import { show } from "../values/text.js";
import { HASH_OPTIONS, type HashOptions, hashCollector, type InlineHashes, type InlineKind } from "./html.js";

/** Where the pages lie, and how they are hashed. */
export interface FilesOptions extends HashOptions {
  /** The folder that globs start from, a path or a `file:` URL; `process.cwd()` unless told otherwise. */
  readonly cwd?: string | URL | undefined;
  /**
   * `"scripts"` or `"styles"` alone; both unless told otherwise. A hash of a style switches `'unsafe-inline'` of `styleSrc` off: take
   * `"scripts"` where styles are to stay as they are.
   */
  readonly only?: InlineKind | undefined;
}

const OPTIONS = {
  ...HASH_OPTIONS,
  only: { fits: (value: unknown) => value === "scripts" || value === "styles", hint: 'Write "scripts" or "styles".' },
  cwd: { fits: (value: unknown) => typeof value === "string" || value instanceof URL, hint: 'Write a folder, such as "dist".' },
};

/**
 * The hashes of the inline scripts and styles of all built pages, as one layer: `securityHeaders("strict", await hashesOf("dist/*.html"))`.
 * For a build step, or at boot; what is hashed is told at `hashInlineScripts` and
 * `hashInlineStyles`.
 *
 * @param globs one or more, with `/` between folders and `**` for all folders below; one that begins with `!` takes files away.
 * @returns a promise of the patch, the same whatever order the file system has: files by their paths, each text once.
 * @throws {PolicyError} (the promise rejects) for a glob that matches no file, for a file that is not UTF-8, and, unless
 *   `onUncovered` is given, with all that no hash covers by file, line and column. What the file system throws goes through.
 */
export async function hashesOf(globs: string | readonly string[], options?: FilesOptions): Promise<InlineHashes> {
  const given = readOptions<FilesOptions>("hashesOf", options, OPTIONS);
  const { cwd = process.cwd() } = given;
  const folder = typeof cwd === "string" ? resolve(cwd) : fileURLToPath(cwd);
  const collector = hashCollector(given, given.only);
  for (const file of await filesOf(readGlobs(globs), folder)) collector.add(await readPage(resolve(folder, file), file), file);
  return collector.hashes();
}

function readGlobs(globs: unknown): readonly string[] {
  const list = typeof globs === "string" ? [globs] : globs;
  if (Array.isArray(list) && list.some((one) => !isExclusion(one)) && list.every((one) => typeof one === "string" && one !== ""))
    return list;
  throw policyError(
    "wrong-type",
    ["hashesOf"],
    `${show(globs)} names no files`,
    'Write a glob, such as "dist/**/*.html", or a list of them.',
  );
}

const isExclusion = (glob: unknown): boolean => typeof glob === "string" && glob.startsWith("!");

/** Each glob has to match: of a page that is passed over, no script would run. */
async function filesOf(globs: readonly string[], cwd: string): Promise<readonly string[]> {
  const { report, throwIfAny } = issueCollector();
  const ignore = globs.filter(isExclusion).map((one) => one.slice(1));
  const files = new Set<string>();
  for (const pattern of globs.filter((one) => !isExclusion(one))) {
    // A folder alone is no glob: it would bring along images and scripts.
    const matched = await glob(pattern, { cwd, ignore, expandDirectories: false });
    const hint = 'Build first, and write a glob such as "dist/**/*.html"; it starts from cwd.';
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
      "is not UTF-8, so that a browser may read another text than was hashed",
      "Save it as UTF-8.",
      cause,
    );
  }
}
