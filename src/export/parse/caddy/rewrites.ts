import { contains, isPath } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import { withAllBelow } from "../paths.js";
import type { Here } from "./matchers.js";

/** Maximum number of paths to which a request is followed. */
const MOST = 20;

/**
 * The paths of a request after `rewrite`, `uri` or `try_files`.
 *
 * @param words the directive and its words, without a matcher.
 * @returns undefined if they are unknown.
 */
export function movedBy(
  [directive, ...args]: readonly string[],
  here: readonly Here[],
  discover: (path: RoutePath) => void,
): readonly Here[] | undefined {
  const [first = "", second = ""] = args;
  const targets = (one: Here): readonly (Here | undefined)[] => {
    if (directive === "rewrite") return [targetOf(first, one)];
    if (directive === "try_files") return args.map((file) => targetOf(file, one));
    if (first === "query") return [one];
    return [first === "strip_prefix" ? without(second, one, discover) : undefined];
  };
  const moved = here.flatMap((one) => [...targets(one), ...(directive === "try_files" ? [one] : [])]);
  return moved.length <= MOST && moved.every((one) => one !== undefined) ? moved : undefined;
}

/** A literal path, or the current path with a prefix. */
function targetOf(text: string, here: Here): Here | undefined {
  const path = text.replace(/[?#].*$/s, "");
  const [, before, after = ""] = /^([^{}]*)\{(?:uri|path|http\.request\.uri(?:\.path)?)\}([^{}]*)$/.exec(path) ?? [];
  if (before !== undefined) {
    // It is followed by another suffix, so that the result may be any path.
    if (after !== "") return undefined;
    const whole = `${before}${here.path}`;
    return isPath(whole) ? { ...here, path: whole } : undefined;
  }
  if (path === "") return here;
  return isPath(path) ? { path, below: false } : undefined;
}

/** The path without a prefix. Paths that only begin with the text of the prefix keep it here, although Caddy removes it. */
function without(prefix: string, here: Here, discover: (path: RoutePath) => void): Here | undefined {
  const all = withAllBelow(prefix)?.paths;
  if (prefix === "" || prefix === "/") return here;
  if (all === undefined) return undefined;
  for (const one of all) {
    if (!contains(here, one) || here.path.startsWith(prefix)) continue;
    const there = here.from === undefined ? undefined : here.from + one.path.slice(here.path.length);
    if (there === undefined || !isPath(there)) return undefined;
    discover({ path: there, below: one.below });
  }
  if (!here.path.startsWith(prefix)) return here;
  const rest = here.path.slice(prefix.length);
  return { ...here, path: rest === "" || rest.startsWith("/") ? rest : `/${rest}` };
}
