import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { issueCollector } from "../../src/errors.js";
import {
  callable,
  checked,
  checkShape,
  eitherOf,
  expecting,
  fieldText,
  listOf,
  ownObject,
  readStructured,
  type Schema,
  soleMember,
  strictly,
  textThat,
  wholeNumber,
} from "../../src/values/schema.js";
import { issuesOf } from "../messages.js";

/** What a schema reports of a value: code, then path, message and hint as errors write them. */
function reported(schema: Schema, value: unknown): readonly string[] {
  const { report, issues } = issueCollector();
  checkShape(schema, value, ["at"], report);
  return issues.map(({ code, path, message, hint }) => `${code} ${path}: ${message}. ${hint}`);
}

const words = z.enum(["same-origin", "cross-origin"]);
const list = listOf(
  textThat((text) => text === "a", "an a"),
  "a list of a",
  'Write ["a"].',
  1,
);

it.each<[string, Schema, unknown, ...string[]]>([
  ["a word", words, "same-orign", 'invalid-value at: "same-orign" is not one of its values. Did you mean "same-origin"?'],
  ["another word", words, "x", 'invalid-value at: "x" is not one of its values. Write "same-origin" or "cross-origin".'],
  ["a word in an object", words, { policy: "Same-Origin" }, 'wrong-type at: an object is not one of its values. Write "same-origin".'],
  ["a word in a list", words, ["cross-origin"], 'wrong-type at: a list is not one of its values. Write "cross-origin".'],
  ["two words", words, ["same-origin", "x"], 'wrong-type at: a list is not one of its values. Write "same-origin" or "cross-origin".'],
  ["a number for a word", z.enum(["0", "1"]), 1, 'wrong-type at: 1 is not one of its values. Write "1".'],
  ["null for a word", words, null, "wrong-type at: null is not one of its values. Leave the key out, or write false."],
  ["a promise for a word", words, Promise.resolve("x"), "wrong-type at: a promise is not one of its values. Write await before it."],
  ["true for a word", words, true, 'wrong-type at: true is not one of its values. Write "same-origin" or "cross-origin".'],
  [
    "a word that is not one of numbers",
    z.literal([301, 308]),
    "308",
    'invalid-value at: "308" is not one of its values. Write 301 or 308.',
  ],
  ["a word for a boolean", z.boolean(), "true", 'wrong-type at: "true" is not true or false. Write true, without quotes.'],
  ["false in quotes", z.boolean(), "false", 'wrong-type at: "false" is not true or false. Write false, without quotes.'],
  ["?1 for a boolean", z.boolean(), "?1", 'wrong-type at: "?1" is not true or false. Write true.'],
  ["?0 for a boolean", z.boolean(), "?0", 'wrong-type at: "?0" is not true or false. Write false.'],
  ["another word for a boolean", z.boolean(), "toString", 'wrong-type at: "toString" is not true or false. Write true or false.'],
  ["null for a boolean", z.boolean(), null, "wrong-type at: null is not true or false. Leave the key out, or write false."],
  ["digits for a number", z.int(), "15", 'wrong-type at: "15" is not a number. Write 15, without quotes.'],
  ["a fraction for a whole number", z.int(), 1.5, "wrong-type at: 1.5 is not a whole number. Write a whole number."],
  [
    "fifteen digits",
    z.number(),
    "1".repeat(15),
    `wrong-type at: "${"1".repeat(15)}" is not a number. Write ${"1".repeat(15)}, without quotes.`,
  ],
  ["sixteen digits", z.number(), "1".repeat(16), `wrong-type at: "${"1".repeat(16)}" is not a number. Write a number.`],
  ["nearly digits", z.number(), "1a", 'wrong-type at: "1a" is not a number. Write a number.'],
  ["digits for a string's place", z.string(), 5, "wrong-type at: 5 is not a string. Write a string."],
  ["a word for a list", z.array(z.string()), "a b", 'wrong-type at: "a b" is not a list. Write ["a", "b"].'],
  ["words with a comma", z.array(z.string()), "a, b", 'wrong-type at: "a, b" is not a list. Write a list.'],
  ["words with two blanks", z.array(z.string()), "a  b", 'wrong-type at: "a  b" is not a list. Write a list.'],
  [
    "200 letters for a list",
    z.array(z.string()),
    "a".repeat(200),
    `wrong-type at: "${"a".repeat(77)}…" is not a list. Write ["${"a".repeat(77)}…"].`,
  ],
  ["201 letters for a list", z.array(z.string()), "a".repeat(201), `wrong-type at: "${"a".repeat(77)}…" is not a list. Write a list.`],
  ["a list for an object", z.object({}), 1, "wrong-type at: 1 is not an object. Write an object."],
  ["an unknown key", z.strictObject({}), { a: 1, b: 2 }, 'unknown-name at: unknown option "a" or "b". Take it out.'],
  [
    "too few",
    z.array(z.string()).check(z.minLength(1)),
    [],
    "invalid-value at: an empty list says nothing. Write at least one, or false for no header.",
  ],
  ["a negative number", z.int().check(z.nonnegative()), -1, "invalid-value at: -1 is negative. Write 0 or more."],
  ["a large number", z.int().check(z.lte(5)), 6, "invalid-value at: 6 is too large. Write a smaller number."],
  ["anything else", z.string().check(z.refine(() => false)), "a", 'invalid-value at: "a" is not valid. See the documentation of this key.'],
  ["a port", wholeNumber(1, 9), 10, "invalid-value at: 10 is not a whole number from 1 to 9. Write a whole number from 1 to 9."],
  ["a text for a port", wholeNumber(1, 9, "the port"), "a", 'wrong-type at: "a" is not a whole number from 1 to 9. Write the port.'],
  [
    "a count",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
    -1,
    "invalid-value at: -1 is not a whole number of 0 or more. Write a whole number of 0 or more.",
  ],
  ["a fraction", wholeNumber(0, 9), 1.5, "wrong-type at: 1.5 is not a whole number from 0 to 9. Write a whole number from 0 to 9."],
  ["no function", callable("Write a function."), 1, "invalid-value at: 1 is not a function. Write a function."],
  ["a text that fails", textThat(() => false, "an a"), "b", 'invalid-value at: "b" is not an a. Write an a.'],
  ["an empty list", list, [], 'invalid-value at: an empty list is not a list of a. Write ["a"].'],
  ["no list", list, "a", 'wrong-type at: "a" is not a list of a. Write ["a"].'],
  ["members", list, ["a", "b", 1], 'invalid-value at[1]: "b" is not an a. Write an a.', "wrong-type at[2]: 1 is not an a. Write an a."],
  ["a promise with words", list, Promise.resolve(), "wrong-type at: a promise is not a list of a. Write await before it."],
  ["a list or a function", eitherOf(callable("Write f."), list), ["b"], 'invalid-value at[0]: "b" is not an a. Write an a.'],
  ["neither", eitherOf(callable("Write f."), list), 1, 'wrong-type at: 1 is not a list of a. Write ["a"].'],
  [
    "a text",
    fieldText(),
    "a\nb",
    String.raw`invalid-value at: "a\nb" is not a field value. Write visible ASCII on one line, without blanks around it.`,
  ],
  ["a number for a text", fieldText(), 5, 'wrong-type at: 5 is not a string. Write "5", in quotes.'],
  ["a list for a text", fieldText(), ["a", "b"], 'wrong-type at: a list is not a string. Write "a, b".'],
  ["a list of others for a text", fieldText(), ["a", 1], "wrong-type at: a list is not a string. Write a string."],
  ["true for a text", fieldText(), true, "wrong-type at: true is not a string. Write a string."],
  ["a checked text", checked("an a", () => ["is b", "Write a."]), "b", 'invalid-value at: "b" is b. Write a.'],
  ["no text", checked("an a", () => undefined), 1, "wrong-type at: 1 is not an a. Write an a."],
  ["no text, with a hint", checked("an a", () => undefined, "Write b."), 1, "wrong-type at: 1 is not an a. Write b."],
  [
    "a union, by the type of the value",
    z.union([words, z.array(words)]),
    ["x"],
    'invalid-value at[0]: "x" is not one of its values. Write "same-origin" or "cross-origin".',
  ],
  [
    "a union with words",
    z.union([z.boolean(), z.number()], expecting("a boolean or a number", "Write 1.")),
    "a",
    'wrong-type at: "a" is not a boolean or a number. Write 1.',
  ],
])("%s is reported", (_, schema, value, ...issues) => {
  expect(reported(schema, value)).toEqual(issues);
});

it.each<[string, Schema, unknown]>([
  ["a whole number", wholeNumber(1, 9), 1],
  ["the highest", wholeNumber(1, 9), 9],
  ["a function", callable("Write f."), () => 1],
  ["a text", textThat((text) => text === "a", "an a"), "a"],
  ["a list", list, ["a"]],
  ["a list of none", listOf(z.string(), "a list"), []],
  ["a function or a list", eitherOf(callable("Write f."), list), () => 1],
  ["a field value", fieldText(), "a b"],
  ["a checked text", checked("an a", () => undefined), "a"],
])("%s passes", (_, schema, value) => {
  expect(reported(schema, value)).toEqual([]);
});

describe("ownObject", () => {
  const schema = ownObject({ a: z.number() }, expecting("an object with a"));

  it("takes own members", () => {
    expect(schema.safeParse({ a: 1 }).data).toEqual({ a: 1 });
  });

  it("takes no inherited members", () => {
    expect(reported(schema, Object.create({ a: 1 }))).toHaveLength(1);
  });

  it.each([null, 1, "a"])("refuses %j", (value) => {
    expect(reported(schema, value)[0]).toMatch(/is not an object with a\. Write an object with a\.$/);
  });

  it("refuses a list", () => {
    expect(reported(schema, [])).toEqual(["wrong-type at: an empty list is not an object with a. Write an object with a."]);
  });
});

it.each<[unknown, unknown]>([
  [{ a: 1 }, 1],
  [[2], 2],
  [{ a: 1, b: 2 }, undefined],
  [{}, undefined],
  [null, undefined],
  ["a", undefined],
])("the sole member of %j is %j", (value, member) => {
  expect(soleMember(value)).toBe(member);
});

describe("strictly", () => {
  it("returns what is read", () => {
    expect(strictly((text) => text.length)("abc")).toBe(3);
  });

  it("throws what is reported", () => {
    const read = strictly((text, report) => report({ path: ["a"], message: `${text} is wrong`, hint: "Write b." }));
    expect(issuesOf(() => read("c"))).toEqual(["a: c is wrong. Write b."]);
  });
});

describe("readStructured", () => {
  it("returns what is parsed", () => {
    expect(readStructured("a", (text) => text)).toBe("a");
  });

  it("refuses what cannot be parsed, with the cause", () => {
    const cause = new Error("no");
    const call = () =>
      readStructured("a", () => {
        throw cause;
      });
    expect(call).toThrow(expect.objectContaining({ hint: "See RFC 9651.", cause }));
  });
});
