import { contains } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import { LIMITS } from "../limits.js";
import { ofPattern, type Paths } from "../paths.js";

/**
 * A condition. `html`, `https` and `unknown` do not depend on the path only. `first` tests the requested path; without it,
 * the path in which the request ends is tested.
 */
export type Condition =
  | { readonly kind: "always" | "never" | "html" | "https" }
  | { readonly kind: "paths"; readonly paths: readonly RoutePath[]; readonly loose?: true; readonly first?: true }
  | { readonly kind: "unknown"; readonly text: string }
  /** `size` counts the parts other than `all`, `any` and `not`. A variable that is used twice doubles them. */
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[]; readonly size: number }
  | { readonly kind: "not"; readonly of: Condition };

export const ALWAYS: Condition = { kind: "always" };
export const NEVER: Condition = { kind: "never" };

/** Paths as a condition. */
export function onPaths(read: Paths | undefined): Condition | undefined {
  if (read === undefined) return undefined;
  if (read.paths.some(({ path, below }) => path === "/" && below)) return ALWAYS;
  return { kind: "paths", ...read };
}

/** An environment variable: the last setting whose condition is met has its value. Undefined unsets it. */
export interface Variable {
  readonly settings: readonly { readonly value: string | undefined; readonly when: Condition }[];
  /** Its value is the path: the requested one, or the one in which the request ends. */
  readonly path?: "first" | "last";
}

/** Variables that the configuration sets, by name. */
export type Variables = ReadonlyMap<string, Variable>;

/** Maximum number of settings of one variable. Each depends on all later ones. */
const MOST_SETTINGS = 500;

/** The condition for a value of a variable. Variables that the configuration does not set may be set elsewhere. */
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

/** Maximum number of parts in the condition for one variable. */
const MOST_PARTS = 1_000;

/** The number of parts of a condition other than `all`, `any` and `not`. */
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

/** All parts of a condition other than `all`, `any` and `not`. */
export function leavesOf(condition: Condition): readonly Condition[] {
  if (condition.kind === "not") return leavesOf(condition.of);
  return condition.kind === "all" || condition.kind === "any" ? condition.of.flatMap(leavesOf) : [condition];
}

/** The condition with some parts replaced, simplified. */
export function replaced(condition: Condition, by: (part: Condition) => Condition): Condition {
  if (condition.kind === "not") return not(replaced(condition.of, by));
  if (condition.kind === "all") return all(...condition.of.map((one) => replaced(one, by)));
  return condition.kind === "any" ? any(...condition.of.map((one) => replaced(one, by))) : by(condition);
}

/** Whether a condition on paths is met if `first` is requested and the request ends in `last`. */
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

/** Steps to evaluate a condition. */
export function costOf(condition: Condition): number {
  return leavesOf(condition).reduce((sum, part) => sum + 1 + (part.kind === "paths" ? part.paths.length : 0), 0);
}

/** Like `ofPattern`, but also expands one group of words: `^/(a|b)/`. */
export function patternOf(pattern: string): Paths | undefined {
  const plain = pattern.replace(/\\\//g, "/").replace(/^\^\(\?:?([^()]*)\)$/, "^$1");
  const [, before, inner, after] = /^(\^[^()|]*)\((?:\?:)?([\w\-./|]+)\)([^()|]*|[^()|]*\([^()]*\))$/.exec(plain) ?? [];
  if (before === undefined || inner === undefined || after === undefined || !inner.includes("|")) return ofPattern(plain);
  const words = inner.split("|");
  return words.length > LIMITS.paths ? undefined : ofPattern(words.map((word) => `${before}${word}${after}`).join("|"));
}
