import { expect, it } from "vitest";
import { intercom } from "../../src/services/intercom.js";
import { changes, fault } from "./support.js";

const PICTURES =
  "https://js.intercomcdn.com https://static.intercomassets.com https://uploads.intercomusercontent.com https://gifs.intercomcdn.com https://video-messages.intercomcdn.com";
const REQUESTS =
  "https://via.intercom.io https://api-ping.intercom.io https://*.intercom-messenger.com wss://*.intercom-messenger.com https://uploads.intercomusercontent.com";
const PICTURES_US =
  "https://downloads.intercomcdn.com https://messenger-apps.intercom.io https://*.intercom-attachments-1.com https://*.intercom-attachments-2.com https://*.intercom-attachments-3.com https://*.intercom-attachments-4.com https://*.intercom-attachments-5.com https://*.intercom-attachments-6.com https://*.intercom-attachments-7.com https://*.intercom-attachments-8.com https://*.intercom-attachments-9.com";
const REQUESTS_US =
  "https://api.intercom.io https://api-iam.intercom.io https://nexus-websocket-a.intercom.io https://nexus-websocket-b.intercom.io wss://nexus-websocket-a.intercom.io wss://nexus-websocket-b.intercom.io https://uploads.intercomcdn.com";

it("on strict", () => {
  expect(changes("strict", intercom())).toEqual({
    "script-src": "'self' https://app.intercom.io https://widget.intercom.io https://js.intercomcdn.com",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": `'self' blob: data: ${PICTURES} ${PICTURES_US}`,
    "font-src": "'self' https://js.intercomcdn.com https://fonts.intercomcdn.com",
    "connect-src": `'self' ${REQUESTS} ${REQUESTS_US}`,
    "media-src": "https://js.intercomcdn.com https://downloads.intercomcdn.com",
    "frame-src": "https://intercom-sheets.com https://www.intercom-reporting.com",
    "form-action": "'self' https://intercom.help https://api-iam.intercom.io",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", intercom())).toEqual({
    "style-src": "'self' 'unsafe-inline'",
    "img-src": `'self' data: blob: ${PICTURES} ${PICTURES_US}`,
    "font-src": "'self' https://js.intercomcdn.com https://fonts.intercomcdn.com",
    "connect-src": `'self' ${REQUESTS} ${REQUESTS_US}`,
    "media-src": "https://js.intercomcdn.com https://downloads.intercomcdn.com",
    "frame-src": "https://intercom-sheets.com https://www.intercom-reporting.com",
    "form-action": "'self' https://intercom.help https://api-iam.intercom.io",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", intercom())).toEqual({
    "script-src": "'self' https://app.intercom.io https://widget.intercom.io https://js.intercomcdn.com",
    "img-src": `'self' data: blob: ${PICTURES} ${PICTURES_US}`,
    "font-src": "'self' data: https://js.intercomcdn.com https://fonts.intercomcdn.com",
    "connect-src": `'self' ${REQUESTS} ${REQUESTS_US}`,
    "media-src": "'self' https://js.intercomcdn.com https://downloads.intercomcdn.com",
    "frame-src": "'self' https://intercom-sheets.com https://www.intercom-reporting.com",
    "form-action": "'self' https://intercom.help https://api-iam.intercom.io",
  });
});

it("in Europe", () => {
  expect(changes("strict", intercom({ region: "eu" }))).toMatchObject({
    "img-src": `'self' blob: data: ${PICTURES} https://downloads.intercomcdn.eu https://messenger-apps.eu.intercom.io https://*.intercom-attachments.eu https://static.intercomassets.eu`,
    "connect-src": `'self' ${REQUESTS} https://api.eu.intercom.io https://api-iam.eu.intercom.io https://nexus-europe-websocket.intercom.io wss://nexus-europe-websocket.intercom.io https://uploads.intercomcdn.eu https://uploads.eu.intercomcdn.com`,
    "media-src": "https://js.intercomcdn.com https://downloads.intercomcdn.eu",
    "form-action": "'self' https://intercom.help https://api-iam.eu.intercom.io",
  });
});

it("in Australia", () => {
  expect(changes("strict", intercom({ region: "au" }))).toMatchObject({
    "img-src": `'self' blob: data: ${PICTURES} https://downloads.au.intercomcdn.com https://messenger-apps.au.intercom.io https://*.au.intercom-attachments.com https://static.au.intercomassets.com`,
    "connect-src": `'self' ${REQUESTS} https://api.au.intercom.io https://api-iam.au.intercom.io https://nexus-australia-websocket.intercom.io wss://nexus-australia-websocket.intercom.io https://uploads.au.intercomcdn.com`,
    "media-src": "https://js.intercomcdn.com https://downloads.au.intercomcdn.com",
    "form-action": "'self' https://intercom.help https://api-iam.au.intercom.io",
  });
});

it("with films", () => {
  expect(changes("strict", intercom({ videos: true }))).toMatchObject({
    "frame-src":
      "https://intercom-sheets.com https://www.intercom-reporting.com https://www.youtube.com https://player.vimeo.com https://fast.wistia.net",
  });
});

it("another region", () => {
  expect(fault(() => intercom({ region: "uk" } as never))).toBe(
    'intercom.region: "uk" is not one of its values. Write "us" or "eu" or "au".',
  );
});
