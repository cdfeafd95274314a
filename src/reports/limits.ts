import type { OptionSchemas } from "../values/options.js";
import { wholeNumber } from "../values/schema.js";
import { flat } from "./flat.js";

/**
 * How much is read of what strangers send. The rates count tokens: a request takes one, which pays for its first report and its first
 * 16 kB; each further report takes one more, and so does each further 16 kB that the body starts.
 */
export interface ReportLimits {
  /** Bytes of one request's body. Default: 262144. Chrome sends the reports of about a minute together, each with the whole policy. */
  readonly bodyBytes?: number | undefined;
  /** Milliseconds in which a body must be received. Default: 10000. */
  readonly bodyMs?: number | undefined;
  /** Reports of one request. Default: 200. */
  readonly reports?: number | undefined;
  /** Groups that one request may open. Default: 10. */
  readonly newGroups?: number | undefined;
  /** Groups that one address may open in an hour, counted by each process. Default: 200. */
  readonly addressNewGroups?: number | undefined;
  /** Bytes of all bodies that are being read or wait to be parsed, at most a quarter of them from one address. Default: 8388608. */
  readonly inFlightBytes?: number | undefined;
  /** Tokens that one address (an IPv6 network of 64 bits) has at most. Default: 500. */
  readonly addressBurst?: number | undefined;
  /** Tokens that one address regains each second. Default: 20. */
  readonly addressPerSecond?: number | undefined;
  /** Tokens that all addresses together have at most. Default: 5000. */
  readonly burst?: number | undefined;
  /** Tokens that all addresses together regain each second. Default: 500. */
  readonly perSecond?: number | undefined;
}

/** Bytes of a body for which one token is taken. The token of the request pays for the first. */
export const TOKEN_BYTES = 16_384;

/** All limits, with their defaults. */
export type Limits = { readonly [Name in keyof ReportLimits]-?: number };

/** The defaults. */
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

/** The schemas of the limits: whole numbers above 0. */
export const LIMIT_SCHEMAS: OptionSchemas<ReportLimits> = () => {
  const schema = wholeNumber(1, Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(Object.keys(LIMITS).map((name) => [name, schema])) as Record<keyof ReportLimits, typeof schema>;
};

/** Why something was not counted in a group; {@link Stats} explains each cause. */
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

/** Why a report was not counted in a group; {@link Stats} explains each cause. */
export type ShedCause = (typeof SHED_CAUSES)[number];

/** What is counted besides the groups; stores keep it under these names. */
export type TotalName = "accepted" | "noise" | "evicted" | ShedCause | RefusalName;

/** The causes that the option `hosts` decides. */
export const REFUSALS = ["other-origin", "other-host"] as const satisfies readonly ShedCause[];

export type Refusal = (typeof REFUSALS)[number];

/** A cause and the host name that was refused: `other-host shop.example`. Each of them is counted under its cause too. */
export type RefusalName = `${Refusal} ${string}`;

/** Host names that are counted by name; strangers choose them. */
export const REFUSAL_NAMES = 20;

/** Whether the name of a total is a {@link RefusalName}: no other has a space. */
export function isRefusalName(name: string): boolean {
  return name.includes(" ");
}

/** How often one host name was refused. */
export interface RefusedHost {
  readonly cause: Refusal;
  readonly host: string;
  readonly count: number;
}

/** What happened to everything that was sent: every loss is counted. A request that was not read counts as one. */
export interface Stats {
  /** Reports counted in a group. */
  readonly accepted: number;
  /** Reports caused by browser extensions, adware and the like; they are in no group. */
  readonly noise: number;
  /** Accepted reports whose group was removed since, to make room for others. */
  readonly evicted: number;
  /**
   * Requests: `other-origin` sent by a page of another site, or its preflight; `content-type` not one of reports; `encoded` a compressed
   * body; `too-large`; `slow`; `broken-off`; `busy` too many bytes in flight; `no-json`. Requests and reports: `over-rate` one address or
   * all together sent too much. Reports: `no-report` not a report; `unknown-type`; `other-host` the document is not of this site;
   * `too-many` in one request; `new-groups` too many of them in a request or from one address; `store-away` no room while the store does
   * not answer; `store-lost` written, and missing when the store came back, or unreadable there (then one for each group).
   */
  readonly shed: Readonly<Record<ShedCause, number>>;
  /** The first 20 host names that were refused because `hosts` does not have them, the most frequent first. Strangers may have made them up. */
  readonly refused: readonly RefusedHost[];
}

/** The public statistics, from the totals that a store keeps. */
export function statsOf(totals: ReadonlyMap<string, number>): Stats {
  const count = (name: TotalName) => totals.get(name) ?? 0;
  const shed = Object.fromEntries(SHED_CAUSES.map((cause) => [cause, count(cause)])) as Record<ShedCause, number>;
  return { accepted: count("accepted"), noise: count("noise"), evicted: count("evicted"), shed, refused: refusedIn(totals) };
}

function refusedIn(totals: ReadonlyMap<string, number>): readonly RefusedHost[] {
  const named = [...totals].flatMap(([name, times]): readonly RefusedHost[] => {
    const [cause, host = ""] = name.split(" ");
    const refusal = REFUSALS.find((one) => one === cause);
    return refusal === undefined || host === "" ? [] : [{ cause: refusal, host, count: times }];
  });
  return named.sort((one, other) => other.count - one.count);
}

/** The totals to add, where `known` are there: of host names as many as are counted by name. */
export function withinRefusalNames(known: Iterable<string>, added: Iterable<readonly [string, number]>): (readonly [string, number])[] {
  const names = new Set([...known].filter(isRefusalName));
  return [...added].filter(([name]) => {
    if (!isRefusalName(name) || names.has(name)) return true;
    if (names.size >= REFUSAL_NAMES) return false;
    names.add(name);
    return true;
  });
}

/** A number of tokens that is refilled at a steady rate. */
export interface Bucket {
  /** Takes as many tokens as there are, at most `wanted`; returns how many. `now` is in milliseconds. */
  take(now: number, wanted: number): number;
}

/** A full bucket. `burst` is the most tokens that it has, `perSecond` how many it regains. */
export function tokenBucket(burst: number, perSecond: number): Bucket {
  let tokens = burst;
  let last = 0;
  return {
    take(now, wanted) {
      tokens = Math.min(burst, tokens + (Math.max(0, now - last) / 1000) * perSecond);
      last = now;
      const taken = Math.min(wanted, Math.floor(tokens));
      tokens -= taken;
      return taken;
    },
  };
}

/** How many addresses have their own bucket; the one that was quiet longest gets a new, full one. */
const ADDRESSES = 10_000;

/** Takes tokens for an address; returns how many it got. */
export type RateLimit = (address: string, wanted: number) => number;

/** One bucket for each address, as `networkOf` returns it. */
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

/** One bucket for each address, and one for all of them. */
export function rateLimit(limits: Limits): RateLimit {
  const all = tokenBucket(limits.burst, limits.perSecond);
  const own = addressLimit(limits.addressBurst, limits.addressPerSecond);
  // The own bucket first: an address that sends too much must not empty the common one.
  return (address, wanted) => all.take(Date.now(), own(address, wanted));
}

/** An IPv4 address as it is; of an IPv6 address the 64 bits that a subscriber gets (RFC 6177). The text is a copy: see {@link flat}. */
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
