import { expect, it } from "vitest";
import { auth0 } from "../../src/services/auth0.js";
import { changes, fault } from "./support.js";

const domain = "example.eu.auth0.com";

it("on strict", () => {
  expect(changes("strict", auth0({ domain }))).toEqual({
    "connect-src": "'self' https://example.eu.auth0.com",
    "frame-src": "https://example.eu.auth0.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", auth0({ domain }))).toEqual({
    "connect-src": "'self' https://example.eu.auth0.com",
    "frame-src": "https://example.eu.auth0.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", auth0({ domain }))).toEqual({
    "connect-src": "'self' https://example.eu.auth0.com",
    "frame-src": "'self' https://example.eu.auth0.com",
  });
});

it("with the worker", () => {
  expect(changes("strict", auth0({ domain, worker: true }))).toMatchObject({ "worker-src": "'self' blob:" });
});

it("with a popup", () => {
  expect(changes("strict", auth0({ domain, popup: true }))).toMatchObject({
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("with the SDK of Auth0's own host", () => {
  expect(changes("strict", auth0({ domain, cdn: true }))).toMatchObject({ "script-src": "'self' https://cdn.auth0.com" });
});

it("a domain that is an address", () => {
  expect(fault(() => auth0({ domain: "https://example.eu.auth0.com" }))).toMatch(
    /^auth0\.domain: "https:\/\/example\.eu\.auth0\.com" is not a host such as "example\.eu\.auth0\.com", without https:\/\/ and without a path\./,
  );
});

it("no domain", () => {
  expect(fault(() => auth0({} as never))).toBe("auth0.domain: is missing. Write auth0({ domain: … }).");
});
