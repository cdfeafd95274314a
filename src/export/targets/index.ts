import type { Target } from "../target.js";
import * as registry from "./registry.js";

/** The name of a target, such as `"nginx"`. */
export type TargetName = (typeof registry)[keyof typeof registry]["name"];

const all: readonly Target<TargetName>[] = Object.values(registry);

/** Every target by its name, in alphabetical order. */
export const targets = Object.fromEntries(
  [...all].sort((one, other) => (one.name < other.name ? -1 : 1)).map((target) => [target.name, target]),
) as Readonly<Record<TargetName, Target>>;
