import { expect, it } from "vitest";
import { googleFonts } from "../../src/services/google-fonts.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", googleFonts())).toEqual({
    "style-src": "'self' https://fonts.googleapis.com",
    "font-src": "'self' https://fonts.gstatic.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", googleFonts())).toEqual({
    "style-src": "'self' https://fonts.googleapis.com",
    "font-src": "'self' https://fonts.gstatic.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", googleFonts())).toEqual({
    "style-src": "'self' 'unsafe-inline' https://fonts.googleapis.com",
    "font-src": "'self' data: https://fonts.gstatic.com",
  });
});

it("an option: there are none", () => {
  expect(fault(() => googleFonts({ icons: true } as never))).toMatch(/^googleFonts\.icons: unknown option\./);
});
