import { expect, it } from "vitest";
import { docComments } from "../../src/cli/schema/doc-comments.js";
import { policySchema } from "../../src/cli/schema/policy-schema.js";
import { serviceOptionTexts } from "../../src/cli/schema/service-options.js";
import { optionTexts } from "../../src/cli/service-options.js";

it("service-options.ts has the doc comments of today: node src/cli/service-options.generate.mjs writes it", () => {
  expect(optionTexts).toEqual(serviceOptionTexts(docComments()));
});

it("the texts are those of the doc comments", () => {
  expect(optionTexts["stripe"]?.["link"]).toBe("Link, Stripe's wallet. Default: false.");
});

it("options of recipes that share them have a text", () => {
  expect(optionTexts["unpkg"]?.["packages"]).toMatch(/^The files: the part of each URL after the host/);
});

it("the JSON schema describes options with them", () => {
  expect(JSON.stringify(policySchema())).toContain('"link":{"description":"Link, Stripe\'s wallet. Default: false."');
});
