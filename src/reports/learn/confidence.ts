import type { Finding } from "../../audit/index.js";
import { largest } from "./evidence.js";
import type { Confidence, Evidence, Suggestion } from "./learned.js";
import type { LearnOptions } from "./options.js";
import type { Trust } from "./sources.js";

/**
 * The evidence that a source needs for `"medium"`. Anybody can make up reports, and some addresses are cheap to get. A few clients are
 * enough for the site itself and for schemes such as `data:`, which do not help an attacker, but not for a host.
 */
const THRESHOLDS = {
  own: { clients: 3, days: 2, routes: 1 },
  thirdParty: { clients: 10, days: 2, routes: 1 },
} as const;

/** The part of a route's reporting clients that must have reported a host. A smaller part has an extension. */
const SHARE = 1 / 4;

/** `"high"` needs so many times the clients of `"medium"`, one day more, and two routes. */
const PLENTY = 3;

/** The evidence that one source needs. */
export interface Threshold {
  readonly isHost: boolean;
  readonly clients: number;
  readonly days: number;
  readonly routes: number;
}

/** The evidence that a source of this trust needs; the options override the defaults. */
export function thresholdFor(trust: Trust, { minClients, minDays, minRoutes }: LearnOptions): Threshold {
  const isHost = trust !== "own";
  const { clients, days, routes } = isHost ? THRESHOLDS.thirdParty : THRESHOLDS.own;
  return { isHost, clients: minClients ?? clients, days: minDays ?? days, routes: minRoutes ?? routes };
}

/** Why the evidence is not enough; the empty string where it is. `clients` is that of {@link clientsByRoute}. */
export function doubt(evidence: Evidence, threshold: Threshold, clients: ReadonlyMap<string, number>): string {
  const missing = missingOf(evidence, threshold);
  if (missing.length > 0) return `Too little evidence${threshold.isHost ? " for a third-party host" : ""}: ${missing.join(", ")}.`;
  if (evidence.observed === 0) return "Only an enforced policy blocked it: observe the policy in report-only mode before you widen it.";
  const all = largest(evidence.routes.map((route) => clients.get(route) ?? 0));
  if (!threshold.isHost || evidence.clients >= all * SHARE) return "";
  return `Reported by ${evidence.clients} of at least ${all} clients that sent reports from the same routes: it may come from a browser extension or be made up.`;
}

/** What evidence has of each threshold that it does not reach: `"1 of 10 clients"`. */
export function missingOf({ clients, days, routes }: Evidence, least: Threshold): readonly string[] {
  return [
    clients < least.clients && `${clients} of ${least.clients} clients`,
    days.length < least.days && `${days.length} of ${least.days} days`,
    routes.length < least.routes && `${routes.length} of ${least.routes} routes`,
  ].filter((text) => text !== false);
}

/** Reasons against a source, independent of its evidence. */
const OBJECTIONS: Readonly<Record<Trust, string>> = {
  own: "",
  "third-party": "",
  "plain-http": "Plain http: anybody on the network can change what it sends. Serve it over https.",
  unknown: "Reports cannot justify a source of this kind: add it yourself if the site needs it.",
};

/** How sure a suggestion is, and why it is not surer. */
export function confidenceIn(
  trust: Trust,
  evidence: Evidence,
  risks: readonly Finding[],
  threshold: Threshold,
  clients: ReadonlyMap<string, number>,
): { readonly confidence: Confidence; readonly why: string } {
  const why = doubt(evidence, threshold, clients) || OBJECTIONS[trust];
  if (why !== "") return { confidence: "low", why };
  const worst = risks.find(({ severity }) => severity === "high" || severity === "medium");
  if (worst !== undefined) return { confidence: "risky", why: worst.message };
  const isPlenty = evidence.clients >= PLENTY * threshold.clients && evidence.days.length > threshold.days && evidence.routes.length > 1;
  return { confidence: isPlenty ? "high" : "medium", why: "" };
}

const CONFIDENCES: readonly Confidence[] = ["high", "medium", "risky", "low"];

/** Sorts suggestions, the most certain first. */
export function byConfidence(one: Suggestion, other: Suggestion): number {
  const rank = CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence);
  return rank || other.evidence.clients - one.evidence.clients || other.evidence.count - one.evidence.count;
}
