import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { globSync } from "tinyglobby";
import type { ConfigFormat, ConfigText, ReadFiles } from "../export/parse/index.js";
import { LONGEST } from "./input.js";

/**
 * Reads the files that a configuration includes: those below the folder of the file itself, and below further folders.
 *
 * @param main the file that the command was given.
 * @param folders further ones that may be read.
 */
export function includesOf(format: ConfigFormat, main: string, folders: readonly string[]): ReadFiles {
  const root = dirname(main);
  const allowed = [root, ...folders].map(realOf).filter((folder) => folder !== undefined);
  const isAllowed = (path: string) =>
    allowed.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));

  const read = (path: string): ConfigText | string => {
    const real = realOf(path);
    if (real === undefined) return `${path} is not there`;
    if (!isAllowed(real)) return `${path} lies outside ${root}: --include-from ${dirname(real)} reads it`;
    const stats = statSync(real);
    if (!stats.isFile()) return `${path} is no file`;
    if (stats.size > LONGEST.config) return `${path} is longer than ${LONGEST.config} bytes`;
    return { path, text: readFileSync(real, "utf8").replace(/^\ufeff/, "") };
  };

  return (pattern, from) => {
    // A Caddyfile includes what lies beside it; the others what lies beside the first file.
    const base = format === "caddy" && from !== undefined ? dirname(from) : root;
    const whole = isAbsolute(pattern) ? pattern : join(base, pattern);
    const below = format === "apache" && isFolder(whole) ? join(whole, "*") : whole;
    if (!/[*?[]/.test(below)) return [read(below)];
    // From the first star on; a folder above what may be read is not walked through.
    const folder = dirname(`${below.slice(0, below.search(/[*?[]/))}x`);
    const real = realOf(folder);
    if (real === undefined) return [];
    if (!isAllowed(real)) return [`${folder} lies outside ${root}: --include-from ${real} reads it`];
    const found = globSync(relative(folder, below).replaceAll("**", "*"), {
      cwd: resolve(folder),
      braceExpansion: false,
      expandDirectories: false,
      followSymbolicLinks: true,
      extglob: false,
    });
    return found.sort().map((name) => read(join(folder, name)));
  };
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  const real = realOf(path);
  return real !== undefined && statSync(real).isDirectory();
}
