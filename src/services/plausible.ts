import { host } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link plausible}. */
export interface PlausibleOptions {
  /** The host of Plausible Community Edition, or of a proxy: `"plausible.example.com"`. Default: `"plausible.io"`. */
  readonly host?: string | undefined;
}

/**
 * Plausible Analytics.
 *
 * @param options see {@link PlausibleOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const plausible = recipe<PlausibleOptions>(
  {
    name: "plausible",
    title: "Plausible Analytics",
    category: "analytics",
    evidence: "vendor",
    pages: [
      "https://github.com/plausible/docs/blob/master/docs/troubleshoot-integration.md",
      "https://github.com/plausible/docs/issues/20",
      "https://github.com/spatie/laravel-csp/blob/main/src/Presets/PlausibleAnalytics.php",
      "https://github.com/plausible/analytics/pull/426",
    ],
    checked: "2026-11-26",
    hosts: ["plausible.io"],
    nonce: 'Both tags of the snippet: <script async src="https://plausible.io/js/pa-….js"> and the inline <script> after it.',
    notes: [
      "The second tag of the snippet is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "A proxy under your own host needs no recipe.",
    ],
  },
  () => ({ host: host("plausible.example.com") }),
  ({ host: own = "plausible.io" }) => ({ csp: { scriptSrc: [`https://${own}`], connectSrc: [`https://${own}`] } }),
);
