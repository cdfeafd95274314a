/** Ends a `switch` over a closed union: a kind that is added and not handled is a compile error. Throws if one arrives at run time nevertheless. */
export function unreachable(value: never): never {
  throw new TypeError(`Unhandled case: ${JSON.stringify(value)}`);
}
