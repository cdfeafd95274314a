import type { Policy } from "../../policy/policy.js";
import type { Group } from "../../reports/group.js";
import type { Suggestion } from "../../reports/learn/learned.js";
import { learn } from "../../reports/learn.js";
import { NOTHING, type Part } from "./part.js";

/** Hosts and schemes. Its evidence is a walk of one's own: the thresholds against made-up reports do not apply. */
export function hostPart(policy: Policy, groups: readonly Group[]): Part {
  const own = groups.filter(isAboutRequest).map(asObserved);
  // A policy without a CSP blocks nothing, and learn() does not take it.
  if (own.length === 0) return NOTHING;
  const learned = learn(policy, own, { minClients: 1, minDays: 1, minRoutes: 1, anyPolicy: true });
  const isIn = ({ confidence }: Suggestion) => confidence === "high" || confidence === "medium";
  const schemes = own.filter(isLocalFrame).map(({ blocked, route }) => ({
    directive: "frameSrc",
    source: `${blocked}:`,
    // What a data: or blob: URL has in a frame inherits the policy of the page. CSP3 §7.8.
    why: `framed on ${route}`,
    code: undefined,
  }));
  return {
    ...NOTHING,
    allowed: [
      ...learned.suggestions.filter(isIn).map(({ directive, source, evidence }) => ({
        directive,
        source,
        why: `requested on ${evidence.routes.join(", ")}`,
        code: undefined,
      })),
      ...schemes,
    ],
    needed: [
      ...learned.suggestions
        .filter((one) => !isIn(one))
        .map(({ directive, source, why, evidence }) => ({
          message: `${directive} ${source}: ${why}`,
          pages: evidence.pages,
          code: undefined,
        })),
      ...learned.advice
        .filter(({ directive, blocked }) => !isLocalFrame({ directive, blocked }))
        .map(({ message, evidence }) => ({ message, pages: evidence.pages, code: undefined })),
    ],
  };
}

/** What browsers report instead of an address. */
const KEYWORDS: readonly string[] = ["inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink"];

/** Whether no other part of a proposal is about it. */
function isAboutRequest({ type, directive, blocked }: Group): boolean {
  if (type !== "csp-violation" || KEYWORDS.includes(blocked) || directive === "frame-ancestors") return false;
  if (directive === "base-uri") return blocked !== "self";
  return !isBlobScript({ directive, blocked });
}

/** A script that another script made. */
export function isBlobScript({ directive, blocked }: Pick<Group, "directive" | "blocked">): boolean {
  return blocked === "blob" && /^script-src(?:-elem)?$/.test(directive);
}

const isLocalFrame = ({ directive, blocked }: Pick<Group, "directive" | "blocked">) =>
  directive === "frame-src" && (blocked === "data" || blocked === "blob");

/**
 * What only enforcement has shown counts as well. `default-src` is reported for a prefetch, which any directive that allows its address
 * allows: the one for connections adds least. CSP3 §6.1.3.
 */
function asObserved(group: Group): Group {
  const isPrefetch = group.directive === "default-src" && /^https?:/.test(group.blocked);
  return { ...group, disposition: "report", directive: isPrefetch ? "connect-src" : group.directive };
}
