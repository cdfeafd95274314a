import { expect, it } from "vitest";
import { friendlyCaptcha } from "../../src/services/friendly-captcha.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", friendlyCaptcha())).toEqual({ "frame-src": "https://*.frcapi.com" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", friendlyCaptcha())).toEqual({
    "frame-src": "https://*.frcapi.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", friendlyCaptcha())).toEqual({ "frame-src": "'self' https://*.frcapi.com" });
});

it("with an endpoint", () => {
  expect(changes("strict", friendlyCaptcha({ endpoint: "eu" }))).toEqual({ "frame-src": "https://eu.frcapi.com" });
  expect(changes("strict", friendlyCaptcha({ endpoint: "global" }))).toEqual({ "frame-src": "https://global.frcapi.com" });
});

it("with the scripts from jsDelivr", () => {
  expect(changes("strict", friendlyCaptcha({ cdn: true }))).toMatchObject({
    "script-src": "'self' https://cdn.jsdelivr.net/npm/@friendlycaptcha/",
  });
});

it("version 1", () => {
  expect(changes("strict", friendlyCaptcha({ version: 1 }))).toEqual({
    "script-src": "'self' 'wasm-unsafe-eval'",
    "connect-src": "'self' https://api.friendlycaptcha.com",
    "worker-src": "'self' blob:",
  });
});

it("version 1 with the endpoint of the EU, on strictDynamic", () => {
  expect(changes("strictDynamic", friendlyCaptcha({ version: 1, endpoint: "eu" }))).toEqual({
    "script-src": "'nonce-bm9uY2U=' 'strict-dynamic' 'wasm-unsafe-eval'",
    "connect-src": "'self' https://eu-api.friendlycaptcha.eu",
  });
});

it("version 1 from jsDelivr is refused", () => {
  expect(fault(() => friendlyCaptcha({ version: 1, cdn: true }))).toBe(
    'friendlyCaptcha.cdn: cannot be combined with version: 1. Allow the folder that the page loads: scriptSrc: allow("https://cdn.jsdelivr.net/npm/friendly-challenge@…/").',
  );
});

it("a version that there is not", () => {
  expect(fault(() => friendlyCaptcha({ version: 3 } as never))).toBe("friendlyCaptcha.version: 3 is not 1 or 2. Write 1 or 2.");
});
