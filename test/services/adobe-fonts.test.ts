import { expect, it } from "vitest";
import { adobeFonts } from "../../src/services/adobe-fonts.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", adobeFonts())).toEqual({
    "style-src": "'self' https://use.typekit.net https://p.typekit.net",
    "font-src": "'self' https://use.typekit.net",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", adobeFonts())).toEqual({
    "style-src": "'self' https://use.typekit.net https://p.typekit.net",
    "font-src": "'self' https://use.typekit.net",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", adobeFonts())).toEqual({
    "style-src": "'self' 'unsafe-inline' https://use.typekit.net https://p.typekit.net",
    "font-src": "'self' data: https://use.typekit.net",
  });
});

it("with the script", () => {
  expect(changes("strict", adobeFonts({ script: true }))).toEqual({
    "script-src": "'self' https://use.typekit.net",
    "style-src": "'self' https://use.typekit.net 'unsafe-inline'",
    "img-src": "'self' https://p.typekit.net",
    "font-src": "'self' https://use.typekit.net data:",
  });
});

it("with the measurements", () => {
  expect(changes("strict", adobeFonts({ script: true, metrics: true }))["connect-src"]).toBe("'self' https://performance.typekit.net");
});

it("an option that it does not have", () => {
  expect(fault(() => adobeFonts({ scripts: true } as never))).toBe('adobeFonts.scripts: unknown option. Did you mean "script"?');
});
