import type { Policy } from "../../policy/policy.js";
import type { Group } from "../../reports/group.js";
import type { Evidence, Framing } from "../evidence.js";
import { type Allowed, distinct, type Item, isAccepted, NOTHING, type Other, type Part, type Pending, some, valueIn } from "./part.js";
import { type Answered, pagesOf, storedQuestion } from "./stored.js";

/**
 * Who frames the pages of the site, and `<base>`. Another origin is allowed only where somebody confirms it. X-Frame-Options follows: it
 * allows the own origin at most, and is switched off where another frames a page.
 */
export function framePart(policy: Policy, { groups, framedBy, refusedFrames }: Evidence, answered: Answered): Part {
  const { accepted } = answered;
  const csp = groups.filter(({ type }) => type === "csp-violation");
  const framed = csp.filter(({ directive }) => directive === "frame-ancestors");
  const before = valueIn(policy.resolved, "contentSecurityPolicy", "frameAncestors");
  const listed: readonly unknown[] = Array.isArray(before) ? before : [];
  // Chromium names the framing page as the document of the report. A frame without scripts does not say who frames it.
  const seen = framed.length === 0 ? [] : selfFirst(distinct(framedBy.map(({ by }) => by)));
  const needed = seen.filter((source) => !listed.includes(source));
  const isConfirmed = (origin: string) => isAccepted(accepted, { consent: "frames", item: origin as Item });
  const sources = needed.filter((source) => source === "self" || isConfirmed(source));
  const routes = distinct(framed.flatMap(({ pages }) => pages.map(({ value }) => value))).join(", ");
  const allowed: Allowed[] = sources.map((source) => ({
    directive: "frameAncestors",
    source,
    why: `framed on ${routes}`,
    code: undefined,
  }));
  const base = basePart(csp, answered);
  const foreign = needed.filter((source) => !sources.includes(source)).map((origin) => framingOf(origin, framedBy));
  const isForeign = accepted.has("frames") || sources.some((source) => source !== "self");
  const { others, pending } = frameOptions(policy, { sources, refused: refusedFrames, isForeign });
  return { ...NOTHING, allowed: [...allowed, ...base.allowed], others, pending: [...foreign, ...base.pending, ...pending] };
}

/** A `<base>` that names the site itself: relative addresses of scripts may lead to what somebody has uploaded. */
function basePart(csp: readonly Group[], answered: Answered): Pick<Part, "allowed" | "pending"> {
  const groups = csp.filter(({ directive, blocked }) => directive === "base-uri" && blocked === "self");
  const [page] = pagesOf(groups);
  if (page === undefined) return NOTHING;
  const { origin } = new URL(page);
  const question = storedQuestion({ groups, what: `A <base> element changes where addresses of ${origin} lead,`, origin }, answered);
  if (question !== undefined) return { allowed: [], pending: [question] };
  return {
    allowed: [{ directive: "baseUri", source: "self", why: "a <base> element names the site itself", code: undefined }],
    pending: [],
  };
}

const RISK = "a page around it can mislead its visitors into clicking on it";

function framingOf(origin: string, framedBy: readonly Framing[]): Pending {
  const pages = distinct(framedBy.filter(({ by }) => by === origin).map(({ page }) => page));
  return { consent: "frames", item: origin as Item, message: `${origin} frames ${some(pages)}: ${RISK}.`, code: undefined, pages };
}

interface Framed {
  /** Those of frameAncestors that are new. */
  readonly sources: readonly string[];
  /** Pages that X-Frame-Options kept out of frames. */
  readonly refused: readonly string[];
  /** Whether other origins may frame the site. */
  readonly isForeign: boolean;
}

function frameOptions(policy: Policy, { sources, refused, isForeign }: Framed): Pick<Part, "others" | "pending"> {
  const none = { others: [], pending: [] };
  const before = valueIn(policy.resolved, "xFrameOptions");
  if (!before || (sources.length === 0 && refused.length === 0)) return none;
  const isRefused = refused.length > 0 && before === "SAMEORIGIN";
  if (isRefused && !isForeign) {
    const message = `A page of another origin frames ${some(refused)}: ${RISK}.`;
    return { ...none, pending: [{ consent: "frames", message, code: undefined, pages: refused }] };
  }
  const value = isRefused || sources.some((source) => source !== "self") ? false : "SAMEORIGIN";
  if (value === before) return none;
  const why = refused.length > 0 ? `kept ${refused.join(", ")} out of a frame` : "as frameAncestors";
  const others: readonly Other[] = [
    { allowed: { directive: "xFrameOptions", source: String(value), why, code: undefined }, patch: { xFrameOptions: value } },
  ];
  return { ...none, others };
}

function selfFirst(sources: readonly string[]): readonly string[] {
  const others = sources.filter((source) => source !== "self");
  return others.length < sources.length || others.length === 0 ? ["self", ...others] : others;
}
