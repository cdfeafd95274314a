import type { features } from "../../../headers/permissions-policy/features.js";
import { bareRows } from "../rows.js";

/** What an auditor knows of a feature of Permissions-Policy. */
export interface FeatureKnowledge {
  /** Without the header, a frame of another site has the feature always, or only where the page delegates it. Permissions Policy §4.2. */
  readonly inFrames: "always" | "delegated";
  /** Reaches devices, places or money: allowing it to every frame is a finding. */
  readonly sensitive?: true;
}

export type FeatureKey = keyof typeof features;

/** A feature of the registry without a row here is a compile error. */
const KNOWLEDGE = {
  accelerometer: { inFrames: "delegated" },
  ambientLightSensor: { inFrames: "delegated" },
  ariaNotify: { inFrames: "delegated" },
  attributionReporting: { inFrames: "delegated" },
  autoplay: { inFrames: "delegated" },
  bluetooth: { inFrames: "delegated", sensitive: true },
  browsingTopics: { inFrames: "delegated" },
  camera: { inFrames: "delegated", sensitive: true },
  capturedSurfaceControl: { inFrames: "delegated" },
  chUaHighEntropyValues: { inFrames: "delegated" },
  clipboardRead: { inFrames: "delegated" },
  clipboardWrite: { inFrames: "delegated" },
  computePressure: { inFrames: "delegated" },
  conversionMeasurement: { inFrames: "delegated" },
  crossOriginIsolated: { inFrames: "delegated" },
  deferredFetch: { inFrames: "delegated" },
  deferredFetchMinimal: { inFrames: "delegated" },
  digitalCredentialsCreate: { inFrames: "delegated" },
  digitalCredentialsGet: { inFrames: "delegated" },
  displayCapture: { inFrames: "delegated", sensitive: true },
  documentDomain: { inFrames: "delegated" },
  encryptedMedia: { inFrames: "delegated" },
  executionWhileNotRendered: { inFrames: "delegated" },
  executionWhileOutOfViewport: { inFrames: "delegated" },
  focusWithoutUserActivation: { inFrames: "delegated" },
  fullscreen: { inFrames: "delegated" },
  gamepad: { inFrames: "delegated" },
  geolocation: { inFrames: "delegated", sensitive: true },
  gyroscope: { inFrames: "delegated" },
  hid: { inFrames: "delegated", sensitive: true },
  identityCredentialsGet: { inFrames: "delegated" },
  idleDetection: { inFrames: "delegated" },
  interestCohort: { inFrames: "delegated" },
  joinAdInterestGroup: { inFrames: "delegated" },
  keyboardMap: { inFrames: "delegated" },
  languageDetector: { inFrames: "delegated" },
  languageModel: { inFrames: "delegated" },
  localFonts: { inFrames: "delegated" },
  localNetwork: { inFrames: "delegated" },
  localNetworkAccess: { inFrames: "delegated" },
  loopbackNetwork: { inFrames: "delegated" },
  magnetometer: { inFrames: "delegated" },
  manualText: { inFrames: "delegated" },
  mediasession: { inFrames: "delegated" },
  microphone: { inFrames: "delegated", sensitive: true },
  midi: { inFrames: "delegated" },
  navigationOverride: { inFrames: "delegated" },
  onDeviceSpeechRecognition: { inFrames: "delegated" },
  otpCredentials: { inFrames: "delegated" },
  payment: { inFrames: "delegated", sensitive: true },
  pictureInPicture: { inFrames: "always" },
  privateAggregation: { inFrames: "delegated" },
  privateStateTokenIssuance: { inFrames: "delegated" },
  privateStateTokenRedemption: { inFrames: "delegated" },
  publickeyCredentialsCreate: { inFrames: "delegated" },
  publickeyCredentialsGet: { inFrames: "delegated" },
  rewriter: { inFrames: "delegated" },
  runAdAuction: { inFrames: "delegated" },
  screenWakeLock: { inFrames: "delegated" },
  serial: { inFrames: "delegated", sensitive: true },
  sharedStorage: { inFrames: "delegated" },
  sharedStorageSelectUrl: { inFrames: "delegated" },
  smartCard: { inFrames: "delegated" },
  speakerSelection: { inFrames: "delegated" },
  storageAccess: { inFrames: "always" },
  summarizer: { inFrames: "delegated" },
  syncXhr: { inFrames: "always" },
  translator: { inFrames: "delegated" },
  trustTokenRedemption: { inFrames: "delegated" },
  unload: { inFrames: "always" },
  usb: { inFrames: "delegated", sensitive: true },
  verticalScroll: { inFrames: "delegated" },
  webAppInstallation: { inFrames: "delegated" },
  webShare: { inFrames: "delegated" },
  windowManagement: { inFrames: "delegated" },
  windowPlacement: { inFrames: "delegated" },
  writer: { inFrames: "delegated" },
  xrSpatialTracking: { inFrames: "delegated" },
} satisfies Record<FeatureKey, FeatureKnowledge>;

/** The same for run time: without prototypes, as only what is written here is known. */
const BY_KEY: Readonly<Record<string, FeatureKnowledge | undefined>> = bareRows<FeatureKnowledge>(KNOWLEDGE);

/** What is known of a feature, by its key; undefined for one that is not known here. */
export function featureKnowledge(key: string): FeatureKnowledge | undefined {
  return BY_KEY[key];
}
