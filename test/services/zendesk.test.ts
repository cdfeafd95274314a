import { expect, it } from "vitest";
import { zendesk } from "../../src/services/zendesk.js";
import { changes, fault } from "./support.js";

const PICTURES = "https://static.zdassets.com https://*.zendesk.com https://media.smooch.io https://*.zdusercontent.com";
const REQUESTS = "https://*.zdassets.com https://*.zendesk.com https://*.smooch.io wss://*.zendesk.com wss://api.smooch.io";

it("on strict", () => {
  expect(changes("strict", zendesk())).toEqual({
    "script-src": "'self' https://static.zdassets.com",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": `'self' blob: data: ${PICTURES}`,
    "connect-src": `'self' ${REQUESTS}`,
    "media-src": "https://static.zdassets.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", zendesk())).toEqual({
    "style-src": "'self' 'unsafe-inline'",
    "img-src": `'self' data: blob: ${PICTURES}`,
    "connect-src": `'self' ${REQUESTS}`,
    "media-src": "https://static.zdassets.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", zendesk())).toEqual({
    "script-src": "'self' https://static.zdassets.com",
    "img-src": `'self' data: blob: ${PICTURES}`,
    "connect-src": `'self' ${REQUESTS}`,
    "media-src": "'self' https://static.zdassets.com",
  });
});

it("with calls", () => {
  expect(changes("strict", zendesk({ voice: true }))).toMatchObject({
    "connect-src": `'self' ${REQUESTS} https://*.twilio.com wss://voice-js.roaming.twilio.com`,
  });
});

it("the classic widget", () => {
  expect(changes("strict", zendesk({ widget: "classic" }))).toEqual({
    "script-src": "'self' https://static.zdassets.com",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: https://static.zdassets.com https://v2assets.zopim.io",
    "connect-src": "'self' https://*.zdassets.com https://*.zendesk.com https://*.zopim.com wss://*.zendesk.com wss://*.zopim.com",
    "media-src": "https://static.zdassets.com",
  });
});

it("the classic widget of one account", () => {
  expect(changes("strict", zendesk({ widget: "classic", subdomain: "example" }))).toMatchObject({
    "connect-src":
      "'self' https://*.zdassets.com https://example.zendesk.com https://*.zopim.com wss://example.zendesk.com wss://*.zopim.com",
  });
});

it("messaging of one account is refused", () => {
  expect(fault(() => zendesk({ subdomain: "example" }))).toBe(
    'zendesk.subdomain: messaging needs more of zendesk.com than the account\'s own host. Leave it out; with widget: "classic" it is taken.',
  );
});

it("a host as the subdomain", () => {
  expect(fault(() => zendesk({ widget: "classic", subdomain: "example.zendesk.com" }))).toMatch(
    /^zendesk\.subdomain: "example\.zendesk\.com" is not a subdomain of zendesk\.com such as "example"\./,
  );
});

it.each(["messaging", "classic"] as const)("with calls in %s, the page may use the microphone and not the camera", (widget) => {
  const { microphone, camera } = changes("strict", zendesk({ widget, voice: true }));
  expect([microphone, camera]).toEqual(["(self)", undefined]);
});

it("with calls in the classic widget", () => {
  expect(changes("strict", zendesk({ widget: "classic", subdomain: "example", voice: true }))["connect-src"]).toBe(
    "'self' https://*.zdassets.com https://example.zendesk.com https://*.zopim.com wss://example.zendesk.com wss://*.zopim.com https://*.twilio.com wss://voice-js.roaming.twilio.com",
  );
});
