import { type Item, wireText } from "../../headers/content-security-policy/values.js";
import { unreachable } from "../../values/never.js";
import { isNonce, isPerRequest, type PerRequest } from "../../values/slots.js";
import { type Keyword, readSource } from "../../values/sources.js";
import { type Addresses, addressesOf, meetAddresses, SELF, UNSURE } from "./addresses.js";
import { MASKS } from "./schemes.js";

/** A source list, sorted by kind of source. */
export interface SourceList {
  readonly addresses: readonly Addresses[];
  readonly nonce: boolean;
  /** `'sha256-…'`, the digest in base64. */
  readonly hashes: ReadonlySet<string>;
  readonly keywords: ReadonlySet<Keyword>;
  readonly slots: readonly PerRequest[];
  /** Whether a nonce or a hash makes `'unsafe-inline'` inert. */
  readonly proof: boolean;
  /** Sources of a kind that is not known here: a browser may know it. */
  readonly unknown: ReadonlySet<string>;
  /** Kinds on trial in Chromium: they apply to scripts, and make hosts or `'unsafe-eval'` inert there. */
  readonly trials: ReadonlySet<string>;
}

/** Reads the members of a directive; slots that differ per request are kept as they are. */
export function readSourceList(items: readonly Item[]): SourceList {
  const addresses: Addresses[] = [];
  const hashes = new Set<string>();
  const keywords = new Set<Keyword>();
  const unknown = new Set<string>();
  const trials = new Set<string>();
  for (const item of items) {
    const text = wireText(item);
    if (text === undefined) continue;
    const source = readSource(text, "wire");
    switch (source.kind) {
      case "fault":
        if (source.unknownKind) unknown.add(/^'[a-z-]+'$/i.test(text) ? text.toLowerCase() : text);
        break;
      case "keyword":
        keywords.add(source.keyword);
        break;
      case "trial":
        trials.add(source.text);
        break;
      case "hash":
        hashes.add(`'${source.algorithm}-${inBase64(source.digest)}'`);
        break;
      case "host":
      case "scheme":
        addresses.push(addressesOf(source));
        break;
      case "nonce":
        break;
      default:
        unreachable(source);
    }
  }
  if (keywords.has("self")) addresses.push(SELF);
  const nonce = items.some(isNonce);
  return { addresses, nonce, hashes, keywords, slots: items.filter(isPerRequest), proof: nonce || hashes.size > 0, unknown, trials };
}

/** A digest that may be in base64url, in base64. */
const inBase64 = (digest: string) => digest.replaceAll("-", "+").replaceAll("_", "/");

/** What both lists allow, for lists of URLs and keywords only; undefined where no single list says it. */
export function meet(one: SourceList, other: SourceList): SourceList | undefined {
  if (!isPlain(one) || !isPlain(other)) return undefined;
  const met = one.addresses.flatMap((a) => other.addresses.map((b) => meetAddresses(a, b)));
  const addresses = met.filter((both) => both !== undefined && both !== UNSURE);
  // Whatever host the page has: what 'self' and a name have in common is in 'self'.
  const hasSelf = addresses.some(({ host, mask }) => host === "'self'" && mask === MASKS.self);
  if (met.includes(UNSURE) && !hasSelf) return undefined;
  const keywords = new Set([...withImplied(one.keywords)].filter((word) => withImplied(other.keywords).has(word)));
  return { ...one, addresses, keywords };
}

function isPlain({ nonce, hashes, slots, unknown, trials, keywords }: SourceList): boolean {
  return !nonce && hashes.size + slots.length + unknown.size + trials.size === 0 && !keywords.has("strict-dynamic");
}

/** Keywords with those that they include. */
function withImplied(keywords: ReadonlySet<Keyword>): ReadonlySet<Keyword> {
  const more: readonly Keyword[] = [
    ...(keywords.has("unsafe-eval") ? (["wasm-unsafe-eval", "trusted-types-eval"] as const) : []),
    ...(keywords.has("unsafe-inline") ? (["inline-speculation-rules"] as const) : []),
  ];
  return new Set([...keywords, ...more]);
}

/** The same list where its `perRequest` slots return a hash and `'unsafe-hashes'`: these affect the rest of the list. */
export function withSlotsFilled(list: SourceList): SourceList {
  return list.slots.length === 0 ? list : { ...list, proof: true, keywords: new Set([...list.keywords, "unsafe-hashes"]) };
}

/** The same list where a source of an unknown kind is a hash or a nonce, as it may be in some browser: then `'unsafe-inline'` is inert. */
export function withUnknownProof(list: SourceList): SourceList {
  return [...list.unknown].some((word) => word.startsWith("'")) ? { ...list, proof: true } : list;
}
