import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { globSync } from "tinyglobby";
import type { ConfigFormat, ConfigText, ReadFiles } from "../../export/parse/index.js";
import { MOST_BYTES } from "../limits.js";

/**
 * Reads the files that a configuration includes: only files in the folder of the configuration, and in further folders.
 *
 * @param main the configuration file.
 * @param folders further folders whose files may be read.
 */
export function includesOf(format: ConfigFormat, main: string, folders: readonly string[]): ReadFiles {
  const root = dirname(main);
  const allowed = [root, ...folders].map(realOf).filter((folder) => folder !== undefined);
  const isAllowed = (path: string) =>
    allowed.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));

  const read = (path: string): ConfigText | string => {
    const real = realOf(path);
    if (real === undefined) return `${path} does not exist`;
    if (!isAllowed(real)) return `${path} is outside ${root}: add --include-from ${dirname(real)} to read it`;
    const stats = statSync(real);
    if (!stats.isFile()) return `${path} is not a file`;
    if (stats.size > MOST_BYTES.configuration) return `${path} is longer than ${MOST_BYTES.configuration} bytes`;
    return { path, text: readFileSync(real, "utf8").replace(/^\ufeff/, "") };
  };

  return (pattern, from) => {
    // A Caddyfile includes files relative to itself; the other formats relative to the first file.
    const base = format === "caddy" && from !== undefined ? dirname(from) : root;
    const whole = isAbsolute(pattern) ? pattern : join(base, pattern);
    const below = format === "apache" && isFolder(whole) ? join(whole, "*") : whole;
    if (!/[*?[]/.test(below)) return [read(below)];
    // Only the part with wildcards is searched: folders that may not be read are not listed.
    const folder = dirname(`${below.slice(0, below.search(/[*?[]/))}x`);
    const real = realOf(folder);
    if (real === undefined) return [];
    if (!isAllowed(real)) return [`${folder} is outside ${root}: add --include-from ${real} to read it`];
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
