import { issueCollector, type ReportIssue } from "../errors.js";
import type { Patch } from "../headers/patch.js";
import type { Preset, PresetName } from "../presets/index.js";
import { recommended } from "../presets/index.js";
import { presetName } from "../presets/preset.js";
import { brandedPolicy, layersOf, type PolicyBrand } from "./brand.js";
import type { AnyText, CheckedLayers, PresetMark } from "./check-types.js";
import { complete, fold } from "./fold.js";
import { INSPECT, inspectPolicy } from "./inspect.js";
import { MOST_LAYERS, type ReadLayer, readLayers } from "./read.js";
import type { Policy } from "./types.js";

export type { Policy } from "./types.js";

/** What a policy is made of. Presets and policies are typed by their marks only, so that editors do not offer their members in a patch; `false`, `""` and `undefined` are ignored, so that `isDev && "development"` can be written. */
export type Layer = PresetName | PresetMark | Patch | PolicyBrand | false | "" | undefined;

/** What a function that checks its layers takes: for a wrong name, {@link CheckedLayers} has a better error message than "not a layer". */
export type LayerInput = Layer | AnyText;

export function isPolicy(value: unknown): value is Policy {
  return layersOf(value) !== undefined;
}

/**
 * Makes a policy from layers, the lowest first; starts from `recommended` unless a layer is complete.
 *
 * @param layers presets (by name or imported), patches, policies; `false`, `""` and `undefined` are ignored.
 * @returns a deeply frozen policy, itself a layer. No input is changed or kept.
 * @throws {PolicyError} with all that is wrong.
 */
export function definePolicy<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): Policy {
  return makePolicy(layers);
}

/** The same, for layers whose literals were checked already; `written` is false for layers made of existing headers. */
export function makePolicy(layers: readonly unknown[], written = true): Policy {
  const { report, throwIfAny } = issueCollector();
  const { groups, faulty } = readLayers(layers, report, written);
  const policy = assemble(groups.flat(), report, faulty);
  throwIfAny();
  return policy;
}

/** The patches of a policy, the lowest first. */
export function patchesOf(policy: Policy): readonly Patch[] {
  return policy.layers.map((layer) => (presetName(layer) === undefined ? (layer as Patch) : (layer as Preset).patch));
}

/** A policy from layers that were read already; throws PolicyError. */
export function policyFrom(layers: readonly ReadLayer[]): Policy {
  const { report, throwIfAny } = issueCollector();
  const policy = assemble(layers, report, new Set());
  throwIfAny();
  return policy;
}

function assemble(read: readonly ReadLayer[], report: ReportIssue, faulty: ReadonlySet<string>): Policy {
  const start = read.findLastIndex((layer) => layer.complete);
  const layers = start < 0 ? [{ complete: true, patch: recommended.patch, layer: recommended }, ...read] : read.slice(start);
  if (layers.length > MOST_LAYERS && !faulty.has("layers")) {
    const message = `${layers.length} layers are more than ${MOST_LAYERS}`;
    report({ path: ["layers"], message, hint: "Write several patches as one." });
  }
  const patches = layers.slice(0, MOST_LAYERS).map(({ patch }) => patch);
  checkDevelopmentOnly(patches, report);
  const resolved = complete(fold(patches, report, faulty), report, faulty);
  return brandedPolicy({ layers: Object.freeze(layers.map(({ layer }) => layer)), resolved }, { [INSPECT]: inspectPolicy });
}

/** A layer for a development server stays one: `developmentOnly: false` above it would let exporters print it. */
function checkDevelopmentOnly(patches: readonly Patch[], report: ReportIssue): void {
  const marks = patches.map(({ developmentOnly }) => developmentOnly);
  const name = marks.slice(0, Math.max(0, marks.lastIndexOf(false))).find(Boolean);
  if (name) report({ path: ["developmentOnly"], code: "conflict", message: `false is above ${name}`, hint: "Leave that layer out." });
}
