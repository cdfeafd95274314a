import { describe, expect, it } from "vitest";
import { append, nonce, perRequest } from "../../src/index.js";
import { copier, isPlainObject } from "../../src/policy/copy.js";
import { edit, isWhole, whole } from "../../src/values/edits.js";

/** The copy of a value, and what was reported of it: path, message, hint. */
function copied(value: unknown, ...more: readonly unknown[]): { readonly copy: unknown; readonly issues: readonly unknown[] } {
  const issues: unknown[] = [];
  const copy = copier(({ path, message, hint }) => issues.push([path.join("."), message, hint]));
  const made = copy(value, []);
  for (const one of more) copy(one, []);
  return { copy: made, issues };
}

/** Objects in one another; `depth` 0 is an empty one. */
const nested = (depth: number): unknown => (depth === 0 ? {} : { a: nested(depth - 1) });

/** As another copy of the package, or an attacker, makes one. */
const slotOf = (fn: unknown) => ({ [Symbol.for("portcullis.slot@1")]: "perRequest", fn });

const PLAIN = "Use plain objects, lists and strings.";

describe("a copy", () => {
  it("has what the original has", () => {
    expect(copied({ a: [1, "b", { c: null }], d: undefined })).toEqual({ copy: { a: [1, "b", { c: null }], d: undefined }, issues: [] });
  });

  it("is another object", () => {
    const value = { a: [1] };
    const { copy } = copied(value) as { copy: typeof value };
    expect([copy === value, copy.a === value.a]).toEqual([false, false]);
  });

  it("is frozen", () => {
    const { copy } = copied({ a: [1] }) as { copy: { a: unknown } };
    expect([Object.isFrozen(copy), Object.isFrozen(copy.a)]).toEqual([true, true]);
  });

  it("has no prototype", () => {
    expect(Object.getPrototypeOf(copied({ a: 1 }).copy)).toBe(null);
  });

  it("goes six levels down", () => {
    expect(copied(nested(6)).issues).toEqual([]);
  });

  it("does not go seven levels down", () => {
    expect(copied(nested(7)).issues).toEqual([["a.a.a.a.a.a.a", "it is nested too deeply, or far too large", PLAIN]]);
  });

  it("of 100,000 objects is made", () => {
    expect(copied({}, ...Array(99_999).fill({})).issues).toEqual([]);
  });

  it("of more objects is refused, once", () => {
    expect(copied({}, ...Array(100_002).fill({})).issues).toEqual([["", "it is nested too deeply, or far too large", PLAIN]]);
  });

  it("of a list of 99,999 members is made", () => {
    expect(copied(Array(99_999).fill(1)).copy).toHaveLength(99_999);
  });

  it("of a list of 100,000 members is refused", () => {
    expect(copied(Array(100_000).fill(1))).toEqual({ copy: undefined, issues: [["", "the list is far too long", PLAIN]] });
  });

  it("of a list with a member that cannot be read is refused", () => {
    expect(copied([1, new Map()])).toEqual({
      copy: undefined,
      issues: [["1", "an instance of Map is not plain data", "Write Object.fromEntries(map)."]],
    });
  });

  it("of a list after a refusal is made", () => {
    const { copy } = copied({ a: new Map(), b: [1] });
    expect(copy).toEqual({ a: undefined, b: [1] });
  });

  it("of an object that replaces replaces too", () => {
    expect(isWhole(copied(whole({ a: 1 })).copy)).toBe(true);
  });

  it("of any other object does not replace", () => {
    expect(isWhole(copied({ a: 1 }).copy)).toBe(false);
  });

  it("of an edit is an edit", () => {
    expect(copied(append("https://a.example"))).toEqual({ copy: edit("append", ["https://a.example"]), issues: [] });
  });

  it("of an edit whose source cannot be read is refused", () => {
    expect(copied(edit("append", [new URL("https://a.example")]))).toEqual({
      copy: undefined,
      issues: [["0", "an instance of URL is not plain data", "Write url.origin for the host, or url.href for one file."]],
    });
  });

  it("of the nonce is the nonce", () => {
    expect(copied({ [Symbol.for("portcullis.slot@1")]: "nonce" }).copy).toBe(nonce);
  });

  it("of a perRequest slot is that slot, by which its value is found", () => {
    const slot = perRequest(() => []);
    expect(copied(slot).copy).toBe(slot);
  });

  it("of a slot that can still change is another slot of the same function", () => {
    const fn = () => [];
    const forged = slotOf(fn);
    const { copy } = copied(forged) as { copy: typeof forged };
    expect([copy === forged, copy.fn === fn, Object.isFrozen(copy)]).toEqual([false, true, true]);
  });

  it("of a slot without a function is refused", () => {
    expect(copied({ a: slotOf(1) }).issues).toEqual([
      ["a", 'reading it threw "perRequest: 1 is not a function. Write perRequest((req) => \\"https://tenant.ex…"', PLAIN],
    ]);
  });

  it.each<[string, unknown, string, string]>([
    ["a promise", Promise.resolve(), "a promise is not a value", "Write await before it."],
    ["a set", new Set(), "an instance of Set is not plain data", "Spread it: [...set]."],
    ["a date", new Date(0), "an instance of Date is not plain data", PLAIN],
  ])("of %s is refused", (_, value, message, hint) => {
    expect(copied({ a: value })).toEqual({ copy: { a: undefined }, issues: [["a", message, hint]] });
  });

  it("of what a getter throws for has a path", () => {
    const value = Object.defineProperty({}, "b", {
      enumerable: true,
      get: () => {
        throw new Error("out of order");
      },
    });
    expect(copied({ a: value }).issues).toEqual([["a.b", 'reading it threw "out of order"', PLAIN]]);
  });
});

it.each<[string, unknown, boolean]>([
  ["{}", {}, true],
  ["an object without a prototype", Object.create(null), true],
  ["an object that inherits from one without a prototype", Object.create(Object.create(null)), true],
  ["an object that inherits from {}", Object.create({}), false],
  ["a list", [], false],
  ["a map", new Map(), false],
  ["null", null, false],
  ["undefined", undefined, false],
  ["a string", "a", false],
  ["a function", () => 1, false],
])("%s is plain: %s", (_, value, is) => {
  expect(isPlainObject(value)).toBe(is);
});
