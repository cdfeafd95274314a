import { expect, it } from "vitest";
import { googleSignIn } from "../../src/services/google-sign-in.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", googleSignIn())).toEqual({
    "script-src": "'self' https://accounts.google.com/gsi/client",
    "style-src": "'self' https://accounts.google.com/gsi/style",
    "connect-src": "'self' https://accounts.google.com/gsi/",
    "frame-src": "https://accounts.google.com/gsi/",
    "identity-credentials-get": '(self "https://accounts.google.com")',
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", googleSignIn())).toEqual({
    "style-src": "'self' https://accounts.google.com/gsi/style",
    "connect-src": "'self' https://accounts.google.com/gsi/",
    "frame-src": "https://accounts.google.com/gsi/",
    "identity-credentials-get": '(self "https://accounts.google.com")',
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", googleSignIn())).toEqual({
    "script-src": "'self' https://accounts.google.com/gsi/client",
    "style-src": "'self' 'unsafe-inline' https://accounts.google.com/gsi/style",
    "connect-src": "'self' https://accounts.google.com/gsi/",
    "frame-src": "'self' https://accounts.google.com/gsi/",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => googleSignIn({ popup: true } as never))).toMatch(/^googleSignIn\.popup: unknown option\./);
});
