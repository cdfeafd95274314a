import { isNonce } from "../../values/slots.js";
import { rows } from "./directives.js";
import { identityOf, keeps } from "./items.js";
import { type Directives, type DirectiveValue, type Item, provesInline, readItem } from "./values.js";

/** Beside these directives others govern a part of the same requests. CSP3 §6.8.4. */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  scriptSrc: ["scriptSrcElem", "scriptSrcAttr"],
  styleSrc: ["styleSrcElem", "styleSrcAttr"],
};

/**
 * Widens the lists that govern what is allowed: the directive, or a copy of the list that it falls back to, and the directives for a part
 * of the same requests. Where none is there, nothing is restricted. A copy of a list for other requests is made
 * before that is widened: what is allowed for scripts is not allowed for workers. Every order in which sources were allowed has one meaning.
 *
 * @param reached by the directive for a part, what is allowed at the whole directive and is not replaced or removed by a layer above.
 */
export function widen(
  directives: Directives,
  allowed: ReadonlyMap<string, readonly Item[]>,
  reached: ReadonlyMap<string, readonly Item[]>,
): Directives {
  if (allowed.size === 0) return directives;
  const widened: Record<string, DirectiveValue> = Object.assign(Object.create(null), directives);
  for (const key of Object.keys(rows)) {
    const items = allowed.get(key);
    if (items === undefined) continue;
    const list = Array.isArray(widened[key]) ? (widened[key] as readonly Item[]) : fallbackOf(key, directives, widened);
    if (list !== undefined) setWidened(key, list, items);
    for (const part of PARTS[key] ?? []) {
      if (Array.isArray(widened[part])) setWidened(part, widened[part] as readonly Item[], reached.get(part) ?? []);
    }
  }
  return widened;

  function setWidened(key: string, list: readonly Item[], items: readonly Item[]): void {
    const fresh = missing(key, list, items);
    if (fresh.length > 0) widened[key] = [...list.filter((item) => item !== "none"), ...fresh];
  }
}

/** A copy of the list that governs an absent directive's requests, without what that does not take; undefined where no list does. */
function fallbackOf(key: string, directives: Directives, widened: Directives): readonly Item[] | undefined {
  const name = directives[key] === undefined ? rows[key]?.fallback?.find((one) => directives[one] !== undefined) : undefined;
  const list = name === undefined ? undefined : (PARTS[name]?.includes(key) ? widened : directives)[name];
  if (!Array.isArray(list)) return undefined;
  // Under 'strict-dynamic' scripts may start any worker, which worker-src could not say.
  return key === "workerSrc" && list.includes("strict-dynamic") ? undefined : list.filter((item) => keeps(item, key));
}

/** What the list does not have, and what has an effect in it. */
function missing(key: string, list: readonly Item[], items: readonly Item[]): readonly Item[] {
  const known = new Set(list.map(identityOf));
  const isStrict = list.includes("strict-dynamic");
  const hasProof = list.some(provesInline);
  // Beside a hash or a nonce browsers ignore 'unsafe-inline', so that only one of the two is written. CSP3 §6.7.3.2.
  const isInline = !isStrict && !hasProof && [...list, ...items].includes("unsafe-inline");
  const isAttribute = key.endsWith("Attr");
  return items.filter((item) => {
    if (known.size === known.add(identityOf(item)).size || !keeps(item, key)) return false;
    if (isAttribute && !isForAttributes(item, items)) return false;
    const read = isNonce(item) ? undefined : readItem(item);
    if (read?.kind === "host" || item === "self") return !isStrict && !list.includes("*");
    if (read?.kind === "scheme") return !isStrict;
    if (item === "unsafe-inline") return isInline;
    if (provesInline(item)) return !isInline;
    return true;
  });
}

/** Attributes are inline: hosts have no meaning there, and hashes only beside `'unsafe-hashes'`. CSP3 §6.7.3.3. */
function isForAttributes(item: Item, items: readonly Item[]): boolean {
  if (item === "unsafe-inline" || item === "unsafe-hashes") return true;
  return !isNonce(item) && readItem(item)?.kind === "hash" && items.includes("unsafe-hashes");
}
