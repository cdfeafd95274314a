import { expect, it } from "vitest";
import { segment } from "../../src/services/segment.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", segment())).toEqual({
    "script-src": "'self' https://cdn.segment.com",
    "connect-src": "'self' https://cdn.segment.com https://api.segment.io",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", segment())).toEqual({
    "connect-src": "'self' https://cdn.segment.com https://api.segment.io",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", segment())).toEqual({
    "script-src": "'self' https://cdn.segment.com",
    "connect-src": "'self' https://cdn.segment.com https://api.segment.io",
  });
});

it("with events that go to Dublin", () => {
  expect(changes("strict", segment({ region: "eu" }))).toEqual({
    "script-src": "'self' https://cdn.segment.com",
    "connect-src": "'self' https://cdn.segment.com https://api.segment.io https://events.eu1.segmentapis.com",
  });
});

it("a region that there is not", () => {
  expect(fault(() => segment({ region: "ap" } as never))).toBe('segment.region: "ap" is not one of its values. Write "us" or "eu".');
});
