import { expect, it } from "vitest";
import { plausible } from "../../src/services/plausible.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", plausible())).toEqual({
    "script-src": "'self' https://plausible.io",
    "connect-src": "'self' https://plausible.io",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", plausible())).toEqual({ "connect-src": "'self' https://plausible.io" });
});

it("on recommended", () => {
  expect(changes("recommended", plausible())).toEqual({
    "script-src": "'self' https://plausible.io",
    "connect-src": "'self' https://plausible.io",
  });
});

it("on a host of one's own", () => {
  expect(changes("strict", plausible({ host: "stats.example.com:8443" }))).toEqual({
    "script-src": "'self' https://stats.example.com:8443",
    "connect-src": "'self' https://stats.example.com:8443",
  });
});

it("a host with a scheme", () => {
  expect(fault(() => plausible({ host: "https://stats.example.com" }))).toBe(
    'plausible.host: "https://stats.example.com" is not a host such as "plausible.example.com", without https:// and without a path. Write "stats.example.com".',
  );
});
