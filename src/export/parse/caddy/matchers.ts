import { contains, isPath } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import { AMBIGUOUS } from "../../targets/caddy.js";
import { LIMITS, type Note, STEPS_OF_A_COPY } from "../limits.js";
import { LOOSE, ofGlob, ofPattern, type Paths } from "../paths.js";
import type { Statement } from "./statements.js";

/** A path, or all below it, that a request may have now; `from` is its original path, if the paths below both are the same. */
export interface Here extends RoutePath {
  readonly from?: string;
}

/** A condition of a matcher: one of several alternatives. */
type Condition =
  | { readonly kind: "paths"; readonly globs: readonly Glob[] }
  | { readonly kind: "pattern"; readonly meant: Paths }
  | { readonly kind: "host"; readonly names: readonly string[] }
  | { readonly kind: "not"; readonly sets: readonly (readonly Condition[])[] }
  /** Matches no path that a route can express. */
  | { readonly kind: "never" }
  | { readonly kind: "unknown" };

interface Glob {
  readonly text: string;
  readonly meant: Paths | undefined;
}

/** A matcher of a directive, inline or named. */
export interface Matcher {
  /** The same text for matchers with the same conditions; empty without conditions. */
  readonly key: string;
  /** Its name in notes. */
  readonly name: string;
  readonly conditions: readonly Condition[];
  /** Its path, if it has exactly one: Caddy sorts by its length. */
  readonly single?: string | undefined;
}

/** A directive's matcher, and the words after it. */
export interface Matched {
  readonly matcher: Matcher;
  readonly rest: readonly string[];
}

export const ALL: Matcher = { key: "", name: "*", conditions: [] };

/** Matchers by name, with the `@`. */
export type Matchers = ReadonlyMap<string, Matcher>;

/** The optional matcher of a directive. */
export function matcherOf({ words, line }: Statement, matchers: Matchers): Matched {
  const [directive = "", first = "", ...rest] = words;
  const unmatched = { matcher: ALL, rest: words.slice(1) };
  if (WITHOUT_MATCHER.has(directive) || (TARGETED.has(directive) && words.length === 2)) return unmatched;
  if (first === "*") return { matcher: ALL, rest };
  if (first.startsWith("/")) return { matcher: matcherOfAll(first, [{ words: ["path", first], line }]), rest };
  if (!first.startsWith("@")) return unmatched;
  return { matcher: matchers.get(first) ?? { key: first, name: `${first}, which is not known`, conditions: [{ kind: "unknown" }] }, rest };
}

const WITHOUT_MATCHER = new Set(["try_files", "import", "tls", "log", "bind", "handle_errors", "invoke"]);
/** Directives whose only argument is not a matcher. */
const TARGETED = new Set(["redir", "rewrite", "root"]);

/** The matchers that a block defines, with those around it. */
export function withMatchers(outer: Matchers, block: readonly Statement[], note: Note): Matchers {
  const own = block.flatMap(({ words, line, block: inner }) => {
    const [name = "", ...rest] = words;
    if (!name.startsWith("@")) return [];
    return [[name, matcherOfAll(name, [...(rest.length > 0 ? [{ words: rest, line }] : []), ...(inner ?? [])])] as const];
  });
  if (own.length === 0) return outer;
  note.spend("work", STEPS_OF_A_COPY * (outer.size + own.length));
  return new Map([...outer, ...own]);
}

function matcherOfAll(name: string, statements: readonly Statement[]): Matcher {
  const conditions = conditionsOf(statements);
  const [one, ...others] = conditions;
  const globs = one?.kind === "paths" && others.length === 0 ? one.globs : [];
  const key = statements.map(({ words, block }) => JSON.stringify([words, block])).sort();
  return { key: key.join(" "), name, conditions, single: globs.length === 1 ? globs[0]?.text : undefined };
}

/** Lines of one kind are alternatives, and all kinds have to match. */
function conditionsOf(statements: readonly Statement[]): readonly Condition[] {
  const argsOf = (kind: string) => statements.flatMap(({ words }) => (words[0] === kind ? words.slice(1) : []));
  const [paths, hosts] = [argsOf("path"), argsOf("host")];
  return [
    ...(paths.length > 0 ? [{ kind: "paths", globs: paths.map(globOf) } as const] : []),
    ...(hosts.length > 0 ? [{ kind: "host", names: hosts.map((host) => host.toLowerCase()) } as const] : []),
    ...notsOf(statements.filter(({ words }) => words[0] === "not")),
    ...statements.filter(({ words }) => !/^(?:path|host|not)$/.test(words[0] ?? "")).map(otherOf),
  ];
}

function notsOf(statements: readonly Statement[]): readonly Condition[] {
  if (statements.length === 0) return [];
  const sets = statements.map(({ words, line, block }) =>
    conditionsOf([
      ...(words.length > 1 ? [{ words: words.slice(1), line, ...(block && { block }) }] : []),
      ...(words.length > 1 ? [] : (block ?? [])),
    ]),
  );
  return [{ kind: "not", sets }];
}

function otherOf({ words }: Statement): Condition {
  if (words[0] === "expression" && words[1] === AMBIGUOUS) return { kind: "never" };
  // An optional slash at the end makes two paths.
  const pattern = (words.at(-1) ?? "").replace(/^([^|()]*)\/\?\$$/, "$1$$|$1/$$");
  const meant = words[0] === "path_regexp" ? ofPattern(pattern) : undefined;
  return meant === undefined ? { kind: "unknown" } : { kind: "pattern", meant };
}

/** Caddy's path matcher is case-insensitive. */
function globOf(text: string): Glob {
  return { text: text.toLowerCase(), meant: ofGlob(text) };
}

/** Called with a path that has to be read separately, and whether its matcher ignores letter case. */
export type Discover = (path: RoutePath, ignoresCase?: boolean) => void;

/** The properties of a request that matchers depend on. */
export interface Asked {
  /** All paths that the request may have; undefined if unknown. */
  readonly here: readonly Here[] | undefined;
  /** Host names of the site; empty if it responds to any. */
  readonly hosts: readonly string[];
  /** Host names that are read as separate sites. */
  readonly apart: readonly string[];
  readonly discover: Discover;
  readonly note: Note;
}

/** Whether it matches; a string is the reason why this is unknown. */
export type Fit = boolean | string;

/** Whether the matcher matches all of these requests, or none of them. */
export function fits(matcher: Matcher, asked: Asked): Fit {
  return all(matcher.conditions.map((condition) => fitOf(condition, asked, matcher.name)));
}

function all(fits: readonly Fit[]): Fit {
  if (fits.includes(false)) return false;
  return fits.find((fit) => fit !== true) ?? true;
}

function any(fits: readonly Fit[]): Fit {
  if (fits.includes(true)) return true;
  return fits.find((fit) => fit !== false) ?? false;
}

const opposite = (fit: Fit): Fit => (typeof fit === "string" ? fit : !fit);

function fitOf(condition: Condition, asked: Asked, name: string): Fit {
  if (condition.kind === "not") return all(condition.sets.map((set) => opposite(all(set.map((one) => fitOf(one, asked, name))))));
  if (condition.kind === "host") return any(condition.names.map((host) => isHost(host, asked, name)));
  if (condition.kind === "never") return false;
  if (condition.kind === "unknown") return conditional(name);
  const { here, note } = asked;
  if (here === undefined) return `matches ${name}, but the path has changed by then`;
  const globs = condition.kind === "pattern" ? [{ text: undefined, meant: condition.meant }] : condition.globs;
  note.spend("work", here.length * globs.reduce((sum, { meant }) => sum + 1 + (meant?.paths.length ?? 0), 0));
  const each = here.map((one) => any(globs.map((glob) => isAt(glob, one, asked, name))));
  const [first = false] = each;
  return each.every((fit) => fit === first) ? first : `matches ${name}, but the path may have changed by then`;
}

const conditional = (name: string) => `applies under a condition (${name})`;

function isHost(host: string, { hosts, apart }: Asked, name: string): Fit {
  if (hosts.length > 0 && hosts.every((one) => one === host)) return true;
  if (apart.includes(host)) return false;
  const maybe =
    hosts.length === 0 || [host, ...hosts].some((one) => one.includes("{")) || hosts.some((one) => covers(one, host) || covers(host, one));
  return maybe ? conditional(name) : false;
}

/** Whether the name of a site, such as `*.example.com`, includes the other one. */
export function covers(name: string, host: string): boolean {
  const labels = [name.split("."), host.split(".")] as const;
  return labels[0].length === labels[1].length && labels[0].every((label, index) => label === "*" || label === labels[1][index]);
}

function isAt(
  { text, meant }: { readonly text: string | undefined; readonly meant: Paths | undefined },
  here: Here,
  asked: Asked,
  name: string,
): Fit {
  if (meant === undefined || meant.paths.length > LIMITS.paths) return text === undefined ? conditional(name) : isLike(text, here, name);
  const lower = text === undefined ? (path: RoutePath) => path : ({ path, below }: RoutePath) => ({ path: path.toLowerCase(), below });
  const own = lower(here);
  // A path that equals the removed prefix becomes empty: Caddy 2.6 does not treat that as /, newer versions do.
  if (own.path === "") return meant.paths.some(({ path }) => path === "/") ? `matches ${name}, but no path is left here` : false;
  if (meant.paths.some((one) => contains(lower(one), own))) return true;
  const begins = meant.loose && meant.paths.some(({ path, below }) => !below && own.path.startsWith(lower({ path, below }).path));
  // Which part of a pattern matched loosely is unknown.
  if (begins) return text !== undefined || LOOSE;
  const inside = meant.paths.filter((one) => contains(own, lower(one)));
  for (const { path, below } of inside) {
    const there = here.from === undefined ? undefined : here.from + path.slice(here.path.length);
    if (there === undefined || !isPath(there)) return conditional(name);
    asked.discover({ path: there, below }, text !== undefined);
    // Upper case matches lower case too, which is more likely to be requested.
    if (text !== undefined) asked.discover({ path: there.toLowerCase(), below }, true);
  }
  return inside.length > 0 && meant.loose ? LOOSE : false;
}

/** Whether one path matches a pattern that no route can express. */
function isLike(glob: string, { path, below }: Here, name: string): Fit {
  const parts = glob.split("*");
  const [before = "", after = "", ...more] = parts;
  const own = path.toLowerCase();
  const plain = !/[?[\]{}\\%]/.test(glob);
  if (plain && before === "" && !below) {
    if (more.length === 0) return own.endsWith(after);
    if (more.length === 1 && more[0] === "") return own.includes(after);
  }
  // If the beginning differs, the pattern never matches.
  if (plain && before !== "" && !own.startsWith(before) && !(below && before.startsWith(own))) return false;
  return name.startsWith("@") ? conditional(name) : `matches ${name}, which no Portcullis path can express`;
}
