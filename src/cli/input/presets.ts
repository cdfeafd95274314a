import { applications } from "../../applications/index.js";
import type { ReportIssue } from "../../errors.js";
import { type Preset, presets } from "../../presets/index.js";
import { didYouMean } from "../../values/text.js";

/** Every preset that has a name on the command line and in policy files: those of the package, and those of applications. */
export const namedPresets: Readonly<Record<string, Preset>> = { ...presets, ...applications };

/** Their names, in the order in which they are listed. */
export const presetNames: readonly string[] = Object.keys(namedPresets);

export const isPreset = (word: string): boolean => Object.hasOwn(namedPresets, word);

/** Whether a preset is one of `portcullis/applications`, which policies in code import. */
export const isApplication = (name: string): boolean => Object.hasOwn(applications, name);

/**
 * Replaces the name of an application's preset by the preset: the policies below know the names of the package's own presets only.
 *
 * @param layer any value; others are returned as they are.
 * @param report gets a name that is nearly an application's.
 */
export function withApplication(layer: unknown, report: ReportIssue): unknown {
  if (typeof layer !== "string" || Object.hasOwn(presets, layer)) return layer;
  if (isApplication(layer)) return namedPresets[layer];
  const hint = didYouMean(layer, Object.keys(applications));
  if (hint === "" || didYouMean(layer, Object.keys(presets)) !== "") return layer;
  report({ path: [layer], code: "unknown-name", message: "unknown preset", hint });
  return false;
}
