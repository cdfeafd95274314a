import { expect, it } from "vitest";
import { allowedBy, isOld, servicesList, serviceText } from "../../src/cli/service-text.js";
import { paypal, stripe } from "../../src/services/index.js";

const plain = (text: string) => text;

it("what a recipe allows, as a policy writes it", () => {
  expect(allowedBy(stripe as never)).toEqual([
    ["script-src", ["https://js.stripe.com", "https://*.js.stripe.com"]],
    ["connect-src", ["https://api.stripe.com"]],
    ["frame-src", ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"]],
    ["permissions-policy payment", ["self", "https://js.stripe.com", "https://*.js.stripe.com"]],
    ["cross-origin-embedder-policy", ["unsafe-none"]],
  ]);
});

it("keywords without quotes", () => {
  expect(new Map(allowedBy(paypal as never)).get("style-src")).toContain("unsafe-inline");
});

it("a recipe that was last read more than a year ago is said to be so", () => {
  const checked = Date.parse(stripe.about.checked);
  const day = 86_400_000;
  expect([isOld(stripe.about, new Date(checked + 365 * day)), isOld(stripe.about, new Date(checked + 366 * day))]).toEqual([false, true]);
  expect(servicesList([stripe as never], new Date(checked + 366 * day), plain)).toContain("Stripe (last read more than a year ago)");
  expect(serviceText(stripe as never, new Date(checked + 366 * day), plain).replace(/\s+/g, " ")).toContain("That is more than a year ago");
});
