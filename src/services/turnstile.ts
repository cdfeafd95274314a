import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link turnstile}. */
export interface TurnstileOptions {
  /** Pre-clearance: the widget asks the site's own host for its cookie. Default: false. */
  readonly preClearance?: boolean | undefined;
}

/**
 * Cloudflare Turnstile.
 *
 * @param options see {@link TurnstileOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const turnstile = recipe<TurnstileOptions>(
  {
    name: "turnstile",
    title: "Cloudflare Turnstile",
    category: "bots",
    evidence: "vendor",
    pages: [
      "https://developers.cloudflare.com/turnstile/reference/content-security-policy",
      "https://github.com/cloudflare/cloudflare-docs/blob/production/src/content/docs/turnstile/reference/content-security-policy.mdx",
    ],
    checked: "2026-11-26",
    hosts: ["challenges.cloudflare.com"],
    nonce: 'The <script src="https://challenges.cloudflare.com/turnstile/v0/api.js"> of the page.',
  },
  () => ({ preClearance: flag() }),
  ({ preClearance }) => ({
    csp: {
      scriptSrc: ["https://challenges.cloudflare.com"],
      connectSrc: preClearance ? ["self"] : [],
      frameSrc: ["https://challenges.cloudflare.com"],
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
