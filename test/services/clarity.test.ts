import { expect, it } from "vitest";
import { clarity } from "../../src/services/clarity.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", clarity())).toEqual({
    "script-src": "'self' https://*.clarity.ms",
    "img-src": "'self' https://*.clarity.ms https://c.bing.com",
    "connect-src": "'self' https://*.clarity.ms https://c.bing.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", clarity())).toEqual({
    "img-src": "'self' data: https://*.clarity.ms https://c.bing.com",
    "connect-src": "'self' https://*.clarity.ms https://c.bing.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", clarity())).toEqual({
    "script-src": "'self' https://*.clarity.ms",
    "img-src": "'self' data: https://*.clarity.ms https://c.bing.com",
    "connect-src": "'self' https://*.clarity.ms https://c.bing.com",
  });
});

it("an argument that is not options", () => {
  expect(fault(() => clarity("abc123" as never))).toBe(
    'clarity: "abc123" is not an object of options. It takes no options: write clarity().',
  );
});
