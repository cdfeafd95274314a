import { expect, it } from "vitest";
import { googleMaps } from "../../src/services/google-maps.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", googleMaps())).toEqual({
    "script-src": "'self' https://maps.googleapis.com",
    "style-src": "'self' https://fonts.googleapis.com 'unsafe-inline'",
    "img-src": "'self' https://*.googleapis.com https://*.gstatic.com https://*.google.com https://*.googleusercontent.com data:",
    "font-src": "'self' https://fonts.gstatic.com",
    "connect-src": "'self' https://*.googleapis.com https://*.google.com https://*.gstatic.com data: blob:",
    "frame-src": "https://*.google.com",
    "worker-src": "'self' blob:",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", googleMaps())).toEqual({
    "style-src": "'self' https://fonts.googleapis.com 'unsafe-inline'",
    "img-src": "'self' data: https://*.googleapis.com https://*.gstatic.com https://*.google.com https://*.googleusercontent.com",
    "font-src": "'self' https://fonts.gstatic.com",
    "connect-src": "'self' https://*.googleapis.com https://*.google.com https://*.gstatic.com data: blob:",
    "frame-src": "https://*.google.com",
    "trusted-types": "google-maps-api-loader google-maps-api#html lit-html",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", googleMaps())).toEqual({
    "script-src": "'self' https://maps.googleapis.com",
    "style-src": "'self' 'unsafe-inline' https://fonts.googleapis.com",
    "img-src": "'self' data: https://*.googleapis.com https://*.gstatic.com https://*.google.com https://*.googleusercontent.com",
    "font-src": "'self' data: https://fonts.gstatic.com",
    "connect-src": "'self' https://*.googleapis.com https://*.google.com https://*.gstatic.com data: blob:",
    "frame-src": "'self' https://*.google.com",
    "worker-src": "'self' blob:",
  });
});

it("a map in a frame needs the frame only", () => {
  expect(changes("strict", googleMaps({ api: "embed" }))).toEqual({
    "frame-src": "https://www.google.com/maps/embed https://www.google.com/maps/embed/",
  });
});

it("with the nonce for styles", () => {
  expect(changes("strict", googleMaps({ nonce: true }))["style-src"]).toBe("'self' https://fonts.googleapis.com 'nonce-bm9uY2U='");
});

it("with eval, also under 'strict-dynamic'", () => {
  expect(changes("strictDynamic", googleMaps({ eval: true }))["script-src"]).toBe("'nonce-bm9uY2U=' 'strict-dynamic' 'unsafe-eval'");
});

it("with every host of Google's list for scripts", () => {
  expect(changes("strict", googleMaps({ everyHost: true }))["script-src"]).toBe(
    "'self' https://*.googleapis.com https://*.gstatic.com https://*.google.com https://*.ggpht.com https://*.googleusercontent.com blob:",
  );
});

it("an API that there is not", () => {
  expect(fault(() => googleMaps({ api: "static" } as never))).toBe(
    'googleMaps.api: "static" is not one of its values. Write "script" or "embed".',
  );
});
