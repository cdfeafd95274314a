import { describe, expect, it } from "vitest";
import {
  awaited,
  didYouMean,
  isFieldValue,
  isList,
  isPromise,
  kebabCase,
  lettersOf,
  oneOf,
  property,
  show,
  showKind,
  shown,
  showThrown,
  TOKEN,
  trimmed,
} from "../../src/values/text.js";

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

describe("didYouMean", () => {
  it("finds a word in another spelling", () => {
    expect(didYouMean("Unsafe_Inline", ["unsafe-eval", "unsafe-inline"])).toBe('Did you mean "unsafe-inline"?');
  });

  it("finds no word for one without letters", () => {
    expect(didYouMean("__", ["--"])).toBe("");
  });

  it("prefers one wrong letter to transposed ones", () => {
    expect(didYouMean("abcd", ["bacd", "abce"])).toBe('Did you mean "abce"?');
  });

  it("prefers transposed letters to two wrong ones", () => {
    expect(didYouMean("abcdef", ["abcdxy", "abcdfe"])).toBe('Did you mean "abcdfe"?');
  });

  it("finds transposed letters in any case", () => {
    expect(didYouMean("FEDCBA", ["abcdef"])).toBe('Did you mean "abcdef"?');
  });

  it.each([
    ["abc", "abx", true],
    ["abc", "axy", false],
    ["abcd", "abxy", true],
    ["abcdef", "abcdxy", true],
    ["abcdef", "abcxyz", false],
    ["abcdefg", "abcdxyz", true],
    ["abcdefg", "abcwxyz", false],
  ])("for %s, %s is near: %s", (word, candidate, near) => {
    expect(didYouMean(word, [candidate])).toBe(near ? `Did you mean "${candidate}"?` : "");
  });

  it.each(["", "a"])("finds no word for %j, which has no letter of it", (word) => {
    expect(didYouMean(word, ["*"])).toBe("");
  });

  it("finds the nearest of several", () => {
    expect(didYouMean("abcdefg", ["abcdxyz", "abcdeyz", "abcxxyz"])).toBe('Did you mean "abcdeyz"?');
  });

  it("finds the shortest word that begins so, in any case", () => {
    expect(didYouMean("SCR", ["ScriptSourceElement", "scriptSource", "styleSource"])).toBe('Did you mean "scriptSource"?');
  });

  it("completes no word of two letters", () => {
    expect(didYouMean("sc", ["scriptSource"])).toBe("");
  });

  it("looks for a word of 60 characters", () => {
    expect(didYouMean("a".repeat(60), ["A".repeat(60)])).toBe(`Did you mean "${"A".repeat(60)}"?`);
  });

  it("looks for no word of 61 characters", () => {
    expect(didYouMean("a".repeat(61), ["A".repeat(61)])).toBe("");
  });
});

it("lettersOf leaves letters and digits, in lower case", () => {
  expect(lettersOf("X-Frame_options 2!")).toBe("xframeoptions2");
});

it.each([
  [["a"], '"a"'],
  [["a", "b"], '"a" or "b"'],
  [["a", true, 1], '"a", true or 1'],
  [[], ""],
])("oneOf(%j) is %s", (values, text) => {
  expect(oneOf(values)).toBe(text);
});

it.each<[unknown, string]>([
  ["a", '"a"'],
  [null, "null"],
  [[1], "a list"],
  [{}, "an object"],
  [() => 1, "a function"],
  [Symbol("a"), "a symbol"],
  [undefined, "undefined"],
  [10n, "10"],
  [1.5, "1.5"],
  [Promise.resolve(), "an object"],
])("show writes a value as in case %#", (value, text) => {
  expect(show(value)).toBe(text);
});

it("show of a revoked proxy is an object", () => {
  expect(show(revoked())).toBe("an object");
});

it("a revoked proxy is no list", () => {
  expect(isList(revoked())).toBe(false);
});

it("a revoked proxy is no promise", () => {
  expect(isPromise(revoked())).toBe(false);
});

it("shown names a promise", () => {
  expect(shown(Promise.resolve())).toBe("a promise");
});

it("awaited asks for await where the value is a promise", () => {
  expect([awaited(Promise.resolve(), "Write 1."), awaited(2, "Write 1.")]).toEqual(["Write await before it.", "Write 1."]);
});

it.each<[unknown, string]>([
  [new Error("out of order"), '"out of order"'],
  ["a", '"a"'],
  [5, "5"],
])("showThrown writes what was thrown as in case %#", (thrown, text) => {
  expect(showThrown(thrown)).toBe(text);
});

class Named {}
const named = (name: unknown) => ({ constructor: { name } });

it.each<[unknown, string]>([
  [new Map(), "an instance of Map"],
  [new Named(), "an instance of Named"],
  [{}, "an object"],
  [Object.create(null), "an object"],
  [named("a".repeat(40)), `an instance of ${"a".repeat(40)}`],
  [named("a".repeat(41)), "an object"],
  [named("a b"), "an object"],
  [named("b!"), "an object"],
  [named(""), "an object"],
  [named(5), "an object"],
  [[1], "a list"],
  [null, "null"],
  [5, "5"],
  [() => 1, "a function"],
])("showKind writes a value as in case %#", (value, text) => {
  expect(showKind(value)).toBe(text);
});

it.each([
  ["a", "a: 1"],
  ["$_a1", "$_a1: 1"],
  ["a-b", '"a-b": 1'],
  ["-a", '"-a": 1'],
  ["1a", '"1a": 1'],
  ["a".repeat(60), `${"a".repeat(60)}: 1`],
  ["a".repeat(61), `"${"a".repeat(61)}": 1`],
])("property writes %s as %s", (name, text) => {
  expect(property(name, "1")).toBe(text);
});

it("kebabCase writes a key as on the wire", () => {
  expect(kebabCase("scriptSrcElem")).toBe("script-src-elem");
});

it.each([
  [" \ta b\t ", undefined, "a b"],
  [" \t", undefined, ""],
  ["\na\n", undefined, "\na\n"],
  ["'a''b''", "'", "a''b"],
])("trimmed(%j, %j) is %j", (text, characters, result) => {
  expect(trimmed(text, characters)).toBe(result);
});

it.each([
  ["a", true],
  ["!~", true],
  ["a b\tc", true],
  ["", false],
  [" a", false],
  ["a ", false],
  ["\ta", false],
  ["a\nb", false],
  ["a\n", false],
  ["\x7f", false],
  ["a\x7fa", false],
  ["é", false],
  ["aéa", false],
])("isFieldValue(%j) is %s", (text, fits) => {
  expect(isFieldValue(text)).toBe(fits);
});

it.each([
  ["!#$%&'*+-.^_`|~09AZaz", true],
  ["", false],
  ["a b", false],
  ["a:", false],
  ["(a", false],
  ["a\n", false],
  ["é", false],
])("%j is a token: %s", (text, fits) => {
  expect(TOKEN.test(text)).toBe(fits);
});
