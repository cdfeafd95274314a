import type { Patch } from "../headers/patch.js";
import { branded, own, plain } from "../values/own.js";

const PRESET: unique symbol = Symbol.for("portcullis.preset@1") as never;

/** A named layer: complete ones replace all below them, a patch lies on top. */
export interface Preset {
  readonly [PRESET]: string;
  readonly complete: boolean;
  readonly patch: Patch;
}

export function preset(name: string, complete: boolean, patch: Patch): Preset {
  return branded(PRESET, name, { complete, patch: plain(patch) });
}

/** The name of a preset; undefined for anything else. */
export function presetName(value: unknown): string | undefined {
  const name = own(value, PRESET);
  return typeof name === "string" ? name : undefined;
}
