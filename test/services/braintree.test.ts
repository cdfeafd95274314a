import { expect, it } from "vitest";
import { braintree } from "../../src/services/braintree.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", braintree())).toEqual({
    "script-src": "'self' https://js.braintreegateway.com https://assets.braintreegateway.com",
    "img-src": "'self' https://assets.braintreegateway.com data:",
    "connect-src": "'self' https://api.braintreegateway.com https://client-analytics.braintreegateway.com https://*.braintree-api.com",
    "frame-src": "https://assets.braintreegateway.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", braintree())).toEqual({
    "img-src": "'self' data: https://assets.braintreegateway.com",
    "connect-src": "'self' https://api.braintreegateway.com https://client-analytics.braintreegateway.com https://*.braintree-api.com",
    "frame-src": "https://assets.braintreegateway.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", braintree())).toEqual({
    "script-src": "'self' https://js.braintreegateway.com https://assets.braintreegateway.com",
    "img-src": "'self' data: https://assets.braintreegateway.com",
    "connect-src": "'self' https://api.braintreegateway.com https://client-analytics.braintreegateway.com https://*.braintree-api.com",
    "frame-src": "'self' https://assets.braintreegateway.com",
  });
});

it("in the sandbox", () => {
  expect(changes("strict", braintree({ environment: "sandbox", threeDSecure: true }))).toMatchObject({
    "script-src": "'self' https://js.braintreegateway.com https://assets.braintreegateway.com https://songbirdstag.cardinalcommerce.com",
    "connect-src":
      "'self' https://api.sandbox.braintreegateway.com https://client-analytics.sandbox.braintreegateway.com https://*.braintree-api.com https://*.cardinalcommerce.com",
  });
});

it("with Drop-in", () => {
  expect(changes("strict", braintree({ dropIn: true }))["style-src"]).toBe("'self' https://assets.braintreegateway.com");
});

it("with PayPal", () => {
  expect(changes("strict", braintree({ paypal: true }))).toMatchObject({
    "script-src":
      "'self' https://js.braintreegateway.com https://assets.braintreegateway.com https://www.paypalobjects.com https://*.paypal.com",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' https://assets.braintreegateway.com data: https://checkout.paypal.com",
    "frame-src": "https://assets.braintreegateway.com https://*.paypal.com",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("with Google Pay", () => {
  expect(changes("strict", braintree({ googlePay: true }))).toMatchObject({
    "script-src": "'self' https://js.braintreegateway.com https://assets.braintreegateway.com https://pay.google.com",
    "style-src": "'self' 'unsafe-inline'",
    "connect-src":
      "'self' https://api.braintreegateway.com https://client-analytics.braintreegateway.com https://*.braintree-api.com https://pay.google.com https://google.com/pay",
  });
});

it("with 3-D Secure", () => {
  expect(changes("strict", braintree({ threeDSecure: true }))).toMatchObject({
    "script-src": "'self' https://js.braintreegateway.com https://assets.braintreegateway.com https://songbird.cardinalcommerce.com",
    "frame-src": "https://assets.braintreegateway.com https:",
    "form-action": "'self' https:",
  });
});

it("with the data collector", () => {
  expect(changes("strict", braintree({ dataCollector: true }))).toMatchObject({
    "script-src": "'self' https://js.braintreegateway.com https://assets.braintreegateway.com https://*.paypal.com",
    "frame-src": "https://assets.braintreegateway.com https://*.paypal.com",
  });
});

it("an option in other words", () => {
  expect(fault(() => braintree({ dropin: true } as never))).toBe('braintree.dropin: unknown option. Did you mean "dropIn"?');
});

it("with Google Pay, the page may request payments", () => {
  expect(changes("strict", braintree({ googlePay: true }))["payment"]).toBe("(self)");
});

it("without Google Pay, the page may not request payments", () => {
  expect(changes("strict", braintree({ paypal: true }))).not.toHaveProperty("payment");
});
