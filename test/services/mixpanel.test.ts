import { expect, it } from "vitest";
import { mixpanel } from "../../src/services/mixpanel.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", mixpanel())).toEqual({
    "script-src": "'self' https://cdn.mxpnl.com",
    "connect-src": "'self' https://api-js.mixpanel.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", mixpanel())).toEqual({
    "connect-src": "'self' https://api-js.mixpanel.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", mixpanel())).toEqual({
    "script-src": "'self' https://cdn.mxpnl.com",
    "connect-src": "'self' https://api-js.mixpanel.com",
  });
});

it.each([
  ["eu", "https://api-eu.mixpanel.com"],
  ["in", "https://api-in.mixpanel.com"],
] as const)("of the region %s", (region, api) => {
  expect(changes("strict", mixpanel({ region }))).toMatchObject({ "connect-src": `'self' ${api}` });
});

it("behind a proxy", () => {
  expect(changes("strict", mixpanel({ region: "eu", host: "mp.example.com" }))).toMatchObject({
    "connect-src": "'self' https://mp.example.com",
  });
});

it("a region that there is not", () => {
  expect(fault(() => mixpanel({ region: "uk" } as never))).toBe(
    'mixpanel.region: "uk" is not one of its values. Write "us" or "eu" or "in".',
  );
});
