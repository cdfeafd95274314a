import { expect, it } from "vitest";
import { clerk } from "../../src/services/clerk.js";
import { changes, fault } from "./support.js";

const frontendApi = "clerk.example.com";

it("on strict", () => {
  expect(changes("strict", clerk({ frontendApi }))).toEqual({
    "script-src": "'self' https://clerk.example.com https://challenges.cloudflare.com https://*.protect.clerk.com",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' https://img.clerk.com",
    "connect-src": "'self' https://clerk.example.com https://*.protect.clerk.com:*",
    "frame-src": "https://challenges.cloudflare.com https://*.protect.clerk.com",
    "worker-src": "'self' blob:",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", clerk({ frontendApi }))).toEqual({
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: https://img.clerk.com",
    "connect-src": "'self' https://clerk.example.com https://*.protect.clerk.com:*",
    "frame-src": "https://challenges.cloudflare.com https://*.protect.clerk.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", clerk({ frontendApi }))).toEqual({
    "script-src": "'self' https://clerk.example.com https://challenges.cloudflare.com https://*.protect.clerk.com",
    "img-src": "'self' data: https://img.clerk.com",
    "connect-src": "'self' https://clerk.example.com https://*.protect.clerk.com:*",
    "frame-src": "'self' https://challenges.cloudflare.com https://*.protect.clerk.com",
    "worker-src": "'self' blob:",
  });
});

it("with telemetry", () => {
  expect(changes("strict", clerk({ frontendApi, telemetry: true }))).toMatchObject({
    "connect-src":
      "'self' https://clerk.example.com https://*.protect.clerk.com:* https://clerk-telemetry.com https://*.clerk-telemetry.com",
  });
});

it("no host of the Frontend API", () => {
  expect(fault(() => clerk(undefined as never))).toBe("clerk.frontendApi: is missing. Write clerk({ frontendApi: … }).");
});

it("an option that it does not have", () => {
  expect(fault(() => clerk({ frontendApi, telemtry: true } as never))).toBe('clerk.telemtry: unknown option. Did you mean "telemetry"?');
});
