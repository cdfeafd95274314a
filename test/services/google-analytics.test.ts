import { expect, it } from "vitest";
import { googleAnalytics } from "../../src/services/google-analytics.js";
import { changes, fault } from "./support.js";

const IMAGES = "https://*.google-analytics.com https://*.googletagmanager.com";
const REQUESTS =
  "https://*.google-analytics.com https://*.googletagmanager.com https://analytics.google.com https://*.analytics.google.com https://www.google.com/g/collect";

it("on strict", () => {
  expect(changes("strict", googleAnalytics())).toEqual({
    "script-src": "'self' https://*.googletagmanager.com",
    "img-src": `'self' ${IMAGES}`,
    "connect-src": `'self' ${REQUESTS}`,
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", googleAnalytics())).toEqual({
    "img-src": `'self' data: ${IMAGES}`,
    "connect-src": `'self' ${REQUESTS}`,
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", googleAnalytics())).toEqual({
    "script-src": "'self' https://*.googletagmanager.com",
    "img-src": `'self' data: ${IMAGES}`,
    "connect-src": `'self' ${REQUESTS}`,
  });
});

it("with Google Signals", () => {
  expect(changes("strictDynamic", googleAnalytics({ signals: true }))).toEqual({
    "img-src":
      "'self' data: https://*.google-analytics.com https://*.googletagmanager.com https://*.g.doubleclick.net https://*.google.com",
    "connect-src":
      "'self' https://*.google-analytics.com https://*.googletagmanager.com https://*.g.doubleclick.net https://*.google.com https://pagead2.googlesyndication.com",
    "frame-src": "https://td.doubleclick.net https://www.googletagmanager.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("with Google's domains of countries, which are a part of Google Signals", () => {
  expect(changes("strict", googleAnalytics({ countryDomains: ["google.de", "google.co.uk"] }))).toMatchObject({
    "img-src":
      "'self' https://*.google-analytics.com https://*.googletagmanager.com https://*.g.doubleclick.net https://*.google.com https://*.google.de https://*.google.co.uk",
    "connect-src":
      "'self' https://*.google-analytics.com https://*.googletagmanager.com https://*.g.doubleclick.net https://*.google.com https://*.google.de https://*.google.co.uk https://pagead2.googlesyndication.com",
  });
});

it("a domain that is none of Google's", () => {
  expect(fault(() => googleAnalytics({ countryDomains: ["google.de", "google.evil.example"] }))).toBe(
    'googleAnalytics.countryDomains[1]: "google.evil.example" is not a domain of Google such as "google.de". Write a domain of Google such as "google.de".',
  );
});

it("an option that it does not have", () => {
  expect(fault(() => googleAnalytics({ signal: true } as never))).toBe('googleAnalytics.signal: unknown option. Did you mean "signals"?');
});
