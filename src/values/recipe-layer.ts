import { own } from "./own.js";

/** What came, and what to write. */
type Fault = readonly [message: string, hint: string];

/**
 * What is wrong with a layer of `portcullis/services` in each place where it does not belong. The texts come with the layer: an
 * application without recipes does not load them.
 */
export interface RecipeFaults {
  /** Its copy: `{ ...stripe() }`. */
  readonly copied: Fault;
  /** In the place of a header, a directive or a source. */
  readonly asValue: Fault;
  /** Below a complete layer of the same call. */
  readonly replaced: Fault;
}

/** A spread and `Object.assign` copy it, so that a copy is recognised. */
const FAULTS: unique symbol = Symbol.for("portcullis.recipe@1") as never;

/** What such a copy lacks. */
const MADE: unique symbol = Symbol.for("portcullis.recipe-layer@1") as never;

/** Marks a layer as the result of a recipe. */
export function recipeLayer<T extends object>(layer: T, faults: RecipeFaults): T {
  return Object.defineProperties(layer, { [FAULTS]: { value: faults, enumerable: true }, [MADE]: { value: true } });
}

/** The faults of a recipe's layer, or, of a copy of several, those of the last one; undefined for anything else. */
export function recipeFaults(value: unknown): RecipeFaults | undefined {
  return own(value, FAULTS) as RecipeFaults | undefined;
}

/** Whether an object has the content of a recipe's layer, and is not that layer. */
export function isRecipeCopy(value: unknown): boolean {
  return own(value, FAULTS) !== undefined && own(value, MADE) !== true;
}
