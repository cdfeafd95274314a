import type { Option } from "../values/legacy-options.js";
import { flat } from "./flat.js";

/**
 * How much of what strangers send is taken. The rates count tokens: a request takes one, which pays for its first report and its first
 * 16 kB; each further report takes one more, and so does each further 16 kB that it starts.
 */
export interface ReportLimits {
  /** Bytes of one request's body; 262144 by default. Chrome gathers about a minute of reports, each with the whole policy. */
  readonly bodyBytes?: number | undefined;
  /** Milliseconds in which a body has to be here; 10000 by default. */
  readonly bodyMs?: number | undefined;
  /** Reports of one request; 200 by default. */
  readonly reports?: number | undefined;
  /** Groups that one request may open; 10 by default. */
  readonly newGroups?: number | undefined;
  /** Groups that one address may open in an hour, as far as this process knows of them; 200 by default. */
  readonly addressNewGroups?: number | undefined;
  /** Bytes of all bodies that are being read or wait to be parsed, a quarter of them of one address; 8388608 by default. */
  readonly inFlightBytes?: number | undefined;
  /** Tokens that one address (an IPv6 network of 64 bits) has at once; 500 by default. */
  readonly addressBurst?: number | undefined;
  /** Tokens that one address gets back each second; 20 by default. */
  readonly addressPerSecond?: number | undefined;
  /** Tokens that all addresses together have at once; 5000 by default. */
  readonly burst?: number | undefined;
  /** Tokens that all addresses together get back each second; 500 by default. */
  readonly perSecond?: number | undefined;
}

/** Bytes of a body for which one token is taken; that of the request itself is the first. */
export const TOKEN_BYTES = 16_384;

export type Limits = { readonly [Name in keyof ReportLimits]-?: number };

export const LIMITS: Limits = {
  bodyBytes: 262_144,
  bodyMs: 10_000,
  reports: 200,
  newGroups: 10,
  addressNewGroups: 200,
  inFlightBytes: 8_388_608,
  addressBurst: 500,
  addressPerSecond: 20,
  burst: 5_000,
  perSecond: 500,
};

const POSITIVE: Option = {
  fits: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  hint: "Write a whole number above 0.",
};

export const LIMIT_OPTIONS = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, POSITIVE])) as Record<keyof ReportLimits, Option>;

/** Why something was not counted in a group; what is behind it stands at {@link Stats}. */
export const SHED_CAUSES = [
  "other-origin",
  "content-type",
  "encoded",
  "too-large",
  "slow",
  "broken-off",
  "busy",
  "over-rate",
  "no-json",
  "no-report",
  "unknown-type",
  "other-host",
  "too-many",
  "new-groups",
  "store-away",
  "store-lost",
] as const;

export type ShedCause = (typeof SHED_CAUSES)[number];

/** What is counted beside the groups, under the names by which stores keep it. */
export type TotalName = "accepted" | "noise" | "evicted" | ShedCause;

/** What became of all that was sent; nothing is lost without a count. A request that was not read counts as one. */
export interface Stats {
  /** Reports counted in a group. */
  readonly accepted: number;
  /** Reports of browser extensions, adware and the like: looked at, and left out. */
  readonly noise: number;
  /** Of the accepted ones, those whose group had to make room since. */
  readonly evicted: number;
  /**
   * Requests: `other-origin` sent by a page of another site, or its preflight, `content-type` not one of reports, `encoded` a compressed
   * body, `too-large`, `slow`, `broken-off`, `busy` too much in flight, `no-json`. Both: `over-rate` one address or all together sent too
   * much. Reports: `no-report` not the shape of one, `unknown-type`, `other-host` a document that is not of this site, `too-many` in a
   * request, `new-groups` too many of them in a request or of one address, `store-away` no room while the store does not answer,
   * `store-lost` written, and gone when the store came back or not to be read any more (then one for each group).
   */
  readonly shed: Readonly<Record<ShedCause, number>>;
}

/** The public figures from what a store keeps. */
export function statsOf(totals: ReadonlyMap<string, number>): Stats {
  const count = (name: TotalName) => totals.get(name) ?? 0;
  const shed = Object.fromEntries(SHED_CAUSES.map((cause) => [cause, count(cause)])) as Record<ShedCause, number>;
  return { accepted: count("accepted"), noise: count("noise"), evicted: count("evicted"), shed };
}

/** Gives tokens back at a steady rate. */
export interface Bucket {
  /** How many of those that are wanted there are; these are gone then. */
  take(now: number, wanted: number): number;
}

/** @param burst how many there are at most. @param perSecond how many come back. */
export function tokenBucket(burst: number, perSecond: number): Bucket {
  let tokens = burst;
  let last = 0;
  return {
    take(now, wanted) {
      tokens = Math.min(burst, tokens + (Math.max(0, now - last) / 1000) * perSecond);
      last = now;
      const given = Math.min(wanted, Math.floor(tokens));
      tokens -= given;
      return given;
    },
  };
}

/** How many addresses have a bucket of their own; whoever was quiet longest starts anew. */
const ADDRESSES = 10_000;

/** How many of what an address wants it may have. */
export type RateLimit = (address: string, wanted: number) => number;

/** One bucket for each address, as `networkOf` gives it. */
export function addressLimit(burst: number, perSecond: number): RateLimit {
  const buckets = new Map<string, Bucket>();
  return (address, wanted) => {
    const bucket = buckets.get(address) ?? tokenBucket(burst, perSecond);
    buckets.delete(address);
    buckets.set(address, bucket);
    if (buckets.size > ADDRESSES) buckets.delete(buckets.keys().next().value as string);
    return bucket.take(Date.now(), wanted);
  };
}

/** How many tokens an address gets: there is one bucket for each, and one for all of them. */
export function rateLimit(limits: Limits): RateLimit {
  const all = tokenBucket(limits.burst, limits.perSecond);
  const own = addressLimit(limits.addressBurst, limits.addressPerSecond);
  // Their own bucket first: who sends too much must not empty everybody's.
  return (address, wanted) => all.take(Date.now(), own(address, wanted));
}

/** In memory of its own. An IPv4 address as it is; of an IPv6 address the 64 bits that a subscriber gets. RFC 6177. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(":")) return flat(mapped ?? address.slice(0, 64));
  const [head = "", tail] = address.split("%", 1)[0]?.split("::", 2) ?? [];
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => group.slice(0, 4).replace(/^0+(?=.)/, ""));
  return flat(groups.join(":"));
}
