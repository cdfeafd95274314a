import { recaptcha } from "./recaptcha.js";
import { stripe } from "./stripe.js";

export type { RecaptchaOptions } from "./recaptcha.js";
export type { Recipe, ServiceCategory, ServiceFacts } from "./recipe.js";
export type { StripeOptions } from "./stripe.js";
export { recaptcha, stripe };

/** Every recipe, by the name that policy files use. */
export const services = /* @__PURE__ */ Object.freeze({
  recaptcha,
  stripe,
});

/** The name of a recipe. */
export type ServiceName = keyof typeof services;
