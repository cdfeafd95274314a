import type { Patch } from "../headers/patch.js";
import { deepFreeze } from "../values/freeze.js";

const PRESET: unique symbol = Symbol.for("portcullis.preset@1") as never;

/** A named layer: complete ones replace all below them, a patch lies on top. */
export interface Preset {
  readonly [PRESET]: string;
  readonly complete: boolean;
  readonly patch: Patch;
}

export function preset(name: string, complete: boolean, patch: Patch): Preset {
  return Object.freeze({ [PRESET]: name, complete, patch: deepFreeze(patch) });
}

/** The name of a preset; undefined for anything else. */
export function presetName(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const name = (value as { [PRESET]?: unknown })[PRESET];
  return typeof name === "string" ? name : undefined;
}
