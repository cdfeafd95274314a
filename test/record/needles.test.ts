import { describe, expect, it } from "vitest";
import { type Needle, newNeedles } from "../../src/record/needles.js";

const needle = (text: string): Needle => ({ text, beginnings: undefined });

/** What is found without cuts. */
function found(values: readonly string[], text: string) {
  const needles = newNeedles();
  for (const value of values) needles.add([needle(value)]);
  return needles.find(text, [], 3).map(([start, end]) => text.slice(start, end));
}

describe("values are found in one pass", () => {
  it.each<[string, readonly string[], string, readonly string[]]>([
    ["one of them", ["abc"], "xabcx", ["abc"]],
    ["one within another", ["abcdefgh", "cde"], "abcdex", ["cde"]],
    ["one that is the end of another's beginning", ["aabaax", "baa"], "aabaab", ["baa"]],
    ["two that overlap as one place", ["abcd", "cdef"], "abcdef", ["abcdef"]],
    ["one that repeats itself", ["aa"], "aaaa aa", ["aaaa", "aa"]],
    ["one of a later table", ["abcdefgh", "xyz"], "xyz abcdefgh", ["xyz", "abcdefgh"]],
    ["none", ["abc"], "ab", []],
  ])("%s", (_, values, text, expected) => {
    expect(found(values, text)).toEqual(expected);
  });

  it("beginnings that count, and those before a cut", () => {
    const needles = newNeedles();
    needles.add([{ text: "abcdefgh", beginnings: [4, 6] }]);
    expect(needles.find("abc abcd abcdefg", [], 3)).toEqual([
      [4, 8],
      [9, 15],
    ]);
    expect(needles.find("abc", [[3, 3]], 3)).toEqual([[0, 3]]);
    expect(needles.find("ab", [[2, 2]], 3)).toEqual([]);
  });
});

describe("work grows with what is added", () => {
  /** A thousand pages that add ten values each. */
  function afterPages(pages: number) {
    const needles = newNeedles();
    for (let page = 0; page < pages; page += 1)
      needles.add(Array.from({ length: 10 }, (_, index) => needle(`value-${page}-${index}-x`.padEnd(20, "y"))));
    return needles.work;
  }

  it("and not with its square: each of 10,000 values is put into few tables", () => {
    // 200,000 characters. A table of all values for each page would be 100,000,000.
    expect(afterPages(1_000).built).toBeLessThan(200_000 * 18);
    expect(afterPages(1_000).tables).toBeLessThanOrEqual(10);
  });

  it("where each value is larger than the one before", () => {
    const needles = newNeedles();
    for (let length = 1; length <= 300; length += 1) needles.add([needle("z".repeat(length))]);
    // 45,150 characters; as many tables as values would be 300.
    expect(needles.work.built).toBeLessThan(45_150 * 15);
    expect(needles.work.tables).toBeLessThanOrEqual(9);
  });

  it("where each is smaller", () => {
    const needles = newNeedles();
    for (let length = 300; length >= 1; length -= 1) needles.add([needle("z".repeat(length))]);
    expect(needles.work.built).toBeLessThan(45_150 * 15);
    expect(needles.work.tables).toBeLessThanOrEqual(9);
  });
});
