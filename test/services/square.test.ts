import { expect, it } from "vitest";
import { square } from "../../src/services/square.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", square())).toEqual({
    "script-src": "'self' https://web.squarecdn.com",
    "style-src": "'self' https://web.squarecdn.com 'unsafe-inline'",
    "font-src": "'self' https://square-fonts-production-f.squarecdn.com https://d1g145x70srn7h.cloudfront.net",
    "connect-src": "'self' https://web.squarecdn.com https://pci-connect.squareup.com https://o160250.ingest.sentry.io",
    "frame-src": "https://web.squarecdn.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", square())).toEqual({
    "style-src": "'self' https://web.squarecdn.com 'unsafe-inline'",
    "font-src": "'self' https://square-fonts-production-f.squarecdn.com https://d1g145x70srn7h.cloudfront.net",
    "connect-src": "'self' https://web.squarecdn.com https://pci-connect.squareup.com https://o160250.ingest.sentry.io",
    "frame-src": "https://web.squarecdn.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", square())).toEqual({
    "script-src": "'self' https://web.squarecdn.com",
    "style-src": "'self' 'unsafe-inline' https://web.squarecdn.com",
    "font-src": "'self' data: https://square-fonts-production-f.squarecdn.com https://d1g145x70srn7h.cloudfront.net",
    "connect-src": "'self' https://web.squarecdn.com https://pci-connect.squareup.com https://o160250.ingest.sentry.io",
    "frame-src": "'self' https://web.squarecdn.com",
  });
});

it("in the sandbox", () => {
  expect(changes("strict", square({ environment: "sandbox" }))).toEqual({
    "script-src": "'self' https://sandbox.web.squarecdn.com",
    "style-src": "'self' https://sandbox.web.squarecdn.com 'unsafe-inline'",
    "font-src": "'self' https://square-fonts-production-f.squarecdn.com https://d1g145x70srn7h.cloudfront.net",
    "connect-src": "'self' https://sandbox.web.squarecdn.com https://pci-connect.squareupsandbox.com https://o160250.ingest.sentry.io",
    "frame-src": "https://sandbox.web.squarecdn.com",
  });
});

it("with 3-D Secure", () => {
  expect(changes("strict", square({ threeDSecure: true }))["frame-src"]).toBe("https://web.squarecdn.com https:");
});

it("an environment that there is not", () => {
  expect(fault(() => square({ environment: "live" } as never))).toBe(
    'square.environment: "live" is not one of its values. Write "production" or "sandbox".',
  );
});
