import { textThat } from "../values/schema.js";
import { flag, texts } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link googleAnalytics}. */
export interface GoogleAnalyticsOptions {
  /** Google Signals: hosts of google.com, doubleclick.net and googlesyndication.com too, where Google's ads are measured. Default: false. */
  readonly signals?: boolean | undefined;
  /**
   * Google's domains of the countries that visitors come from, at most 50: `["google.de", "google.co.uk"]`. Google Signals sends images
   * and requests there, and CSP has no wildcard for them. With it `signals` is true.
   */
  readonly countryDomains?: readonly string[] | undefined;
}

const ANALYTICS = "https://*.google-analytics.com";
const TAGS = "https://*.googletagmanager.com";

/**
 * Google Analytics 4, by gtag.js or as a tag of Google Tag Manager.
 *
 * @param options see {@link GoogleAnalyticsOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const googleAnalytics = recipe<GoogleAnalyticsOptions>(
  {
    name: "googleAnalytics",
    title: "Google Analytics 4",
    category: "analytics",
    aliases: ["ga4", "ga", "gtag"],
    evidence: "vendor",
    pages: [
      "https://developers.google.com/tag-platform/security/guides/csp#google_analytics_4_google_analytics",
      "https://github.com/mozilla/bedrock/issues/14082",
      "https://github.com/spatie/laravel-csp/pull/172",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/analytics/google-analytics.ts",
      "https://github.com/dart-lang/pub-dev/pull/9500",
      "https://rafeemizan.com/articles/content-security-policy-analytics-tracking",
    ],
    checked: "2026-11-26",
    hosts: ["google-analytics.com", "analytics.google.com", "www.google.com/g/collect", "www.googletagmanager.com/gtag/"],
    bypasses: [TAGS],
    nonce: 'Both tags of the snippet: <script async src="https://www.googletagmanager.com/gtag/js?id=…"> and the inline <script> after it.',
    notes: [
      "The second tag of the snippet is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Google's list for Google Signals has https://*.google.<TLD>, which CSP cannot express: countryDomains names the domains one by one.",
      "https://*.analytics.google.com does not match https://analytics.google.com, to which Analytics sends as well: both are in the list.",
    ],
  },
  () => ({
    signals: flag(),
    countryDomains: texts(
      textThat((text) => /^google\.[a-z]{2,3}(?:\.[a-z]{2})?$/.test(text), 'a domain of Google such as "google.de"'),
      '["google.de", "google.co.uk"]',
    ),
  }),
  ({ signals = false, countryDomains }) => {
    const all = signals || countryDomains !== undefined;
    const countries = (countryDomains ?? []).map((domain) => `https://*.${domain}`);
    const measured = all ? ["https://*.g.doubleclick.net", "https://*.google.com", ...countries] : [];
    const collectors = ["https://analytics.google.com", "https://*.analytics.google.com", "https://www.google.com/g/collect"];
    return {
      csp: {
        scriptSrc: [TAGS],
        imgSrc: [ANALYTICS, TAGS, ...measured],
        connectSrc: [ANALYTICS, TAGS, ...(all ? [...measured, "https://pagead2.googlesyndication.com"] : collectors)],
        frameSrc: all ? ["https://td.doubleclick.net", "https://www.googletagmanager.com"] : [],
      },
      crossOriginEmbedderPolicy: all ? "unsafe-none" : "credentialless",
    };
  },
);
