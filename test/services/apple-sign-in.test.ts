import { expect, it } from "vitest";
import { appleSignIn } from "../../src/services/apple-sign-in.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", appleSignIn())).toEqual({
    "script-src": "'self' https://appleid.cdn-apple.com",
    "style-src": "'self' 'unsafe-inline'",
    "font-src": "'self' data:",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", appleSignIn())).toEqual({
    "style-src": "'self' 'unsafe-inline'",
    "font-src": "'self' data:",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", appleSignIn())).toEqual({ "script-src": "'self' https://appleid.cdn-apple.com" });
});

it("with a popup", () => {
  expect(changes("recommended", appleSignIn({ popup: true }))).toMatchObject({
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("with a picture instead of the button", () => {
  expect(changes("strict", appleSignIn({ button: false, buttonImage: true }))).toEqual({
    "script-src": "'self' https://appleid.cdn-apple.com",
    "img-src": "'self' https://appleid.cdn-apple.com",
  });
});

it("an option that is not true or false", () => {
  expect(fault(() => appleSignIn({ popup: "yes" } as never))).toMatch(/^appleSignIn\.popup: "yes" is not true or false\./);
});
