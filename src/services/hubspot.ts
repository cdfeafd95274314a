import type { ServiceNeeds } from "./needs.js";
import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link hubspot}. */
export interface HubspotOptions {
  /** The tracking code, with the banner for cookies and the forms that it finds on the page. Default: true. */
  readonly tracking?: boolean | undefined;
  /** The chat. Default: false. */
  readonly chat?: boolean | undefined;
  /** Embedded forms. Default: false. */
  readonly forms?: boolean | undefined;
}

/** What one part needs. */
type Part = ServiceNeeds["csp"];

const TRACKING: Part = {
  scriptSrc: ["https://*.hs-scripts.com", "https://*.hs-analytics.net", "https://*.hs-banner.com", "https://*.hscollectedforms.net"],
  imgSrc: ["https://*.hubspot.com"],
  connectSrc: ["https://*.hubspot.com", "https://*.hs-banner.com", "https://*.hscollectedforms.net"],
};

const CHAT: Part = {
  scriptSrc: ["https://*.hs-scripts.com", "https://*.usemessages.com", "https://static.hsappstatic.net"],
  imgSrc: ["https://*.hubspot.com"],
  connectSrc: ["https://*.hubspot.com", "https://*.hubapi.com"],
  frameSrc: ["https://*.hubspot.com"],
};

const FORMS: Part = {
  scriptSrc: ["https://*.hsforms.net", "https://*.hsforms.com"],
  styleSrc: ["unsafe-inline"],
  imgSrc: ["https://*.hsforms.net", "https://*.hsforms.com"],
  connectSrc: ["https://*.hsforms.com", "https://*.hubspot.com"],
  frameSrc: ["https://*.hsforms.net", "https://*.hsforms.com"],
  formAction: ["https://forms.hsforms.com"],
};

const DIRECTIVES = ["scriptSrc", "styleSrc", "imgSrc", "connectSrc", "frameSrc", "formAction"] as const;

/**
 * HubSpot's tracking code, and its chat and forms as options.
 *
 * @param options see {@link HubspotOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const hubspot = recipe<HubspotOptions>(
  {
    name: "hubspot",
    title: "HubSpot",
    category: "chat",
    evidence: "secondary",
    pages: [
      "https://github.com/spatie/laravel-csp/blob/main/src/Presets/HubSpot.php",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/forms/hubspot.ts",
      "https://github.com/pitash/accounting/blob/master/public/front/hs/scriptloader/1813982.js",
      "https://github.com/zeeshanjunaid/ledgy.com/blob/master/src/helpers/contentSecurityPolicy.js",
      "https://github.com/18F/identity-dashboard/pull/220",
    ],
    checked: "2026-11-26",
    hosts: [
      "hs-scripts.com",
      "hs-analytics.net",
      "hs-banner.com",
      "hscollectedforms.net",
      "usemessages.com",
      "hsappstatic.net",
      "hsforms.net",
      "hsforms.com",
      "hubspot.com",
      "hubapi.com",
    ],
    nonce: 'The <script id="hs-script-loader"> of the tracking code and of the chat; with forms, the <script> tags of js.hsforms.net too.',
    notes: [
      "The hosts have the region in their names, such as js-eu1.hs-scripts.com, so that the wildcards are needed.",
      "The styles of forms are inline: where style-src has a nonce or a hash, browsers ignore 'unsafe-inline', and forms are shown without them.",
      "The pixels of HubSpot's ads, of hsadspixel.net, and calls to action are not in this recipe.",
    ],
  },
  () => ({ tracking: flag(), chat: flag(), forms: flag() }),
  ({ tracking = true, chat, forms }) => {
    const parts = [...(tracking ? [TRACKING] : []), ...(chat ? [CHAT] : []), ...(forms ? [FORMS] : [])];
    return { csp: merged(parts), ...isolation(parts) };
  },
);

function merged(parts: readonly Part[]): Part {
  return Object.fromEntries(DIRECTIVES.map((key) => [key, [...new Set(parts.flatMap((part) => part[key] ?? []))]]));
}

function isolation(parts: readonly Part[]): Omit<ServiceNeeds, "csp"> {
  if (parts.length === 0) return {};
  return { crossOriginEmbedderPolicy: parts.some((part) => part.frameSrc) ? "unsafe-none" : "credentialless" };
}
