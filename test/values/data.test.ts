import { describe, expect, it } from "vitest";
import { edit, editKind, isEdit, isWhole, whole } from "../../src/values/edits.js";
import { deepFreeze } from "../../src/values/freeze.js";
import { lazy, lazyMap } from "../../src/values/lazy.js";
import { isLoopback } from "../../src/values/loopback.js";
import { unreachable } from "../../src/values/never.js";
import { createNonce } from "../../src/values/nonces.js";
import { bare, branded, mapped, own, plain, record } from "../../src/values/own.js";
import { isNonce, isPerRequest, isSlot, nonce, perRequest } from "../../src/values/slots.js";
import { innerList, isInnerList, isToken, KEY, textOf, token } from "../../src/values/structured.js";

const prototypeOf = (value: unknown): unknown => Object.getPrototypeOf(value);

describe("own", () => {
  it.each<[string, unknown, unknown]>([
    ["an own property", { a: 1 }, 1],
    ["an inherited property", Object.create({ a: 1 }), undefined],
    ["null", null, undefined],
    ["undefined", undefined, undefined],
    ["a string", "a", undefined],
    ["a function", Object.assign(() => 1, { a: 1 }), undefined],
  ])("reads from %s", (_, value, read) => {
    expect(own(value, "a")).toBe(read);
  });
});

it("record has its members and no prototype", () => {
  const made = record([["a", 1]]);
  expect([Object.entries(made), prototypeOf(made)]).toEqual([[["a", 1]], null]);
});

it("bare has own members and no prototype", () => {
  const made = bare(Object.assign(Object.create({ b: 2 }), { a: 1 }));
  expect([Object.entries(made), prototypeOf(made)]).toEqual([[["a", 1]], null]);
});

it("mapped changes each member, without a prototype", () => {
  const made = mapped({ a: 1, b: 2 }, (member) => member * 10);
  expect([Object.entries(made), prototypeOf(made)]).toEqual([
    [
      ["a", 10],
      ["b", 20],
    ],
    null,
  ]);
});

describe("plain", () => {
  const inner = { b: [{ c: 1 }] };
  const made = plain({ a: inner }) as { readonly a: typeof inner };

  it("has the same members", () => {
    expect(made).toEqual({ a: { b: [{ c: 1 }] } });
  });

  it("is frozen to its last member", () => {
    expect([made, made.a, made.a.b, made.a.b[0]].map(Object.isFrozen)).toEqual([true, true, true, true]);
  });

  it("has no prototypes but those of lists", () => {
    expect([made, made.a, made.a.b, made.a.b[0]].map(prototypeOf)).toEqual([null, null, Array.prototype, null]);
  });

  it("leaves the original as it was", () => {
    expect([inner, inner.b].map(Object.isFrozen)).toEqual([false, false]);
  });

  it("is the same object where that is frozen", () => {
    const frozen = Object.freeze({ a: 1 });
    expect(plain(frozen)).toBe(frozen);
  });

  it.each([null, 1, "a", undefined])("is %s itself", (value) => {
    expect(plain(value)).toBe(value);
  });

  it("is a function itself", () => {
    const value = () => 1;
    expect([plain(value), Object.isFrozen(value)]).toEqual([value, false]);
  });
});

describe("branded", () => {
  const mark = Symbol("mark");
  const made = branded<Record<PropertyKey, unknown>>({ [mark]: 1 }, { a: 2 });

  it("has members and marks", () => {
    expect([made["a"], made[mark]]).toEqual([2, 1]);
  });

  it("has marks that a spread does not copy", () => {
    expect(Reflect.ownKeys({ ...made })).toEqual(["a"]);
  });

  it("is frozen", () => {
    expect(Object.isFrozen(made)).toBe(true);
  });
});

describe("deepFreeze", () => {
  it("freezes the object itself to its last member", () => {
    const value = { a: [{ b: null }] };
    expect([deepFreeze(value), Object.isFrozen(value), Object.isFrozen(value.a), Object.isFrozen(value.a[0])]).toEqual([
      value,
      true,
      true,
      true,
    ]);
  });

  it("takes what is frozen to be frozen through", () => {
    const inner = { a: 1 };
    deepFreeze(Object.freeze({ inner }));
    expect(Object.isFrozen(inner)).toBe(false);
  });

  it("returns null", () => {
    expect(deepFreeze(null)).toBe(null);
  });
});

describe("lazy", () => {
  it("makes the value once, undefined too", () => {
    let made = 0;
    const value = lazy(() => {
      made += 1;
    });
    expect([made, value(), value(), made]).toEqual([0, undefined, undefined, 1]);
  });
});

describe("lazyMap", () => {
  let made = 0;
  const map = lazyMap(() => {
    made += 1;
    return new Map([["a", 1]]);
  });

  it("is not made before it is read", () => {
    expect(made).toBe(0);
  });

  it("reads as the map does", () => {
    expect([map.get("a"), map.has("a"), map.has("b"), [...map.keys()], [...map.values()], [...map.entries()]]).toEqual([
      1,
      true,
      false,
      ["a"],
      [1],
      [["a", 1]],
    ]);
  });
});

it("unreachable names the case", () => {
  expect(() => unreachable("new" as never)).toThrow(new TypeError('Unhandled case: "new"'));
});

it.each([
  ["localhost", true],
  ["LOCALHOST.:3000", true],
  ["localhost:", true],
  ["a.b.localhost", true],
  [".localhost", true],
  ["127.0.0.1", true],
  ["127.255.1.23:80", true],
  ["::1", true],
  ["[::1]", true],
  ["[::1]:8080", true],
  ["", false],
  ["alocalhost", false],
  ["localhosta", false],
  ["localhost..", false],
  ["localhost.example", false],
  ["localhost:a", false],
  ["a:b.localhost", false],
  ["127.0.0", false],
  ["127.0.0.1.2", false],
  ["127.0.0.1234", false],
  ["1127.0.0.1", false],
  ["127.0.0.1.example", false],
  ["126.0.0.1", false],
  ["::1:80", false],
  ["a::1", false],
  ["[::1]a", false],
  ["[::2]", false],
])("%s is this machine: %s", (host, is) => {
  expect(isLoopback(host)).toBe(is);
});

describe("a nonce", () => {
  it("is 16 bytes in base64", () => {
    expect(createNonce()).toMatch(/^[A-Za-z0-9+/]{22}==$/);
  });

  it("is another each time, beyond the pool", () => {
    expect(new Set(Array.from({ length: 600 }, createNonce)).size).toBe(600);
  });
});

describe("an edit", () => {
  const made = edit("append", ["self"]);

  it("has its kind and its sources", () => {
    expect([editKind(made), made.sources]).toEqual(["append", ["self"]]);
  });

  it("may be a removal", () => {
    expect(editKind(edit("remove", []))).toBe("remove");
  });

  it("is frozen, and so are its sources", () => {
    expect([Object.isFrozen(made), Object.isFrozen(made.sources)]).toEqual([true, true]);
  });

  it("has sources of its own", () => {
    const sources = ["self"];
    const copied = edit("append", sources);
    sources.push("data:");
    expect(copied.sources).toEqual(["self"]);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["{}", {}],
    ["an unknown kind", { [Symbol.for("portcullis.edit@1")]: "replace" }],
  ])("is not %s", (_, value) => {
    expect([editKind(value), isEdit(value)]).toEqual([undefined, false]);
  });
});

describe("whole", () => {
  it("marks an object", () => {
    expect([isWhole(whole({ a: 1 })), isWhole({ a: 1 })]).toEqual([true, false]);
  });

  it("makes a frozen object of the same members without a prototype", () => {
    const made = whole({ a: 1 });
    expect([Object.entries(made), Object.isFrozen(made), prototypeOf(made)]).toEqual([[["a", 1]], true, null]);
  });

  it("is no other mark", () => {
    expect(isWhole({ [Symbol.for("portcullis.whole@1")]: 1 })).toBe(false);
  });
});

describe("a slot", () => {
  const slot = perRequest(() => []);

  it.each<[string, unknown, readonly boolean[]]>([
    ["the nonce", nonce, [true, false, true]],
    ["a perRequest", slot, [false, true, true]],
    ["a plain object", {}, [false, false, false]],
    ["null", null, [false, false, false]],
    ["a word", "nonce", [false, false, false]],
  ])("%s is told from others", (_, value, is) => {
    expect([isNonce(value), isPerRequest(value), isSlot(value)]).toEqual(is);
  });

  it("is frozen", () => {
    expect([Object.isFrozen(nonce), Object.isFrozen(slot)]).toEqual([true, true]);
  });
});

describe("a structured field", () => {
  it("has the text of a token", () => {
    expect(textOf(token("a")[0])).toBe("a");
  });

  it("has the text of a string", () => {
    expect(textOf("a")).toBe("a");
  });

  it("has no text of a number", () => {
    expect(textOf(1)).toBe(undefined);
  });

  it("tells tokens from strings", () => {
    expect([isToken(token("a")[0]), isToken("a")]).toEqual([true, false]);
  });

  it("tells inner lists from items", () => {
    expect([isInnerList(innerList([token("a")])), isInnerList(token("a"))]).toEqual([true, false]);
  });

  it("has an inner list's own items", () => {
    const items = [token("a")];
    const list = innerList(items);
    items.pop();
    expect(list).toEqual([[token("a")], new Map()]);
  });
});

it.each([
  ["a", true],
  ["*a-9_.*", true],
  ["", false],
  ["A", false],
  ["9a", false],
  ["-a", false],
  ["aB", false],
  ["a ", false],
  ["é", false],
])("%j is a key of a structured field: %s", (text, is) => {
  expect(KEY.test(text)).toBe(is);
});
