import { expect, it } from "vitest";
import { type Feature, features } from "../../src/headers/permissions-policy/features.js";
import { noPowerfulFeatures } from "../../src/headers/permissions-policy/index.js";

const withFlag = (flag: keyof Feature) => Object.entries(features).flatMap(([name, feature]) => (flag in feature ? [name] : []));

it("browsers have removed these features", () => {
  expect(withFlag("retired")).toEqual([
    "attributionReporting",
    "browsingTopics",
    "conversionMeasurement",
    "documentDomain",
    "interestCohort",
    "joinAdInterestGroup",
    "runAdAuction",
    "trustTokenRedemption",
    "windowPlacement",
  ]);
});

it("browsers warn of this feature alone", () => {
  expect(withFlag("warnedOf")).toEqual(["bluetooth"]);
});

it("the strict presets switch these features off", () => {
  expect(noPowerfulFeatures()).toEqual({
    accelerometer: [],
    camera: [],
    capturedSurfaceControl: [],
    computePressure: [],
    displayCapture: [],
    geolocation: [],
    gyroscope: [],
    hid: [],
    identityCredentialsGet: [],
    idleDetection: [],
    keyboardMap: [],
    localFonts: [],
    localNetworkAccess: [],
    magnetometer: [],
    microphone: [],
    midi: [],
    otpCredentials: [],
    payment: [],
    screenWakeLock: [],
    serial: [],
    storageAccess: [],
    usb: [],
    windowManagement: [],
    xrSpatialTracking: [],
  });
});
