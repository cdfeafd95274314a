import { host } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link matomo}. */
export interface MatomoOptions {
  /** The host of Matomo: `"matomo.example.com"`, or of Matomo Cloud `"example.matomo.cloud"`. */
  readonly host: string;
}

/**
 * Matomo, self-hosted or on Matomo Cloud, with its Tag Manager.
 *
 * @param options see {@link MatomoOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const matomo = recipe<MatomoOptions>(
  {
    name: "matomo",
    title: "Matomo",
    category: "analytics",
    evidence: "vendor",
    pages: [
      "https://matomo.org/faq/general/faq_20904/",
      "https://github.com/matomo-org/matomo/issues/16935",
      "https://github.com/nuxt/scripts/blob/main/src/runtime/registry/matomo-analytics.ts",
    ],
    checked: "2026-11-26",
    hosts: ["matomo.cloud"],
    tenants: ["matomo.cloud", "cdn.matomo.cloud/"],
    nonce: "The inline <script> of the tracking code, which adds matomo.js to the page.",
    notes: [
      "The tracking code is an inline script: give it a nonce or a hash, or move it to a file on your site, as Matomo's documentation says.",
      "Since Matomo 4 visits are sent by sendBeacon, which connect-src governs; older browsers request an image.",
      "Matomo Cloud serves its scripts from cdn.matomo.cloud, which other customers share: the path has the host of the account.",
    ],
    required: ["host"],
    example: { host: "matomo.example.com" },
  },
  () => ({ host: host("matomo.example.com") }),
  ({ host: own }) => {
    // The host of an account is part of a path, where case counts.
    const name = own.toLowerCase();
    const tracker = `https://${name}`;
    return {
      csp: {
        scriptSrc: [name.endsWith(".matomo.cloud") ? `https://cdn.matomo.cloud/${name}/` : tracker],
        imgSrc: [tracker],
        connectSrc: [tracker],
      },
      crossOriginEmbedderPolicy: "credentialless",
    };
  },
);
