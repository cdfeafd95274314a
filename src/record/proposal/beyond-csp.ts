import type { Patch } from "../../headers/patch.js";
import { featureNamed } from "../../headers/permissions-policy/read.js";
import type { Policy } from "../../policy/policy.js";
import type { Group } from "../../reports/group.js";
import type { Evidence } from "../evidence.js";
import { distinct, type Needed, NOTHING, type Other, type Part, some, valueIn } from "./part.js";

/** Permissions-Policy, Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy. */
export function beyondCspPart(policy: Policy, evidence: Evidence): Part {
  const features = featuresOf(policy, evidence.groups);
  return {
    ...NOTHING,
    others: [...features.others, ...openerOf(policy, evidence), ...embedderOf(policy, evidence.groups)],
    needed: features.needed,
  };
}

/** The features that pages use, or that their frames have in `allow`. */
function featuresOf(policy: Policy, groups: readonly Group[]): Pick<Part, "others" | "needed"> {
  const used = new Map<string, { readonly groups: Group[]; readonly origins: Set<string> }>();
  for (const group of groups) {
    if (group.type !== "permissions-policy-violation") continue;
    const one = used.get(group.directive) ?? { groups: [], origins: new Set(["self"]) };
    one.groups.push(group);
    if (/^https?:/.test(group.blocked)) one.origins.add(group.blocked);
    used.set(group.directive, one);
  }
  const others: Other[] = [];
  const needed: Needed[] = [];
  for (const [name, { groups: some, origins }] of used) {
    const pages = distinct(some.flatMap((group) => group.pages.map(({ value }) => value)));
    const feature = featureNamed(name);
    if (feature === undefined) needed.push({ message: `${name}: this feature is not known here.`, pages, code: undefined });
    else others.push(...featureOf(policy, feature, [...origins], pages));
  }
  return { others, needed };
}

function featureOf(policy: Policy, feature: string, origins: readonly string[], pages: readonly string[]): readonly Other[] {
  const before = valueIn(policy.resolved, "permissionsPolicy", feature);
  const allow = valueIn(before, "allow") ?? before;
  if (!Array.isArray(allow)) return [];
  const list = distinct([...(allow as readonly string[]), ...origins]);
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
