import { expect, it } from "vitest";
import { chargebee } from "../../src/services/chargebee.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", chargebee({ site: "acme.chargebee.com" }))).toEqual({
    "script-src": "'self' https://js.chargebee.com/v2/chargebee.js",
    "style-src": "'self' https://acme.chargebee.com/assets/hp_v3/iframe_views/",
    "frame-src": "https://acme.chargebee.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", chargebee({ site: "acme.chargebee.com" }))).toEqual({
    "style-src": "'self' https://acme.chargebee.com/assets/hp_v3/iframe_views/",
    "frame-src": "https://acme.chargebee.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", chargebee({ site: "acme.chargebee.com" }))).toEqual({
    "script-src": "'self' https://js.chargebee.com/v2/chargebee.js",
    "style-src": "'self' 'unsafe-inline' https://acme.chargebee.com/assets/hp_v3/iframe_views/",
    "frame-src": "'self' https://acme.chargebee.com",
  });
});

it("with components, on a domain of one's own", () => {
  expect(changes("strict", chargebee({ site: "billing.shop.example", components: true }))).toEqual({
    "script-src": "'self' https://js.chargebee.com",
    "style-src": "'self' https://billing.shop.example/assets/hp_v3/iframe_views/ https://js.chargebee.com",
    "frame-src": "https://billing.shop.example https://js.chargebee.com",
  });
});

it("without the site", () => {
  expect(fault(() => chargebee(undefined as never))).toBe("chargebee.site: is missing. Write chargebee({ site: … }).");
});

it("a site that is not a host", () => {
  expect(fault(() => chargebee({ site: "https://acme.chargebee.com" }))).toBe(
    'chargebee.site: "https://acme.chargebee.com" is not a host such as "acme.chargebee.com", without https:// and without a path. Write "acme.chargebee.com".',
  );
});
