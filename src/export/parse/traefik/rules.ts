import type { RoutePath } from "../../target.js";
import { beginningWith, exactly, ofPattern, type Paths, SITE } from "../paths.js";

/** Some paths of some hosts; of all hosts if none is named. */
export interface Alternative {
  readonly hosts: readonly string[];
  readonly paths: readonly RoutePath[];
  readonly loose: boolean;
}

const ALL: Alternative = { hosts: [], paths: [SITE], loose: false };

/** Maximum number of alternatives in one rule; usual rules have a few. */
const MOST = 200;

/** Maximum depth of brackets. */
const MOST_BRACKETS = 20;

/** Reads a rule of Traefik 3, or of 2 with several names in one matcher; undefined if it matches on more than hosts and paths. */
export function alternativesOf(rule: string): readonly Alternative[] | undefined {
  const tokens: readonly string[] = rule.match(/&&|\|\||[!(),]|\w+|`[^`]*`|"[^"]*"|\S/g) ?? [];
  let at = 0;
  const either = (depth: number): readonly Alternative[] | undefined => {
    let found = both(depth);
    while (tokens[at] === "||") {
      at += 1;
      const next = both(depth);
      found = found === undefined || next === undefined || found.length + next.length > MOST ? undefined : [...found, ...next];
    }
    return found;
  };
  const both = (depth: number): readonly Alternative[] | undefined => {
    let found = one(depth);
    while (tokens[at] === "&&") {
      at += 1;
      const next = one(depth);
      found = found === undefined || next === undefined || found.length * next.length > MOST ? undefined : crossed(found, next);
    }
    return found;
  };
  const one = (depth: number): readonly Alternative[] | undefined => {
    const name = tokens[at++] ?? "";
    if (name !== "(") return matcher(name, namesIn());
    const inner = depth > MOST_BRACKETS ? undefined : either(depth + 1);
    return tokens[at++] === ")" ? inner : undefined;
  };
  /** The arguments of a matcher: quoted names, separated by commas. */
  const namesIn = (): readonly string[] => {
    const end = tokens.indexOf(")", at);
    if (tokens[at] !== "(" || end < 0) return [];
    const inner = tokens.slice(at + 1, end);
    at = end + 1;
    const fits = inner.length % 2 === 1 && inner.every((token, index) => (index % 2 === 0 ? /^["`].*["`]$/s.test(token) : token === ","));
    return fits ? inner.filter((token) => token !== ",").map((token) => token.slice(1, -1)) : [];
  };
  const found = either(0);
  return at === tokens.length ? found : undefined;
}

/** The intersection of both; undefined if that would need the intersection of two sets of paths. */
function crossed(some: readonly Alternative[], others: readonly Alternative[]): readonly Alternative[] | undefined {
  const pairs = some.flatMap((one) => others.map((other) => ({ one, other })));
  const isAll = ({ paths }: Alternative) => paths.includes(SITE);
  if (pairs.some(({ one, other }) => (one.hosts.length > 0 && other.hosts.length > 0) || (!isAll(one) && !isAll(other)))) return undefined;
  return pairs.map(({ one, other }) => ({
    hosts: [...one.hosts, ...other.hosts],
    paths: isAll(one) ? other.paths : one.paths,
    loose: one.loose || other.loose,
  }));
}

const PATHS: Readonly<Record<string, (path: string) => Paths | undefined>> = {
  Path: exactly,
  PathPrefix: beginningWith,
  PathRegexp: ofPattern,
};

function matcher(name: string, values: readonly string[]): readonly Alternative[] | undefined {
  if (values.length === 0) return undefined;
  if (name === "Host") return values.map((host) => ({ ...ALL, hosts: [host.toLowerCase()] }));
  if (!Object.hasOwn(PATHS, name)) return undefined;
  const read = values.map((value) => (value === "/" && name === "PathPrefix" ? { paths: [SITE] } : PATHS[name]?.(value)));
  if (!read.every((one) => one !== undefined)) return undefined;
  return read.map(({ paths, loose = false }) => ({ ...ALL, paths, loose }));
}
