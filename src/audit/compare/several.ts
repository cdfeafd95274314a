import type { FindGain } from "./difference.js";

/**
 * Compares several policies that all have to allow: all of `to` together allow something that one of `from` does not.
 *
 * @param meeting replaces several by the one that allows what all of them allow, where there is one.
 */
export function together<T>(gain: FindGain<T>, meeting: (many: readonly T[]) => readonly T[] = (many) => many): FindGain<readonly T[]> {
  return (from, to) => {
    const kept = narrowest(gain, to);
    const narrow = meeting(kept);
    let unsure = false;
    for (const one of from) {
      if (narrow !== kept && kept.some((other) => gain(one, other) === undefined)) continue;
      const examples = narrow.map((other) => gain(one, other));
      if (examples.includes(undefined)) continue;
      // What one policy allows is not what all allow, unless there is only one.
      if (narrow.length === 1) return examples[0];
      unsure = true;
    }
    return unsure ? "what several policies allow together, as far as that is known here" : undefined;
  };
}

/** Without those that allow all that another one allows. */
function narrowest<T>(gain: FindGain<T>, many: readonly T[]): readonly T[] {
  return many.reduce<readonly T[]>((kept, one) => {
    if (kept.some((other) => gain(one, other) === undefined)) return kept;
    return [...kept.filter((other) => gain(other, one) !== undefined), one];
  }, []);
}
