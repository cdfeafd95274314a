import type { Patch } from "../../headers/patch.js";
import { featureNamed } from "../../headers/permissions-policy/read.js";
import type { Policy } from "../../policy/policy.js";
import type { Group } from "../../reports/group.js";
import { groupedBy } from "../../reports/learn/evidence.js";
import type { Evidence } from "../evidence.js";
import { distinct, type Needed, NOTHING, type Other, type Part, type Pending, some, valueIn } from "./part.js";
import { type Answered, pagesOf, storedQuestion, withQuestions } from "./stored.js";

/** Permissions-Policy, Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy. */
export function beyondCspPart(policy: Policy, evidence: Evidence, answered: Answered): Part {
  const features = featuresOf(policy, evidence.groups, answered);
  return {
    ...NOTHING,
    others: [...features.others, ...openerOf(policy, evidence), ...embedderOf(policy, evidence.groups)],
    pending: features.pending,
    needed: features.needed,
  };
}

/** The features that pages use, or that their frames have in `allow`: of a foreign frame on some pages only, once it is confirmed. */
function featuresOf(policy: Policy, groups: readonly Group[], answered: Answered): Pick<Part, "others" | "pending" | "needed"> {
  const used = groupedBy(
    groups.filter(({ type }) => type === "permissions-policy-violation"),
    ({ directive }) => directive,
  );
  const others: Other[] = [];
  const pending: Pending[] = [];
  const needed: Needed[] = [];
  for (const [name, all] of used) {
    const feature = featureNamed(name);
    if (feature === undefined) {
      needed.push({ message: `${name}: this feature is not known here.`, pages: pagesOf(all), code: undefined });
      continue;
    }
    if (allowlistOf(policy, feature) === undefined) continue;
    const origins = distinct(all.map(({ blocked }) => blocked).filter((blocked) => /^https?:/.test(blocked)));
    const asked = withQuestions(origins, (origin) => {
      const of = all.filter(({ blocked }) => blocked === origin);
      return storedQuestion({ groups: of, what: `A frame of ${origin} gets ${name}`, origin }, answered);
    });
    pending.push(...asked.pending);
    const isFree = ({ blocked }: Group) => !origins.includes(blocked) || asked.free.includes(blocked);
    if (all.some(isFree)) others.push(...featureOf(policy, feature, ["self", ...asked.free], pagesOf(all.filter(isFree))));
  }
  return { others, pending, needed };
}

/** Who may use a feature; undefined where the policy does not restrict it. */
function allowlistOf(policy: Policy, feature: string): readonly string[] | undefined {
  const before = valueIn(policy.resolved, "permissionsPolicy", feature);
  const allow = valueIn(before, "allow") ?? before;
  return Array.isArray(allow) ? (allow as readonly string[]) : undefined;
}

function featureOf(policy: Policy, feature: string, origins: readonly string[], pages: readonly string[]): readonly Other[] {
  const list = distinct([...(allowlistOf(policy, feature) ?? []), ...origins]);
  const patch = { permissionsPolicy: { [feature]: list } } as Patch;
  const why = `used on ${pages.join(", ")}`;
  return origins.map((source) => ({ allowed: { directive: `permissionsPolicy.${feature}`, source, why, code: undefined }, patch }));
}

/** A window of another origin talks to the page that opened it. */
function openerOf(policy: Policy, { popups, origins }: Evidence): readonly Other[] {
  const before = valueIn(policy.resolved, "crossOriginOpenerPolicy");
  const word = typeof before === "string" ? before : before ? "same-origin" : undefined;
  if (word === undefined || word === "unsafe-none" || popups.length === 0) return [];
  // A popup that has the policy too loses its opener by its own header.
  const source = popups.some((origin) => origins.includes(origin)) ? "unsafe-none" : "same-origin-allow-popups";
  if (source === word) return [];
  const why = `a window of ${some(popups)} sends messages to the page that opened it`;
  return [{ allowed: { directive: "crossOriginOpenerPolicy", source, why, code: undefined }, patch: { crossOriginOpenerPolicy: source } }];
}

/** A resource of another origin lacks Cross-Origin-Resource-Policy, or a frame lacks the header. */
function embedderOf(policy: Policy, groups: readonly Group[]): readonly Other[] {
  const before = valueIn(policy.resolved, "crossOriginEmbedderPolicy");
  const blocked = groups.filter(({ type }) => type === "coep");
  if (!before || before === "unsafe-none" || blocked.length === 0) return [];
  const isFrame = blocked.some(({ directive }) => directive !== "corp");
  const isStill = before === "credentialless" || blocked.some(({ disposition }) => disposition === "enforce");
  const source = isFrame || isStill ? "unsafe-none" : "credentialless";
  const urls = blocked.flatMap((group) => group.urls.map(({ value }) => value));
  const why = isFrame ? `a frame does not have the header: ${some(urls)}` : `embedded without Cross-Origin-Resource-Policy: ${some(urls)}`;
  return [
    { allowed: { directive: "crossOriginEmbedderPolicy", source, why, code: undefined }, patch: { crossOriginEmbedderPolicy: source } },
  ];
}
