import type { Patch } from "../headers/patch.js";
import { own, plain } from "../values/own.js";

/** Node calls a method of this name for `console.log` and `util.inspect`. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

const PRESET: unique symbol = Symbol.for("portcullis.preset@1") as never;

/** A named layer: a complete one replaces all layers below it, a patch changes them. */
export interface Preset {
  readonly [PRESET]: string;
  readonly complete: boolean;
  readonly patch: Patch;
}

/**
 * Makes a preset.
 *
 * @param name as in `securityHeaders("strict")`.
 * @param complete whether it replaces all layers below it.
 * @param write returns the preset's patch. It is called on the first read of the patch: most programs use one preset of ten.
 * @returns a frozen object with a mark that a spread and `Object.assign` do not copy.
 */
export function preset(name: string, complete: boolean, write: () => Patch): Preset {
  let patch: Patch | undefined;
  const made = {
    complete,
    get patch() {
      patch ??= plain(write());
      return patch;
    },
  };
  const inspect = (_depth: number, options: unknown, print: (value: unknown, options: unknown) => string) =>
    `Preset ${name} ${print(made.patch, options)}`;
  return Object.freeze(Object.defineProperties(made, { [PRESET]: { value: name }, [INSPECT]: { value: inspect } })) as unknown as Preset;
}

/** The name of a preset; undefined for anything else. */
export function presetName(value: unknown): string | undefined {
  const name = own(value, PRESET);
  return typeof name === "string" ? name : undefined;
}
