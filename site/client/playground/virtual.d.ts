declare module "virtual:vocabulary" {
  export const generated: import("./words.js").Generated;
}

/** Of V8; elsewhere it is undefined, which src/errors.ts takes for 0. */
interface ErrorConstructor {
  stackTraceLimit: number;
}
