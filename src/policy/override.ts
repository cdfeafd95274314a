import { issueCollector, type ReportIssue } from "../errors.js";
import { keys } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { presetName } from "../presets/preset.js";
import { whole } from "../values/edits.js";
import { lazy } from "../values/lazy.js";
import { fold } from "./fold.js";
import { observedForm, REPORT_ONLY } from "./observed.js";
import { type Policy, policyFrom } from "./policy.js";
import { keepMembers, type ReadLayer, readLayers } from "./read.js";

/** The patches of one layer: more than one if it is a policy. */
export type Group = readonly ReadLayer[];

const ofSite = lazy(() => new Set([...keys].filter(([, { entry }]) => entry.siteWide).map(([name]) => name)));
const ofRoute = lazy(() => new Set([...keys.keys()].filter((name) => !ofSite().has(name))));

/**
 * A policy with layers on top, by rules 5 and 6 of overriding: a complete layer does not change the settings of the whole site. On a policy
 * of `reportOnly` the layers are report-only too.
 *
 * @throws {PolicyError} where they do not fit together.
 */
export function overrideBy(policy: Policy, groups: readonly Group[]): Policy {
  const below = readLayers([policy], () => undefined).groups.flat();
  const isObserved = presetName(below[0]?.layer) === REPORT_ONLY;
  return policyFrom((isObserved ? groups.map((group) => group.map(observed)) : groups).reduce(lengthen, below));
}

/** The same, of layers as they are written. */
export function overrideWith(policy: Policy, layers: readonly unknown[]): Policy {
  const { report, throwIfAny } = issueCollector();
  const { groups } = readLayers(layers, report);
  throwIfAny();
  return overrideBy(policy, groups);
}

function lengthen(below: Group, group: Group): Group {
  if (!group.some(({ complete }) => complete)) return [...below, ...group];
  return [...group.map(withoutSite), ...siteSettings(below)];
}

/** A layer without what belongs to the whole site. */
function withoutSite({ patch, layer, complete }: ReadLayer): ReadLayer {
  return keepMembers(
    Object.entries(patch).filter(([name]) => !ofSite().has(name)),
    presetName(layer),
    complete,
  );
}

/** A layer whose headers are report-only; throws PolicyError where it has a header in both forms. */
function observed({ patch, complete }: ReadLayer): ReadLayer {
  const { report, throwIfAny } = issueCollector();
  const { observed, others } = observedForm(patch, report, true);
  throwIfAny();
  return keepMembers([...others, ...observed], complete ? REPORT_ONLY : undefined, complete);
}

/** The settings of the whole site in these layers, of which the first is complete; empty if they set none. */
function siteSettings(layers: Group): Group {
  const resolved = fold(
    layers.map(({ patch }) => patch),
    ignore,
    ofRoute(),
  );
  const off = (name: string) => layers.some(({ patch, layer }) => presetName(layer) === undefined && patch[name as keyof Patch] === false);
  const entries = [...ofSite()].flatMap((name): [string, unknown][] => {
    const value = resolved[name];
    if (value === undefined) return off(name) ? [[name, false]] : [];
    return [[name, typeof value === "object" && !Array.isArray(value) ? whole(value as object) : value]];
  });
  return entries.length === 0 ? [] : [keepMembers(entries)];
}

// What is missing is reported once all layers are together.
const ignore: ReportIssue = () => undefined;
