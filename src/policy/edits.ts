import { issueCollector } from "../errors.js";
import type { AnySource } from "../headers/content-security-policy/index.js";
import { hintForMember } from "../headers/content-security-policy/source-list.js";
import { type Edit, type EditKind, edit, editKind } from "../values/edits.js";
import { reading } from "../values/options.js";
import { isSlot } from "../values/slots.js";
import { sourceText } from "../values/sources.js";
import { shown } from "../values/text.js";
import type { AnyText, CheckedEditSource } from "./check-types.js";

/**
 * Adds sources to one directive: to the list of the layers below, or to the list it falls back to. Removes `'none'`; a source that
 * is already there changes nothing. A policy without such a list is refused.
 *
 * @param sources one or more of what the directive takes.
 * @throws {PolicyError} for an argument that is not a string, a `source(…)`, `nonce` or a `perRequest(…)`.
 */
export function append<const S extends readonly (AnySource | AnyText)[]>(
  ...sources: { readonly [I in keyof S]: CheckedEditSource<S[I]> }
): Edit<S[number]> {
  return checkedEdit("append", sources) as Edit<S[number]>;
}

/**
 * Removes sources from one directive: from the list of the layers below, or from the list it falls back to. Where none are left the
 * list is `'none'`.
 *
 * @param sources one or more; a source that is not in the list is ignored.
 * @throws {PolicyError} for an argument that is not a string, a `source(…)`, `nonce` or a `perRequest(…)`.
 */
export function remove<const S extends readonly (AnySource | AnyText)[]>(
  ...sources: { readonly [I in keyof S]: CheckedEditSource<S[I]> }
): Edit<S[number]> {
  return checkedEdit("remove", sources) as Edit<S[number]>;
}

/**
 * Widens a policy by what a page needs, whatever the layers below are. Where nothing is restricted, it changes nothing: it never turns on
 * a header, a directive or a feature. Several in any order have the same meaning.
 *
 * At a directive it adds sources to the list in force, or to a copy of the list that the directive falls back to; `scriptSrc` and
 * `styleSrc` include their `…Elem` and `…Attr` directives where the policy has them. What browsers would ignore is
 * left out: hosts beside `"strict-dynamic"`, `"unsafe-inline"` beside a nonce or a hash. At a feature of `permissionsPolicy` it adds origins, to a client hint (`chDpr`) where a layer below names it. As `policy` of `crossOriginOpenerPolicy` and
 * `crossOriginEmbedderPolicy` it takes one word, and the one that allows more is in force.
 *
 * @param sources one or more of what the directive takes, origins of a feature, or one word.
 * @throws {PolicyError} for an argument that is not a string, a `source(…)`, `nonce` or a `perRequest(…)`.
 */
export function allow<const S extends readonly (AnySource | AnyText)[]>(
  ...sources: { readonly [I in keyof S]: CheckedEditSource<S[I]> }
): Edit<S[number]> {
  return checkedEdit("allow", sources) as Edit<S[number]>;
}

/** An edit whose members are sources by type; whether the directive takes them is checked where the edit is used. */
function checkedEdit(kind: EditKind, sources: readonly unknown[]): Edit {
  const { report, throwIfAny } = issueCollector();
  for (const [index, item] of sources.entries()) {
    const path = [kind, index];
    reading(path, report, () => {
      if (typeof item === "string" || isSlot(item) || sourceText(item) !== undefined) return;
      const nested = editKind(item);
      const hint = nested === undefined ? hintForMember(item) : `Write one ${kind}(…) per directive, and a second layer for ${nested}(…).`;
      report({ path, code: "wrong-type", message: `${nested === undefined ? shown(item) : `${nested}(…)`} is not a source`, hint });
    });
  }
  throwIfAny();
  return edit(kind, sources);
}
