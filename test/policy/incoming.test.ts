import { describe, expect, it } from "vitest";
import { byName, incomingHeaders, isRefusal } from "../../src/policy/incoming.js";

const caught = (input: unknown): unknown => {
  try {
    incomingHeaders(input);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("headers that came in", () => {
  it.each<[string, unknown]>([
    ["an object", { A: "1", b: "2" }],
    [
      "pairs",
      [
        ["A", "1"],
        ["b", "2"],
      ],
    ],
    [
      "an iterable of pairs",
      new Map([
        ["A", "1"],
        ["b", "2"],
      ]),
    ],
    ["a flat list", ["A", "1", "b", "2"]],
  ])("are read from %s", (_, input) => {
    expect(incomingHeaders(input)).toEqual({
      lines: [
        ["A", "1"],
        ["b", "2"],
      ],
      odd: [],
    });
  });

  it("are none in an empty list", () => {
    expect(incomingHeaders([])).toEqual({ lines: [], odd: [] });
  });

  it("have a line for each member of a list", () => {
    expect(incomingHeaders({ a: ["1", "2"] }).lines).toEqual([
      ["a", "1"],
      ["a", "2"],
    ]);
  });

  it("may be numbers", () => {
    expect(incomingHeaders({ a: 0 }).lines).toEqual([["a", "0"]]);
  });

  it("lose blanks and tabs around their values", () => {
    expect(incomingHeaders({ a: "\t 1 2 " }).lines).toEqual([["a", "1 2"]]);
  });

  it("without a value are left out", () => {
    expect(incomingHeaders({ a: undefined })).toEqual({ lines: [], odd: [] });
  });

  it("of another kind are named", () => {
    expect(incomingHeaders({ a: true, b: [null, "1"] })).toEqual({ lines: [["b", "1"]], odd: ["a", "b"] });
  });

  it("may have 10,000 lines", () => {
    expect(incomingHeaders({ a: Array(10_000).fill("1") }).lines).toHaveLength(10_000);
  });

  it("may not have 10,001 lines", () => {
    expect(caught({ a: Array(10_001).fill("1") })).toEqual(new TypeError("there are more than 10000 header lines"));
  });

  it.each<[string, unknown, string]>([
    ["null", null, "null is not a set of headers"],
    ["a string", "A: 1", '"A: 1" is not a set of headers'],
    ["a promise", Promise.resolve({}), "a promise is not a set of headers: write await before it"],
    ["a flat list whose last name has no value", ["A", "1", "b"], '"A" is not a pair of a name and a value'],
    ["a list with a member that is not a string", ["A", 1], '"A" is not a pair of a name and a value'],
    ["a list of promises", [Promise.resolve()], "a promise is not a pair of a name and a value"],
  ])("are not %s", (_, input, message) => {
    expect(caught(input)).toEqual(new TypeError(message));
  });
});

describe("a refusal", () => {
  it("is recognised", () => {
    expect(isRefusal(caught(null))).toBe(true);
  });

  it("is not what a getter throws", () => {
    const error = new TypeError("null is not a set of headers");
    const input = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw error;
      },
    });
    expect([caught(input), isRefusal(error)]).toEqual([error, false]);
  });

  it.each([null, undefined, "a"])("is not %s", (value) => {
    expect(isRefusal(value)).toBe(false);
  });
});

it("byName has the values of each header under its lower-case name, in their order", () => {
  expect([
    ...byName([
      ["A", "1"],
      ["b", "2"],
      ["a", "3"],
    ]),
  ]).toEqual([
    ["a", ["1", "3"]],
    ["b", ["2"]],
  ]);
});
