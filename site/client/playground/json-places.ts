import { DEEPEST_JSON } from "../../../src/cli/limits.js";
import { MOST_POLICY } from "./limits.js";

/** A step to a value in JSON. */
export type Step = string | number;

/** Where a value of a JSON text is. */
export interface Place {
  readonly steps: readonly Step[];
  /** The offset of its first character; of a member, of its key. */
  readonly at: number;
  /** A value that is a word: a string without its quotes. */
  readonly word?: string;
}

/** What is written at the caret. */
export interface Caret {
  /** The steps to the object or list around it, and for a value of a member the key. */
  readonly steps: readonly Step[];
  readonly kind: "key" | "value";
  /** The part of the word before the caret, without quotes. */
  readonly typed: string;
  /** The whole word, with its quotes; an empty range between words. */
  readonly from: number;
  readonly to: number;
  /** The keys or strings that the object or list around it has already. */
  readonly siblings: readonly string[];
}

interface Frame {
  readonly kind: "object" | "list";
  readonly steps: readonly Step[];
  key: string | undefined;
  keyAt: number;
  index: number;
  wants: "key" | "value";
  readonly words: string[];
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"?|[{}[\]:,]|[^\s"{}[\]:,]+/g;

/**
 * Reads a JSON text that may be unfinished, as far as it goes: to the first value that is nested deeper than the library reads, and nothing
 * of a text that is longer.
 *
 * @param caret an offset, to find what is written there.
 */
export function readPlaces(text: string, caret = -1): { readonly places: readonly Place[]; readonly caret: Caret | undefined } {
  const places: Place[] = [];
  const stack: Frame[] = [];
  let found: Omit<Caret, "siblings"> | undefined;
  let around: Frame | undefined;
  const stepsNow = (top: Frame | undefined): readonly Step[] =>
    top === undefined ? [] : [...top.steps, top.kind === "list" ? top.index : (top.key ?? "")];
  const look = (top: Frame | undefined, typed: string, from: number, to: number) => {
    const kind = top?.kind === "object" && top.wants === "key" ? "key" : "value";
    found = { steps: kind === "key" ? (top?.steps ?? []) : stepsNow(top), kind, typed, from, to };
    around = top;
  };
  if (text.length > MOST_POLICY) return { places, caret: undefined };
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const at = match.index;
    const end = at + token.length;
    const top = stack.at(-1);
    if (found === undefined && caret >= last && caret <= at && !(caret === at && /[^{}[\]:,]/.test(token))) look(top, "", caret, caret);
    last = end;
    if (token === "{" || token === "[") {
      const steps = stepsNow(top);
      places.push({ steps, at: top?.kind === "object" ? top.keyAt : at });
      const kind = token === "{" ? "object" : "list";
      stack.push({ kind, steps, key: undefined, keyAt: at, index: 0, wants: kind === "object" ? "key" : "value", words: [] });
    } else if (token === "}" || token === "]") stack.pop();
    else if (token === ":") {
      if (top !== undefined) top.wants = "value";
    } else if (token === ",") {
      if (top === undefined) continue;
      if (top.kind === "list") top.index += 1;
      else top.wants = "key";
    } else {
      const isIn = token.startsWith('"')
        ? caret > at && (caret < end || (caret === end && !/^".*"$/.test(token)))
        : caret > at && caret <= end;
      if (isIn) look(top, text.slice(at, caret).replace(/^"/, ""), at, end);
      const word = token.replace(/^"|"$/g, "");
      if (!isIn) top?.words.push(word);
      if (top?.kind === "object" && top.wants === "key") [top.key, top.keyAt] = [word, at];
      else places.push({ steps: stepsNow(top), at: top?.kind === "object" ? top.keyAt : at, word });
    }
    if (stack.length > DEEPEST_JSON) break;
  }
  if (found === undefined && caret >= last) look(stack.at(-1), "", caret, caret);
  return { places, caret: found && { ...found, siblings: around?.words ?? [] } };
}

/** The steps of a path in an error: `contentSecurityPolicy.scriptSrc[1]`. */
export function stepsOf(path: string): readonly Step[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|"((?:[^"\\]|\\.)*)"|([^.[\]"]+)/g)].map(([, index, quoted, whole, name]) =>
    index !== undefined ? Number(index) : (quoted ?? whole ?? name ?? ""),
  );
}

/**
 * The line of a mistake, from 1: of the value at the path, of the innermost value around it that is in the text, or of the word that the
 * path is.
 *
 * @returns undefined where nothing of the path is in the text.
 */
export function lineOf(text: string, places: readonly Place[], path: string): number | undefined {
  const lineAt = ({ at }: Place) => text.slice(0, at).split("\n").length;
  const steps = stepsOf(path);
  for (let length = steps.length; length > 0; length -= 1) {
    const wanted = steps.slice(0, length);
    // A policy does not say in which layer, or in which edit, a path is: the last one decides.
    const place = places.findLast(({ steps: own }) => leadsThrough(own, wanted));
    if (place !== undefined) return lineAt(place);
  }
  // A preset that does not exist is called by its name.
  const named = places.find(({ word }) => word === path);
  return named && lineAt(named);
}

/** Whether a value is called as the end of the path, and is inside of values that are called as the steps before, in this order. */
function leadsThrough(steps: readonly Step[], path: readonly Step[]): boolean {
  if (steps.at(-1) !== path.at(-1)) return false;
  let next = 0;
  for (const step of steps) if (step === path[next]) next += 1;
  return next === path.length;
}
