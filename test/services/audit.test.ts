import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";
import { definePolicy, type Patch } from "../../src/index.js";
import * as recipes from "../../src/services/index.js";
import { type Recipe, serviceOf, services } from "../../src/services/index.js";
import { isEdit } from "../../src/values/edits.js";

const all = Object.values(services) as readonly Recipe<never>[];

/** Recipes with options that add sources, beside each recipe's example. */
const WITH_OPTIONS: readonly (readonly [service: string, layer: Patch])[] = [
  ["adobeFonts", recipes.adobeFonts({ script: true, metrics: true })],
  ["algolia", recipes.algolia({ appId: "B1G2GM9NG0", insights: true })],
  ["amplitude", recipes.amplitude({ replay: true, guides: true })],
  ["amplitude", recipes.amplitude({ region: "eu", replay: true, guides: true })],
  ["appleSignIn", recipes.appleSignIn({ popup: true, button: true, buttonImage: true })],
  ["auth0", recipes.auth0({ domain: "example.eu.auth0.com", worker: true, popup: true, cdn: true })],
  ["braintree", recipes.braintree({ dropIn: true, paypal: true, googlePay: true, threeDSecure: true, dataCollector: true })],
  [
    "braintree",
    recipes.braintree({
      environment: "sandbox",
      dropIn: true,
      paypal: true,
      googlePay: true,
      threeDSecure: true,
      dataCollector: true,
    }),
  ],
  ["chargebee", recipes.chargebee({ site: "acme.chargebee.com", components: true })],
  ["clerk", recipes.clerk({ frontendApi: "clerk.example.com", telemetry: true })],
  ["cloudflareAnalytics", recipes.cloudflareAnalytics({ automatic: true })],
  ["crisp", recipes.crisp({ game: true, calls: true })],
  ["datadog", recipes.datadog({ site: "datadoghq.eu", cdn: true, replay: true })],
  [
    "firebase",
    recipes.firebase({
      authDomain: "example.firebaseapp.com",
      firestore: true,
      database: "example-default-rtdb.firebaseio.com",
      storage: true,
      messaging: true,
      cdn: true,
    }),
  ],
  ["friendlyCaptcha", recipes.friendlyCaptcha({ version: 1, endpoint: "eu" })],
  ["friendlyCaptcha", recipes.friendlyCaptcha({ version: 2, endpoint: "eu", cdn: true })],
  ["googleAnalytics", recipes.googleAnalytics({ signals: true })],
  ["googleMaps", recipes.googleMaps({ api: "embed" })],
  ["googleMaps", recipes.googleMaps({ eval: true })],
  ["googleMaps", recipes.googleMaps({ everyHost: true })],
  ["googleTagManager", recipes.googleTagManager({ preview: true, noscript: true })],
  ["googleTagManager", recipes.googleTagManager({ preview: true, eval: true })],
  ["hotjar", recipes.hotjar({ inlineStyles: true })],
  ["hubspot", recipes.hubspot({ chat: true, forms: true })],
  ["intercom", recipes.intercom({ videos: true })],
  ["intercom", recipes.intercom({ region: "eu" })],
  ["intercom", recipes.intercom({ region: "au" })],
  ["mapbox", recipes.mapbox({ cdn: true, wasm: true, cspBuild: true, olderTiles: true })],
  ["matomo", recipes.matomo({ host: "example.matomo.cloud" })],
  ["mixpanel", recipes.mixpanel({ region: "eu" })],
  ["mixpanel", recipes.mixpanel({ region: "in" })],
  ["newRelic", recipes.newRelic({ region: "eu" })],
  ["newRelic", recipes.newRelic({ region: "gov" })],
  ["openStreetMap", recipes.openStreetMap({ subdomains: true, vector: true, nominatim: true, embed: true })],
  ["openStreetMap", recipes.openStreetMap({ tiles: "fetch" })],
  ["paypal", recipes.paypal({ nonce: true })],
  ["paypal", recipes.paypal({ inline: true })],
  ["posthog", recipes.posthog({ region: "us", replay: true, toolbar: true })],
  ["posthog", recipes.posthog({ region: "eu", replay: true, toolbar: true })],
  ["recaptcha", recipes.recaptcha({ host: "recaptcha.net" })],
  ["segment", recipes.segment({ region: "eu" })],
  ["sentry", recipes.sentry({ dsn: "https://key@o0.ingest.us.sentry.io/0", loader: true, cdn: true, replay: true })],
  ["spotify", recipes.spotify({ api: true, eval: true })],
  ["square", recipes.square({ threeDSecure: true })],
  ["square", recipes.square({ environment: "sandbox", threeDSecure: true })],
  ["stripe", recipes.stripe({ address: true, link: true, checkout: true, connect: true, crypto: true })],
  ["supabase", recipes.supabase({ url: "https://example.supabase.co", realtime: true, images: true })],
  ["tiktok", recipes.tiktok({ pixel: true, embed: true })],
  ["turnstile", recipes.turnstile({ preClearance: true })],
  ["vimeo", recipes.vimeo({ api: true, oembed: true, thumbnails: true })],
  ["youtube", recipes.youtube({ api: true, thumbnails: true, motion: true })],
  ["youtube", recipes.youtube({ nocookie: true })],
  ["zendesk", recipes.zendesk({ widget: "messaging", voice: true })],
  ["zendesk", recipes.zendesk({ widget: "classic", subdomain: "example", voice: true })],
];

const CALLS: readonly (readonly [service: string, layer: Patch])[] = [
  ...all.map(({ about }, index) => [about.name, (all[index] as Recipe<never>)(about.example as never)] as const),
  ...WITH_OPTIONS,
];

/** Findings of strict with a recipe that strict alone does not have. */
function findingsOf(layer: Patch, severity: string): readonly string[] {
  const before = new Set(audit(definePolicy("strict")).findings.map(({ message }) => message));
  return audit(definePolicy("strict", layer))
    .findings.filter((finding) => finding.severity === severity && !before.has(finding.message))
    .map(({ message }) => message);
}

/** The values of each name, each once and sorted. */
function grouped(pairs: readonly (readonly [name: string, value: string])[]): Readonly<Record<string, readonly string[]>> {
  const valuesOf = (sought: string) => [...new Set(pairs.filter(([name]) => name === sought).map(([, value]) => value))].sort();
  return Object.fromEntries(pairs.map(([name]) => [name, valuesOf(name)]));
}

/** By service, the sources that these findings are about: the first word of their messages. */
function sourcesBy(severity: string): Readonly<Record<string, readonly string[]>> {
  return grouped(
    CALLS.flatMap(([service, layer]) =>
      findingsOf(layer, severity).map((message) => [service, message.split(" ", 1)[0] as string] as const),
    ),
  );
}

describe("audit of strict with each recipe", () => {
  it("by default finds nothing at high, but for the scripts of Google Maps", () => {
    const found = all.flatMap((recipe) => findingsOf(recipe(recipe.about.example as never), "high"));
    expect(found).toEqual([
      "https://maps.googleapis.com in script-src allows a bypass of the policy: maps.googleapis.com answers with JSONP.",
    ]);
  });

  it("with options finds at high what these recipes list as bypasses, and the inline scripts that an option is for", () => {
    expect(sourcesBy("high")).toEqual({
      googleMaps: [
        "https://*.google.com",
        "https://*.googleapis.com",
        "https://*.googleusercontent.com",
        "https://*.gstatic.com",
        "https://maps.googleapis.com",
      ],
      // With 'unsafe-eval' only.
      googleTagManager: ["https://googletagmanager.com", "https://www.googletagmanager.com"],
      // The option `inline`.
      paypal: ["'unsafe-inline'"],
      stripe: ["https://maps.googleapis.com"],
    });
  });

  it("finds nothing at high that is neither a bypass that the recipe lists nor a keyword", () => {
    const listed = new Map(all.map(({ about }) => [about.name, about.bypasses ?? []]));
    const unlisted = Object.entries(sourcesBy("high")).flatMap(([service, sources]) =>
      sources.filter((source) => source.includes("://") && !listed.get(service)?.includes(source)),
    );
    expect(unlisted).toEqual([]);
  });

  it("finds at medium only the evaluation of text that an option is for", () => {
    expect(sourcesBy("medium")).toEqual({
      googleMaps: ["'unsafe-eval'"],
      googleTagManager: ["'unsafe-eval'"],
      spotify: ["'unsafe-eval'"],
    });
  });

  it("finds at high with 'strict-dynamic' nothing at all", () => {
    const found = CALLS.flatMap(([, layer]) => audit(definePolicy("strictDynamic", layer)).findings);
    expect(found.filter(({ severity }) => severity === "high").map(({ message }) => message)).toEqual([]);
  });
});

/** Sources of each recipe by which its service cannot be recognised: they belong to another service, to several, or to the user. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  // Of 3-D Secure (Cardinal Commerce), of Google Pay and of PayPal.
  braintree: [
    "https://*.cardinalcommerce.com",
    "https://*.paypal.com",
    "https://checkout.paypal.com",
    "https://google.com/pay",
    "https://pay.google.com",
    "https://songbird.cardinalcommerce.com",
    "https://songbirdstag.cardinalcommerce.com",
    "https://www.paypalobjects.com",
  ],
  // Of Bing.
  clarity: ["https://c.bing.com"],
  // Of Turnstile, and the user's own.
  clerk: ["https://challenges.cloudflare.com", "https://clerk.example.com"],
  // Of every Google API.
  firebase: ["https://apis.google.com"],
  // Of Tag Manager as well, of Google Ads and of Google at large.
  googleAnalytics: [
    "https://*.g.doubleclick.net",
    "https://*.google.com",
    "https://*.googletagmanager.com",
    "https://pagead2.googlesyndication.com",
    "https://td.doubleclick.net",
    "https://www.googletagmanager.com",
  ],
  // Of Google at large, and of Google Fonts.
  googleMaps: [
    "https://*.ggpht.com",
    "https://*.google.com",
    "https://*.googleapis.com",
    "https://*.googleusercontent.com",
    "https://*.gstatic.com",
    "https://fonts.googleapis.com",
    "https://fonts.gstatic.com",
  ],
  // Of Google Fonts, of Google at large, and of Google Analytics as well.
  googleTagManager: [
    "https://fonts.googleapis.com",
    "https://fonts.gstatic.com",
    "https://ssl.gstatic.com",
    "https://www.google.com",
    "https://www.googletagmanager.com",
    "https://www.gstatic.com",
  ],
  // Of Wistia, Vimeo and YouTube.
  intercom: ["https://fast.wistia.net", "https://player.vimeo.com", "https://www.youtube.com"],
  // The user's own.
  matomo: ["https://matomo.example.com"],
  // Of the site of Facebook, to which plugins and sign-in belong too.
  metaPixel: ["https://www.facebook.com"],
  // A distribution of CloudFront.
  square: ["https://d1g145x70srn7h.cloudfront.net"],
  // Of Google Maps.
  stripe: ["https://maps.googleapis.com"],
  // Of Twilio.
  zendesk: ["https://*.twilio.com", "wss://voice-js.roaming.twilio.com"],
};

/** The hosts and origins in the lists of a layer. */
function sourcesOf(layer: Patch): readonly string[] {
  const lists = Object.values((layer.contentSecurityPolicy ?? {}) as Readonly<Record<string, unknown>>);
  return lists
    .filter(isEdit)
    .flatMap(({ sources }) => sources)
    .filter((source): source is string => typeof source === "string" && source.includes("://"));
}

describe("the hosts of services", () => {
  it("are claimed by one service only", () => {
    const claimed = all.flatMap(({ about }) => about.hosts);
    expect(claimed.filter((host, index) => claimed.indexOf(host) !== index)).toEqual([]);
  });

  it("are recognised as those of the service, with any path and, where they have no path, any subdomain", () => {
    for (const { about } of all) {
      for (const host of about.hosts) {
        const urls = host.includes("/") ? [`https://${host}`] : [`https://${host}`, `https://sub.${host}/path`];
        expect([host, urls.map((url) => serviceOf(url)?.name)]).toEqual([host, urls.map(() => about.name)]);
      }
    }
  });

  it("hold each source of each recipe, but for those that are shared", () => {
    const others = CALLS.flatMap(([service, layer]) =>
      sourcesOf(layer)
        .filter((source) => serviceOf(source)?.name !== service)
        .map((source) => [service, source] as const),
    );
    expect(grouped(others)).toEqual(SHARED);
  });
});
