import { expect, it } from "vitest";
import { recaptcha } from "../../src/services/recaptcha.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", recaptcha())).toEqual({
    "script-src": "'self' https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
    "img-src": "'self' https://www.gstatic.com/recaptcha/",
    "connect-src": "'self' https://www.google.com/recaptcha/",
    "frame-src": "https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", recaptcha())).toEqual({
    "img-src": "'self' data: https://www.gstatic.com/recaptcha/",
    "connect-src": "'self' https://www.google.com/recaptcha/",
    "frame-src": "https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", recaptcha())).toEqual({
    "script-src": "'self' https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
    "img-src": "'self' data: https://www.gstatic.com/recaptcha/",
    "connect-src": "'self' https://www.google.com/recaptcha/",
    "frame-src": "'self' https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
  });
});

it("where www.google.com cannot be reached", () => {
  expect(changes("strict", recaptcha({ host: "recaptcha.net" }))).toEqual({
    "script-src": "'self' https://www.recaptcha.net/recaptcha/ https://www.gstatic.com/recaptcha/",
    "img-src": "'self' https://www.gstatic.com/recaptcha/",
    "connect-src": "'self' https://www.recaptcha.net/recaptcha/",
    "frame-src": "https://www.recaptcha.net/recaptcha/",
  });
});

it("another host", () => {
  expect(fault(() => recaptcha({ host: "www.google.com" } as never))).toBe(
    'recaptcha.host: "www.google.com" is not one of its values. Write "google.com" or "recaptcha.net".',
  );
});

it("with its inline styles", () => {
  expect(changes("strict", recaptcha({ inlineStyles: true }))["style-src"]).toBe("'self' 'unsafe-inline'");
});

it("has the folder of its scripts among the bypasses, for both hosts", () => {
  expect(recaptcha.about.bypasses).toEqual(["https://www.google.com/recaptcha/", "https://www.recaptcha.net/recaptcha/"]);
});
