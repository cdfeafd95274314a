import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { beginningWith, exactly } from "../paths.js";
import { ifCondition } from "./conditions.js";
import type { Directive } from "./grammar.js";
import { type Level, levelOf } from "./levels.js";
import { type PathRegex, pathRegexOf } from "./patterns.js";
import { IS_PATH } from "./tables.js";

/** A server, or a location in it: where a request can end. */
export interface Place {
  /** `location ~ \.php$`. */
  readonly title: string;
  readonly line: number;
  readonly sign: "server" | "" | "=" | "^~" | "~" | "~*" | "@";
  readonly path: string;
  /** The regular expression of a location. */
  readonly pattern: PathRegex | undefined;
  readonly level: Level;
  readonly block: readonly Directive[];
  readonly inner: readonly Place[];
  /** The source of responses: a module that passes requests to an application, `own` for nginx itself, undefined for files. */
  readonly handler: string | undefined;
  /** The levels of its `if` blocks. */
  readonly conditions: ReadonlyMap<Directive, Level>;
}

const PASSES = /^(proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass$/;
const ANSWERS =
  /^(?:content_by_lua(?:_block|_file)?|js_content|perl|stub_status|empty_gif|passenger_enabled|random_index|mp4|flv|hls|status|api)$/;
const SIGNS = ["=", "^~", "~", "~*"] as const;

/** A server, or a part of one in an included file. */
export function placeOf({ block = [], line }: Directive, level: Level, note: Note): Place {
  return { title: "server", line, sign: "server", path: "", pattern: undefined, ...insideOf(block, level, note) };
}

function insideOf(
  block: readonly Directive[],
  level: Level,
  note: Note,
): Pick<Place, "level" | "block" | "inner" | "handler" | "conditions"> {
  const conditions = new Map<Directive, Level>();
  const locations: Directive[] = [];
  let handler: string | undefined;
  for (const directive of block) {
    const { name, args, block: inner = [], line } = directive;
    if (name === "location") locations.push(directive);
    else if (name === "if") conditions.set(directive, levelOf(inner, level, line, note));
    else if (PASSES.test(name)) handler = PASSES.exec(name)?.[1];
    else if (ANSWERS.test(name) && args[0] !== "off") handler ??= "own";
  }
  return { level, block, handler, conditions, inner: locations.map((one) => locationOf(one, level, note)) };
}

function locationOf({ args, block = [], line }: Directive, outer: Level, note: Note): Place {
  const level = levelOf(block, outer, line, note);
  const [first = "", second] = args;
  // nginx also accepts the modifier without a space after it.
  const [, glued, rest] = second === undefined ? (/^(\^~|~\*|=|~)(.+)$/s.exec(first) ?? []) : [];
  const written = glued ?? (second === undefined ? "" : first);
  const path = rest ?? second ?? first;
  const sign = SIGNS.find((one) => one === written) ?? (path.startsWith("@") ? "@" : "");
  const pattern = sign === "~" || sign === "~*" ? pathRegexOf(path, sign === "~*") : undefined;
  return { title: `location ${args.join(" ")}`, line, sign, path, pattern, ...insideOf(block, level, note) };
}

/** All places of a server. */
export function placesIn(place: Place): readonly Place[] {
  const all: Place[] = [];
  const open = [place];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    all.push(one);
    open.push(...[...one.inner].reverse());
  }
  return all;
}

/** The paths in locations, rewrites and conditions of a server. */
export function pathsOf(server: Place): readonly RoutePath[] {
  const places = placesIn(server);
  const paths = places.flatMap((place) => [...ownPaths(place), ...place.block.flatMap(pathsIn)]);
  // Most places share the list of the server around them.
  const indexes = new Set([...new Set(places.map(({ level }) => level.index))].flat());
  // A request for a folder ends at its index page.
  const folders = paths.flatMap(({ path, below }) => {
    const [, folder, page = ""] = below ? [] : (/^(.*\/)([^/]+)$/.exec(path) ?? []);
    return folder !== undefined && indexes.has(page) ? [{ path: folder, below: false }] : [];
  });
  return [{ path: "/", below: false }, ...folders, ...paths];
}

function ownPaths({ sign, path, pattern, handler }: Place): readonly RoutePath[] {
  if (sign === "=") return exactly(path)?.paths ?? [];
  if (sign !== "" && sign !== "^~") return pattern?.paths ?? [];
  const paths = beginningWith(path)?.paths ?? [];
  if (!path.endsWith("/") || path === "/") return paths;
  // With an application, nginx redirects /api to /api/. For /docs/ it serves files.
  const beside = handler === undefined ? path : handler === "own" ? undefined : path.slice(0, -1);
  return beside === undefined ? paths : [...(exactly(beside)?.paths ?? []), ...paths];
}

function pathsIn({ name, args, block = [] }: Directive): readonly RoutePath[] {
  if (name === "rewrite") return pathRegexOf(args[0] ?? "", false).paths ?? [];
  if (name !== "if") return [];
  const { left, sign = "", right } = ifCondition(args);
  const read = !IS_PATH.test(left) ? undefined : /^!?=$/.test(sign) ? exactly(right) : pathRegexOf(right, false);
  return [...(read?.paths ?? []), ...block.flatMap(pathsIn)];
}
