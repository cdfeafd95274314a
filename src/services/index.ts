import { lazy } from "../values/lazy.js";
import { recaptcha } from "./recaptcha.js";
import type { Recipe } from "./recipe.js";
import { checkSource, finder, type ServiceMatch } from "./service-of.js";
import { stripe } from "./stripe.js";

export type { RecaptchaOptions } from "./recaptcha.js";
export type { Recipe, ServiceCategory, ServiceFacts } from "./recipe.js";
export type { ServiceMatch } from "./service-of.js";
export type { StripeOptions } from "./stripe.js";
export { recaptcha, stripe };

/** Every recipe, by the name that policy files use. */
export const services = /* @__PURE__ */ Object.freeze({
  recaptcha,
  stripe,
});

/** The name of a recipe. */
export type ServiceName = keyof typeof services;

const find = /* @__PURE__ */ lazy(() => finder(Object.values(services) as readonly Recipe<never>[]));

/**
 * The service that a source belongs to.
 *
 * @param source of a policy or a report: `"https://js.stripe.com"`, `"*.stripe.com"`, or a whole URL.
 * @returns the recipe's name, the product's, and the call to write; undefined for what belongs to no service here, or to several.
 * @throws {PolicyError} for anything but a string.
 */
export function serviceOf(source: string): ServiceMatch | undefined {
  checkSource(source);
  return find()(source);
}
