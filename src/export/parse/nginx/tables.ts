import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { exactly } from "../paths.js";
import type { Directive } from "./grammar.js";
import { type PathRegex, pathRegexOf } from "./patterns.js";

/** One line of a `map`. */
export interface Entry extends Partial<PathRegex> {
  readonly key: string;
  readonly isRegex: boolean;
  readonly value: string;
  readonly line: number;
}

/** A variable with several possible values. */
export interface Table {
  readonly name: string;
  /** The text to look up. Undefined for `geo` and `split_clients`, which depend on the client's address. */
  readonly source: string | undefined;
  readonly entries: readonly Entry[];
  readonly fallback: string;
  readonly isVolatile: boolean;
  /** Whether keys such as `*.example.com` match several hosts. */
  readonly hasMasks: boolean;
}

/** Variables of `map`, `geo` and `split_clients`, by name. */
export type Tables = ReadonlyMap<string, Table>;

/** The tables of a configuration's http block. */
export function tablesOf(directives: readonly Directive[], note: Note): Tables {
  const tables = new Map<string, Table>();
  for (const directive of directives) {
    const { name, args, block = [] } = directive;
    if (name === "http") for (const [key, table] of tablesOf(block, note)) tables.set(key, table);
    const variable = args.at(-1);
    if (variable === undefined || !/^(?:map|geo|split_clients)$/.test(name)) continue;
    const table = tableOf(variableName(variable), directive);
    tables.set(table.name, table);
  }
  return tables;
}

/** The name of a variable as nginx compares it: `$Name` is `name`. */
export const variableName = (written: string) => written.replace(/^\$/, "").toLowerCase();

/** Parameters in the block of a table, which are no entries. */
const PARAMETERS = /^(?:volatile|hostnames|ranges|delete|proxy|proxy_recursive)$/;

function tableOf(name: string, directive: Directive): Table {
  const { args, block = [] } = directive;
  const lines = block.filter((one) => !PARAMETERS.test(one.name));
  const usual = lines.find((one) => one.name === (directive.name === "split_clients" ? "*" : "default"));
  const has = (parameter: string) => block.some((one) => one.name === parameter);
  return {
    name,
    source: directive.name === "map" ? (args[0] ?? "") : undefined,
    entries: lines.filter((one) => one !== usual).map(entryOf),
    fallback: usual?.args[0] ?? "",
    isVolatile: has("volatile"),
    hasMasks: has("hostnames"),
  };
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
export const IS_PATH = /^\$\{?(?:uri|document_uri|request_uri)\}?$/i;

/** The path as the client sent it. */
export const IS_WRITTEN = /^\$\{?request_uri\}?$/i;

export const AS_WRITTEN =
  "matches $request_uri, the path as the client sent it: //a, /%61 and /a?b do not match /a. Read as if it matched the path: write $uri";
