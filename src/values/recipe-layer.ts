import { own } from "./own.js";

/** The call that made a layer, such as `"stripe()"`. A spread and `Object.assign` copy it, so that a copy is recognised. */
const CALL: unique symbol = Symbol.for("portcullis.recipe@1") as never;

/** What such a copy lacks. */
const MADE: unique symbol = Symbol.for("portcullis.recipe-layer@1") as never;

/** Marks a layer as the result of a recipe; `call` is how it is written in messages. */
export function recipeLayer<T extends object>(layer: T, call: string): T {
  return Object.defineProperties(layer, { [CALL]: { value: call, enumerable: true }, [MADE]: { value: true } });
}

/** The call of the recipe that made a layer, or, of a copy of several, the last one; undefined for anything else. */
export function recipeCall(value: unknown): string | undefined {
  const call = own(value, CALL);
  return typeof call === "string" ? call : undefined;
}

/** Whether an object has the content of a recipe's layer, and is not that layer: `{ ...stripe() }`. */
export function isRecipeCopy(value: unknown): boolean {
  return recipeCall(value) !== undefined && own(value, MADE) !== true;
}
