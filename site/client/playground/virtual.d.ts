declare module "virtual:vocabulary" {
  import type { Vocabulary } from "./vocabulary.js";
  export const vocabulary: Vocabulary;
}

/** Of V8; elsewhere it is undefined, which src/errors.ts takes for 0. */
interface ErrorConstructor {
  stackTraceLimit: number;
}
