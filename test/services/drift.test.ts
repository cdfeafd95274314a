import { expect, it } from "vitest";
import { drift } from "../../src/services/drift.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", drift())).toEqual({
    "script-src": "'self' https://js.driftt.com https://widget.drift.com",
    "connect-src": "'self' https://*.drift.com wss://*.drift.com",
    "frame-src": "https://js.driftt.com https://widget.drift.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", drift())).toEqual({
    "connect-src": "'self' https://*.drift.com wss://*.drift.com",
    "frame-src": "https://js.driftt.com https://widget.drift.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", drift())).toEqual({
    "script-src": "'self' https://js.driftt.com https://widget.drift.com",
    "connect-src": "'self' https://*.drift.com wss://*.drift.com",
    "frame-src": "'self' https://js.driftt.com https://widget.drift.com",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => drift({ embed: "id" } as never))).toMatch(/^drift\.embed: unknown option\./);
});
