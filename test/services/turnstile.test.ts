import { expect, it } from "vitest";
import { turnstile } from "../../src/services/turnstile.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", turnstile())).toEqual({
    "script-src": "'self' https://challenges.cloudflare.com",
    "frame-src": "https://challenges.cloudflare.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", turnstile())).toEqual({
    "frame-src": "https://challenges.cloudflare.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", turnstile())).toEqual({
    "script-src": "'self' https://challenges.cloudflare.com",
    "frame-src": "'self' https://challenges.cloudflare.com",
  });
});

it("with pre-clearance", () => {
  const nothing = { contentSecurityPolicy: { connectSrc: ["none"] } } as const;
  expect(changes("strict", nothing, turnstile({ preClearance: true }))).not.toHaveProperty("connect-src");
});

it("an option that it does not have", () => {
  expect(fault(() => turnstile({ preclearance: true } as never))).toBe(
    'turnstile.preclearance: unknown option. Did you mean "preClearance"?',
  );
});
