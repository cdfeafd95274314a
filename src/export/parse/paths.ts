import { isPath } from "../../middleware/routes.js";
import type { RoutePath } from "../target.js";
import { LIMITS } from "./limits.js";

/** All paths of a site. */
export const SITE: RoutePath = { path: "/", below: true };

/** The paths that a part of a configuration applies to. */
export interface Paths {
  readonly paths: readonly RoutePath[];
  /** Whether it also matches paths that no route can express: the prefix `/api` also matches `/apiary`. */
  readonly loose?: true;
}

/** Exactly this path. */
export function exactly(path: string): Paths | undefined {
  return isPath(path) ? { paths: [{ path, below: false }] } : undefined;
}

/** The path and all paths below it, as in `<Location>`. */
export function withAllBelow(path: string): Paths | undefined {
  if (!isPath(path)) return undefined;
  if (path.endsWith("/")) return { paths: [{ path, below: true }] };
  return {
    paths: [
      { path, below: false },
      { path: `${path}/`, below: true },
    ],
  };
}

/** All paths that begin with this text. */
export function beginningWith(path: string): Paths | undefined {
  const read = withAllBelow(path);
  return read === undefined || path.endsWith("/") ? read : { ...read, loose: true };
}

/** A path with or without a trailing star. */
export function ofGlob(glob: string): Paths | undefined {
  if (glob === "*") return { paths: [SITE] };
  return glob.endsWith("*") ? beginningWith(glob.slice(0, -1)) : exactly(glob);
}

const ENDS: Readonly<Record<string, (path: string) => Paths | undefined>> = {
  $: exactly,
  "": beginningWith,
  "(/|$)": withAllBelow,
  "(?:/|$)": withAllBelow,
  ".*": beginningWith,
  ".*$": beginningWith,
  "(.*)": beginningWith,
  "(.*)$": beginningWith,
};

/** A regular expression of literal paths, such as `^/api/`, `^/embed$`, or alternatives of them. An unescaped dot is read as a dot. */
export function ofPattern(pattern: string): Paths | undefined {
  const written = alternatives(pattern);
  // Real configurations have fewer, and each takes memory.
  if (written.length > LIMITS.paths) return undefined;
  const read = written.map((one) => {
    const [, start, end] = /^\^((?:[\w\-~!,:@=/]|\.(?![*+?])|\\[^A-Za-z0-9])+)(.*)$/s.exec(one) ?? [];
    if (start === undefined || end === undefined || !Object.hasOwn(ENDS, end)) return undefined;
    return ENDS[end]?.(start.replace(/\\(.)/g, "$1"));
  });
  return read.every((one) => one !== undefined) ? together(read) : undefined;
}

/** Splits at each `|` outside of brackets. */
function alternatives(pattern: string): readonly string[] {
  const pieces = pattern.match(/\\.|[\s\S]/g) ?? [];
  const found = [""];
  let depth = 0;
  for (const piece of pieces) {
    if (piece === "(" || piece === "[") depth += 1;
    else if (piece === ")" || piece === "]") depth -= 1;
    if (piece === "|" && depth === 0) found.push("");
    else found[found.length - 1] += piece;
  }
  return found;
}

/** The union of some paths. */
export function together(read: readonly Paths[]): Paths {
  return { paths: once(read.flatMap(({ paths }) => paths)), ...(read.some(({ loose }) => loose) ? { loose: true } : {}) };
}

function once(paths: readonly RoutePath[]): readonly RoutePath[] {
  return [...new Map(paths.map((one) => [keyOf(one), one])).values()];
}

/** A text that identifies a path. */
export const keyOf = ({ path, below }: RoutePath) => `${path}${below ? "*" : ""}`;

export const LOOSE = "also matches paths that only begin with it, as /apiary with /api: read as the path and all paths below it";
