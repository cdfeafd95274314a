import type { Policy } from "../../policy/policy.js";
import type { Evidence } from "../evidence.js";
import { type Allowed, distinct, NOTHING, type Other, type Part, valueIn } from "./part.js";

/**
 * Who frames the pages of the site, and `<base>`. X-Frame-Options follows: it allows the own origin at most, and is switched off where
 * another frames a page.
 */
export function framePart(policy: Policy, { groups, framedBy, refusedFrames }: Evidence): Part {
  const csp = groups.filter(({ type }) => type === "csp-violation");
  const framed = csp.filter(({ directive }) => directive === "frame-ancestors");
  const before = valueIn(policy.resolved, "contentSecurityPolicy", "frameAncestors");
  const listed: readonly unknown[] = Array.isArray(before) ? before : [];
  // Chromium names the framing page as the document of the report. A frame without scripts does not say who frames it.
  const sources = framed.length === 0 ? [] : selfFirst(framedBy).filter((source) => !listed.includes(source));
  const routes = distinct(framed.flatMap(({ pages }) => pages.map(({ value }) => value))).join(", ");
  const allowed: Allowed[] = sources.map((source) => ({
    directive: "frameAncestors",
    source,
    why: `framed on ${routes}`,
    code: undefined,
  }));
  if (csp.some(({ directive, blocked }) => directive === "base-uri" && blocked === "self"))
    allowed.push({ directive: "baseUri", source: "self", why: "a <base> element names the site itself", code: undefined });
  return { ...NOTHING, allowed, others: frameOptions(policy, sources, refusedFrames) };
}

function frameOptions(policy: Policy, ancestors: readonly string[], refused: readonly string[]): readonly Other[] {
  const before = valueIn(policy.resolved, "xFrameOptions");
  if (!before || (ancestors.length === 0 && refused.length === 0)) return [];
  const isForeign = ancestors.some((source) => source !== "self") || (refused.length > 0 && before === "SAMEORIGIN");
  const value = isForeign ? false : "SAMEORIGIN";
  if (value === before) return [];
  const why = refused.length > 0 ? `kept ${refused.join(", ")} out of a frame` : "as frameAncestors";
  return [{ allowed: { directive: "xFrameOptions", source: String(value), why, code: undefined }, patch: { xFrameOptions: value } }];
}

function selfFirst(sources: readonly string[]): readonly string[] {
  const others = sources.filter((source) => source !== "self");
  return others.length < sources.length || others.length === 0 ? ["self", ...others] : others;
}
