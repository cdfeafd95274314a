import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link braintree}. */
export interface BraintreeOptions {
  /** `"sandbox"` for tests. Default: `"production"`. */
  readonly environment?: "production" | "sandbox" | undefined;
  /** Drop-in, which loads a style sheet. Default: false. */
  readonly dropIn?: boolean | undefined;
  /** PayPal by the PayPal Checkout component or by Drop-in. Default: false. */
  readonly paypal?: boolean | undefined;
  /** Google Pay, whose script calls the Payment Request API in the page. Default: false. */
  readonly googlePay?: boolean | undefined;
  /**
   * 3-D Secure 2: the page of the cardholder's bank in a frame, from a host that cannot be known, so `https:` in `frame-src` and
   * `form-action`. Default: false.
   */
  readonly threeDSecure?: boolean | undefined;
  /** The data collector of Braintree's fraud protection. Default: false. */
  readonly dataCollector?: boolean | undefined;
}

const SCRIPTS = ["https://js.braintreegateway.com", "https://assets.braintreegateway.com"];
const ASSETS = "https://assets.braintreegateway.com";

/**
 * The Braintree JavaScript SDK: hosted fields, Drop-in, and what its components add.
 *
 * @param options see {@link BraintreeOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const braintree = recipe<BraintreeOptions>(
  {
    name: "braintree",
    title: "Braintree",
    category: "payment",
    evidence: "vendor",
    pages: [
      "https://braintree.github.io/braintree-web/current/index.html#content-security-policy",
      "https://github.com/braintree/braintree-web/blob/dac088bd742abf2ba1d8ec8516866a3bdd3fcf9d/jsdoc/Home.md",
      "https://github.com/braintree/braintree-web-drop-in/blob/f899c271f5f0e56f45a1aed3ac6bd5b4e79821ba/jsdoc/Home.md",
      "https://github.com/braintree/braintree-web-drop-in/pull/746",
      "https://developer.chrome.com/blog/payment-handler-csp-connect-src",
    ],
    checked: "2026-11-26",
    hosts: ["braintreegateway.com", "braintree-api.com"],
    nonce: 'Every <script src="https://js.braintreegateway.com/web/…"> of the page.',
    notes: [
      "For PayPal, Braintree also lists 'unsafe-inline' in script-src. It is left out here: give inline scripts a nonce or a hash.",
      "Drop-in sets style attributes, which are blocked unless style-src has 'unsafe-inline'. Browsers ignore it beside a nonce or a hash.",
      "For 3-D Secure, Braintree lists * in frame-src and form-action; this recipe writes https:, since banks use no other scheme.",
      "Google Pay needs payment in Permissions-Policy: its script creates a PaymentRequest in the page, for which Braintree lists https://google.com/pay in connect-src.",
      "Kount, the older data collector, documents its sources separately.",
    ],
  },
  () => ({
    environment: oneOfWords("production", "sandbox"),
    dropIn: flag(),
    paypal: flag(),
    googlePay: flag(),
    threeDSecure: flag(),
    dataCollector: flag(),
  }),
  ({ environment = "production", dropIn, paypal, googlePay, threeDSecure, dataCollector }) => {
    const isSandbox = environment === "sandbox";
    const gateway = isSandbox ? "sandbox.braintreegateway.com" : "braintreegateway.com";
    const songbird = isSandbox ? "https://songbirdstag.cardinalcommerce.com" : "https://songbird.cardinalcommerce.com";
    const fromPaypal = paypal || dataCollector ? ["https://*.paypal.com"] : [];
    return {
      csp: {
        scriptSrc: [
          ...SCRIPTS,
          ...(paypal ? ["https://www.paypalobjects.com"] : []),
          ...fromPaypal,
          ...(googlePay ? ["https://pay.google.com"] : []),
          ...(threeDSecure ? [songbird] : []),
        ],
        styleSrc: [...(dropIn ? [ASSETS] : []), ...(paypal || googlePay ? ["unsafe-inline"] : [])],
        imgSrc: [ASSETS, "data:", ...(paypal ? ["https://checkout.paypal.com"] : [])],
        connectSrc: [
          `https://api.${gateway}`,
          `https://client-analytics.${gateway}`,
          "https://*.braintree-api.com",
          ...(googlePay ? ["https://pay.google.com", "https://google.com/pay"] : []),
          ...(threeDSecure ? ["https://*.cardinalcommerce.com"] : []),
        ],
        frameSrc: [ASSETS, ...fromPaypal, ...(threeDSecure ? ["https:"] : [])],
        formAction: threeDSecure ? ["https:"] : [],
      },
      permissionsPolicy: googlePay ? { payment: ["self"] } : {},
      ...(paypal ? { crossOriginOpenerPolicy: "same-origin-allow-popups" as const } : {}),
      crossOriginEmbedderPolicy: "unsafe-none",
    };
  },
);
