import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link hotjar}. */
export interface HotjarOptions {
  /** `'unsafe-inline'` for styles, which surveys and feedback widgets write into the page. Default: false. */
  readonly inlineStyles?: boolean | undefined;
}

const HOSTS = "https://*.hotjar.com";

/**
 * Hotjar: recordings, heatmaps, surveys.
 *
 * @param options see {@link HotjarOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const hotjar = recipe<HotjarOptions>(
  {
    name: "hotjar",
    title: "Hotjar",
    category: "analytics",
    evidence: "secondary",
    pages: [
      "https://github.com/spatie/laravel-csp/blob/main/src/Presets/HotJar.php",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/analytics/hotjar.ts",
      "https://github.com/DemocracyLab/CivicTechExchange/issues/1033",
      "https://github.com/bcgov/sbc-auth/pull/2222",
    ],
    checked: "2026-11-26",
    hosts: ["hotjar.com", "hotjar.io"],
    nonce: "The inline <script> of the tracking code, which adds the script of the site to the page.",
    notes: [
      "The tracking code is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Where style-src has a nonce or a hash, browsers ignore 'unsafe-inline', and surveys appear without their styles.",
      "Sites that use Contentsquare's tag load it from t.contentsquare.net, which is not in this recipe.",
    ],
  },
  () => ({ inlineStyles: flag() }),
  ({ inlineStyles = false }) => ({
    csp: {
      scriptSrc: [HOSTS],
      styleSrc: [HOSTS, ...(inlineStyles ? ["unsafe-inline"] : [])],
      imgSrc: [HOSTS],
      fontSrc: [HOSTS],
      connectSrc: [HOSTS, "https://*.hotjar.io", "wss://*.hotjar.com"],
      frameSrc: [HOSTS],
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
