import { PolicyError } from "../../errors.js";
import type { Patch } from "../../headers/patch.js";
import { makePolicy, type Policy } from "../../policy/policy.js";
import { compiledOf } from "../../policy/render.js";
import { limitOf } from "../../policy/size.js";
import { edit } from "../../values/edits.js";
import type { Wanted } from "./candidates.js";
import { groupedBy } from "./evidence.js";
import type { Observed } from "./observed.js";

/** The layer that appends these sources. */
export function patchOf({ key }: Observed, wanted: readonly Wanted[]): Patch {
  if (wanted.length === 0) return {};
  const byDirective = groupedBy(wanted, ({ directive }) => directive);
  const edits = [...byDirective].map(([directive, list]) => {
    return [
      directive,
      edit(
        "append",
        list.map(({ source }) => source),
      ),
    ] as const;
  });
  return { [key]: Object.fromEntries(edits) } as Patch;
}

/** The policy with these sources; undefined where it does not take one of them. */
export function withSources(observed: Observed, wanted: readonly Wanted[]): Policy | undefined {
  return unlessRefused(() => makePolicy([observed.policy, patchOf(observed, wanted)]));
}

/** Whether the headers of a policy are within its `maxBytes`. */
export function isWithinSize(policy: Policy): boolean {
  return unlessRefused(() => compiledOf(policy)) !== undefined;
}

function unlessRefused<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

/** As many of these sources, from the first, as the header has room for. */
export function fitting<T extends Wanted>(observed: Observed, wanted: readonly T[]): readonly T[] {
  let [fits, tooMany, tried] = [0, wanted.length + 1, wanted.length];
  while (tooMany - fits > 1) {
    const next = withSources(observed, wanted.slice(0, tried));
    if (next !== undefined && isWithinSize(next)) fits = tried;
    else tooMany = tried;
    tried = Math.floor((fits + tooMany) / 2);
  }
  return wanted.slice(0, fits);
}

/** Why a source is not in the patch where the header has no room for it. */
export function noRoom({ policy, header }: Observed): string {
  return `No room: ${header} would have more than ${limitOf(policy.resolved)} bytes. Remove sources, or write a larger maxBytes.`;
}
