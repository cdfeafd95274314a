import { expect, it } from "vitest";
import { hcaptcha } from "../../src/services/hcaptcha.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", hcaptcha())).toEqual({
    "script-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
    "style-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
    "connect-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
    "frame-src": "https://hcaptcha.com https://*.hcaptcha.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", hcaptcha())).toEqual({
    "style-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
    "connect-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
    "frame-src": "https://hcaptcha.com https://*.hcaptcha.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", hcaptcha())).toEqual({
    "script-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
    "style-src": "'self' 'unsafe-inline' https://hcaptcha.com https://*.hcaptcha.com",
    "connect-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
    "frame-src": "'self' https://hcaptcha.com https://*.hcaptcha.com",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => hcaptcha({ host: "hcaptcha.com" } as never))).toMatch(/^hcaptcha\.host: unknown option\./);
});
