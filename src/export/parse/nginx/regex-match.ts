import type { Note } from "../limits.js";
import type { Regex, RegexState } from "./regex.js";
import { every } from "./regex-syntax.js";

/** Whether it matches: `maybe` if that depends on unknown parts of the text, or on unsupported parts of the expression. */
export type Match = "yes" | "no" | "maybe";

/**
 * Whether an expression matches somewhere in a text.
 *
 * @param text parts between two NULs are unknown.
 */
export function matchOf(regex: Regex | undefined, text: string, note: Note): Match {
  if (regex === undefined) return "maybe";
  if (!isFound(regex, text, true, note)) return "no";
  return isFound(regex, text, false, note) ? "yes" : "maybe";
}

interface Run {
  readonly regex: Regex;
  /** With it, unknown parts match. Without it, they do not. */
  readonly may: boolean;
  readonly note: Note;
  /** Whether the end of the expression has been reached. */
  found: boolean;
}

/** The kinds of states that are passed without reading a character. */
type Passable = Readonly<Record<Exclude<RegexState["kind"], "split" | "accept">, boolean>>;

function isFound(regex: Regex, text: string, may: boolean, note: Note): boolean {
  const run: Run = { regex, may, note, found: false };
  const parts = text.split(/\0[^\0]*\0/);
  const lastText = parts.findLastIndex((part) => part !== "");
  let now: ReadonlySet<number> = new Set();
  let isBegun = false;
  for (const [index, part] of parts.entries()) {
    if (index > 0) now = overUnknown(run, now, isBegun, index > lastText);
    // After an unknown part, the text may begin only if that part and all before it are empty.
    now = overText(run, now, part, { begins: index === 0 || (may && !isBegun), ends: index === parts.length - 1 });
    if (run.found) return true;
    isBegun ||= part !== "";
  }
  return false;
}

/** The states after a known part. `begins`, `ends`: whether the text begins or ends with it. */
function overText(
  run: Run,
  before: ReadonlySet<number>,
  part: string,
  { begins, ends }: { readonly begins: boolean; readonly ends: boolean },
): ReadonlySet<number> {
  const { regex, may } = run;
  const chars = [...part];
  let now = before;
  for (let at = 0; at <= chars.length && !run.found; at++) {
    const here = new Set<number>();
    const passable: Passable = { start: at === 0 && begins, end: ends && at === chars.length, unknown: may, char: false };
    for (const state of now) enter(run, state, here, passable);
    enter(run, regex.start, here, passable);
    const char = chars[at];
    if (char === undefined) return here;
    now = new Set(
      [...here].flatMap((one) => {
        const state = regex.states[one] as RegexState;
        return state.kind === "char" && (may ? state.may : state.must)(char) ? [state.next] : [];
      }),
    );
  }
  return now;
}

/** The states after any text: those that are reached from here, or for certain only those that repeat any character. */
function overUnknown(run: Run, before: ReadonlySet<number>, isBegun: boolean, isEnd: boolean): ReadonlySet<number> {
  const after = new Set<number>();
  if (run.may) {
    for (const one of [...before, run.regex.start]) enter(run, one, after, { start: !isBegun, end: isEnd, unknown: true, char: true });
    return after;
  }
  for (const one of before) {
    const state = run.regex.states[one] as RegexState;
    if (state.kind !== "char" || state.must !== every) continue;
    const behind = new Set<number>();
    enter(run, state.next, behind, { start: false, end: isEnd, unknown: false, char: false });
    if (behind.has(one)) after.add(one).add(state.next);
  }
  return after;
}

/** Adds a state, and all states after those that are passed. */
function enter(run: Run, first: number, into: Set<number>, passable: Passable): void {
  const open = [first];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (into.has(one)) continue;
    into.add(one);
    run.note.spend("work", 1);
    const state = run.regex.states[one] as RegexState;
    if (state.kind === "accept") run.found = true;
    else if (state.kind === "split") open.push(...state.next);
    else if (passable[state.kind]) open.push(state.next);
  }
}
