import { contains } from "../../middleware/routes.js";
import type { RoutePath } from "../target.js";
import type { Note } from "./limits.js";
import { SITE } from "./paths.js";

/** One change of one header, as it stands in a configuration. */
export interface Change {
  /** `add`: a further line. `append`: behind a comma. `default`: where there is none yet. `join`: as set, and a surprise where there is one. */
  readonly kind: "set" | "add" | "append" | "default" | "join" | "remove";
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** Changes that some paths get. */
export interface Rule {
  readonly paths: readonly RoutePath[];
  /** Paths of these that do not get them. */
  readonly except: readonly RoutePath[];
  readonly changes: readonly Change[];
}

/** One server of a configuration. */
export interface ReadSite {
  readonly line: number;
  /** Its last line; undefined for a part of a configuration. */
  readonly end?: number;
  /** All paths that something is said of; all others are the site's. */
  readonly paths: readonly RoutePath[];
  /** What is done there, one after the other. */
  at(path: RoutePath): readonly Change[];
  /** Host names that it answers for, as the configuration has them: `"example.com"`, `"*.example.com"`; none for a default server and for a part of one. */
  readonly names?: readonly string[];
  /** Ports that it listens on, as `"443"`. */
  readonly ports?: readonly string[];
  /** It serves no page: it answers nothing but redirects, or closes connections. */
  readonly redirects?: boolean;
}

/** Text that differs per response stands between two of these: no configuration has a NUL. */
const MARK = "\0";

/** A part of a value that is known only when the request is there. */
export function dynamic(name: string): string {
  return `${MARK}${name}${MARK}`;
}

/** The first dynamic part of a value, as it was written. */
export function dynamicPart(value: string): string | undefined {
  return /\0([^\0]*)\0/.exec(value)?.[1];
}

/** A nonce that the server makes up becomes one that Portcullis makes up. */
export function withNonces(value: string): string {
  return value.replace(/'nonce-(?:[^'\0]*\0[^\0]*\0)+[^'\0]*'/g, "'nonce-slot'");
}

/** A site whose rules lie on each other, one after the other. */
export function layered(line: number, rules: readonly Rule[], note: Note, redirects = false): ReadSite {
  const cost = costOf(rules);
  return {
    line,
    redirects,
    paths: pathsOf(rules),
    at: (path) => {
      note.spend("work", cost);
      return rules.filter((rule) => applies(rule, path)).flatMap(({ changes }) => changes);
    },
  };
}

/** All paths of some rules; many rules share a list, which is taken once. */
export function pathsOf(rules: readonly Rule[]): readonly RoutePath[] {
  return [...new Set(rules.flatMap(({ paths, except }) => [paths, except]))].flat();
}

/** Steps that it takes to find what applies to a path. */
export function costOf(rules: readonly Rule[]): number {
  return rules.reduce((sum, { paths, except }) => sum + 1 + paths.length + except.length, 0);
}

export function applies({ paths, except }: Omit<Rule, "changes">, path: RoutePath): boolean {
  return paths.some((one) => contains(one, path)) && !except.some((one) => contains(one, path));
}

/** A value, and where it stands. */
export interface Written {
  readonly value: string;
  readonly line: number;
}

/** What becomes of one name. */
export interface Field {
  readonly name: string;
  /** Every line of it that goes out. */
  readonly values: readonly Written[];
  /** Where it was taken away, whoever else sets it. */
  readonly removed?: number;
}

/** Headers by their names in lower case. */
export type Fields = ReadonlyMap<string, Field>;

/** What some changes come to. */
export function fieldsOf(changes: readonly Change[], note: Note): Fields {
  const fields = new Map<string, Field>();
  for (const change of changes) {
    const key = change.name.toLowerCase();
    const before = fields.get(key) ?? { name: change.name, values: [] };
    note.spend("work", 10 + key.length + before.values.length);
    fields.set(key, fieldAfter(before, change, note));
  }
  return fields;
}

function fieldAfter(field: Field, { kind, name, line, value }: Change, note: Note): Field {
  const { values } = field;
  if (kind === "remove") return { name: field.name, values: [], removed: line };
  if (kind === "default" && values.length > 0) return field;
  const last = values.at(-1);
  if (kind === "append" && last !== undefined) {
    return { ...field, values: [...values.slice(0, -1), { value: `${last.value}, ${value}`, line }] };
  }
  if (kind === "join" && last !== undefined) note(line, JOINED);
  if (kind === "append") note(line, "appends to what the application sends: read as the whole value");
  return { name, values: [...(kind === "add" ? values : []), { value, line }] };
}

const JOINED = "another matching path has this header too, and the server joins both with a comma: the later one is read";

/** The broadest of the places that a path belongs to stands first; the last one is what governs it. */
export function narrowest<P extends { readonly path: RoutePath }>(places: readonly P[], path: RoutePath): P | undefined {
  return places.findLast((place) => contains(place.path, path));
}

export const isSite = (path: RoutePath) => contains(path, SITE);
