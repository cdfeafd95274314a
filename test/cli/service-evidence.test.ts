import { expect, it } from "vitest";
import { serviceText } from "../../src/cli/service-text.js";
import { services } from "../../src/services/index.js";

/** The sentence on evidence, in one line. */
function evidenceOf(name: "stripe" | "youtube"): string {
  const text = serviceText(services[name] as never, new Date("2026-12-01"), (heading) => heading);
  return text.replace(/\s+/g, " ").match(/ Source (.*?) https:/)?.[1] ?? "";
}

it("a recipe that the vendor documents says so, with the day", () => {
  expect(evidenceOf("stripe")).toMatch(/^The vendor's documentation\b.*\b2026-11-26/);
});

it("a recipe of other places names no documentation of the vendor as its source", () => {
  expect(evidenceOf("youtube")).toMatch(/^(?!The vendor's documentation\b).*\b2026-11-26/);
});
