import type { Path, ReportIssue } from "../errors.js";
import type { Patch } from "../headers/patch.js";
import { type Preset, presets } from "../presets/index.js";
import { preset, presetName } from "../presets/preset.js";
import { record } from "../values/own.js";
import { recipeFaults } from "../values/recipe-layer.js";
import { showThrown } from "../values/text.js";
import { layersOf } from "./brand.js";
import { checkPatch } from "./check-patch.js";
import { copier, isPlainObject } from "./copy.js";
import { copiedLayer, type LayerFault, misplacedMember, notALayer, unknownPreset } from "./not-a-layer.js";

/** Layers of one policy. */
export const MOST_LAYERS = 1_000;

/** A layer whose keys, fields and sources are right: our own copy, frozen. */
export interface ReadLayer {
  readonly complete: boolean;
  readonly patch: Patch;
  /** As it is kept in `Policy.layers`. */
  readonly layer: Preset | Patch;
}

/** Keeps what was read; `name` of a preset. */
export function keep(patch: Patch, name?: string, complete = false): ReadLayer {
  const layer = name === undefined ? patch : preset(name, complete, () => patch);
  const read = { complete, patch, layer };
  trusted.set(layer, read);
  return read;
}

/** The same, for the members of a patch. */
export function keepMembers(members: Iterable<readonly [string, unknown]>, name?: string, complete?: boolean): ReadLayer {
  return keep(Object.freeze(record(members)) as Patch, name, complete);
}

/** Layers that need no second check: our own presets, and the layers of policies that this copy of the package made. */
const trusted = new WeakMap<object, ReadLayer>();
for (const known of Object.values(presets)) trusted.set(known, readPreset(known));

function readPreset(layer: Preset): ReadLayer {
  return {
    complete: layer.complete,
    get patch() {
      return layer.patch;
    },
    layer,
  };
}

/**
 * Copies layers, and checks all that can be checked without the layers below: names, types, sources.
 *
 * @param written whether a developer wrote them; false for layers made of headers that exist.
 * @returns `groups`, a list of layers for each argument, with several members where it is a policy; `faulty`, the keys that an issue
 *   was reported for.
 */
export function readLayers(
  layers: readonly unknown[],
  report: ReportIssue,
  written = true,
): { groups: readonly (readonly ReadLayer[])[]; faulty: ReadonlySet<string> } {
  const faulty = new Set<string>();
  const noting: ReportIssue = (issue) => {
    faulty.add(String(issue.path[0]));
    report(issue);
  };
  const reading = { report: noting, written, count: { all: 0, unchecked: 0 } };
  const groups = layers.map((layer, index) => readLayer(layer, ["layers", index], reading));
  if (written) reportReplaced(layers, groups, report);
  return { groups, faulty };
}

/**
 * Reports recipes below the first complete layer of the same call: they have no effect. Above one that a condition may leave out, as in
 * `securityHeaders("strict", stripe(), isApi && "api")`, they may.
 */
function reportReplaced(layers: readonly unknown[], groups: readonly (readonly ReadLayer[])[], report: ReportIssue): void {
  const first = groups.findIndex((group) => group.some(({ complete }) => complete));
  for (const [index, layer] of layers.slice(0, Math.max(0, first)).entries()) {
    const fault = recipeFaults(layer)?.replaced;
    if (fault !== undefined) report({ path: ["layers", index], code: "conflict", message: fault[0], hint: fault[1] });
  }
}

/** Layers that are read for one policy, those of policies among them included: ten times what one policy has. */
const MOST_READ = 10 * MOST_LAYERS;

/** One reading of layers: how many layers were read, and how many of them had to be checked. */
interface Reading {
  readonly report: ReportIssue;
  /** Whether a developer wrote them here: a policy of another copy of the package was checked there. */
  readonly written: boolean;
  readonly count: Record<"all" | "unchecked", number>;
}

/** Counts a layer, and reports the first that is one too many. */
function isBeyond(count: Reading["count"], kind: keyof Reading["count"], most: number, path: Path, report: ReportIssue): boolean {
  count[kind] += 1;
  if (count[kind] === most + 1) report({ path, message: `it is one of more than ${most} layers`, hint: "Write several patches as one." });
  return count[kind] > most;
}

function readLayer(layer: unknown, path: Path, reading: Reading): readonly ReadLayer[] {
  const { report, count } = reading;
  if (isBeyond(count, "all", MOST_READ, path, report)) return [];
  if (layer === false || layer === "" || layer === undefined) return [];
  if (typeof layer === "string") return readPresetName(layer, report);
  if (typeof layer !== "object" || layer === null) return refuse(path, notALayer(layer), report);
  const known = trusted.get(layer);
  if (known !== undefined) return [known];
  try {
    return readObject(layer, path, reading);
  } catch (cause) {
    const message = `reading it threw ${showThrown(cause)}`;
    report({ path, code: "unreadable", message, hint: "Use a plain object." });
    return [];
  }
}

function readObject(layer: object, path: Path, reading: Reading): readonly ReadLayer[] {
  const { report, written, count } = reading;
  const inner = layersOf(layer);
  if (inner !== undefined)
    return [...inner].flatMap((one, index) => readLayer(one, [...path, "layers", index], { ...reading, written: false }));
  const name = presetName(layer);
  if (name !== undefined) return [readForeignPreset(layer as Preset, name, report)];
  if (isBeyond(count, "unchecked", MOST_LAYERS, path, report)) return [];
  const fault = isPlainObject(layer) ? (misplacedMember(layer) ?? copiedLayer(layer)) : notALayer(layer);
  return fault === undefined ? [readPatch(layer as Record<string, unknown>, report, written)] : refuse(path, fault, report);
}

function refuse(path: Path, [message, hint]: LayerFault, report: ReportIssue): readonly [] {
  report({ path, code: "wrong-type", message, hint });
  return [];
}

function readPresetName(name: string, report: ReportIssue): readonly ReadLayer[] {
  if (Object.hasOwn(presets, name)) return [trusted.get(presets[name as keyof typeof presets]) as ReadLayer];
  report({ path: [name], code: "unknown-name", message: "unknown preset", hint: () => unknownPreset(name) });
  return [];
}

/** A preset of the package's other module format: the same data, checked nevertheless. */
function readForeignPreset({ complete, patch }: Preset, name: string, report: ReportIssue): ReadLayer {
  return keep(readPatch(patch as Record<string, unknown>, report, false).patch, name, complete === true);
}

function readPatch(layer: Record<string, unknown>, report: ReportIssue, written: boolean): ReadLayer {
  const patch = (copier(report)(layer, []) ?? {}) as Patch;
  checkPatch(patch, report, written);
  return keep(patch);
}
