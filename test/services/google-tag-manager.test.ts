import { expect, it } from "vitest";
import { googleTagManager } from "../../src/services/google-tag-manager.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", googleTagManager())).toEqual({
    "script-src": "'self' https://www.googletagmanager.com",
    "img-src": "'self' https://www.googletagmanager.com",
    "connect-src": "'self' https://www.googletagmanager.com https://www.google.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", googleTagManager())).toEqual({
    "img-src": "'self' data: https://www.googletagmanager.com",
    "connect-src": "'self' https://www.googletagmanager.com https://www.google.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", googleTagManager())).toEqual({
    "script-src": "'self' https://www.googletagmanager.com",
    "img-src": "'self' data: https://www.googletagmanager.com",
    "connect-src": "'self' https://www.googletagmanager.com https://www.google.com",
  });
});

it("with preview mode", () => {
  expect(changes("strict", googleTagManager({ preview: true }))).toEqual({
    "script-src": "'self' https://www.googletagmanager.com https://googletagmanager.com https://tagmanager.google.com",
    "style-src":
      "'self' https://www.googletagmanager.com https://googletagmanager.com https://tagmanager.google.com https://fonts.googleapis.com",
    "img-src": "'self' https://www.googletagmanager.com https://googletagmanager.com https://ssl.gstatic.com https://www.gstatic.com",
    "font-src": "'self' https://fonts.gstatic.com data:",
    "connect-src": "'self' https://www.googletagmanager.com https://www.google.com",
  });
});

it("with Custom JavaScript variables", () => {
  expect(changes("strict", googleTagManager({ eval: true }))).toMatchObject({
    "script-src": "'self' https://www.googletagmanager.com 'unsafe-eval'",
  });
});

it("with the frame in <noscript>", () => {
  expect(changes("strictDynamic", googleTagManager({ noscript: true }))).toMatchObject({
    "frame-src": "https://www.googletagmanager.com/ns.html",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("an option that is not a boolean", () => {
  expect(fault(() => googleTagManager({ eval: "unsafe-eval" } as never))).toBe(
    'googleTagManager.eval: "unsafe-eval" is not true or false. Write true or false.',
  );
});
