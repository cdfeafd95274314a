import { expect, it } from "vitest";
import { tiktok } from "../../src/services/tiktok.js";
import { changes, fault } from "./support.js";

const PIXEL = "https://analytics.tiktok.com https://analytics-ipv6.tiktokw.us https://ads.tiktok.com";

it("on strict", () => {
  expect(changes("strict", tiktok())).toEqual({
    "script-src": `'self' ${PIXEL}`,
    "img-src": `'self' ${PIXEL}`,
    "connect-src": `'self' ${PIXEL}`,
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", tiktok())).toEqual({
    "img-src": `'self' data: ${PIXEL}`,
    "connect-src": `'self' ${PIXEL}`,
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", tiktok())).toEqual({
    "script-src": `'self' ${PIXEL}`,
    "img-src": `'self' data: ${PIXEL}`,
    "connect-src": `'self' ${PIXEL}`,
  });
});

it("with films alone", () => {
  const films = tiktok({ pixel: false, embed: true });
  expect(changes("strict", films)).toEqual({
    "script-src": "'self' https://www.tiktok.com https://*.ttwstatic.com",
    "style-src": "'self' https://*.ttwstatic.com",
    "frame-src": "https://www.tiktok.com",
  });
  expect(changes("strictDynamic", films)).toEqual({
    "style-src": "'self' https://*.ttwstatic.com",
    "frame-src": "https://www.tiktok.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("in the app", () => {
  expect(changes("strict", tiktok({ app: true }))["frame-src"]).toBe("bytedance: sslocal:");
});

it("without any part", () => {
  expect(changes("strictDynamic", tiktok({ pixel: false }))).toEqual({});
});

it("an option that is not true or false", () => {
  expect(fault(() => tiktok({ embed: 1 } as never))).toMatch(/^tiktok\.embed: 1 is not true or false\./);
});
