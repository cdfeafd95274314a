import type { Patch } from "../headers/patch.js";
import { recipeLayer } from "../values/recipe-layer.js";

/** A recipe's layer, with what to write where it is misplaced. `call` is how it is written: `"stripe()"`. */
export function marked(layer: Patch, call: string): Patch {
  const written = `securityHeaders("strict", ${call})`;
  return recipeLayer(layer, {
    copied: [
      `${call} was copied into another object, which is not a layer`,
      `Pass each recipe, and what is changed beside it, as a layer of its own: securityHeaders("strict", ${call}, { … }).`,
    ],
    asValue: [`${call} is a layer, not a value`, `Pass it as one: ${written}.`],
    replaced: [
      `${call} has no effect below a preset or a policy, which replaces all layers below it`,
      `Write it after the preset or the policy: ${written}.`,
    ],
  });
}
