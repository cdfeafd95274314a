import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link stripe}. */
export interface StripeOptions {
  /** The Address Element with your own Google Maps API key. Default: false. */
  readonly address?: boolean | undefined;
  /** Link, Stripe's wallet. Default: false. */
  readonly link?: boolean | undefined;
  /** Checkout in the page, by `checkout.stripe.com`. A redirect to Checkout needs no sources. Default: false. */
  readonly checkout?: boolean | undefined;
  /** Connect embedded components (Connect.js). Default: false. */
  readonly connect?: boolean | undefined;
  /** The embedded crypto onramp. Default: false. */
  readonly crypto?: boolean | undefined;
}

/** The hash of an empty `<style>` element, as Stripe lists it for Connect.js. */
const EMPTY_STYLE = "'sha256-0hAheEzaMe6uXIKV4EehS9pu1am1lj/KnnzrOYqckXk='";

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
    pages: [
      "https://docs.stripe.com/security/guide#content-security-policy",
      "https://docs.stripe.com/js/appendix/cross_origin_isolation",
      "https://github.com/clerk/clerk-docs/blob/03ffcd8938b233929508f398e0edae50d659c320/docs/guides/secure/best-practices/csp-headers.mdx",
    ],
    checked: "2026-11-26",
    hosts: ["stripe.com", "stripe.network", "link.com"],
    bypasses: ["https://maps.googleapis.com"],
    nonce: 'The <script src="https://js.stripe.com/…"> of the page.',
    notes: [
      "Stripe.js does not work on a cross-origin isolated page, so Cross-Origin-Embedder-Policy becomes unsafe-none.",
      'Under require-trusted-types-for, Stripe requires a default policy that accepts script URLs of https://js.stripe.com and its subdomains: create it in the page, and add "default" to trustedTypes.',
      "A style sheet with fonts for Elements or Connect embedded components is fetched: add its URL to connectSrc.",
    ],
  },
  () => ({ address: flag(), link: flag(), checkout: flag(), connect: flag(), crypto: flag() }),
  ({ address, link, checkout, connect, crypto }) => ({
    csp: {
      scriptSrc: [
        "https://js.stripe.com",
        "https://*.js.stripe.com",
        ...(address ? ["https://maps.googleapis.com"] : []),
        ...(checkout ? ["https://checkout.stripe.com"] : []),
        ...(connect ? ["https://connect-js.stripe.com"] : []),
        ...(crypto ? ["https://crypto-js.stripe.com"] : []),
      ],
      styleSrc: connect ? [EMPTY_STYLE] : [],
      imgSrc: [...(checkout || connect ? ["https://*.stripe.com"] : []), ...(link ? ["https://*.link.com"] : [])],
      connectSrc: [
        "https://api.stripe.com",
        ...(address ? ["https://maps.googleapis.com"] : []),
        ...(checkout ? ["https://checkout.stripe.com"] : []),
        ...(link ? ["https://link.com", "https://*.link.com"] : []),
        ...(crypto ? ["https://crypto.link.com"] : []),
      ],
      frameSrc: [
        "https://js.stripe.com",
        "https://*.js.stripe.com",
        "https://hooks.stripe.com",
        ...(checkout ? ["https://checkout.stripe.com"] : []),
        ...(connect ? ["https://connect-js.stripe.com"] : []),
        ...(link ? ["https://link.com", "https://*.link.com"] : []),
        ...(crypto ? ["https://crypto.link.com"] : []),
      ],
    },
    permissionsPolicy: { payment: ["self", "https://js.stripe.com", "https://*.js.stripe.com"] },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
