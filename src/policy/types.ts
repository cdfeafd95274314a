import type { Resolved } from "../headers/header.js";
import type { Patch } from "../headers/patch.js";
import type { Preset } from "../presets/preset.js";
import type { PolicyBrand } from "./brand.js";

/** A checked, deeply frozen header policy: its layers, and the result of folding them. */
export interface Policy extends PolicyBrand {
  /** The lowest first, which is the complete layer below all others. */
  readonly layers: readonly (Preset | Patch)[];
  /** Every header and setting that is on, by key: edits applied, defaults filled in, slots still slots. */
  readonly resolved: Resolved;
}
