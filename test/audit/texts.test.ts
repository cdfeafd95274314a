import { expect, it } from "vitest";
import { rules } from "../../src/audit/rules/index.js";
import { ruleTexts } from "../../src/audit/rules/texts.js";

it("every rule has a text and a way to mend it, and there are no others", () => {
  expect(Object.keys(ruleTexts).sort()).toEqual(rules.map(({ rule }) => rule).sort());
  expect(
    Object.values(ruleTexts)
      .flatMap(({ text, mend }) => [text, mend])
      .filter((one) => !/^[A-Z`].*\.$/.test(one)),
  ).toEqual([]);
});
