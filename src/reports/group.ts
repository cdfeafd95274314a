import type { Disposition, ReportType } from "./report-types.js";

/** What the reports of one group have in common. */
export interface GroupKey {
  readonly type: ReportType;
  /** See `policyHash`; the empty string for reports without a policy. */
  readonly policyHash: string;
  readonly disposition: Disposition;
  /** The effective directive, the feature, or what else the type is about. */
  readonly directive: string;
  /**
   * An origin, `self` for the document's own, a keyword such as `inline` or `eval`, a bare scheme such as `data`, or the empty string. Of a
   * `csp-hash` the file, without query and fragment.
   */
  readonly blocked: string;
  /** The document's path with `*` for what varies: `/users/*`. Of a `csp-hash`, which is the same on every page, `*`. */
  readonly route: string;
}

/** A value, and how often it was reported. */
export interface Counted {
  readonly value: string;
  readonly count: number;
}

/** Reports that have the same key, counted. Every text in it comes from strangers: escape it. */
export interface Group extends GroupKey {
  /** A hash of the key: the same in every process. */
  readonly id: string;
  /**
   * The first 2,000 characters of the policy that was reported, its directives in order, without nonces and where reports go. Absent
   * where the type has no policy, and in groups of earlier versions until their next report.
   */
  readonly policy?: string;
  /** `true`: somebody ignored what the group is about, on the reports page. `learn` does not use such groups. Else absent. */
  readonly ignored?: true;
  readonly count: number;
  /** Milliseconds since 1970, by the clock of the collector. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Distinct addresses, at most 50. */
  readonly clients: number;
  /** The first 10 documents, without query and fragment. All lists but `days` begin with the most frequent. */
  readonly pages: readonly Counted[];
  /** The first 20 browsers: `Firefox 145`. */
  readonly browsers: readonly Counted[];
  /** The first 10 blocked addresses, without query and fragment. */
  readonly urls: readonly Counted[];
  /** The first 10 places in scripts and styles: `https://site.example/app.js:10:5`. */
  readonly files: readonly Counted[];
  /** The first 5 samples of the blocked code; only with `'report-sample'`. Of a `csp-hash` the file's hashes. */
  readonly samples: readonly Counted[];
  /** The last 92 days with reports, in UTC and in order: `2026-11-21`. */
  readonly days: readonly Counted[];
}

/** How many different values of each kind a group keeps. */
export const TALLIES = { pages: 10, browsers: 20, urls: 10, files: 10, samples: 5, days: 92, clients: 50 } as const;

/** What a group of reports counts by value, such as pages and browsers. */
export type TallyName = keyof typeof TALLIES;
export const TALLY_NAMES = Object.keys(TALLIES) as TallyName[];

/** How much of a policy a group keeps. */
export const POLICY_CHARACTERS = 2_000;

/** Of days the last are kept; of all else the first. */
export const ROLLING = "days" satisfies TallyName;

/** The latest time that a `Date` has, in milliseconds since 1970. ECMA-262 §21.4.1.1. */
export const LATEST = 8_640_000_000_000_000;

/**
 * A group as stores keep it, and the counts that are added to one.
 *
 * @experimental
 */
export interface GroupRecord extends GroupKey {
  readonly id: string;
  policy?: string;
  count: number;
  firstSeen: number;
  lastSeen: number;
  readonly tallies: Readonly<Record<TallyName, Map<string, number>>>;
}
