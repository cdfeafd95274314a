import { expect, it } from "vitest";
import { matomo } from "../../src/services/matomo.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", matomo({ host: "matomo.example.com" }))).toEqual({
    "script-src": "'self' https://matomo.example.com",
    "img-src": "'self' https://matomo.example.com",
    "connect-src": "'self' https://matomo.example.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", matomo({ host: "matomo.example.com" }))).toEqual({
    "img-src": "'self' data: https://matomo.example.com",
    "connect-src": "'self' https://matomo.example.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", matomo({ host: "matomo.example.com" }))).toEqual({
    "script-src": "'self' https://matomo.example.com",
    "img-src": "'self' data: https://matomo.example.com",
    "connect-src": "'self' https://matomo.example.com",
  });
});

it("on Matomo Cloud", () => {
  expect(changes("strict", matomo({ host: "shop.matomo.cloud" }))).toEqual({
    "script-src": "'self' https://cdn.matomo.cloud/shop.matomo.cloud/",
    "img-src": "'self' https://shop.matomo.cloud",
    "connect-src": "'self' https://shop.matomo.cloud",
  });
});

it("without its host", () => {
  expect(fault(() => matomo({} as never))).toBe("matomo.host: is missing. Write matomo({ host: … }).");
});

it("a host with a path", () => {
  expect(fault(() => matomo({ host: "example.com/matomo" }))).toBe(
    'matomo.host: "example.com/matomo" is not a host such as "matomo.example.com", without https:// and without a path. Write a host such as "matomo.example.com", without https:// and without a path.',
  );
});

it("an account of Matomo Cloud in capitals is a path in lower case", () => {
  expect(changes("strict", matomo({ host: "Shop.Matomo.Cloud" }))["script-src"]).toBe("'self' https://cdn.matomo.cloud/shop.matomo.cloud/");
});

it("a host that only ends in the letters of Matomo Cloud is the user's own", () => {
  expect(changes("strict", matomo({ host: "notmatomo.cloud" }))["script-src"]).toBe("'self' https://notmatomo.cloud");
});
