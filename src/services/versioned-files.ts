import * as z from "zod/mini";
import { checked, expecting } from "../values/schema.js";
import { readSource } from "../values/sources.js";
import { show } from "../values/text.js";
import type { ServiceNeeds } from "./needs.js";
import { oneOfWords, texts } from "./options.js";

/** What a page uses a file for. A module is a script. */
export type FileUse = "script" | "style" | "image" | "font" | "fetch";

/** Options of the recipes for hosts that serve anybody's files. */
export interface VersionedFilesOptions {
  /**
   * The files: the part of each URL after the host, with an exact version. A path that ends in a slash is a folder, and allows all files
   * below it. At most 50.
   */
  readonly packages: readonly string[];
  /** What the page uses them for; a second call can allow other files for another use. Default: `["script"]`. */
  readonly use?: readonly FileUse[] | undefined;
}

/** What is wrong with a path, and the hint. */
export type PathFault = readonly [message: string, hint: string];

interface FilesOf {
  /** The start of every URL, with its last slash. */
  readonly root: string;
  /** A path, for messages. */
  readonly example: string;
  /** What is wrong with the package, version or file of a path. */
  readonly fault: (path: string) => PathFault | undefined;
}

/** In the order of the table of directives. */
const DIRECTIVES = [
  ["script", "scriptSrc"],
  ["style", "styleSrc"],
  ["image", "imgSrc"],
  ["font", "fontSrc"],
  ["fetch", "connectSrc"],
] as const;

/** A complete semantic version, without a range: https://semver.org */
const EXACT = /^\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/;

/** The name of a package or a repository, with its scope or owner. */
const NAME = /^@?[\w.~-]+(?:\/[\w.~-]+)?$/;

/** An empty segment, `.` or `..`: browsers resolve them before they compare. */
const NO_FILE = /(?:^|\/)\.{0,2}(?:\/|$)|%2[ef]/i;

/** Notes of every recipe of versioned files. CSP3 §7.6. */
export const NOTES = [
  "Browsers ignore the path of a source after a redirect: where another allowed host has an open redirect, every file of this host is allowed. An integrity attribute on the page's own tag does not change that; a nonce with 'strict-dynamic' does.",
  "AngularJS and similar libraries run code that is written in the markup: a policy that allows one of them does not stop injected markup.",
] as const;

/** The schemas and the needs of a recipe that allows versioned files of one host. */
export function versionedFiles(files: FilesOf): {
  readonly schemas: () => { readonly packages: z.ZodMiniType; readonly use: z.ZodMiniType };
  readonly needs: (options: VersionedFilesOptions) => ServiceNeeds;
} {
  const list = `[${show(files.example)}]`;
  return {
    schemas: () => ({
      packages: texts(
        checked(`a path such as ${show(files.example)}`, (path) => pathFault(path, files)),
        list,
      ),
      use: z
        .array(oneOfWords("script", "style", "image", "font", "fetch"), expecting('a list such as ["script", "style"]'))
        .check(z.minLength(1, expecting('a list such as ["script", "style"]'))),
    }),
    needs: ({ packages, use = ["script"] }) => {
      const sources = [...new Set(packages)].map((path) => `${files.root}${path}`);
      return { csp: Object.fromEntries(DIRECTIVES.flatMap(([word, key]) => (use.includes(word) ? [[key, sources]] : []))) };
    },
  };
}

function pathFault(path: string, files: FilesOf): PathFault | undefined {
  if (path.startsWith(files.root)) return ["is a whole URL", `Write ${show(path.slice(files.root.length))}.`];
  if (path.includes("://")) return [`is not below ${files.root}`, `Write the part of the URL after ${files.root}.`];
  const [plain = ""] = path.split(/[?#]/, 1);
  if (plain !== path) return ["has a query or a fragment, which CSP does not compare", `Write ${show(plain)}.`];
  const noPath: PathFault = ["is not a path", `Write a path such as ${show(files.example)}.`];
  if (NO_FILE.test(path.replace(/\/$/, ""))) return noPath;
  return files.fault(path) ?? (readSource(`${files.root}${path}`, "policy").kind === "host" ? undefined : noPath);
}

/**
 * What is wrong with `name@version/file`.
 *
 * @param path the name and what follows it.
 * @param prefix the text before the name, for messages.
 * @param depth the number of path segments in the name: 1 for an npm package, 2 for a scoped package or a repository.
 * @param isExact whether a version always means the same files.
 */
export function packageFault(path: string, prefix: string, depth: number, isExact = isExactVersion): PathFault | undefined {
  const parts = path.split("/");
  const named = parts.slice(0, depth).join("/");
  const at = named.indexOf("@", 1);
  const name = at < 0 ? named : named.slice(0, at);
  const version = at < 0 ? undefined : named.slice(at + 1);
  if (!NAME.test(name)) return [`has ${show(name)} for a name`, "Write the name of one package."];
  const meant = [`${prefix}${name}@1.2.3`, ...parts.slice(depth)].join("/");
  const hint = `Write the version that you use: ${show(meant)}.`;
  if (version === undefined) return ["names no version", hint];
  return isExact(version) ? undefined : [`names ${show(version)} in place of an exact version`, hint];
}

/** Whether a text is a complete version, not a range or a tag. */
export function isExactVersion(version: string): boolean {
  return EXACT.test(version);
}
