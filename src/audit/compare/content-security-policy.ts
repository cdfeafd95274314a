import { nameOf, rows, takesOf } from "../../headers/content-security-policy/directives.js";
import { type DirectiveKnowledge, directiveKnowledge } from "../headers/content-security-policy/directives.js";
import type { Governed } from "../headers/content-security-policy/requests.js";
import { meet, type SourceList } from "../sources/source-list.js";
import {
  type Compared,
  comparedDirective,
  type DirectiveComparison,
  differ,
  type GainAndLoss,
  joined,
  NO_DIFFERENCE,
  notKnown,
  REPORTS_ONLY,
} from "./difference.js";
import { type CspSide, fallbackChain, type PolicySide, policySide } from "./policy-side.js";
import { together } from "./several.js";

/** Compares every directive that is present on either side: in the order of the registry, then those that have no key. */
export function compareDirectives(beforeSide: CspSide, afterSide: CspSide): Compared {
  const before = policySide(beforeSide);
  const after = policySide(afterSide);
  const registered = Object.keys(rows).filter((key) => before.has(key) || after.has(key));
  const written = [...registered, ...new Set([...before.unregistered, ...after.unregistered])];
  const requests = requestDifferences(written, before, after);
  const differences = written.map((key) => differenceOf(key, before, after, requests.get(key) ?? []));
  const directives = written.map((key, index) => comparisonOf(key, before, after, differences[index] as GainAndLoss));
  return { directives, difference: joined(differences) };
}

/**
 * What differs in the requests that source lists decide on. Each request counts for the nearest directive of its fallback chain that is
 * present on either side: what one side adds is due to that directive.
 */
function requestDifferences(written: readonly string[], before: PolicySide, after: PolicySide): ReadonlyMap<string, GainAndLoss[]> {
  const found = new Map<string, GainAndLoss[]>(written.map((key) => [key, []]));
  for (const key of Object.keys(rows)) {
    const nearest = fallbackChain(key).find((one) => found.has(one));
    if (nearest === undefined) continue;
    for (const gain of directiveKnowledge(key)?.requests ?? []) {
      found.get(nearest)?.push(differ(together(gain, metLists), before.governed(key), after.governed(key)));
    }
  }
  return found;
}

function differenceOf(key: string, before: PolicySide, after: PolicySide, requests: readonly GainAndLoss[]): GainAndLoss {
  const knowledge: DirectiveKnowledge | undefined = directiveKnowledge(key);
  if (knowledge === undefined) {
    const same = sideText(key, before) === sideText(key, after) && before.has(key) === after.has(key);
    return same ? joined(requests) : joined([...requests, notKnown(nameOf(key))]);
  }
  if (knowledge.setting === undefined) return joined(requests);
  if (knowledge.setting === "reports only") return NO_DIFFERENCE;
  return differ(together(knowledge.setting), before.values(key), after.values(key));
}

function comparisonOf(key: string, before: PolicySide, after: PolicySide, difference: GainAndLoss): DirectiveComparison {
  return comparedDirective(nameOf(key), [sideText(key, before), sideText(key, after)], difference, {
    lead: fallbackText(key, before, "before") + fallbackText(key, after, "now"),
    ...(directiveKnowledge(key)?.setting === "reports only" && { same: REPORTS_ONLY }),
  });
}

/** Several lists as the one list that allows what all of them allow, where there is such a list. */
function metLists(many: readonly Governed[]): readonly Governed[] {
  const [first, ...rest] = many;
  if (first === undefined || rest.length === 0) return many;
  const list = rest.reduce<SourceList | undefined>((one, other) => one && meet(one, other.list), first.list);
  return list === undefined ? many : [{ ...first, list }];
}

/** Says where a directive is absent and another one decides. */
function fallbackText(key: string, side: PolicySide, when: string): string {
  if (side.has(key) || takesOf(key) === undefined) return "";
  const by = side.governing(key);
  if (by.length === 0) return `Absent ${when}, nothing limits it. `;
  if (by.includes(key)) return `Absent ${when}, X-Frame-Options decides. `;
  return `Absent ${when}, ${by.map(nameOf).join(" and ")} ${by.length === 1 ? "decides" : "decide"}. `;
}

/** The value of a directive, of several policies each, or that of the directive it falls back to. */
function sideText(key: string, side: PolicySide): string | undefined {
  const keys = takesOf(key) === undefined ? [key] : side.governing(key).filter((one) => side.has(one));
  const texts = keys.flatMap(side.texts);
  return texts.length === 0 ? undefined : texts.join(", ");
}
