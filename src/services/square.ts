import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link square}. */
export interface SquareOptions {
  /** `"sandbox"` for tests. Default: `"production"`. */
  readonly environment?: "production" | "sandbox" | undefined;
  /** 3-D Secure: the page of the cardholder's bank in a frame, from a host that cannot be known, so `https:` in `frame-src`. Default: false. */
  readonly threeDSecure?: boolean | undefined;
}

/**
 * The Square Web Payments SDK: cards and gift cards. Square does not list what its wallets need.
 *
 * @param options see {@link SquareOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const square = recipe<SquareOptions>(
  {
    name: "square",
    title: "Square",
    category: "payment",
    evidence: "vendor",
    pages: [
      "https://developer.squareup.com/docs/web-payments/content-security-policy",
      "https://developer.squareup.com/forums/t/content-security-policy-csp-questions-for-web-payments-sdk/11628",
      "https://developer.squareup.com/forums/t/csp-issues-when-integrating-with-web-payments-api/22234",
    ],
    checked: "2026-11-26",
    hosts: ["squarecdn.com", "squareup.com", "squareupsandbox.com", "o160250.ingest.sentry.io"],
    nonce: 'The <script src="https://web.squarecdn.com/v1/square.js"> of the page, in the sandbox of sandbox.web.squarecdn.com.',
    notes: [
      "The SDK adds inline styles. Browsers ignore 'unsafe-inline' beside a nonce or a hash, and block these styles.",
      "https://d1g145x70srn7h.cloudfront.net serves Square's fonts, and https://o160250.ingest.sentry.io receives its error reports.",
      "Google Pay, Apple Pay, Cash App Pay and Afterpay load from more hosts, which Square does not list: they are not part of this recipe. Google Pay and Apple Pay also need payment in Permissions-Policy.",
    ],
  },
  () => ({ environment: oneOfWords("production", "sandbox"), threeDSecure: flag() }),
  ({ environment = "production", threeDSecure }) => {
    const isSandbox = environment === "sandbox";
    const sdk = isSandbox ? "https://sandbox.web.squarecdn.com" : "https://web.squarecdn.com";
    const vault = isSandbox ? "https://pci-connect.squareupsandbox.com" : "https://pci-connect.squareup.com";
    return {
      csp: {
        scriptSrc: [sdk],
        styleSrc: [sdk, "unsafe-inline"],
        fontSrc: ["https://square-fonts-production-f.squarecdn.com", "https://d1g145x70srn7h.cloudfront.net"],
        connectSrc: [sdk, vault, "https://o160250.ingest.sentry.io"],
        frameSrc: threeDSecure ? [sdk, "https:"] : [sdk],
      },
      crossOriginEmbedderPolicy: "unsafe-none",
    };
  },
);
