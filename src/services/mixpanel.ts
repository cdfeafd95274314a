import { host, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link mixpanel}. */
export interface MixpanelOptions {
  /** Where the project is: the United States, the European Union, India. Default: `"us"`. */
  readonly region?: "us" | "eu" | "in" | undefined;
  /** The host of `api_host`, where that is another than the library's own: a proxy. It is allowed in place of the region's. */
  readonly host?: string | undefined;
}

const REGIONS = { us: "api-js.mixpanel.com", eu: "api-eu.mixpanel.com", in: "api-in.mixpanel.com" };

/**
 * Mixpanel's JavaScript library, with session replay.
 *
 * @param options see {@link MixpanelOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const mixpanel = recipe<MixpanelOptions>(
  {
    name: "mixpanel",
    title: "Mixpanel",
    category: "analytics",
    evidence: "secondary",
    pages: [
      "https://github.com/mixpanel/mixpanel-js/blob/master/src/mixpanel-core.js",
      "https://docs.mixpanel.com/docs/tracking-methods/sdks/javascript",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/analytics/mixpanel.ts",
      "https://github.com/mixpanel/mixpanel-js/issues/234",
    ],
    checked: "2026-11-26",
    hosts: ["mixpanel.com", "mxpnl.com"],
    nonce: "The inline <script> of the snippet, which adds the library to the page.",
    notes: [
      "The snippet is an inline script: give it a nonce or a hash, or move it to a file on your site; mixpanel-browser from npm has none.",
      'A page that sets api_host: "https://api.mixpanel.com" needs host: "api.mixpanel.com".',
    ],
  },
  () => ({ region: oneOfWords("us", "eu", "in"), host: host("mixpanel.example.com") }),
  ({ region = "us", host: own = REGIONS[region] }) => ({
    csp: { scriptSrc: ["https://cdn.mxpnl.com"], connectSrc: [`https://${own}`] },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
