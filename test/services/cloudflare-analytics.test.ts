import { expect, it } from "vitest";
import { cloudflareAnalytics } from "../../src/services/cloudflare-analytics.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", cloudflareAnalytics())).toEqual({
    "script-src": "'self' https://static.cloudflareinsights.com/beacon.min.js",
    "connect-src": "'self' https://cloudflareinsights.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", cloudflareAnalytics())).toEqual({
    "connect-src": "'self' https://cloudflareinsights.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", cloudflareAnalytics())).toEqual({
    "script-src": "'self' https://static.cloudflareinsights.com/beacon.min.js",
    "connect-src": "'self' https://cloudflareinsights.com",
  });
});

it("with automatic setup, which sends to the site itself", () => {
  expect(changes("strict", cloudflareAnalytics({ automatic: true }))).toEqual({
    "script-src": "'self' https://static.cloudflareinsights.com",
  });
});

it("with automatic setup, where the site allows no requests", () => {
  expect(changes("strict", { contentSecurityPolicy: { connectSrc: ["none"] } }, cloudflareAnalytics({ automatic: true }))).toEqual({
    "script-src": "'self' https://static.cloudflareinsights.com",
  });
});

it("an option that is not a boolean", () => {
  expect(fault(() => cloudflareAnalytics({ automatic: 1 } as never))).toBe(
    "cloudflareAnalytics.automatic: 1 is not true or false. Write true or false.",
  );
});
