import { expect, it } from "vitest";
import { stripe } from "../../src/services/stripe.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", stripe())).toEqual({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com",
    "connect-src": "'self' https://api.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    payment: '(self "https://js.stripe.com")',
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", stripe())).toEqual({
    "connect-src": "'self' https://api.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    payment: '(self "https://js.stripe.com")',
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", stripe())).toEqual({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com",
    "connect-src": "'self' https://api.stripe.com",
    "frame-src": "'self' https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
  });
});

it("with the Address Element", () => {
  expect(changes("strict", stripe({ address: true }))).toMatchObject({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com https://maps.googleapis.com",
    "connect-src": "'self' https://api.stripe.com https://maps.googleapis.com",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => stripe({ adress: true } as never))).toBe('stripe.adress: unknown option. Did you mean "address"?');
});
