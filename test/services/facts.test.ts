import { expect, it } from "vitest";
import { type ServiceFacts, services } from "../../src/services/index.js";

const READ = "2026-11-26";

/** What each recipe says of itself: the day on which its pages were last read, and where the nonce belongs. */
const FACTS: Readonly<Record<string, readonly [checked: string, nonce: string]>> = {
  adobeFonts: [
    READ,
    'The <script src="https://use.typekit.net/….js"> of the page and the inline script after it, for the JavaScript embed code.',
  ],
  algolia: [READ, "None: the client is part of your own scripts."],
  amplitude: [READ, 'Both tags of the snippet: <script src="https://cdn.amplitude.com/script/….js"> and the inline <script> after it.'],
  appleSignIn: [READ, 'The <script src="https://appleid.cdn-apple.com/appleauth/…"> of the page.'],
  auth0: [READ, 'With cdn, the <script src="https://cdn.auth0.com/…"> of the page; otherwise none.'],
  braintree: [READ, 'Every <script src="https://js.braintreegateway.com/web/…"> of the page.'],
  cdnjs: [READ, 'Every <script src="https://cdnjs.cloudflare.com/ajax/libs/…"> of the page.'],
  chargebee: [READ, 'The <script src="https://js.chargebee.com/v2/chargebee.js"> of the page.'],
  clarity: [READ, "The inline <script> of the tracking code, which adds the script of the project to the page."],
  clerk: [READ, "The <script> that loads clerk-js: <ClerkProvider nonce={…}> writes it."],
  cloudflareAnalytics: [READ, 'The <script defer src="https://static.cloudflareinsights.com/beacon.min.js"> of the page.'],
  crisp: [READ, "The inline <script> of the installation code, which adds client.crisp.chat/l.js to the page."],
  datadog: [
    READ,
    'The <script src="https://www.datadoghq-browser-agent.com/…/datadog-rum.js"> of the page, where the SDK is not from npm.',
  ],
  drift: [READ, "The inline <script> of the installation code, which adds js.driftt.com to the page."],
  firebase: [READ, "With cdn, the <script> tags of https://www.gstatic.com/firebasejs/; otherwise none."],
  friendlyCaptcha: [READ, "Both <script> tags of the widget, the module and the one with nomodule."],
  googleAnalytics: [
    READ,
    'Both tags of the snippet: <script async src="https://www.googletagmanager.com/gtag/js?id=…"> and the inline <script> after it.',
  ],
  googleFonts: [READ, "No script needs one: Google Fonts is a style sheet."],
  googleMaps: [
    READ,
    'The <script src="https://maps.googleapis.com/maps/api/js?…"> or the inline loader of the page; the API copies the nonce of the first script that has one.',
  ],
  googleSignIn: [READ, 'The <script src="https://accounts.google.com/gsi/client"> of the page.'],
  googleTagManager: [READ, "The inline <script> of the container, in the form of the snippet that copies its nonce to gtm.js."],
  hcaptcha: [READ, 'The <script src="https://js.hcaptcha.com/1/api.js"> of the page.'],
  hotjar: [READ, "The inline <script> of the tracking code, which adds the script of the site to the page."],
  hubspot: [
    READ,
    'The <script id="hs-script-loader"> of the tracking code and of the chat; with forms, the <script> tags of js.hsforms.net too.',
  ],
  intercom: [
    READ,
    "The inline <script> of the installation code, which adds widget.intercom.io to the page; or the script that calls the package.",
  ],
  jsdelivr: [READ, 'Every <script src="https://cdn.jsdelivr.net/…"> of the page.'],
  linkedinInsight: [READ, "The inline <script> of the tag, which adds insight.min.js to the page."],
  mapbox: [READ, 'The <script src="https://api.mapbox.com/mapbox-gl-js/…"> of the page, or the script that bundles Mapbox GL JS.'],
  matomo: [READ, "The inline <script> of the tracking code, which adds matomo.js to the page."],
  metaPixel: [READ, "The inline <script> of the base code, which adds fbevents.js to the page."],
  mixpanel: [READ, "The inline <script> of the snippet, which adds the library to the page."],
  newRelic: [
    READ,
    "The inline <script> of the agent's loader; from version 1.247 on the agent gives its nonce to the scripts that it loads.",
  ],
  openStreetMap: [READ, "The script of the map library, such as Leaflet; OpenStreetMap serves no script."],
  paypal: [
    READ,
    'The <script src="https://www.paypal.com/sdk/js?…"> of the page, as nonce and as data-csp-nonce, and the inline script that calls paypal.Buttons().',
  ],
  plausible: [READ, 'Both tags of the snippet: <script async src="https://plausible.io/js/pa-….js"> and the inline <script> after it.'],
  posthog: [READ, "The inline <script> of the snippet, which adds array.js to the page."],
  recaptcha: [
    READ,
    'The <script src="https://www.google.com/recaptcha/api.js"> of the page; the scripts that it loads take its nonce over.',
  ],
  segment: [READ, "The inline <script> of the snippet, which adds analytics.min.js to the page."],
  sentry: [
    READ,
    'The <script src="https://js.sentry-cdn.com/….min.js" crossorigin="anonymous"> of the page, or that of browser.sentry-cdn.com.',
  ],
  spotify: [
    READ,
    'The <script src="https://open.spotify.com/embed/iframe-api/v1"> of the page, for the iFrame API; it copies its nonce to the script that it loads.',
  ],
  square: [READ, 'The <script src="https://web.squarecdn.com/v1/square.js"> of the page, in the sandbox of sandbox.web.squarecdn.com.'],
  stripe: [READ, 'The <script src="https://js.stripe.com/…"> of the page.'],
  supabase: [READ, "None: the client is part of your own scripts."],
  tiktok: [
    READ,
    'The inline <script> of the pixel\'s base code; with embed, the <script src="https://www.tiktok.com/embed.js"> of the page.',
  ],
  turnstile: [READ, 'The <script src="https://challenges.cloudflare.com/turnstile/v0/api.js"> of the page.'],
  unpkg: [READ, 'Every <script src="https://unpkg.com/…"> of the page.'],
  vimeo: [READ, 'The <script src="https://player.vimeo.com/api/player.js"> of the page, for the player SDK.'],
  xEmbed: [READ, 'The <script src="https://platform.x.com/widgets.js"> of the page.'],
  youtube: [READ, 'The <script src="https://www.youtube.com/iframe_api"> of the page, for the IFrame Player API.'],
  zendesk: [READ, 'The <script id="ze-snippet" src="https://static.zdassets.com/ekr/snippet.js?key=…"> of the page.'],
};

/** The sources of scripts that also serve code which anybody may have run. */
const BYPASSES: Readonly<Record<string, readonly string[]>> = {
  cdnjs: ["https://cdnjs.cloudflare.com"],
  googleAnalytics: ["https://*.googletagmanager.com"],
  googleMaps: [
    "https://maps.googleapis.com",
    "https://*.googleapis.com",
    "https://*.gstatic.com",
    "https://*.google.com",
    "https://*.googleusercontent.com",
  ],
  googleTagManager: ["https://www.googletagmanager.com", "https://googletagmanager.com"],
  jsdelivr: ["https://cdn.jsdelivr.net"],
  stripe: ["https://maps.googleapis.com"],
  youtube: ["https://www.youtube.com"],
  posthog: ["https://*.posthog.com"],
  recaptcha: ["https://www.google.com/recaptcha/", "https://www.recaptcha.net/recaptcha/"],
};

const all = Object.values(services) as readonly { readonly about: ServiceFacts }[];

it("each recipe has the day on which its pages were last read", () => {
  const days = Object.fromEntries(Object.entries(FACTS).map(([name, [checked]]) => [name, checked]));
  expect(Object.fromEntries(all.map(({ about }) => [about.name, about.checked]))).toEqual(days);
});

it("each recipe says where the nonce belongs", () => {
  const nonces = Object.fromEntries(Object.entries(FACTS).map(([name, [, nonce]]) => [name, nonce]));
  expect(Object.fromEntries(all.map(({ about }) => [about.name, about.nonce]))).toEqual(nonces);
});

it("these recipes list bypasses", () => {
  const listed = all.flatMap(({ about }) => (about.bypasses === undefined ? [] : [[about.name, about.bypasses] as const]));
  expect(Object.fromEntries(listed)).toEqual(BYPASSES);
});

it("no recipe was read on a day that does not exist", () => {
  for (const { about } of all)
    expect([about.name, new Date(about.checked).toISOString().slice(0, 10)]).toEqual([about.name, about.checked]);
});
