import { flag, host } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link chargebee}. */
export interface ChargebeeOptions {
  /** The host of the site: `"acme.chargebee.com"`, `"acme-test.chargebee.com"`, or your custom domain. */
  readonly site: string;
  /** Card and payment components, whose frames load from `js.chargebee.com`. Default: false. */
  readonly components?: boolean | undefined;
}

/**
 * Chargebee.js with Checkout and the portal in a frame.
 *
 * @param options see {@link ChargebeeOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const chargebee = recipe<ChargebeeOptions>(
  {
    name: "chargebee",
    title: "Chargebee",
    category: "payment",
    evidence: "vendor",
    pages: [
      "https://www.chargebee.com/docs/2.0/hosted-capabilities/articles-and-faq/content-security-policy-for-the-checkout-page.html",
      "https://www.chargebee.com/checkout-portal-docs/components-fields-integrations.html",
      "https://github.com/spatie/laravel-csp/blob/501b7d2f91044fca603a558ded9ac16bbc8af12d/src/Presets/Chargebee.php",
      "https://github.com/opf/openproject/blob/5be82c4f69365e4d00909b8278923fb9848324b4/app/helpers/enterprise_trial_helper.rb",
    ],
    checked: "2026-11-26",
    hosts: ["chargebee.com"],
    nonce: 'The <script src="https://js.chargebee.com/v2/chargebee.js"> of the page.',
    notes: [
      "Chargebee lists only chargebee.js. The sources of components are from laravel-csp and OpenProject, which both allow all of js.chargebee.com.",
      "The payment gateway behind Chargebee, such as Stripe or Braintree, needs its own recipe if its scripts run in the page.",
    ],
    required: ["site"],
    example: { site: "acme.chargebee.com" },
  },
  () => ({ site: host("acme.chargebee.com"), components: flag() }),
  ({ site, components }) => ({
    csp: {
      scriptSrc: [components ? "https://js.chargebee.com" : "https://js.chargebee.com/v2/chargebee.js"],
      styleSrc: [`https://${site}/assets/hp_v3/iframe_views/`, ...(components ? ["https://js.chargebee.com"] : [])],
      frameSrc: [`https://${site}`, ...(components ? ["https://js.chargebee.com"] : [])],
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
