import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link cloudflareAnalytics}. */
export interface CloudflareAnalyticsOptions {
  /**
   * Automatic setup: Cloudflare's proxy writes the script into the pages, and data is sent to `/cdn-cgi/rum` of the site itself.
   * Default: false, where the site has the script in its pages.
   */
  readonly automatic?: boolean | undefined;
}

const HOST = "https://static.cloudflareinsights.com";

/**
 * Cloudflare Web Analytics.
 *
 * @param options see {@link CloudflareAnalyticsOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const cloudflareAnalytics = recipe<CloudflareAnalyticsOptions>(
  {
    name: "cloudflareAnalytics",
    title: "Cloudflare Web Analytics",
    category: "analytics",
    aliases: ["cloudflare"],
    evidence: "vendor",
    pages: [
      "https://github.com/cloudflare/cloudflare-docs/blob/production/src/content/docs/web-analytics/faq.mdx",
      "https://github.com/cloudflare/cloudflare-docs/blob/production/src/content/docs/fundamentals/reference/policies-compliances/content-security-policies.mdx",
    ],
    checked: "2026-11-26",
    hosts: ["cloudflareinsights.com"],
    nonce: `The <script defer src="${HOST}/beacon.min.js"> of the page.`,
    notes: [
      'Under "strict-dynamic" the tag needs the nonce of the response: write it into the pages, and leave automatic setup off.',
      "Cloudflare's example of a source with ?token=… is not valid in CSP: browsers compare only the path.",
    ],
  },
  () => ({ automatic: flag() }),
  ({ automatic = false }) => ({
    csp: {
      scriptSrc: [automatic ? HOST : `${HOST}/beacon.min.js`],
      connectSrc: [automatic ? "self" : "https://cloudflareinsights.com"],
    },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
