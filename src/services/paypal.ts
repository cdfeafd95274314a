import { nonce as place } from "../values/slots.js";
import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link paypal}. */
export interface PaypalOptions {
  /**
   * The nonce of the response in `script-src` and `style-src`, instead of `'unsafe-inline'`. Pass it to the SDK as well:
   * `<script nonce="…" data-csp-nonce="…" src="https://www.paypal.com/sdk/js?…">`. Default: false.
   */
  readonly nonce?: boolean | undefined;
  /**
   * `'unsafe-inline'` in `script-src-elem`, for pages without a nonce: without either, the inline scripts of the SDK are blocked. It
   * allows injected `<script>` elements too; event handlers in attributes stay blocked. Default: false.
   */
  readonly inline?: boolean | undefined;
}

/** PayPal lists the same three for every directive. The wildcards cover the sandbox. */
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
      "PayPal opens a popup that posts messages to the page, and recommends Cross-Origin-Opener-Policy: same-origin-allow-popups.",
      "Browsers ignore 'unsafe-inline' beside a nonce or a hash: if style-src has a nonce, pass it to the SDK as data-csp-nonce.",
      "With inline, browsers without script-src-elem, such as Safari before 15.4, block the SDK's inline scripts.",
      "Google Pay and Apple Pay load from more hosts and need payment in Permissions-Policy: they are not part of this recipe.",
      "PayPal documents these sources for version 5 of the SDK.",
    ],
  },
  () => ({ nonce: flag(), inline: flag() }),
  ({ nonce, inline }) => ({
    csp: {
      scriptSrc: [...HOSTS, ...(nonce ? [place] : [])],
      // Not in script-src, which governs event handlers in attributes too.
      scriptSrcElem: inline ? ["unsafe-inline"] : [],
      styleSrc: [...HOSTS, nonce ? place : "unsafe-inline"],
      imgSrc: [...HOSTS, "data:"],
      connectSrc: HOSTS,
      frameSrc: HOSTS,
    },
    crossOriginOpenerPolicy: "same-origin-allow-popups",
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
