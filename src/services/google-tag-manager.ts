import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link googleTagManager}. */
export interface GoogleTagManagerOptions {
  /** Preview mode, with the badge of Tag Assistant on the page: for those who write tags. Default: false. */
  readonly preview?: boolean | undefined;
  /** `'unsafe-eval'`, without which Custom JavaScript variables have no value. Default: false. */
  readonly eval?: boolean | undefined;
  /** The frame in `<noscript>` that the snippet has for browsers without scripts. Default: false. */
  readonly noscript?: boolean | undefined;
}

const TAGS = "https://www.googletagmanager.com";
const PREVIEW = ["https://googletagmanager.com", "https://tagmanager.google.com"];

/**
 * Google Tag Manager: the container alone. What its tags load needs other recipes, such as `googleAnalytics()`.
 *
 * @param options see {@link GoogleTagManagerOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const googleTagManager = recipe<GoogleTagManagerOptions>(
  {
    name: "googleTagManager",
    title: "Google Tag Manager",
    category: "analytics",
    aliases: ["gtm"],
    evidence: "vendor",
    pages: [
      "https://developers.google.com/tag-platform/security/guides/csp",
      "https://developers.google.com/tag-platform/tag-manager/csp",
      "https://github.com/cfpb/consumerfinance.gov/pull/8426",
      "https://github.com/uktrade/data-workspace-frontend/pull/452",
      "https://github.com/jonashaag/content-security-policy-rules/blob/master/google-tag-manager.md",
    ],
    checked: "2026-11-26",
    hosts: [
      "googletagmanager.com",
      "www.googletagmanager.com/gtm.js",
      "www.googletagmanager.com/ns.html",
      "www.googletagmanager.com/debug/",
      "tagmanager.google.com",
    ],
    bypasses: [TAGS, "https://googletagmanager.com"],
    nonce: "The inline <script> of the container, in the form of the snippet that copies its nonce to gtm.js.",
    notes: [
      "The container is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Tags load scripts, images and frames from other hosts: add the recipe of each.",
      "Anybody who may publish the container may run scripts on the page.",
      "csp_evaluator counts www.googletagmanager.com as a bypass where the policy has 'unsafe-eval'.",
    ],
  },
  () => ({ preview: flag(), eval: flag(), noscript: flag() }),
  ({ preview = false, eval: evaluation = false, noscript = false }) => ({
    csp: {
      scriptSrc: [TAGS, ...(preview ? PREVIEW : []), ...(evaluation ? ["unsafe-eval"] : [])],
      styleSrc: preview ? [TAGS, ...PREVIEW, "https://fonts.googleapis.com"] : [],
      imgSrc: [TAGS, ...(preview ? ["https://googletagmanager.com", "https://ssl.gstatic.com", "https://www.gstatic.com"] : [])],
      fontSrc: preview ? ["https://fonts.gstatic.com", "data:"] : [],
      connectSrc: [TAGS, "https://www.google.com"],
      frameSrc: noscript ? [`${TAGS}/ns.html`] : [],
    },
    crossOriginEmbedderPolicy: noscript ? "unsafe-none" : "credentialless",
  }),
);
