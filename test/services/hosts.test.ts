import { expect, it } from "vitest";
import { serviceOf, services } from "../../src/services/index.js";
import { NO_OPTIONS, type Recipe, recipe } from "../../src/services/recipe.js";
import { finder } from "../../src/services/service-of.js";

/** For each recipe, an address of the service, and one that looks like it and is not. */
const HOSTS: readonly (readonly [name: string, source: string, nearMiss: string])[] = [
  ["adobeFonts", "https://use.typekit.net/abc1def.css", "https://nottypekit.net"],
  ["algolia", "https://b1g2gm9ng0-dsn.algolia.net/1/indexes", "https://b1g2gm9ng0-dsn.algolia.net.example.com"],
  ["amplitude", "https://api2.amplitude.com/2/httpapi", "https://api2-amplitude.com"],
  ["appleSignIn", "https://appleid.cdn-apple.com/appleauth/static/jsapi/appleid/1/en_US/appleid.auth.js", "https://www.apple.com"],
  ["auth0", "https://example.eu.auth0.com/authorize", "https://myauth0.com"],
  ["braintree", "https://js.braintreegateway.com/web/3.112.0/js/client.min.js", "https://js.mybraintreegateway.com"],
  ["cdnjs", "https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js", "https://www.cloudflare.com"],
  ["chargebee", "https://acme.chargebee.com/pages/v3", "https://acmechargebee.com"],
  ["clarity", "https://www.clarity.ms/tag/abc", "https://www.myclarity.ms"],
  ["clerk", "https://example.clerk.accounts.dev/npm/@clerk/clerk-js", "https://example.accounts.dev"],
  ["cloudflareAnalytics", "https://static.cloudflareinsights.com/beacon.min.js", "https://static.cloudflareinsights.com.example"],
  ["crisp", "wss://client.relay.crisp.chat/", "https://mycrisp.chat"],
  ["datadog", "https://browser-intake-datadoghq.eu/api/v2/rum", "https://app.datadoghq.eu"],
  ["drift", "https://js.driftt.com/include/1/a.js", "https://js.mydriftt.com"],
  ["firebase", "https://example-default-rtdb.firebaseio.com", "https://example-firebaseio.com"],
  ["friendlyCaptcha", "https://eu.frcapi.com/api/v2", "https://eu.myfrcapi.com"],
  ["googleAnalytics", "https://region1.google-analytics.com/g/collect", "https://region1-google-analytics.com"],
  ["googleFonts", "https://fonts.gstatic.com/s/inter/v13/a.woff2", "https://www.gstatic.com"],
  ["googleMaps", "https://www.google.com/maps/embed/v1/place", "https://www.google.com/search"],
  ["googleSignIn", "https://accounts.google.com/gsi/client", "https://accounts.google.com/o/oauth2/auth"],
  ["googleTagManager", "https://www.googletagmanager.com/gtm.js", "https://www.mygoogletagmanager.com"],
  ["hcaptcha", "https://js.hcaptcha.com/1/api.js", "https://js-hcaptcha.com"],
  ["hotjar", "https://script.hotjar.com/modules.js", "https://nothotjar.com"],
  ["hubspot", "https://js.hs-scripts.com/123.js", "https://js.my-hs-scripts.com"],
  ["intercom", "https://widget.intercom.io/widget/abc", "https://widget-intercom.io"],
  ["jsdelivr", "https://cdn.jsdelivr.net/npm/vue@3.5.13", "https://data.jsdelivr.net"],
  ["linkedinInsight", "https://www.linkedin.com/px/li_sync", "https://www.linkedin.com/in/somebody"],
  ["mapbox", "https://api.mapbox.com/styles/v1", "https://apimapbox.com"],
  ["matomo", "https://shop.matomo.cloud/matomo.php", "https://shopmatomo.cloud"],
  ["metaPixel", "https://connect.facebook.net/en_US/fbevents.js", "https://www.facebook.com/somebody"],
  ["mixpanel", "https://api-js.mixpanel.com/track", "https://api-js-mixpanel.com"],
  ["newRelic", "https://bam.eu01.nr-data.net/events", "https://www.newrelic.com"],
  ["openStreetMap", "https://tile.openstreetmap.org/1/0/0.png", "https://tile.openstreetmap.com"],
  ["paypal", "https://www.paypal.com/sdk/js", "https://www.notpaypal.com"],
  ["plausible", "https://plausible.io/js/script.js", "https://implausible.io"],
  ["posthog", "https://eu.i.posthog.com/e/", "https://eu.i.myposthog.com"],
  ["recaptcha", "https://www.gstatic.com/recaptcha/releases/a.js", "https://www.gstatic.com/charts/loader.js"],
  ["segment", "https://cdn.segment.com/analytics.js/v1/a", "https://cdn.mysegment.com"],
  ["sentry", "https://o42.ingest.de.sentry.io/api/1/envelope/", "https://notsentry.io"],
  ["spotify", "https://open.spotify.com/embed/track/1", "https://open.notspotify.com"],
  ["square", "https://web.squarecdn.com/v1/square.js", "https://web.foursquarecdn.com"],
  ["stripe", "https://js.stripe.com/v3/", "https://notstripe.com"],
  ["supabase", "wss://example.supabase.co/realtime/v1", "https://mysupabase.co"],
  ["tiktok", "https://analytics.tiktok.com/i18n/pixel/events.js", "https://analytics.nottiktok.com"],
  ["turnstile", "https://challenges.cloudflare.com/turnstile/v0/api.js", "https://dash.cloudflare.com"],
  ["unpkg", "https://unpkg.com/vue@3.5.13", "https://notunpkg.com"],
  ["vimeo", "https://player.vimeo.com/video/1", "https://player.notvimeo.com"],
  ["xEmbed", "https://platform.twitter.com/widgets.js", "https://help.twitter.com"],
  ["youtube", "https://www.youtube-nocookie.com/embed/a", "https://www.notyoutube.com"],
  ["zendesk", "https://static.zdassets.com/ekr/snippet.js", "https://static.notzdassets.com"],
];

it("this table has each recipe once", () => {
  expect(HOSTS.map(([name]) => name)).toEqual(Object.keys(services));
});

it.each(HOSTS)("%s is the service of %s", (name, source) => {
  expect(serviceOf(source)?.name).toBe(name);
});

it.each(HOSTS.map(([name, , nearMiss]) => [name, nearMiss] as const))("%s is not the service of %s", (_name, nearMiss) => {
  expect(serviceOf(nearMiss)).toBeUndefined();
});

it.each([
  ["a wildcard", "https://*.stripe.com", "stripe"],
  ["capitals", "HTTPS://JS.STRIPE.COM", "stripe"],
  ["no scheme", "js.stripe.com", "stripe"],
  ["a port", "https://js.stripe.com:443", "stripe"],
  ["a query", "https://js.stripe.com/v3/?x=https://js.intercom.io/", "stripe"],
  ["a query after the host", "https://js.stripe.com?x=1", "stripe"],
  ["a fragment", "https://js.stripe.com/v3/#a", "stripe"],
  ["the dot of a complete name", "https://js.stripe.com./v3/", "stripe"],
  ["the path of another service below a shared host", "https://www.google.com/recaptcha/api.js", "recaptcha"],
  ["a host below a host of another service", "https://maps.googleapis.com/maps/api/js", "googleMaps"],
])("a source with %s", (_what, source, name) => {
  expect(serviceOf(source)?.name).toBe(name);
});

it.each([
  ["every host", "*"],
  ["every host of a scheme", "https://*"],
  ["a scheme", "https:"],
  ["a keyword", "'self'"],
  ["a domain of many services", "https://*.com"],
  ["the query of another host", "https://example.com/?https://js.stripe.com/"],
  ["a name before an at sign", "https://js.stripe.com@example.com/"],
  ["the path of another host", "https://example.com/js.stripe.com"],
  ["nothing", ""],
])("%s is of no service", (_what, source) => {
  expect(serviceOf(source)).toBeUndefined();
});

it("a host of one service below the host of another belongs to the narrower one, and to none alone where another has a path of it", () => {
  const facts = { category: "files", evidence: "vendor", pages: [], checked: "2026-11-26", nonce: "None." } as const;
  const made = (name: string, ...hosts: readonly string[]) =>
    recipe({ ...facts, name, title: name, hosts }, NO_OPTIONS, () => ({ csp: {} })) as Recipe<never>;
  const find = finder([made("wide", "a.test"), made("narrow", "cdn.a.test"), made("folder", "cdn.a.test/one/")]);
  const sources = ["https://a.test", "https://b.cdn.a.test/two/", "https://cdn.a.test/two/", "https://cdn.a.test/one/x.js"];
  expect(sources.map((source) => find(source)?.name)).toEqual(["wide", "narrow", undefined, "folder"]);
});
