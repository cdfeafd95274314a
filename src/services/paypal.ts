import { nonce as place } from "../values/slots.js";
import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link paypal}. */
export interface PaypalOptions {
  /**
   * The response's nonce in `script-src` and `style-src`, as PayPal recommends in place of `'unsafe-inline'`. Pass the same nonce to the
   * SDK: `<script nonce="…" data-csp-nonce="…" src="https://www.paypal.com/sdk/js?…">`. Without it the SDK's inline scripts are blocked,
   * unless `inline` is true. Default: false.
   */
  readonly nonce?: boolean | undefined;
  /**
   * `'unsafe-inline'` for scripts, for pages that cannot pass a nonce: without a nonce the SDK's inline scripts are blocked otherwise, and
   * buttons stay blank while they load. Any injected script runs then. Default: false.
   */
  readonly inline?: boolean | undefined;
}

/** PayPal lists the same three for every directive. The wildcards include the sandbox. */
const HOSTS = ["https://*.paypal.com", "https://*.paypalobjects.com", "https://*.venmo.com"];

/**
 * The PayPal JavaScript SDK: buttons, card fields and Venmo, live and sandbox.
 *
 * @param options see {@link PaypalOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const paypal = recipe<PaypalOptions>(
  {
    name: "paypal",
    title: "PayPal",
    category: "payment",
    evidence: "vendor",
    pages: ["https://developer.paypal.com/sdk/js/best-practices/"],
    checked: "2026-11-26",
    hosts: ["paypal.com", "paypalobjects.com", "venmo.com"],
    nonce:
      'The <script src="https://www.paypal.com/sdk/js?…"> of the page, as nonce and as data-csp-nonce, and the inline script that calls paypal.Buttons().',
    notes: [
      "PayPal opens a window that talks to the page: Cross-Origin-Opener-Policy becomes same-origin-allow-popups, as PayPal recommends.",
      "Beside a nonce or a hash browsers ignore 'unsafe-inline': in a policy whose style-src has one, pass the nonce as data-csp-nonce.",
      "PayPal's page is written for version 5 of the SDK.",
    ],
  },
  () => ({ nonce: flag(), inline: flag() }),
  ({ nonce, inline }) => ({
    csp: {
      scriptSrc: [...HOSTS, ...(nonce ? [place] : []), ...(inline ? ["unsafe-inline"] : [])],
      styleSrc: [...HOSTS, nonce ? place : "unsafe-inline"],
      imgSrc: [...HOSTS, "data:"],
      connectSrc: HOSTS,
      frameSrc: HOSTS,
    },
    crossOriginOpenerPolicy: "same-origin-allow-popups",
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
