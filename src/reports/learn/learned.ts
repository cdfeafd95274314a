import type { Comparison, Finding } from "../../audit/index.js";
import type { Patch } from "../../headers/patch.js";
import type { Policy } from "../../policy/policy.js";
import type { ServiceMatch } from "../../services/index.js";

/** The reports behind a suggestion or an advice. All text in it comes from strangers. */
export interface Evidence {
  /** How many reports. */
  readonly count: number;
  /** How many of them came from a report-only policy. */
  readonly observed: number;
  /** Distinct addresses, at least. */
  readonly clients: number;
  /** Milliseconds since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** `2026-11-21`, in order. */
  readonly days: readonly string[];
  readonly routes: readonly string[];
  /** At most 10, the most frequent first; so are `browsers` and `urls`. */
  readonly pages: readonly string[];
  readonly browsers: readonly string[];
  /** The blocked addresses, or the places in scripts where there are none. */
  readonly urls: readonly string[];
}

/**
 * `"high"` and `"medium"` are in the patch. `"low"` is not: too little evidence, no room in the header, or a source of a kind that is not
 * known here. `"risky"` is not: it opens a bypass of the policy.
 */
export type Confidence = "high" | "medium" | "low" | "risky";

/** A source that the site seems to need. */
export interface Suggestion {
  /** The key in a CSP, such as `"imgSrc"`. */
  readonly directive: string;
  /** As a policy spells it: `"self"`, `"https://cdn.example"`. */
  readonly source: string;
  readonly confidence: Confidence;
  /** Why it is not in the patch; the empty string where it is. */
  readonly why: string;
  readonly evidence: Evidence;
  /** Findings that an audit has with this source and not without it. */
  readonly risks: readonly Finding[];
}

/** A violation that no source should allow, and what to do instead. */
export interface Advice {
  /** The directive or feature as browsers name it. */
  readonly directive: string;
  /** `"inline"`, `"eval"`, an address, or the empty string. */
  readonly blocked: string;
  readonly message: string;
  readonly evidence: Evidence;
  /** The first characters of the blocked code, where the policy has `'report-sample'`. At most 5. */
  readonly samples: readonly string[];
}

/** How many reports a route has sent. */
export interface RouteCoverage {
  readonly route: string;
  readonly count: number;
  readonly clients: number;
  readonly lastSeen: number;
}

/** A source, and where it is suggested. */
export type LearnedSource = Pick<Suggestion, "directive" | "source">;

/** A third party that suggestions belong to, and the recipe of `portcullis/services` that names it. */
export interface LearnedService extends ServiceMatch {
  /** The suggestions that belong to it, also those that are not in the patch. */
  readonly sources: readonly LearnedSource[];
  /** The options of the call beside those that the recipe requires: `{ region: "eu" }`, the fewest that allow what was seen. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Those of the sources that the call does not allow. */
  readonly beyond: readonly LearnedSource[];
}

/** What `learn` returns. It changes no policy by itself. */
export interface Learned {
  /** A layer to put on the policy that was observed. */
  readonly patch: Patch;
  /** That policy with the patch applied. */
  readonly proposal: Policy;
  /**
   * The share of the responses that asked for reports, of `reporting.sample`; undefined where all did. Every number is as counted, and not
   * divided by it.
   */
  readonly sample?: number | undefined;
  /** The most certain first. */
  readonly suggestions: readonly Suggestion[];
  /** The third parties among the suggestions, by name. The patch has the sources that were seen, and not the recipes. */
  readonly services: readonly LearnedService[];
  /** The most frequent first. */
  readonly advice: readonly Advice[];
  /** `reported`: routes with reports. `silent`: those of the option `routes` without one. */
  readonly coverage: { readonly reported: readonly RouteCoverage[]; readonly silent: readonly string[] };
  /**
   * How many groups were not used: reports on another policy, what somebody ignored on the reports page, sources that the policy allows
   * already, values that no policy accepts.
   */
  readonly leftOut: { readonly otherPolicy: number; readonly ignored: number; readonly allowed: number; readonly unusable: number };
  /** The policy compared with the proposal. */
  readonly comparison: Comparison;
  /** Findings that an audit has in the proposal and not in the policy. */
  readonly findings: readonly Finding[];
}
