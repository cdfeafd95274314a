import { isPath } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import type { Directive } from "./lines.js";

/** A line with an internal redirect: the sections of the final path apply. */
export interface Turn {
  readonly line: number;
  /** The final path; undefined if it depends on the request. */
  readonly target: RoutePath | undefined;
  /** Whether it redirects all paths that are not files, as in single-page applications. */
  readonly fallback: boolean;
  /** Whether only the file changes: `<Location>` still matches the requested path. */
  readonly fileOnly: boolean;
}

/** The redirects of some lines. */
export interface Turns {
  readonly inside: readonly Turn[];
  /** Lines that redirect before `<Directory>` sections are evaluated. */
  readonly early: readonly number[];
  /** Names of the index files of a folder. */
  readonly indexes: readonly string[];
}

/** @param inFolder whether the lines are in a folder section or a `.htaccess`. */
export function turnsIn(directives: readonly Directive[], inFolder: boolean): Turns {
  const inside: Turn[] = [];
  const early: number[] = [];
  let indexes: readonly string[] = ["index.html"];
  let rewrites = true;
  const walk = (some: readonly Directive[], folder: boolean): void => {
    let conditions: string[] = [];
    for (const one of some) {
      const { name, args, line, block } = one;
      if (name === "virtualhost") continue;
      if (block !== undefined) walk(block, folder || /^(?:directory|files|location|proxy|if|else)/.test(name));
      if (name === "directoryindex") indexes = args[0] === "disabled" ? [] : args;
      if (name === "rewriteengine") rewrites = /^on$/i.test(args[0] ?? "");
      if (name === "rewritecond") conditions.push(args.join(" "));
      if (/^redirect/.test(name) && !folder) early.push(line);
      if (name === "rewriterule" && rewrites) {
        const turn = rewriteOf(one, folder, conditions);
        if (turn === "redirect") early.push(...(folder ? [] : [line]));
        else if (turn !== undefined) inside.push(turn);
      }
      if (name === "rewriterule") conditions = [];
      const target = name === "errordocument" ? args[1] : name === "fallbackresource" ? args[0] : undefined;
      if (target?.startsWith("/")) inside.push({ line, target: placeOf(target), fallback: name === "fallbackresource", fileOnly: false });
    }
  };
  walk(directives, inFolder);
  return { inside, early, indexes };
}

function rewriteOf({ args, line }: Directive, folder: boolean, conditions: readonly string[]): Turn | "redirect" | undefined {
  const [from = "", to = "-", written = ""] = args;
  const flags = written
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((one) => one.trim().toUpperCase());
  const has = (...names: readonly string[]) => flags.some((flag) => names.includes(flag.split("=")[0] ?? ""));
  if (has("F", "FORBIDDEN", "G", "GONE", "P", "PROXY") || to === "-") return undefined;
  if (has("R", "REDIRECT") || /^[a-z]+:\/\//i.test(to)) return "redirect";
  const fileOnly = !folder && !has("PT", "PASSTHROUGH");
  // Existing files were excluded by an earlier line.
  const fallback = /^\^?(?:\(?\.[*+]\)?\$?|\.)?$/.test(from) || conditions.some((one) => /!-[fd]$/i.test(one));
  return { line, target: placeOf(to.startsWith("/") ? to : `/${to.replace(/^\.\//, "")}`), fallback, fileOnly };
}

/** `/index.php/$1` means all paths below `/index.php/`. */
function placeOf(written: string): RoutePath | undefined {
  const [path = ""] = written.split(/[?#]/, 1);
  const [fixed = ""] = path.split(/[$%]/);
  if (fixed === path) return isPath(path) ? { path, below: false } : undefined;
  const folder = fixed.slice(0, fixed.lastIndexOf("/") + 1);
  return folder.length > 1 && isPath(folder) ? { path: folder, below: true } : undefined;
}
