import { expect, it } from "vitest";
import { hotjar } from "../../src/services/hotjar.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", hotjar())).toEqual({
    "script-src": "'self' https://*.hotjar.com",
    "style-src": "'self' https://*.hotjar.com",
    "img-src": "'self' https://*.hotjar.com",
    "font-src": "'self' https://*.hotjar.com",
    "connect-src": "'self' https://*.hotjar.com https://*.hotjar.io wss://*.hotjar.com",
    "frame-src": "https://*.hotjar.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", hotjar())).toEqual({
    "style-src": "'self' https://*.hotjar.com",
    "img-src": "'self' data: https://*.hotjar.com",
    "font-src": "'self' https://*.hotjar.com",
    "connect-src": "'self' https://*.hotjar.com https://*.hotjar.io wss://*.hotjar.com",
    "frame-src": "https://*.hotjar.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", hotjar())).toEqual({
    "script-src": "'self' https://*.hotjar.com",
    "style-src": "'self' 'unsafe-inline' https://*.hotjar.com",
    "img-src": "'self' data: https://*.hotjar.com",
    "font-src": "'self' data: https://*.hotjar.com",
    "connect-src": "'self' https://*.hotjar.com https://*.hotjar.io wss://*.hotjar.com",
    "frame-src": "'self' https://*.hotjar.com",
  });
});

it("with inline styles", () => {
  expect(changes("strict", hotjar({ inlineStyles: true }))).toMatchObject({
    "style-src": "'self' https://*.hotjar.com 'unsafe-inline'",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => hotjar({ inlineStyle: true } as never))).toBe('hotjar.inlineStyle: unknown option. Did you mean "inlineStyles"?');
});
