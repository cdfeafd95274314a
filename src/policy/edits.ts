import type { AnySource } from "../headers/content-security-policy/index.js";
import { type Edit, edit } from "../values/edits.js";
import type { CheckedSource } from "./check-types.js";

/**
 * Adds sources to one directive: to what stands there, or to what it falls back to. Drops `'none'`; a source that
 * is there already changes nothing. Where there is nothing to start from, the policy is refused.
 *
 * @param sources one or more of what the directive takes.
 */
export function append<const S extends readonly AnySource[]>(
  ...sources: { readonly [I in keyof S]: CheckedSource<S[I]> }
): Edit<S[number]> {
  return edit("append", sources) as Edit<S[number]>;
}

/**
 * Takes sources away from one directive, or from what it falls back to. Of the last it leaves `'none'`.
 *
 * @param sources one or more; one that is not there is passed over.
 */
export function remove<const S extends readonly AnySource[]>(
  ...sources: { readonly [I in keyof S]: CheckedSource<S[I]> }
): Edit<S[number]> {
  return edit("remove", sources) as Edit<S[number]>;
}
