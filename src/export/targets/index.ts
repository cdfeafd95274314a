import type { Target } from "../target.js";
import { nginx } from "./nginx.js";

/** Every target, by the name it is asked for. */
export const targets = {
  /** A headers file to include, or a complete server in front of an application. */
  nginx,
} satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
