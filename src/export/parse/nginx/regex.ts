import type { Note } from "../limits.js";

/** A regular expression of nginx, as states. JavaScript's engine does not run it, because it may take exponential time. */
export interface Regex {
  readonly states: readonly State[];
  readonly start: number;
}

/** Whether it matches: `maybe` if that depends on unknown parts of the text, or on unsupported parts of the expression. */
export type Match = "yes" | "no" | "maybe";

type Test = (char: string) => boolean;

/** One step: a character, a branch, or an assertion. */
type State =
  | { readonly kind: "char"; readonly next: number; readonly may: Test; readonly must: Test }
  | { readonly kind: "split"; readonly next: readonly number[] }
  | { readonly kind: "start" | "end" | "unknown"; readonly next: number }
  | { readonly kind: "accept" };

/** Maximum length of an expression, and number of its states. Repetitions are expanded. */
const LONGEST = 2_000;
const MOST_STATES = 4_000;

/** @returns undefined if it is too long or not valid. */
export function regexOf(pattern: string, anyCase: boolean): Regex | undefined {
  if (pattern.length > LONGEST) return undefined;
  const flagged = /^\(\?i\)/.test(pattern);
  const text = pattern.slice(flagged ? 4 : 0);
  const states: State[] = [{ kind: "accept" }];
  const add = (state: State): number => states.push(state) - 1;
  const tree = treeOf(text, anyCase || flagged);
  if (tree === undefined) return undefined;
  const start = built(tree, 0, add);
  return start === undefined || states.length > MOST_STATES ? undefined : { states, start };
}

/** A part of an expression, repeated `least` to `most` times. */
type Tree =
  | { readonly kind: "char"; readonly may: Test; readonly must: Test }
  | { readonly kind: "start" | "end" | "unknown" }
  | { readonly kind: "all" | "any"; readonly of: readonly Tree[] }
  | { readonly kind: "times"; readonly of: Tree; readonly least: number; readonly most: number };

const every: Test = () => true;
const none: Test = () => false;

/** Maximum nesting depth of groups. */
const DEEPEST = 50;

function treeOf(text: string, anyCase: boolean): Tree | undefined {
  let at = 0;
  const broken = Symbol("broken");
  const alternatives = (depth: number): Tree => {
    if (depth > DEEPEST) throw broken;
    const any: Tree[] = [sequence(depth)];
    while (text[at] === "|") {
      at += 1;
      any.push(sequence(depth));
    }
    return any.length === 1 ? (any[0] as Tree) : { kind: "any", of: any };
  };
  const sequence = (depth: number): Tree => {
    const all: Tree[] = [];
    while (at < text.length && text[at] !== "|" && text[at] !== ")") all.push(repeated(atom(depth)));
    return { kind: "all", of: all };
  };
  const repeated = (one: Tree): Tree => {
    const [found, sign, least, comma, most] = /^(?:([*+?])|\{(\d{1,4})(,?)(\d{0,4})\})/.exec(text.slice(at, at + 12)) ?? [];
    if (found === undefined) return one;
    at += found.length;
    const isPossessive = text[at] === "+";
    if (text[at] === "?" || isPossessive) at += 1;
    const [from, to] =
      sign === undefined
        ? [Number(least), comma === "" ? Number(least) : most === "" ? Number.POSITIVE_INFINITY : Number(most)]
        : [sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY];
    const times: Tree = { kind: "times", of: one, least: from, most: to };
    return isPossessive ? { kind: "all", of: [times, { kind: "unknown" }] } : times;
  };
  const atom = (depth: number): Tree => {
    const char = text[at] ?? "";
    at += 1;
    if (char === "^") return { kind: "start" };
    if (char === "$") return { kind: "end" };
    if (char === ".") return { kind: "char", may: every, must: every };
    if (char === "(") return group(depth);
    if (char === "[") return charClass();
    if (char === "\\") return escaped();
    if (char === "*" || char === "+" || char === "?") throw broken;
    return literal(char);
  };
  const literal = (char: string): Tree => {
    const test: Test = anyCase ? (one) => one.toLowerCase() === char.toLowerCase() : (one) => one === char;
    return { kind: "char", may: test, must: test };
  };
  const group = (depth: number): Tree => {
    const [head = "", looks] = /^\?(?:(?::|P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*')|([=!>]|<[=!]))/.exec(text.slice(at, at + 100)) ?? [];
    if (head === "" && text[at] === "?") throw broken;
    at += head.length;
    const inner = alternatives(depth + 1);
    if (text[at] !== ")") throw broken;
    at += 1;
    // A lookaround consumes no characters. It is not evaluated.
    if (looks === undefined) return inner;
    return looks === ">" ? { kind: "all", of: [inner, { kind: "unknown" }] } : { kind: "unknown" };
  };
  const escaped = (): Tree => {
    const char = text[at] ?? "";
    at += 1;
    const test = CLASSES[char];
    if (test !== undefined) return { kind: "char", may: test, must: test };
    if (char === "A") return { kind: "start" };
    if (char === "z" || char === "Z") return { kind: "end" };
    if (char === "b" || char === "B" || char === "K" || char === "G") return { kind: "unknown" };
    // A back reference, or an unsupported class.
    if (/[A-Za-z0-9]/.test(char)) {
      const some: Tree = { kind: "char", may: every, must: none };
      return { kind: "times", of: some, least: 0, most: Number.POSITIVE_INFINITY };
    }
    return literal(char);
  };
  const charClass = (): Tree => {
    const isNot = text[at] === "^";
    if (isNot) at += 1;
    const tests: Test[] = [];
    let unread = false;
    for (let first = true; text[at] !== "]" || first; first = false) {
      if (at >= text.length) throw broken;
      if (text.startsWith("[:", at)) {
        unread = true;
        at = text.indexOf(":]", at) + 2;
        if (at === 1) throw broken;
        continue;
      }
      const [item = "", letter, low = ""] = /^(?:\\([A-Za-z0-9])|\\?([\s\S]))/.exec(text.slice(at, at + 2)) ?? [];
      at += item.length;
      if (letter !== undefined) {
        const test = CLASSES[letter];
        if (test === undefined) unread = true;
        else tests.push(test);
        continue;
      }
      const [range = "", high = low] = /^-(?:\\?([^\]]))/.exec(text.slice(at, at + 3)) ?? [];
      at += range.length;
      tests.push(
        anyCase ? (one) => within(one.toLowerCase(), low, high) || within(one.toUpperCase(), low, high) : (one) => within(one, low, high),
      );
    }
    at += 1;
    const has: Test = (one) => tests.some((test) => test(one)) !== isNot;
    return { kind: "char", may: unread ? every : has, must: unread ? none : has };
  };
  try {
    const tree = alternatives(0);
    return at < text.length ? undefined : tree;
  } catch (error) {
    if (error === broken) return undefined;
    throw error;
  }
}

const within = (char: string, low: string, high: string) => char >= low && char <= high;

const CLASSES: Readonly<Record<string, Test | undefined>> = {
  __proto__: null as never,
  d: (char) => /\d/.test(char),
  D: (char) => /\D/.test(char),
  w: (char) => /\w/.test(char),
  W: (char) => /\W/.test(char),
  s: (char) => /\s/.test(char),
  S: (char) => /\S/.test(char),
};

/** Adds the states of a tree, the last first. Returns its first state. */
function built(tree: Tree, next: number, add: (state: State) => number): number | undefined {
  if (tree.kind === "char") return add({ kind: "char", next, may: tree.may, must: tree.must });
  if (tree.kind === "all") {
    let at: number | undefined = next;
    for (const one of [...tree.of].reverse()) at = at === undefined ? undefined : built(one, at, add);
    return at;
  }
  if (tree.kind === "any") {
    const starts = tree.of.map((one) => built(one, next, add));
    return starts.every((one) => one !== undefined) ? add({ kind: "split", next: starts }) : undefined;
  }
  if (tree.kind !== "times") return add({ kind: tree.kind, next });
  const { of, least, most } = tree;
  let at: number | undefined = next;
  if (most === Number.POSITIVE_INFINITY) {
    const ways: number[] = [next];
    const loop = add({ kind: "split", next: ways });
    const body = built(of, loop, add);
    if (body === undefined) return undefined;
    ways.push(body);
    at = loop;
  } else {
    for (let rest = most - least; rest > 0; rest--) {
      const body: number | undefined = at === undefined ? undefined : built(of, at, add);
      // A repeated empty group needs no states.
      if (body === at) break;
      if (body === undefined || body > MOST_STATES) return undefined;
      at = add({ kind: "split", next: [body, next] });
    }
  }
  for (let rest = least; rest > 0; rest--) {
    const body: number | undefined = at === undefined || at > MOST_STATES ? undefined : built(of, at, add);
    if (body === at) break;
    at = body;
  }
  return at;
}

/**
 * Whether an expression matches somewhere in a text.
 *
 * @param text parts between two NULs are unknown.
 */
export function matchOf(regex: Regex | undefined, text: string, note: Note): Match {
  if (regex === undefined) return "maybe";
  if (!run(regex, text, true, note)) return "no";
  return run(regex, text, false, note) ? "yes" : "maybe";
}

/** With `may`, unknown parts match; without it, they do not. */
function run({ states, start }: Regex, text: string, may: boolean, note: Note): boolean {
  const parts = text.split(/\0[^\0]*\0/);
  let now = new Set<number>();
  let found = false;
  const enter = (state: number, into: Set<number>, atStart: boolean, atEnd: boolean): void => {
    const open = [state];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (into.has(one)) continue;
      into.add(one);
      note.spend("work", 1);
      const { kind, ...rest } = states[one] as State & { next: number };
      if (kind === "accept") found = true;
      if (kind === "split") open.push(...(rest.next as unknown as readonly number[]));
      if ((kind === "start" && atStart) || (kind === "end" && atEnd) || (kind === "unknown" && may)) open.push(rest.next);
    }
  };
  parts.forEach((part, index) => {
    const isBegun = parts.slice(0, index).some((one) => one !== "");
    if (index > 0)
      now = overUnknown(
        now,
        isBegun,
        parts.slice(index).every((one) => one === ""),
      );
    const chars = [...part];
    for (let at = 0; at <= chars.length && !found; at++) {
      const isLast = index === parts.length - 1 && at === chars.length;
      const here = new Set<number>();
      // Behind a part that is not known the text may begin only where that part is empty, and nothing stands before it.
      const atStart = at === 0 && (index === 0 || (may && !isBegun));
      for (const state of now) enter(state, here, atStart, isLast);
      enter(start, here, atStart, isLast);
      const char = chars[at];
      if (char === undefined) {
        now = here;
        continue;
      }
      const next = new Set<number>();
      for (const one of here) {
        const state = states[one] as State;
        if (state.kind === "char" && (may ? state.may : state.must)(char)) next.add(state.next);
      }
      now = next;
    }
  });
  return found;

  /** Where it may stand behind any text: anywhere further on; or for certain: where it repeats any character. */
  function overUnknown(before: ReadonlySet<number>, isBegun: boolean, isEnd: boolean): Set<number> {
    const after = new Set<number>();
    if (may) {
      for (const one of [...before, start]) reach(one, after, isBegun, isEnd);
      return after;
    }
    for (const one of before) {
      const state = states[one] as State;
      if (state.kind !== "char" || state.must !== every) continue;
      const behind = new Set<number>();
      enter(state.next, behind, false, isEnd);
      if (behind.has(one)) after.add(one).add(state.next);
    }
    return after;
  }

  function reach(state: number, into: Set<number>, isBegun: boolean, isEnd: boolean): void {
    const open = [state];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (into.has(one)) continue;
      into.add(one);
      note.spend("work", 1);
      const at = states[one] as State;
      if (at.kind === "accept") found = true;
      else if (at.kind === "split") open.push(...at.next);
      else if ((at.kind !== "start" || !isBegun) && (at.kind !== "end" || isEnd)) open.push(at.next);
    }
  }
}
