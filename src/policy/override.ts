import { issueCollector, type ReportIssue } from "../errors.js";
import { keys } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { presetName } from "../presets/preset.js";
import { whole } from "../values/edits.js";
import { lazy } from "../values/lazy.js";
import { record } from "../values/own.js";
import { fold } from "./fold.js";
import { type Policy, policyFrom } from "./policy.js";
import { keep, type ReadLayer, readLayers } from "./read.js";

/** The patches of one layer: more than one if it is a policy. */
export type Group = readonly ReadLayer[];

const ofSite = lazy(() => new Set([...keys].filter(([, { entry }]) => entry.siteWide).map(([name]) => name)));
const ofRoute = lazy(() => new Set([...keys.keys()].filter((name) => !ofSite().has(name))));

/**
 * A policy with layers on top, by rules 5 and 6 of overriding: a complete layer does not change the settings of the whole site.
 *
 * @throws {PolicyError} where they do not fit together.
 */
export function overrideBy(policy: Policy, groups: readonly Group[]): Policy {
  const below = readLayers([policy], () => undefined).groups.flat();
  return policyFrom(groups.reduce(lengthen, below));
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

const without = new WeakMap<ReadLayer, ReadLayer>();

/** A layer without what belongs to the whole site; made once. */
function withoutSite(read: ReadLayer): ReadLayer {
  let made = without.get(read);
  if (made === undefined) {
    const kept = Object.entries(read.patch).filter(([name]) => !ofSite().has(name));
    made = keep(Object.freeze(record(kept)) as Patch, presetName(read.layer), read.complete);
    without.set(read, made);
  }
  return made;
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
  return entries.length === 0 ? [] : [keep(Object.freeze(record(entries)) as Patch)];
}

// What is missing is reported once all layers are together.
const ignore: ReportIssue = () => undefined;
