import { contains } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import { LIMITS } from "../limits.js";
import { ofPattern, type Paths } from "../paths.js";

/**
 * When something holds. `html`, `https` and `unknown` are not about the path alone. `first` is about the path that was asked for; without it
 * a path is the one that the request ends in.
 */
export type Condition =
  | { readonly kind: "always" | "never" | "html" | "https" }
  | { readonly kind: "paths"; readonly paths: readonly RoutePath[]; readonly loose?: true; readonly first?: true }
  | { readonly kind: "unknown"; readonly text: string }
  /** `size` counts the parts that are not `all`, `any` or `not`: a variable that is asked for twice doubles them. */
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[]; readonly size: number }
  | { readonly kind: "not"; readonly of: Condition };

export const ALWAYS: Condition = { kind: "always" };
export const NEVER: Condition = { kind: "never" };

/** What paths.ts reads, as a condition. */
export function onPaths(read: Paths | undefined): Condition | undefined {
  if (read === undefined) return undefined;
  if (read.paths.some(({ path, below }) => path === "/" && below)) return ALWAYS;
  return { kind: "paths", ...read };
}

/** An environment variable: the last of its settings that holds is its value; undefined takes it away. */
export interface Variable {
  readonly settings: readonly { readonly value: string | undefined; readonly when: Condition }[];
  /** It has the path as its value: the one asked for, or the one that the request ends in. */
  readonly path?: "first" | "last";
}

/** Variables that the text sets, by name. */
export type Variables = ReadonlyMap<string, Variable>;

/** Settings of one variable that are looked at: each depends on all behind it. */
const MOST_SETTINGS = 500;

/** When a variable has such a value; what nothing in the text sets may be set elsewhere. */
export function whereSet(name: string, variables: Variables, fits: (value: string) => boolean = () => true): Condition {
  const { settings, path } = variables.get(name) ?? { settings: [], path: undefined };
  if (!variables.has(name) || path !== undefined || settings.length > MOST_SETTINGS) {
    return name === "HTTPS" ? { kind: "https" } : { kind: "unknown", text: `env=${name}` };
  }
  const isFit = (value: string | undefined) => value !== undefined && fits(value);
  const when = any(
    ...settings.map(({ value, when }, index) => {
      if (!isFit(value)) return NEVER;
      const later = settings.slice(index + 1).filter((other) => !isFit(other.value));
      return all(when, ...later.map((other) => not(other.when)));
    }),
  );
  return sizeOf(when) > MOST_PARTS ? { kind: "unknown", text: `env=${name}` } : when;
}

/** Parts of the condition for one variable. */
const MOST_PARTS = 1_000;

/** The parts of a condition that are not `all`, `any` or `not`, each counted as often as it occurs. */
export function sizeOf(condition: Condition): number {
  if (condition.kind === "not") return sizeOf(condition.of);
  return condition.kind === "all" || condition.kind === "any" ? condition.size : 1;
}

export function not(of: Condition): Condition {
  if (of.kind === "always") return NEVER;
  if (of.kind === "never") return ALWAYS;
  return of.kind === "not" ? of.of : { kind: "not", of };
}

export function all(...of: readonly Condition[]): Condition {
  return joined("all", of, "always", "never");
}

export function any(...of: readonly Condition[]): Condition {
  return joined("any", of, "never", "always");
}

function joined(kind: "all" | "any", of: readonly Condition[], empty: "always" | "never", full: "always" | "never"): Condition {
  if (of.some((one) => one.kind === full)) return { kind: full };
  const parts = of.filter((one) => one.kind !== empty);
  const [only] = parts;
  if (only === undefined) return { kind: empty };
  return parts.length === 1 ? only : { kind, of: parts, size: parts.reduce((sum, part) => sum + sizeOf(part), 0) };
}

/** All parts of a condition that are no `all`, `any` or `not`. */
export function leavesOf(condition: Condition): readonly Condition[] {
  if (condition.kind === "not") return leavesOf(condition.of);
  return condition.kind === "all" || condition.kind === "any" ? condition.of.flatMap(leavesOf) : [condition];
}

/** With some parts replaced, and worked out again. */
export function replaced(condition: Condition, by: (part: Condition) => Condition): Condition {
  if (condition.kind === "not") return not(replaced(condition.of, by));
  if (condition.kind === "all") return all(...condition.of.map((one) => replaced(one, by)));
  return condition.kind === "any" ? any(...condition.of.map((one) => replaced(one, by))) : by(condition);
}

/** Whether it holds where one path was asked for and the request ends in another; all parts of it are about paths. */
export function holdsAt(condition: Condition, first: RoutePath, last = first): boolean {
  switch (condition.kind) {
    case "all":
      return condition.of.every((one) => holdsAt(one, first, last));
    case "any":
      return condition.of.some((one) => holdsAt(one, first, last));
    case "not":
      return !holdsAt(condition.of, first, last);
    case "paths":
      return condition.paths.some((one) => contains(one, condition.first ? first : last));
    default:
      return condition.kind === "always";
  }
}

/** Steps that it takes to find out whether it holds. */
export function costOf(condition: Condition): number {
  return leavesOf(condition).reduce((sum, part) => sum + 1 + (part.kind === "paths" ? part.paths.length : 0), 0);
}

/** As `ofPattern`, with one group of words written out: `^/(a|b)/`. */
export function patternOf(pattern: string): Paths | undefined {
  const plain = pattern.replace(/\\\//g, "/").replace(/^\^\(\?:?([^()]*)\)$/, "^$1");
  const [, before, inner, after] = /^(\^[^()|]*)\((?:\?:)?([\w\-./|]+)\)([^()|]*|[^()|]*\([^()]*\))$/.exec(plain) ?? [];
  if (before === undefined || inner === undefined || after === undefined || !inner.includes("|")) return ofPattern(plain);
  const words = inner.split("|");
  return words.length > LIMITS.paths ? undefined : ofPattern(words.map((word) => `${before}${word}${after}`).join("|"));
}
