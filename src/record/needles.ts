import { randomInt } from "node:crypto";

/** Beginning and end of a place in a text. */
export type Range = readonly [start: number, end: number];

/** A value to look for, in lower case, and which of its beginnings count where the rest is missing. */
export interface Needle {
  readonly text: string;
  /** The shortest and the longest beginning that counts; undefined for none. */
  readonly beginnings: Range | undefined;
}

/** A place where a text may have been cut, and the end of what is hidden there. */
export type Cut = readonly [end: number, cut: number];

/** Many values that are looked for in one pass over a text. */
export interface Needles {
  /** Adds values. */
  add(needles: readonly Needle[]): void;
  /**
   * Finds all values, their beginnings that count, and before a cut each beginning of at least `shortest` characters. One pass for each
   * table, of which there are few, however many values there are.
   *
   * @param text in lower case.
   * @param cuts in the order of their ends.
   * @returns in their order; none overlaps another.
   */
  find(text: string, cuts: readonly Cut[], shortest: number): readonly Range[];
  /** Characters that were put into tables so far, and how many tables there are: what additions and a search cost. */
  readonly work: { readonly built: number; readonly tables: number };
}

/**
 * Tables of values. What is added gets a table of its own, which takes in each last one of less than twice its size: of n characters there are
 * log2(n) tables at most, and each character is put into a table log1.5(n) times at most.
 */
export function newNeedles(): Needles {
  let tables: readonly Table[] = [];
  let built = 0;
  return {
    get work() {
      return { built, tables: tables.length };
    },
    add(needles) {
      let all = needles.filter(({ text }) => text !== "");
      if (all.length === 0) return;
      const kept = [...tables];
      for (let last = kept.at(-1); last !== undefined && last.characters < 2 * charactersOf(all); last = kept.at(-1)) {
        kept.pop();
        all = [...last.needles, ...all];
      }
      built += charactersOf(all);
      tables = [...kept, tableOf(all)];
    },
    find(text, cuts, shortest) {
      const found = tables.map((table) => table.find(text, cuts, shortest));
      return found.length === 1 ? (found[0] as readonly Range[]) : united(found.flat());
    },
  };
}

const charactersOf = (needles: readonly Needle[]) => needles.reduce((sum, { text }) => sum + text.length, 0);

interface Table extends Pick<Needles, "find"> {
  readonly needles: readonly Needle[];
  readonly characters: number;
}

/** Sites choose the values: without it, they could choose those that share a slot. */
const SEED = randomInt(2 ** 31);

/**
 * The automaton of Aho and Corasick. Its states are the beginnings of the values; each knows the longest beginning that it ends with (`back`), and
 * the length of the longest found value that it ends with (`best`).
 */
function tableOf(needles: readonly Needle[]): Table {
  const characters = charactersOf(needles);
  const states = characters + 1;
  const bits = Math.max(4, Math.ceil(Math.log2(2 * states)));
  const slots = new Int32Array(2 ** bits);
  const parents = new Int32Array(states);
  const units = new Uint16Array(states);
  const depths = new Int32Array(states);
  const back = new Int32Array(states);
  const best = new Int32Array(states);
  /** The children of the first state, which is asked for most. */
  const first = new Int32Array(2 ** 16);
  let count = 1;

  const slotOf = (state: number, unit: number) => {
    let slot = (Math.imul(Math.imul(state ^ SEED, 0x9e3779b1) ^ unit, 0x85ebca6b) ^ state) >>> (32 - bits);
    for (; ; slot = (slot + 1) & (slots.length - 1)) {
      const child = slots[slot] as number;
      if (child === 0 || (parents[child] === state && units[child] === unit)) return slot;
    }
  };
  /** The longest beginning that one continues with: 0, the empty one, where there is no other. */
  const step = (from: number, unit: number) => {
    for (let state = from; state !== 0; state = back[state] as number) {
      const child = slots[slotOf(state, unit)] as number;
      if (child !== 0) return child;
    }
    return first[unit] as number;
  };

  for (const { text, beginnings: [shortest, longest] = [0, -1] } of needles) {
    let state = 0;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      const slot = slotOf(state, unit);
      if (slots[slot] === 0) {
        slots[slot] = count;
        parents[count] = state;
        units[count] = unit;
        depths[count] = index + 1;
        if (state === 0) first[unit] = count;
        count += 1;
      }
      state = slots[slot] as number;
      if (index + 1 === text.length || (index + 1 >= shortest && index + 1 <= longest)) best[state] = index + 1;
    }
  }
  for (const state of byDepth(depths, count)) {
    const parent = parents[state] as number;
    back[state] = parent === 0 ? 0 : step(back[parent] as number, units[state] as number);
    if (best[state] === 0) best[state] = best[back[state] as number] as number;
  }

  return {
    needles,
    characters,
    find(text, cuts, shortest) {
      const ranges: [start: number, end: number][] = [];
      const add = (start: number, end: number) => {
        let [from, to] = [start, end];
        for (let last = ranges.at(-1); last !== undefined && last[1] >= from; last = ranges.at(-1)) {
          [from, to] = [Math.min(from, last[0]), Math.max(to, last[1])];
          ranges.pop();
        }
        ranges.push([from, to]);
      };
      let state = 0;
      let cut = 0;
      for (let index = 0; ; index += 1) {
        for (; cut < cuts.length && cuts[cut]?.[0] === index; cut += 1) {
          const depth = depths[state] as number;
          if (depth >= shortest) add(index - depth, cuts[cut]?.[1] as number);
        }
        if (index >= text.length) return ranges;
        state = step(state, text.charCodeAt(index));
        const length = best[state] as number;
        if (length > 0) add(index + 1 - length, index + 1);
      }
    },
  };
}

/** The states but the first, the shortest beginnings first. */
function byDepth(depths: Int32Array, count: number): Int32Array {
  const places = new Int32Array(count + 1);
  for (let state = 1; state < count; state += 1) (places[(depths[state] as number) + 1] as number) += 1;
  for (let depth = 1; depth <= count; depth += 1) (places[depth] as number) += places[depth - 1] as number;
  const order = new Int32Array(count - 1);
  for (let state = 1; state < count; state += 1) {
    const depth = depths[state] as number;
    order[places[depth] as number] = state;
    (places[depth] as number) += 1;
  }
  return order;
}

/** Ranges in their order, those that touch or overlap as one. */
export function united(ranges: readonly Range[]): readonly Range[] {
  const made: [start: number, end: number][] = [];
  for (const [start, end] of [...ranges].sort(([one], [other]) => one - other)) {
    const last = made.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else made.push([start, end]);
  }
  return made;
}
