import { contains } from "../../middleware/routes.js";
import type { RoutePath } from "../target.js";
import type { Note } from "./limits.js";
import { SITE } from "./paths.js";

/** One change of one header in a configuration. */
export interface Change {
  /** `add`: another line. `append`: after a comma. `default`: only if the header is missing. `join`: as `set`, with a note if the header is present. */
  readonly kind: "set" | "add" | "append" | "default" | "join" | "remove";
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** Changes for some paths. */
export interface Rule {
  readonly paths: readonly RoutePath[];
  /** Exceptions from these paths. */
  readonly except: readonly RoutePath[];
  readonly changes: readonly Change[];
}

/** One server of a configuration. */
export interface ReadSite {
  readonly line: number;
  /** Its last line. Undefined for a part of a configuration. */
  readonly end?: number;
  /** All paths with their own changes. */
  readonly paths: readonly RoutePath[];
  /** The changes on a path, in order. */
  at(path: RoutePath): readonly Change[];
  /** Host names as in the configuration: `"example.com"`, `"*.example.com"`. Empty for a default server and for a part of a configuration. */
  readonly names?: readonly string[];
  /** Ports that it listens on, such as `"443"`. */
  readonly ports?: readonly string[];
  /** It only redirects or closes connections. */
  readonly redirects?: boolean;
}

/** Encloses text that differs per response. Configurations cannot have a NUL. */
const MARK = "\0";

/** A part of a value that depends on the request. */
export function dynamic(name: string): string {
  return `${MARK}${name}${MARK}`;
}

/** The first dynamic part of a value, as it was written. */
export function dynamicPart(value: string): string | undefined {
  return /\0([^\0]*)\0/.exec(value)?.[1];
}

/** Replaces a nonce of the server with the nonce slot. */
export function withNonces(value: string): string {
  return value.replace(/'nonce-(?:[^'\0]*\0[^\0]*\0)+[^'\0]*'/g, "'nonce-slot'");
}

/** A site whose matching rules all apply, in order. */
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

/** All paths of some rules. Rules may share a list, which is read once. */
export function pathsOf(rules: readonly Rule[]): readonly RoutePath[] {
  return [...new Set(rules.flatMap(({ paths, except }) => [paths, except]))].flat();
}

/** Steps to find the rules of a path. */
export function costOf(rules: readonly Rule[]): number {
  return rules.reduce((sum, { paths, except }) => sum + 1 + paths.length + except.length, 0);
}

export function applies({ paths, except }: Omit<Rule, "changes">, path: RoutePath): boolean {
  return paths.some((one) => contains(one, path)) && !except.some((one) => contains(one, path));
}

/** A value and its line. */
export interface Written {
  readonly value: string;
  readonly line: number;
}

/** The result for one header. */
export interface Field {
  readonly name: string;
  /** All lines to send. */
  readonly values: readonly Written[];
  /** The line that removes it. */
  readonly removed?: number;
}

/** Headers by their names in lower case. */
export type Fields = ReadonlyMap<string, Field>;

/** The result of some changes. */
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

const JOINED =
  'another matching path has this header too, and the server joins both with a comma: the later one is read. Write it for paths that do not overlap; on Cloudflare, "! Name" above it drops the other';

/** Of places in order, the broadest first, the last one that contains the path. */
export function narrowest<P extends { readonly path: RoutePath }>(places: readonly P[], path: RoutePath): P | undefined {
  return places.findLast((place) => contains(place.path, path));
}

export const isSite = (path: RoutePath) => contains(path, SITE);
