import { describe, expect, it } from "vitest";
import { featureKnowledge } from "../../src/audit/headers/permissions-policy/features.js";
import { compare } from "../../src/audit/index.js";
import { features } from "../../src/headers/permissions-policy/features.js";

// As the specifications define them; test/browser/features.test.ts asks Chromium.
const EVERY_FRAME = [
  "ariaNotify",
  "attributionReporting",
  "browsingTopics",
  "chUaHighEntropyValues",
  "deferredFetchMinimal",
  "documentDomain",
  "executionWhileNotRendered",
  "executionWhileOutOfViewport",
  "focusWithoutUserActivation",
  "gamepad",
  "interestCohort",
  "joinAdInterestGroup",
  "mediasession",
  "pictureInPicture",
  "privateAggregation",
  "privateStateTokenIssuance",
  "privateStateTokenRedemption",
  "runAdAuction",
  "sharedStorage",
  "sharedStorageSelectUrl",
  "storageAccess",
  "syncXhr",
  "unload",
  "verticalScroll",
];
const OWN_ORIGIN = [
  "accelerometer",
  "ambientLightSensor",
  "autoplay",
  "bluetooth",
  "camera",
  "capturedSurfaceControl",
  "clipboardRead",
  "clipboardWrite",
  "computePressure",
  "conversionMeasurement",
  "crossOriginIsolated",
  "deferredFetch",
  "digitalCredentialsCreate",
  "digitalCredentialsGet",
  "displayCapture",
  "encryptedMedia",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "hid",
  "identityCredentialsGet",
  "idleDetection",
  "keyboardMap",
  "languageDetector",
  "languageModel",
  "localFonts",
  "localNetwork",
  "localNetworkAccess",
  "loopbackNetwork",
  "magnetometer",
  "manualText",
  "microphone",
  "midi",
  "navigationOverride",
  "onDeviceSpeechRecognition",
  "otpCredentials",
  "payment",
  "publickeyCredentialsCreate",
  "publickeyCredentialsGet",
  "rewriter",
  "screenWakeLock",
  "serial",
  "smartCard",
  "speakerSelection",
  "summarizer",
  "translator",
  "trustTokenRedemption",
  "usb",
  "webAppInstallation",
  "webShare",
  "windowManagement",
  "windowPlacement",
  "writer",
  "xrSpatialTracking",
];

const withDefault = (allowlist: string) => Object.keys(features).filter((key) => featureKnowledge(key)?.defaultAllowlist === allowlist);
const permissions = (text: string) => (text === "" ? {} : { "Permissions-Policy": text });
const compared = (before: string, after: string) => {
  const { verdict, headers } = compare(permissions(before), permissions(after));
  return [verdict, headers[0]?.directives?.[0]?.message];
};

describe("the default allowlist", () => {
  it("is * for features that frames of other sites have without an allow attribute", () => {
    expect(withDefault("*")).toEqual(EVERY_FRAME);
  });
  it("is self for all other features", () => {
    expect(withDefault("self")).toEqual(OWN_ORIGIN);
  });
});

describe("compare says of a feature that one side does not name", () => {
  it.each([...EVERY_FRAME, ...OWN_ORIGIN])("%s: the same as *", (key) => {
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect([compare({}, permissions(`${name}=*`)).verdict, compare(permissions(`${name}=*`), {}).verdict]).toEqual(["same", "same"]);
  });
  it.each([
    ["", "camera=*", "same", "Allows the same as without camera in the header."],
    ["gamepad=*", "", "same", "Allows the same as without gamepad in the header."],
    ["", "gamepad=(self)", "stronger", "No longer allowed: gamepad for every frame, with an allow attribute or without."],
    ["gamepad=()", "", "weaker", "Now allowed: gamepad for every frame, with an allow attribute or without."],
    ["camera=(self)", "", "weaker", 'Now allowed: camera for every frame with allow="camera".'],
    ["", 'camera=(self "https://a.example")', "stronger", 'No longer allowed: camera for every frame with allow="camera".'],
    [
      "",
      'gamepad=(self "https://a.example")',
      "stronger",
      "No longer allowed: gamepad for every frame, with an allow attribute or without.",
    ],
    ["camera=(self)", "camera=*", "weaker", 'Now allowed: camera for every frame with allow="camera".'],
  ])("%j → %j: %s", (before, after, verdict, message) => {
    expect(compared(before, after)).toEqual([verdict, message]);
  });
});
