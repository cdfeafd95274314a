import { describe, expect, it } from "vitest";
import { featureKnowledge } from "../../src/audit/headers/permissions-policy/features.js";
import { compare } from "../../src/audit/index.js";
import { features } from "../../src/headers/permissions-policy/features.js";

// As the specifications define them; test/browser/features.test.ts asks Chromium.
const EVERY_FRAME = [
  "ariaNotify",
  "attributionReporting",
  "browsingTopics",
  "chSaveData",
  "chUa",
  "chUaHighEntropyValues",
  "chUaMobile",
  "chUaPlatform",
  "deferredFetchMinimal",
  "documentDomain",
  "executionWhileNotRendered",
  "executionWhileOutOfViewport",
  "focusWithoutUserActivation",
  "gamepad",
  "interestCohort",
  "joinAdInterestGroup",
  "mediaPlaybackWhileNotVisible",
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
  "chDeviceMemory",
  "chDownlink",
  "chDpr",
  "chEct",
  "chPrefersColorScheme",
  "chPrefersReducedMotion",
  "chPrefersReducedTransparency",
  "chRtt",
  "chUaArch",
  "chUaBitness",
  "chUaFormFactors",
  "chUaFullVersion",
  "chUaFullVersionList",
  "chUaModel",
  "chUaPlatformVersion",
  "chUaWow64",
  "chViewportHeight",
  "chViewportWidth",
  "chWidth",
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

// Client Hints Infrastructure: requests to other origins carry them only where the header names these.
const OWN_REQUESTS = [
  "ch-device-memory",
  "ch-downlink",
  "ch-dpr",
  "ch-ect",
  "ch-prefers-color-scheme",
  "ch-prefers-reduced-motion",
  "ch-prefers-reduced-transparency",
  "ch-rtt",
  "ch-ua-arch",
  "ch-ua-bitness",
  "ch-ua-form-factors",
  "ch-ua-full-version",
  "ch-ua-full-version-list",
  "ch-ua-model",
  "ch-ua-platform-version",
  "ch-ua-wow64",
  "ch-viewport-height",
  "ch-viewport-width",
  "ch-width",
];
const isHint = (key: string) => key.startsWith("ch") && key !== "chUaHighEntropyValues";

describe("compare says of a client hint", () => {
  it.each(OWN_REQUESTS)("%s: without it in the header requests to other origins do not carry it, with * they do", (name) => {
    expect([compared("", `${name}=*`), compared(`${name}=*`, "")]).toEqual([
      ["weaker", `Now allowed: ${name} in requests to every origin.`],
      ["stronger", `No longer allowed: ${name} in requests to every origin.`],
    ]);
  });
  it.each(["ch-save-data", "ch-ua", "ch-ua-mobile", "ch-ua-platform"])("%s: the same without it in the header as with *", (name) => {
    expect(compared("", `${name}=*`)).toEqual(["same", `Allows the same as without ${name} in the header.`]);
    expect(compared("", `${name}=(self)`)).toEqual(["stronger", `No longer allowed: ${name} in requests to every origin.`]);
  });
  it.each([
    ["ch-dpr=(self)", "ch-dpr=*", "weaker", "Now allowed: ch-dpr in requests to every origin."],
    ["ch-dpr=(self)", 'ch-dpr=(self "https://a.example")', "weaker", "Now allowed: ch-dpr in requests to https://a.example/."],
    ["ch-dpr=()", "ch-dpr=(self)", "weaker", "Now allowed: ch-dpr in requests to https://(this site)/."],
    ["ch-dpr=()", "", "weaker", "Now allowed: ch-dpr in requests to https://(this site)/."],
    ["", "ch-dpr=(self)", "stronger", 'No longer allowed: ch-dpr for every frame with allow="ch-dpr".'],
    [
      "",
      'ch-dpr=(self "https://a.example")',
      "incomparable",
      'Now allowed: ch-dpr in requests to https://a.example/. No longer allowed: ch-dpr for every frame with allow="ch-dpr".',
    ],
    ["ch-dpr=(self)", "ch-dpr=self", "same", "Unchanged."],
  ])("%j → %j: %s", (before, after, verdict, message) => {
    expect(compared(before, after)).toEqual([verdict, message]);
  });
});

describe("compare says of a feature that one side does not name", () => {
  it.each([...EVERY_FRAME, ...OWN_ORIGIN].filter((key) => !isHint(key)))("%s: the same as *", (key) => {
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
