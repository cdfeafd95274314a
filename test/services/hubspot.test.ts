import { expect, it } from "vitest";
import { hubspot } from "../../src/services/hubspot.js";
import { changes, fault } from "./support.js";

const SCRIPTS = "'self' https://*.hs-scripts.com https://*.hs-analytics.net https://*.hs-banner.com https://*.hscollectedforms.net";
const REQUESTS = "'self' https://*.hubspot.com https://*.hs-banner.com https://*.hscollectedforms.net";

it("on strict", () => {
  expect(changes("strict", hubspot())).toEqual({
    "script-src": SCRIPTS,
    "img-src": "'self' https://*.hubspot.com",
    "connect-src": REQUESTS,
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", hubspot())).toEqual({
    "img-src": "'self' data: https://*.hubspot.com",
    "connect-src": REQUESTS,
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", hubspot())).toEqual({
    "script-src": SCRIPTS,
    "img-src": "'self' data: https://*.hubspot.com",
    "connect-src": REQUESTS,
  });
});

it("the chat alone", () => {
  expect(changes("strictDynamic", hubspot({ tracking: false, chat: true }))).toEqual({
    "img-src": "'self' data: https://*.hubspot.com",
    "connect-src": "'self' https://*.hubspot.com https://*.hubapi.com",
    "frame-src": "https://*.hubspot.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("forms alone", () => {
  expect(changes("strict", hubspot({ tracking: false, forms: true }))).toEqual({
    "script-src": "'self' https://*.hsforms.net https://*.hsforms.com",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' https://*.hsforms.net https://*.hsforms.com",
    "connect-src": "'self' https://*.hsforms.com https://*.hubspot.com",
    "frame-src": "https://*.hsforms.net https://*.hsforms.com",
    "form-action": "'self' https://forms.hsforms.com",
  });
});

it("with the chat and forms", () => {
  expect(changes("strict", hubspot({ chat: true, forms: true }))).toMatchObject({
    "script-src": `${SCRIPTS} https://*.usemessages.com https://static.hsappstatic.net https://*.hsforms.net https://*.hsforms.com`,
    "connect-src": `${REQUESTS} https://*.hubapi.com https://*.hsforms.com`,
  });
});

it("without any part", () => {
  expect(changes("strictDynamic", hubspot({ tracking: false }))).toEqual({});
});

it("an option that is not true or false", () => {
  expect(fault(() => hubspot({ chat: "yes" } as never))).toMatch(/^hubspot\.chat: "yes" is not true or false\./);
});
