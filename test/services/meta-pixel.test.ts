import { expect, it } from "vitest";
import { metaPixel } from "../../src/services/meta-pixel.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", metaPixel())).toEqual({
    "script-src": "'self' https://connect.facebook.net",
    "img-src": "'self' https://www.facebook.com",
    "connect-src": "'self' https://www.facebook.com",
    "frame-src": "https://www.facebook.com/tr/",
    "form-action": "'self' https://www.facebook.com/tr/",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", metaPixel())).toEqual({
    "img-src": "'self' data: https://www.facebook.com",
    "connect-src": "'self' https://www.facebook.com",
    "frame-src": "https://www.facebook.com/tr/",
    "form-action": "'self' https://www.facebook.com/tr/",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", metaPixel())).toEqual({
    "script-src": "'self' https://connect.facebook.net",
    "img-src": "'self' data: https://www.facebook.com",
    "connect-src": "'self' https://www.facebook.com",
    "frame-src": "'self' https://www.facebook.com/tr/",
    "form-action": "'self' https://www.facebook.com/tr/",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => metaPixel({ id: "123" } as never))).toMatch(/^metaPixel\.id: unknown option\./);
});
