import { lazy } from "../values/lazy.js";
import { adobeFonts } from "./adobe-fonts.js";
import { algolia } from "./algolia.js";
import { amplitude } from "./amplitude.js";
import { appleSignIn } from "./apple-sign-in.js";
import { auth0 } from "./auth0.js";
import { braintree } from "./braintree.js";
import { cdnjs } from "./cdnjs.js";
import { chargebee } from "./chargebee.js";
import { clarity } from "./clarity.js";
import { clerk } from "./clerk.js";
import { cloudflareAnalytics } from "./cloudflare-analytics.js";
import { crisp } from "./crisp.js";
import { datadog } from "./datadog.js";
import { livereload } from "./development/livereload.js";
import { nextDev } from "./development/next-dev.js";
import { viteDev } from "./development/vite-dev.js";
import { drift } from "./drift.js";
import { firebase } from "./firebase.js";
import { friendlyCaptcha } from "./friendly-captcha.js";
import { googleAnalytics } from "./google-analytics.js";
import { googleFonts } from "./google-fonts.js";
import { googleMaps } from "./google-maps.js";
import { googleSignIn } from "./google-sign-in.js";
import { googleTagManager } from "./google-tag-manager.js";
import { hcaptcha } from "./hcaptcha.js";
import { hotjar } from "./hotjar.js";
import { hubspot } from "./hubspot.js";
import { intercom } from "./intercom.js";
import { jsdelivr } from "./jsdelivr.js";
import { linkedinInsight } from "./linkedin-insight.js";
import { mapbox } from "./mapbox.js";
import { matomo } from "./matomo.js";
import { metaPixel } from "./meta-pixel.js";
import { mixpanel } from "./mixpanel.js";
import { newRelic } from "./new-relic.js";
import { openStreetMap } from "./open-street-map.js";
import { paypal } from "./paypal.js";
import { plausible } from "./plausible.js";
import { posthog } from "./posthog.js";
import { recaptcha } from "./recaptcha.js";
import type { Recipe } from "./recipe.js";
import { segment } from "./segment.js";
import { sentry } from "./sentry.js";
import { checkSource, finder, type ServiceMatch } from "./service-of.js";
import { spotify } from "./spotify.js";
import { square } from "./square.js";
import { stripe } from "./stripe.js";
import { supabase } from "./supabase.js";
import { tiktok } from "./tiktok.js";
import { turnstile } from "./turnstile.js";
import { unpkg } from "./unpkg.js";
import { vimeo } from "./vimeo.js";
import { xEmbed } from "./x-embed.js";
import { youtube } from "./youtube.js";
import { zendesk } from "./zendesk.js";

export type { AdobeFontsOptions } from "./adobe-fonts.js";
export type { AlgoliaOptions } from "./algolia.js";
export type { AmplitudeOptions } from "./amplitude.js";
export type { AppleSignInOptions } from "./apple-sign-in.js";
export type { Auth0Options } from "./auth0.js";
export type { BraintreeOptions } from "./braintree.js";
export type { CdnjsOptions } from "./cdnjs.js";
export type { ChargebeeOptions } from "./chargebee.js";
export type { ClerkOptions } from "./clerk.js";
export type { CloudflareAnalyticsOptions } from "./cloudflare-analytics.js";
export type { CrispOptions } from "./crisp.js";
export type { DatadogOptions } from "./datadog.js";
export type { DevelopmentOptions } from "./development/layer.js";
export type { LivereloadOptions } from "./development/livereload.js";
export type { NextDevOptions } from "./development/next-dev.js";
export type { ViteDevOptions } from "./development/vite-dev.js";
export type { FirebaseOptions } from "./firebase.js";
export type { FriendlyCaptchaOptions } from "./friendly-captcha.js";
export type { GoogleAnalyticsOptions } from "./google-analytics.js";
export type { GoogleMapsOptions } from "./google-maps.js";
export type { GoogleTagManagerOptions } from "./google-tag-manager.js";
export type { HotjarOptions } from "./hotjar.js";
export type { HubspotOptions } from "./hubspot.js";
export type { IntercomOptions } from "./intercom.js";
export type { JsdelivrOptions } from "./jsdelivr.js";
export type { MapboxOptions } from "./mapbox.js";
export type { MatomoOptions } from "./matomo.js";
export type { MixpanelOptions } from "./mixpanel.js";
export type { ServiceNeeds } from "./needs.js";
export type { NewRelicOptions } from "./new-relic.js";
export type { OpenStreetMapOptions } from "./open-street-map.js";
export type { PaypalOptions } from "./paypal.js";
export type { PlausibleOptions } from "./plausible.js";
export type { PosthogOptions } from "./posthog.js";
export type { RecaptchaOptions } from "./recaptcha.js";
export type { Recipe, ServiceCategory, ServiceFacts } from "./recipe.js";
export type { SegmentOptions } from "./segment.js";
export type { SentryOptions } from "./sentry.js";
export type { ServiceMatch } from "./service-of.js";
export type { SpotifyOptions } from "./spotify.js";
export type { SquareOptions } from "./square.js";
export type { StripeOptions } from "./stripe.js";
export type { SupabaseOptions } from "./supabase.js";
export type { TiktokOptions } from "./tiktok.js";
export type { TurnstileOptions } from "./turnstile.js";
export type { UnpkgOptions } from "./unpkg.js";
export type { VimeoOptions } from "./vimeo.js";
export type { YoutubeOptions } from "./youtube.js";
export type { ZendeskOptions } from "./zendesk.js";
export {
  adobeFonts,
  algolia,
  amplitude,
  appleSignIn,
  auth0,
  braintree,
  cdnjs,
  chargebee,
  clarity,
  clerk,
  cloudflareAnalytics,
  crisp,
  datadog,
  drift,
  firebase,
  friendlyCaptcha,
  googleAnalytics,
  googleFonts,
  googleMaps,
  googleSignIn,
  googleTagManager,
  hcaptcha,
  hotjar,
  hubspot,
  intercom,
  jsdelivr,
  linkedinInsight,
  livereload,
  mapbox,
  matomo,
  metaPixel,
  mixpanel,
  newRelic,
  nextDev,
  openStreetMap,
  paypal,
  plausible,
  posthog,
  recaptcha,
  segment,
  sentry,
  spotify,
  square,
  stripe,
  supabase,
  tiktok,
  turnstile,
  unpkg,
  vimeo,
  viteDev,
  xEmbed,
  youtube,
  zendesk,
};

/** Every recipe, by the name that policy files use. */
export const services = /* @__PURE__ */ Object.freeze({
  adobeFonts,
  algolia,
  amplitude,
  appleSignIn,
  auth0,
  braintree,
  cdnjs,
  chargebee,
  clarity,
  clerk,
  cloudflareAnalytics,
  crisp,
  datadog,
  drift,
  firebase,
  friendlyCaptcha,
  googleAnalytics,
  googleFonts,
  googleMaps,
  googleSignIn,
  googleTagManager,
  hcaptcha,
  hotjar,
  hubspot,
  intercom,
  jsdelivr,
  linkedinInsight,
  mapbox,
  matomo,
  metaPixel,
  mixpanel,
  newRelic,
  openStreetMap,
  paypal,
  plausible,
  posthog,
  recaptcha,
  segment,
  sentry,
  spotify,
  square,
  stripe,
  supabase,
  tiktok,
  turnstile,
  unpkg,
  vimeo,
  xEmbed,
  youtube,
  zendesk,
});

/** The name of a recipe. */
export type ServiceName = keyof typeof services;

const find = /* @__PURE__ */ lazy(() => finder(Object.values(services) as readonly Recipe<never>[]));

/**
 * The service that a source belongs to.
 *
 * @param source of a policy or a report: `"https://js.stripe.com"`, `"*.stripe.com"`, or a whole URL.
 * @returns the recipe's name, the product's, and the call to write; undefined for what belongs to no service here, or to several.
 * @throws {PolicyError} for anything but a string.
 */
export function serviceOf(source: string): ServiceMatch | undefined {
  checkSource(source);
  return find()(source);
}
