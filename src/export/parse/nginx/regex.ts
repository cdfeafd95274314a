import { unreachable } from "../../../values/never.js";
import { type CharTest, type Tree, treeOf } from "./regex-syntax.js";

/** A regular expression of nginx, as states. JavaScript's engine does not run it, because it may take exponential time. */
export interface Regex {
  readonly states: readonly RegexState[];
  readonly start: number;
}

/** One step: a character, a branch, or an assertion. */
export type RegexState =
  | { readonly kind: "char"; readonly next: number; readonly may: CharTest; readonly must: CharTest }
  | { readonly kind: "split"; readonly next: readonly number[] }
  | { readonly kind: "start" | "end" | "unknown"; readonly next: number }
  | { readonly kind: "accept" };

/** Maximum length of an expression, and number of its states. Repetitions are expanded. */
const LONGEST = 2_000;
const MOST_STATES = 4_000;

/** Adds a state. Returns its number. */
type Add = (state: RegexState) => number;

/** @returns undefined if it is too long or not valid. */
export function regexOf(pattern: string, anyCase: boolean): Regex | undefined {
  if (pattern.length > LONGEST) return undefined;
  const flagged = pattern.startsWith("(?i)");
  const tree = treeOf(pattern.slice(flagged ? 4 : 0), anyCase || flagged);
  if (tree === undefined) return undefined;
  const states: RegexState[] = [{ kind: "accept" }];
  const start = built(tree, 0, (state) => states.push(state) - 1);
  return start === undefined || states.length > MOST_STATES ? undefined : { states, start };
}

/** Adds the states of a tree, the last first. Returns its first state; undefined if there are too many. */
function built(tree: Tree, next: number, add: Add): number | undefined {
  switch (tree.kind) {
    case "char":
      return add({ kind: "char", next, may: tree.may, must: tree.must });
    case "all":
      return tree.of.reduceRight<number | undefined>((at, one) => (at === undefined ? undefined : built(one, at, add)), next);
    case "any": {
      const starts = tree.of.map((one) => built(one, next, add));
      return starts.every((one) => one !== undefined) ? add({ kind: "split", next: starts }) : undefined;
    }
    case "times": {
      const rest =
        tree.most === Number.POSITIVE_INFINITY ? loopOf(tree.of, next, add) : optional(tree.of, tree.most - tree.least, next, add);
      return times(tree.of, tree.least, rest, add);
    }
    case "start":
    case "end":
    case "unknown":
      return add({ kind: tree.kind, next });
    default:
      return unreachable(tree);
  }
}

function loopOf(of: Tree, next: number, add: Add): number | undefined {
  const ways: number[] = [next];
  const loop = add({ kind: "split", next: ways });
  const body = built(of, loop, add);
  if (body === undefined) return undefined;
  ways.push(body);
  return loop;
}

/** Up to this many times. */
function optional(of: Tree, most: number, next: number, add: Add): number | undefined {
  let at = next;
  for (let left = most; left > 0; left--) {
    const body = built(of, at, add);
    // A repeated empty group needs no states.
    if (body === at) break;
    if (body === undefined || body > MOST_STATES) return undefined;
    at = add({ kind: "split", next: [body, next] });
  }
  return at;
}

/** Exactly this many times, before the state `rest`. */
function times(of: Tree, least: number, rest: number | undefined, add: Add): number | undefined {
  let at = rest;
  for (let left = least; left > 0; left--) {
    const body: number | undefined = at === undefined || at > MOST_STATES ? undefined : built(of, at, add);
    if (body === at) break;
    at = body;
  }
  return at;
}
