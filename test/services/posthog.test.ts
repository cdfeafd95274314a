import { expect, it } from "vitest";
import { posthog } from "../../src/services/posthog.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", posthog())).toEqual({
    "script-src": "'self' https://*.posthog.com",
    "connect-src": "'self' https://*.posthog.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", posthog())).toEqual({ "connect-src": "'self' https://*.posthog.com" });
});

it("on recommended", () => {
  expect(changes("recommended", posthog())).toEqual({
    "script-src": "'self' https://*.posthog.com",
    "connect-src": "'self' https://*.posthog.com",
  });
});

it("of a region", () => {
  expect(changes("strict", posthog({ region: "eu" }))).toEqual({
    "script-src": "'self' https://eu-assets.i.posthog.com",
    "connect-src": "'self' https://eu.i.posthog.com https://eu-assets.i.posthog.com",
  });
});

it("behind a proxy", () => {
  expect(changes("strict", posthog({ host: "e.example.com" }))).toEqual({
    "script-src": "'self' https://e.example.com",
    "connect-src": "'self' https://e.example.com",
  });
});

it("behind a proxy, and of a region", () => {
  expect(changes("strict", posthog({ host: "e.example.com", region: "us" }))).toEqual({
    "script-src": "'self' https://e.example.com https://us-assets.i.posthog.com",
    "connect-src": "'self' https://e.example.com https://us.i.posthog.com https://us-assets.i.posthog.com",
  });
});

it("with session replay", () => {
  expect(changes("strict", posthog({ replay: true }))).toEqual({
    "script-src": "'self' https://*.posthog.com",
    "connect-src": "'self' https://*.posthog.com",
    "worker-src": "'self' blob:",
  });
});

it("with the toolbar", () => {
  expect(changes("strict", posthog({ region: "eu", toolbar: true }))).toEqual({
    "script-src": "'self' https://*.posthog.com",
    "style-src": "'self' https://*.posthog.com",
    "img-src": "'self' https://*.posthog.com",
    "font-src": "'self' https://*.posthog.com",
    "connect-src": "'self' https://*.posthog.com",
    "media-src": "https://*.posthog.com",
  });
});

it("a region that there is not", () => {
  expect(fault(() => posthog({ region: "uk" } as never))).toBe('posthog.region: "uk" is not one of its values. Write "us" or "eu".');
});
