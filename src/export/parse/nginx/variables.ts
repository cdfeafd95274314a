import { isPath as isSaid } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { exactly } from "../paths.js";
import { dynamic, dynamicPart } from "../site.js";
import type { Directive } from "./grammar.js";
import { type PathRegex, pathRegexOf } from "./patterns.js";
import { regexOf } from "./regex.js";
import { type Match, matchOf } from "./regex-match.js";

/** One line of a `map`. */
interface Entry extends Partial<PathRegex> {
  readonly key: string;
  readonly isRegex: boolean;
  readonly value: string;
  readonly line: number;
}

/** A variable with several possible values. */
interface Table {
  readonly name: string;
  /** The text to look up. Undefined for `geo` and `split_clients`, which depend on the client's address. */
  readonly source: string | undefined;
  readonly entries: readonly Entry[];
  readonly fallback: string;
  readonly isVolatile: boolean;
}

/** Variables of `map`, `geo` and `split_clients`, by name. */
export type Tables = ReadonlyMap<string, Table>;

/** The known values of a request. */
export interface Scene {
  /** The current path. Parts between two NULs are unknown. */
  readonly uri: string;
  /** Whether the unknown part excludes paths of the configuration, which are read separately. */
  readonly isOwn: boolean;
  /** The requested path. */
  readonly asked: string;
  /** The variables of `set`. */
  readonly set: ReadonlyMap<string, string>;
  /** Values that were looked up before: nginx evaluates a map once per request. */
  readonly known: Map<string, string>;
  readonly scheme: "http" | "https";
  /** Empty before there is a response. */
  readonly type: string;
  readonly status: string;
  /** Exact names of the server. Empty if unknown. */
  readonly names: readonly string[];
  /** Variables that `set` sets somewhere. Elsewhere they are empty. */
  readonly settable: ReadonlySet<string>;
  /** Takes a value that may differ from how it is read. */
  readonly doubt: (line: number, message: string) => void;
}

/** The tables of a configuration's http block. */
export function tablesOf(directives: readonly Directive[], note: Note): Tables {
  const tables = new Map<string, Table>();
  for (const { name, args, block = [] } of directives) {
    if (name === "http") for (const [key, table] of tablesOf(block, note)) tables.set(key, table);
    const variable = args.at(-1)?.replace(/^\$/, "");
    if (variable === undefined || !/^(?:map|geo|split_clients)$/.test(name)) continue;
    const lines = block.filter((one) => !/^(?:volatile|hostnames|ranges|delete|proxy|proxy_recursive)$/.test(one.name));
    const usual = lines.find((one) => one.name === "default" || one.name === "*");
    tables.set(variable, {
      name: variable,
      source: name === "map" ? (args[0] ?? "") : undefined,
      entries: lines.filter((one) => one !== usual).map(entryOf),
      fallback: usual?.args[0] ?? "",
      isVolatile: block.some((one) => one.name === "volatile"),
    });
  }
  return tables;
}

function entryOf({ name, args, line }: Directive): Entry {
  const [, sign, pattern = ""] = /^(~\*?)(.*)$/s.exec(name) ?? [];
  const isRegex = sign !== undefined;
  const value = args[0] ?? "";
  if (isRegex) return { key: pattern, isRegex, value, line, ...pathRegexOf(pattern, sign === "~*") };
  return { key: name.replace(/^\\/, ""), isRegex, value, line };
}

/** Patterns and paths of tables that look up the requested path. */
export function pathsAskedIn(tables: Tables): readonly RoutePath[] {
  const asking = [...tables.values()].filter(({ source }) => source !== undefined && IS_PATH.test(source));
  return asking.flatMap(({ entries }) =>
    entries.flatMap(({ isRegex, key, paths = [] }) => (isRegex ? paths : (exactly(key)?.paths ?? []))),
  );
}

/** Variables with the path. */
export const IS_PATH = /^\$\{?(?:uri|document_uri|request_uri)\}?$/;

/** The path as the client sent it. */
export const IS_WRITTEN = /^\(?\$\{?request_uri\}?$/;

export const AS_WRITTEN =
  "matches $request_uri, the path as the client sent it: //a, /%61 and /a?b do not match /a. Read as if it matched the path: write $uri";

/** Maximum nesting depth of variables. */
const DEEPEST = 20;

/** A text with the values of its variables. Parts that differ per response are enclosed in NULs. */
export function expanded(text: string, tables: Tables, scene: Scene, note: Note, depth = 0): string {
  if (!text.includes("$")) return text;
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (written, braced, plain) => {
    const value = depth > DEEPEST ? dynamic(written) : variable(braced ?? plain, tables, scene, note, depth);
    note.spend("characters", value.length);
    return value;
  });
}

function variable(name: string, tables: Tables, scene: Scene, note: Note, depth: number): string {
  const table = tables.get(name);
  const before = scene.set.get(name) ?? scene.known.get(name);
  if (before !== undefined) {
    note.spend("work", table?.entries.length ?? 0);
    if (table !== undefined && !scene.set.has(name)) doubtPlain(table, scene.asked, scene);
    return before;
  }
  if (table !== undefined) {
    const value = lookedUp(table, tables, scene, note, depth + 1);
    if (!table.isVolatile) scene.known.set(name, value);
    return value;
  }
  if (scene.settable.has(name)) return "";
  const own = Object.hasOwn(OWN, name) ? OWN[name]?.(scene) : undefined;
  return own ?? dynamic(`$${name}`);
}

/** Known built-in variables. */
const OWN: Readonly<Record<string, (scene: Scene) => string | undefined>> = {
  uri: ({ uri }) => uri,
  document_uri: ({ uri }) => uri,
  request_uri: ({ asked }) => asked,
  scheme: ({ scheme }) => scheme,
  https: ({ scheme }) => (scheme === "https" ? "on" : ""),
  status: ({ status }) => status,
  sent_http_content_type: ({ type }) => type,
  server_name: ({ names }) => names[0],
  host: ({ names }) => (names.length === 1 ? names[0] : undefined),
};

function lookedUp(table: Table, tables: Tables, scene: Scene, note: Note, depth: number): string {
  const { name, source, entries, fallback } = table;
  note.spend("work", 5 + entries.length);
  const values = () => [...new Set([fallback, ...entries.map(({ value }) => value)])];
  // Values of geo are literal, which allows writing a "$".
  if (source === undefined) return values().length === 1 ? fallback : dynamic(`$${name}`);
  const found = new Set(sourcesIn(source, tables, scene, note, depth).map((text) => picked(table, text, scene, note)));
  const [only, ...others] = found;
  const value = only === undefined || others.length > 0 ? undefined : only;
  if (value === undefined) return values().length === 1 ? expanded(fallback, tables, scene, note, depth) : dynamic(`$${name}`);
  return expanded(value, tables, scene, note, depth);
}

/** The texts that may be looked up: for a host, each of its names. */
function sourcesIn(source: string, tables: Tables, scene: Scene, note: Note, depth: number): readonly string[] {
  if (/^\$\{?(?:http_)?host\}?$/.test(source) && scene.names.length > 0) return scene.names;
  const text = expanded(source, tables, scene, note, depth);
  const [, sent] = /^\0\$upstream_http_(\w+)\0$/.exec(text) ?? [];
  if (sent === undefined) return [text];
  scene.doubt(0, `depends on the ${sent.replaceAll("_", "-")} of the application: read as if it sent none`);
  return [""];
}

/** The value for a text. Undefined if unknown. */
function picked(table: Table, text: string, scene: Scene, note: Note): string | undefined {
  const { entries, fallback, source = "" } = table;
  doubtPlain(table, text, scene);
  const isPath = IS_PATH.test(source) && text.startsWith("/");
  const [first] = entries.filter(({ value }) => value !== fallback);
  if (IS_WRITTEN.test(source) && first !== undefined) scene.doubt(first.line, AS_WRITTEN);
  const isKnown = dynamicPart(text) === undefined;
  const maybe: Entry[] = [];
  const choose = (entry: Entry | undefined): string | undefined => {
    const value = entry?.value ?? fallback;
    const others = maybe.filter((one) => one.value !== value);
    if (others.length > 0 && !isPath) return undefined;
    for (const { line } of others) scene.doubt(line, UNSAID);
    return value;
  };
  const lower = text.toLowerCase();
  if (isKnown) {
    const exact = entries.find(({ isRegex, key }) => !isRegex && key.toLowerCase() === lower);
    if (exact !== undefined) return exact.value;
    const hosts = entries.filter(({ isRegex, key }) => !isRegex && isHost(key, lower));
    const [longest] = [...hosts].sort((one, other) => other.key.length - one.key.length);
    if (longest !== undefined) return longest.value;
  } else if (!(isPath && scene.isOwn)) maybe.push(...entries.filter(({ isRegex }) => !isRegex));
  for (const entry of entries.filter(({ isRegex }) => isRegex)) {
    const match: Match = isPath ? pathMatch({ regex: undefined, ...entry }, text, scene, note) : matchOf(entry.regex, text, note);
    if (match === "yes") return choose(entry);
    if (match === "maybe") maybe.push(entry);
  }
  return choose(undefined);
}

const UNSAID = "applies to paths that no route can express: not read";

/**
 * Doubts about the literal keys of a table of paths: some have spaces or non-ASCII characters, and nginx looks up all keys in lower
 * case. ngx_http_map_find.
 */
function doubtPlain({ source = "", entries, fallback }: Table, text: string, { doubt }: Scene): void {
  if (!IS_PATH.test(source)) return;
  for (const { isRegex, key, value, line } of entries) {
    if (isRegex || value === fallback || !key.startsWith("/")) continue;
    if (!isSaid(key)) doubt(line, UNSAID);
    else if (key === text && key.toLowerCase() !== key.toUpperCase()) doubt(line, anyCase(key));
  }
}

const anyCase = (key: string) =>
  `a map finds ${key} in other letter case too, as ${key.toUpperCase()}: read as this path alone. Write ~^${key.replace(/[.+]/g, "\\$&")}\\z`;

function isHost(key: string, host: string): boolean {
  const [, dot, ending] = /^(\*?\.)(.+)$/.exec(key.toLowerCase()) ?? [];
  if (ending !== undefined) return host.endsWith(`.${ending}`) || (dot === "." && host === ending);
  return key.endsWith(".*") && host.startsWith(key.slice(0, -1).toLowerCase());
}

/** Like `matchOf`, but paths that the expression names literally are read separately. */
export function pathMatch({ regex, isSpelled }: PathRegex, uri: string, { isOwn }: Pick<Scene, "isOwn">, note: Note): Match {
  const match = matchOf(regex, uri, note);
  return match === "maybe" && isOwn && isSpelled ? "no" : match;
}

/** The condition of an `if`. */
export function ifMatch(args: readonly string[], tables: Tables, scene: Scene, note: Note): Match {
  const words = args.map((arg, index) => (index === 0 ? arg.replace(/^\(/, "") : arg));
  const last = words.at(-1)?.replace(/\)$/, "");
  const parts = [...words.slice(0, -1), ...(last === undefined || last === "" ? [] : [last])].filter((one) => one !== "");
  const [left = "", sign, right = ""] = parts;
  if (!left.startsWith("$")) return "maybe";
  const text = expanded(left, tables, scene, note);
  const isKnown = dynamicPart(text) === undefined;
  if (sign === undefined) return isKnown ? answer(text !== "" && text !== "0") : "maybe";
  if (sign === "=" || sign === "!=") {
    const other = expanded(right, tables, scene, note);
    if (isKnown && dynamicPart(other) === undefined) return answer((text === other) === (sign === "="));
    return scene.isOwn && IS_PATH.test(left) ? answer(sign === "!=") : "maybe";
  }
  const [, not, anyCase] = /^(!?)~(\*?)$/.exec(sign) ?? [];
  if (not === undefined) return "maybe";
  const isPath = IS_PATH.test(left);
  const match = isPath
    ? pathMatch(pathRegexOf(right, anyCase === "*"), text, scene, note)
    : matchOf(regexOf(right, anyCase === "*"), text, note);
  return not === "" || match === "maybe" ? match : answer(match === "no");
}

const answer = (is: boolean): Match => (is ? "yes" : "no");
