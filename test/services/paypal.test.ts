import { expect, it } from "vitest";
import { paypal } from "../../src/services/paypal.js";
import { stripe } from "../../src/services/stripe.js";
import { changes, fault, partsOf } from "./support.js";

it("on strict", () => {
  expect(changes("strict", paypal())).toEqual({
    "script-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "style-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com 'unsafe-inline'",
    "img-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com data:",
    "connect-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "frame-src": "https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", paypal())).toEqual({
    "style-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com 'unsafe-inline'",
    "img-src": "'self' data: https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "connect-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "frame-src": "https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", paypal())).toEqual({
    "script-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "style-src": "'self' 'unsafe-inline' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "img-src": "'self' data: https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "connect-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "frame-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("with the nonce, which takes the place of 'unsafe-inline'", () => {
  expect(changes("strict", paypal({ nonce: true }))).toMatchObject({
    "script-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com 'nonce-bm9uY2U='",
    "style-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com 'nonce-bm9uY2U='",
  });
});

it("the nonce does not switch off the inline styles of a policy that allows them", () => {
  expect(changes("recommended", paypal({ nonce: true }))["style-src"]).toBe(
    "'self' 'unsafe-inline' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
  );
});

it("with inline scripts", () => {
  expect(changes("strict", paypal({ inline: true }))).toMatchObject({
    "script-src": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com",
    "script-src-elem": "'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com 'unsafe-inline'",
  });
});

it("a nonce of one's own", () => {
  expect(fault(() => paypal({ nonce: "abc" } as never))).toBe('paypal.nonce: "abc" is not true or false. Write true or false.');
});

it("with inline scripts, event handlers stay blocked", () => {
  expect(partsOf("recommended", paypal({ inline: true })).get("script-src-attr")).toBe("'none'");
});

it("inline scripts are the same before and after another recipe", () => {
  const scripts =
    "'self' https://js.stripe.com https://*.js.stripe.com https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com";
  const elements = partsOf("strict", stripe(), paypal({ inline: true })).get("script-src-elem");
  expect(elements).toBe(`${scripts} 'unsafe-inline'`);
});

it("inline scripts are left out beside a nonce", () => {
  expect(changes("strictDynamic", paypal({ inline: true }))).not.toHaveProperty("script-src-elem");
});
