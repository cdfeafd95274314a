import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link stripe}. */
export interface StripeOptions {
  /** The Address Element, which completes addresses by Google Maps. Default: false. */
  readonly address?: boolean | undefined;
}

/**
 * Stripe.js with Elements, 3-D Secure and payment requests.
 *
 * @param options see {@link StripeOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const stripe = recipe<StripeOptions>(
  {
    name: "stripe",
    title: "Stripe",
    category: "payment",
    evidence: "vendor",
    pages: ["https://docs.stripe.com/security/guide#content-security-policy"],
    checked: "2026-11-26",
    hosts: ["stripe.com", "stripe.network"],
    nonce: 'The <script src="https://js.stripe.com/…"> of the page.',
  },
  () => ({ address: flag() }),
  ({ address }) => ({
    csp: {
      scriptSrc: ["https://js.stripe.com", "https://*.js.stripe.com", ...(address ? ["https://maps.googleapis.com"] : [])],
      connectSrc: ["https://api.stripe.com", ...(address ? ["https://maps.googleapis.com"] : [])],
      frameSrc: ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
    },
    permissionsPolicy: { payment: ["self", "https://js.stripe.com"] },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
