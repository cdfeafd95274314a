import { expect, it } from "vitest";
import { amplitude } from "../../src/services/amplitude.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", amplitude())).toEqual({
    "script-src": "'self' https://*.amplitude.com",
    "connect-src": "'self' https://*.amplitude.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", amplitude())).toEqual({
    "connect-src": "'self' https://*.amplitude.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", amplitude())).toEqual({
    "script-src": "'self' https://*.amplitude.com",
    "connect-src": "'self' https://*.amplitude.com",
  });
});

it("of the United States", () => {
  expect(changes("strict", amplitude({ region: "us" }))).toEqual({
    "script-src": "'self' https://cdn.amplitude.com",
    "connect-src": "'self' https://api2.amplitude.com https://sr-client-cfg.amplitude.com",
  });
});

it("of the European Union, with session replay", () => {
  expect(changes("strict", amplitude({ region: "eu", replay: true }))).toEqual({
    "script-src": "'self' https://cdn.eu.amplitude.com",
    "connect-src": "'self' https://api.eu.amplitude.com https://sr-client-cfg.eu.amplitude.com https://api-sr.eu.amplitude.com",
    "worker-src": "'self' blob:",
  });
});

it("with guides", () => {
  expect(changes("strict", amplitude({ region: "us", guides: true }))).toEqual({
    "script-src": "'self' https://*.amplitude.com",
    "style-src": "'self' https://*.amplitude.com",
    "img-src": "'self' https://*.amplitude.com",
    "connect-src": "'self' https://*.amplitude.com",
    "media-src": "https://*.amplitude.com",
  });
});

it("a region in capitals, as the SDK's serverZone has it", () => {
  expect(fault(() => amplitude({ region: "EU" } as never))).toBe('amplitude.region: "EU" is not one of its values. Write "us" or "eu".');
});
