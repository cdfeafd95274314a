import { audit } from "../../audit/index.js";
import type { Patch } from "../../headers/patch.js";
import type { Policy } from "../../policy/policy.js";
import { own } from "../../values/own.js";
import type { InlineCode } from "../inline.js";

/** What has to be confirmed before a proposal allows it. */
export type Consent = "inline" | "runtime" | "eval" | "hosts" | "frames";

export const CONSENTS: readonly Consent[] = ["inline", "runtime", "eval", "hosts", "frames"];

/**
 * One point alone: the hash of a piece of code, as a policy spells it but without quotes; `blob:` for scripts that scripts made; an origin,
 * which accepts every point that names it.
 */
export type Item = `sha256-${string}` | "blob:" | `${string}://${string}`;

/** Whether a word is the origin of an {@link Item}: a scheme and a host, and no path. */
export const isOriginItem = (word: string): word is Item =>
  URL.canParse(word) && /^(?:https?|wss?):/.test(word) && new URL(word).origin === word;

/** What somebody has confirmed: whole kinds, and single points. */
export type Accepted = ReadonlySet<Consent | Item>;

/** A source that the proposal allows, or another value of a header, and why. */
export interface Allowed {
  /** The key in a CSP, `"imgSrc"`; of another header the key in a policy, `"permissionsPolicy.geolocation"`. */
  readonly directive: string;
  /** As a policy spells it: `"self"`, `"https://cdn.example"`, `"'sha256-…'"`; `"nonce"` for that of the response. */
  readonly source: string;
  /** What was seen, in a few words: `"script-src-elem blocked it on /, /about"`. */
  readonly why: string;
  /** Of a hash, the code that it allows. */
  readonly code: InlineCode | undefined;
}

/** What the proposal does not allow before somebody has looked at it. */
export interface Pending {
  readonly consent: Consent;
  /** What confirms this point alone; undefined where its kind is all there is to confirm. */
  readonly item?: Item | undefined;
  readonly message: string;
  readonly code: InlineCode | undefined;
  readonly pages: readonly string[];
}

/** The word that confirms a point, and no more than it has to: `--accept sha256-…`. */
export const wordFor = ({ consent, item }: Pick<Pending, "consent" | "item">): Consent | Item => item ?? consent;

/** Whether somebody has confirmed a point, alone or with its kind. */
export const isAccepted = (accepted: Accepted, { consent, item }: Pick<Pending, "consent" | "item">): boolean =>
  accepted.has(consent) || (item !== undefined && accepted.has(item));

/** What the site has to change before the policy can be enforced. */
export interface Needed {
  readonly message: string;
  readonly pages: readonly string[];
  readonly code: InlineCode | undefined;
}

/** What one kind of evidence adds to a proposal. */
export interface Part {
  /** In the CSP. */
  readonly allowed: readonly Allowed[];
  readonly pending: readonly Pending[];
  readonly needed: readonly Needed[];
  /** What it changes beyond source lists: other headers, the names of Trusted Types policies. */
  readonly others: readonly Other[];
}

/** A change that is not an addition to a source list. */
export interface Other {
  readonly allowed: Allowed;
  readonly patch: Patch;
}

export const NOTHING: Part = { allowed: [], pending: [], needed: [], others: [] };

/** The value of a directive or header by its keys; undefined where the policy does not have it. */
export function valueIn(resolved: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((value, key) => own(value, key), resolved);
}

/** Each value once, in order. */
export const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];

/** The words of a list, as a sentence has them; some of them where there are many. */
export function some(values: readonly string[], most = 5): string {
  const all = distinct(values);
  return all.length <= most ? all.join(", ") : `${all.slice(0, most).join(", ")} and ${all.length - most} more`;
}

/** `"one page"`, `"3 pages"`. */
export const pagesText = (count: number) => (count === 1 ? "one page" : `${count} pages`);

/** The points that an audit gives a policy. */
export const pointsOf = (policy: Policy): number => audit(policy).score.points;
