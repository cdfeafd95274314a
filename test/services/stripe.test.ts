import { expect, it } from "vitest";
import { stripe } from "../../src/services/stripe.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", stripe())).toEqual({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com",
    "connect-src": "'self' https://api.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    payment: '(self "https://js.stripe.com" "https://*.js.stripe.com")',
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", stripe())).toEqual({
    "connect-src": "'self' https://api.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    payment: '(self "https://js.stripe.com" "https://*.js.stripe.com")',
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

it("with Link", () => {
  expect(changes("strict", stripe({ link: true }))).toMatchObject({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com",
    "img-src": "'self' https://*.link.com",
    "connect-src": "'self' https://api.stripe.com https://link.com https://*.link.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com https://link.com https://*.link.com",
  });
});

it("with Checkout in the page", () => {
  expect(changes("strict", stripe({ checkout: true }))).toMatchObject({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com https://checkout.stripe.com",
    "img-src": "'self' https://*.stripe.com",
    "connect-src": "'self' https://api.stripe.com https://checkout.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com https://checkout.stripe.com",
  });
});

it("with Connect embedded components", () => {
  expect(changes("strict", stripe({ connect: true }))).toMatchObject({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com https://connect-js.stripe.com",
    "style-src": "'self' 'sha256-0hAheEzaMe6uXIKV4EehS9pu1am1lj/KnnzrOYqckXk='",
    "img-src": "'self' https://*.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com https://connect-js.stripe.com",
  });
});

it("the empty style of Connect changes nothing where inline styles are allowed", () => {
  expect(changes("recommended", stripe({ connect: true }))).not.toHaveProperty("style-src");
});

it("with the crypto onramp", () => {
  expect(changes("strict", stripe({ crypto: true }))).toMatchObject({
    "script-src": "'self' https://js.stripe.com https://*.js.stripe.com https://crypto-js.stripe.com",
    "connect-src": "'self' https://api.stripe.com https://crypto.link.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com https://crypto.link.com",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => stripe({ adress: true } as never))).toBe('stripe.adress: unknown option. Did you mean "address"?');
});
