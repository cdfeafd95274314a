import { describe, expect, it } from "vitest";
import { tenancyOf } from "../../src/audit/services.js";
import { serviceOf } from "../../src/services/index.js";

describe("serviceOf", () => {
  it.each([
    "https://www.google.com/recaptcha/../maps/x",
    "https://www.google.com/recaptcha/%2e%2e/url",
    "https://www.google.com/recaptcha/.%2E/url",
    "javascript://js.stripe.com",
    "ftp://js.stripe.com",
  ])("%s belongs to nobody, or not to reCAPTCHA", (source) => {
    expect(["recaptcha", "stripe"]).not.toContain(serviceOf(source)?.name);
  });

  it.each([
    ["https://www.google.com/a/../recaptcha/api.js", "recaptcha"],
    ["wss://js.stripe.com", "stripe"],
    ["http://js.stripe.com/v3?x=/../y", "stripe"],
    ["js.stripe.com", "stripe"],
  ])("%s is of %s", (source, name) => {
    expect(serviceOf(source)?.name).toBe(name);
  });
});

describe("serviceOf, on a host of which several services have a part", () => {
  it.each([
    ["Google's tag, which Google Analytics documents", "https://www.googletagmanager.com/gtag/js?id=G-1234567890", "googleAnalytics"],
    ["what that loads for more destinations", "https://www.googletagmanager.com/gtag/destination?id=G-1", "googleAnalytics"],
    ["a container of Tag Manager", "https://www.googletagmanager.com/gtm.js?id=GTM-1", "googleTagManager"],
    ["its frame for browsers without scripts", "https://www.googletagmanager.com/ns.html?id=GTM-1", "googleTagManager"],
    ["its preview mode", "https://googletagmanager.com", "googleTagManager"],
    ["what Google Analytics measures", "https://www.google.com/g/collect", "googleAnalytics"],
    ["the pixel of Meta in <noscript>", "https://www.facebook.com/tr?id=1&noscript=1", "metaPixel"],
    ["the errors of Square's own SDK", "https://o160250.ingest.sentry.io/api/1/envelope/", "square"],
    ["the errors of anybody else", "https://o160251.ingest.sentry.io/api/1/envelope/", "sentry"],
    ["all of Sentry", "https://*.ingest.sentry.io", "sentry"],
    [
      "the documented script of Friendly Captcha",
      "https://cdn.jsdelivr.net/npm/@friendlycaptcha/sdk@0.1.36/site.min.js",
      "friendlyCaptcha",
    ],
    ["another package of that CDN", "https://cdn.jsdelivr.net/npm/vue@3.5.13/dist/vue.global.prod.js", "jsdelivr"],
    ["the whole CDN, on which everybody has a path", "https://cdn.jsdelivr.net", "jsdelivr"],
  ])("%s", (_what, source, name) => {
    expect(serviceOf(source)?.name).toBe(name);
  });

  it.each([
    ["the origin of both kinds of Google's tags", "https://www.googletagmanager.com"],
    ["the same with a slash", "https://www.googletagmanager.com/"],
    ["a wildcard of them", "https://*.googletagmanager.com"],
    ["a path that begins like the pixel of Meta", "https://www.facebook.com/travel"],
    ["another path of Google's", "https://www.google.com/g/collected"],
  ])("%s belongs to none alone", (_what, source) => {
    expect(serviceOf(source)).toBeUndefined();
  });
});

describe("tenancyOf", () => {
  it.each([
    ["https://evil.firebaseapp.com", { all: false, host: "evil.firebaseapp.com" }],
    ["https://*.supabase.co", { all: true, host: "*.supabase.co" }],
    ["https://cdn.matomo.cloud", { all: true, host: "cdn.matomo.cloud" }],
    ["https://cdn.matomo.cloud/acme.matomo.cloud/", { all: false, host: "cdn.matomo.cloud" }],
    ["https://firebasestorage.googleapis.com/v0/b/x", { all: false, host: "firebasestorage.googleapis.com" }],
  ])("%s is a place of customers", (source, tenancy) => {
    expect(tenancyOf(source)).toEqual(tenancy);
  });

  it.each([
    "https://cdn.jsdelivr.net/npm/@friendlycaptcha/",
    "https://cdn.auth0.com",
    "https://static.zdassets.com",
    "https://supabase.co",
    "https://js.stripe.com",
    "https://example.com",
  ])("%s is not", (source) => {
    expect(tenancyOf(source)).toBeUndefined();
  });
});
