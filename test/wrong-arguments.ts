/** A proxy that throws whatever is read of it. */
function hostileProxy(): object {
  const refuse = () => {
    throw new Error("no");
  };
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse });
}

/** Values that no export takes as its first argument, each made anew: most frequent mistakes first, then hostile ones. */
export const WRONG: readonly (readonly [what: string, make: () => unknown])[] = [
  ["null", () => null],
  ["true", () => true],
  ["false", () => false],
  ["0", () => 0],
  ["a number", () => 42],
  ["a negative number", () => -1],
  ["NaN", () => Number.NaN],
  ["Infinity", () => Number.POSITIVE_INFINITY],
  ["a bigint", () => 10n],
  ["an empty string", () => ""],
  ["a string", () => "stric"],
  ["a string with line breaks", () => "a\r\nb: c"],
  ["a long string", () => "a".repeat(10_000)],
  ["a symbol", () => Symbol("s")],
  ["an empty list", () => []],
  ["a list of null", () => [null]],
  ["a list in a list", () => [[["a"]]]],
  ["a sparse list", () => Array(3)],
  ["a function", () => () => undefined],
  ["a class", () => class Wrong {}],
  ["a promise", () => Promise.resolve("strict")],
  ["an unknown key", () => ({ unknownKey: true })],
  ["a key of Object.prototype", () => ({ constructor: 1 })],
  ["an own __proto__", () => JSON.parse('{ "__proto__": 1 }')],
  [
    "a getter that throws",
    () => ({
      get unknownKey() {
        throw new Error("no");
      },
    }),
  ],
  ["a proxy that throws", hostileProxy],
  ["an error", () => Object.assign(new Error("x"), { unknownKey: 1 })],
  [
    "an instance of a class",
    () =>
      new (class Wrong {
        unknownKey = 1;
      })(),
  ],
];
