import type { features } from "../../../headers/permissions-policy/features.js";
import { bareRows } from "../rows.js";

/** What an auditor knows of a feature of Permissions-Policy. */
export interface FeatureKnowledge {
  /**
   * What a frame of another site has where no header limits the feature: `"*"`, the feature; `"self"`, the feature only where the frame's
   * `allow` attribute names it. Permissions Policy §4.8, §9.7. For features that browsers have removed, what they had last. Of a client
   * hint also which requests of the page may carry it: `"*"`, all; `"self"`, those to its own origin.
   */
  readonly defaultAllowlist: "*" | "self";
  /** Reaches devices, places or money: a header that names it and does not limit it is a finding. */
  readonly sensitive?: true;
  /**
   * The header does not only limit it, but names the origins that get it: with requests of the page, and as frames without an `allow`
   * attribute. Client Hints Infrastructure §4.
   */
  readonly clientHint?: true;
}

export type FeatureKey = keyof typeof features;

/** A feature of the registry without a row here is a compile error. */
const KNOWLEDGE = {
  accelerometer: { defaultAllowlist: "self" },
  ambientLightSensor: { defaultAllowlist: "self" },
  ariaNotify: { defaultAllowlist: "*" },
  attributionReporting: { defaultAllowlist: "*" },
  autoplay: { defaultAllowlist: "self" },
  bluetooth: { defaultAllowlist: "self", sensitive: true },
  browsingTopics: { defaultAllowlist: "*" },
  camera: { defaultAllowlist: "self", sensitive: true },
  capturedSurfaceControl: { defaultAllowlist: "self" },
  chDeviceMemory: { defaultAllowlist: "self", clientHint: true },
  chDownlink: { defaultAllowlist: "self", clientHint: true },
  chDpr: { defaultAllowlist: "self", clientHint: true },
  chEct: { defaultAllowlist: "self", clientHint: true },
  chPrefersColorScheme: { defaultAllowlist: "self", clientHint: true },
  chPrefersReducedMotion: { defaultAllowlist: "self", clientHint: true },
  chPrefersReducedTransparency: { defaultAllowlist: "self", clientHint: true },
  chRtt: { defaultAllowlist: "self", clientHint: true },
  chSaveData: { defaultAllowlist: "*", clientHint: true },
  chUa: { defaultAllowlist: "*", clientHint: true },
  chUaArch: { defaultAllowlist: "self", clientHint: true },
  chUaBitness: { defaultAllowlist: "self", clientHint: true },
  chUaFormFactors: { defaultAllowlist: "self", clientHint: true },
  chUaFullVersion: { defaultAllowlist: "self", clientHint: true },
  chUaFullVersionList: { defaultAllowlist: "self", clientHint: true },
  chUaHighEntropyValues: { defaultAllowlist: "*" },
  chUaMobile: { defaultAllowlist: "*", clientHint: true },
  chUaModel: { defaultAllowlist: "self", clientHint: true },
  chUaPlatform: { defaultAllowlist: "*", clientHint: true },
  chUaPlatformVersion: { defaultAllowlist: "self", clientHint: true },
  chUaWow64: { defaultAllowlist: "self", clientHint: true },
  chViewportHeight: { defaultAllowlist: "self", clientHint: true },
  chViewportWidth: { defaultAllowlist: "self", clientHint: true },
  chWidth: { defaultAllowlist: "self", clientHint: true },
  clipboardRead: { defaultAllowlist: "self" },
  clipboardWrite: { defaultAllowlist: "self" },
  computePressure: { defaultAllowlist: "self" },
  conversionMeasurement: { defaultAllowlist: "self" },
  crossOriginIsolated: { defaultAllowlist: "self" },
  deferredFetch: { defaultAllowlist: "self" },
  deferredFetchMinimal: { defaultAllowlist: "*" },
  digitalCredentialsCreate: { defaultAllowlist: "self" },
  digitalCredentialsGet: { defaultAllowlist: "self" },
  displayCapture: { defaultAllowlist: "self", sensitive: true },
  documentDomain: { defaultAllowlist: "*" },
  encryptedMedia: { defaultAllowlist: "self" },
  executionWhileNotRendered: { defaultAllowlist: "*" },
  executionWhileOutOfViewport: { defaultAllowlist: "*" },
  focusWithoutUserActivation: { defaultAllowlist: "*" },
  fullscreen: { defaultAllowlist: "self" },
  gamepad: { defaultAllowlist: "*" },
  geolocation: { defaultAllowlist: "self", sensitive: true },
  gyroscope: { defaultAllowlist: "self" },
  hid: { defaultAllowlist: "self", sensitive: true },
  identityCredentialsGet: { defaultAllowlist: "self" },
  idleDetection: { defaultAllowlist: "self" },
  interestCohort: { defaultAllowlist: "*" },
  joinAdInterestGroup: { defaultAllowlist: "*" },
  keyboardMap: { defaultAllowlist: "self" },
  languageDetector: { defaultAllowlist: "self" },
  languageModel: { defaultAllowlist: "self" },
  localFonts: { defaultAllowlist: "self" },
  localNetwork: { defaultAllowlist: "self" },
  localNetworkAccess: { defaultAllowlist: "self" },
  loopbackNetwork: { defaultAllowlist: "self" },
  magnetometer: { defaultAllowlist: "self" },
  manualText: { defaultAllowlist: "self" },
  mediaPlaybackWhileNotVisible: { defaultAllowlist: "*" },
  mediasession: { defaultAllowlist: "*" },
  microphone: { defaultAllowlist: "self", sensitive: true },
  midi: { defaultAllowlist: "self" },
  navigationOverride: { defaultAllowlist: "self" },
  onDeviceSpeechRecognition: { defaultAllowlist: "self" },
  otpCredentials: { defaultAllowlist: "self" },
  payment: { defaultAllowlist: "self", sensitive: true },
  pictureInPicture: { defaultAllowlist: "*" },
  privateAggregation: { defaultAllowlist: "*" },
  privateStateTokenIssuance: { defaultAllowlist: "*" },
  privateStateTokenRedemption: { defaultAllowlist: "*" },
  publickeyCredentialsCreate: { defaultAllowlist: "self" },
  publickeyCredentialsGet: { defaultAllowlist: "self" },
  rewriter: { defaultAllowlist: "self" },
  runAdAuction: { defaultAllowlist: "*" },
  screenWakeLock: { defaultAllowlist: "self" },
  serial: { defaultAllowlist: "self", sensitive: true },
  sharedStorage: { defaultAllowlist: "*" },
  sharedStorageSelectUrl: { defaultAllowlist: "*" },
  smartCard: { defaultAllowlist: "self" },
  speakerSelection: { defaultAllowlist: "self" },
  storageAccess: { defaultAllowlist: "*" },
  summarizer: { defaultAllowlist: "self" },
  syncXhr: { defaultAllowlist: "*" },
  translator: { defaultAllowlist: "self" },
  trustTokenRedemption: { defaultAllowlist: "self" },
  unload: { defaultAllowlist: "*" },
  usb: { defaultAllowlist: "self", sensitive: true },
  verticalScroll: { defaultAllowlist: "*" },
  webAppInstallation: { defaultAllowlist: "self" },
  webShare: { defaultAllowlist: "self" },
  windowManagement: { defaultAllowlist: "self" },
  windowPlacement: { defaultAllowlist: "self" },
  writer: { defaultAllowlist: "self" },
  xrSpatialTracking: { defaultAllowlist: "self" },
} satisfies Record<FeatureKey, FeatureKnowledge>;

/** The same for run time: without prototypes, as only what is written here is known. */
const BY_KEY: Readonly<Record<string, FeatureKnowledge | undefined>> = bareRows<FeatureKnowledge>(KNOWLEDGE);

/** What is known of a feature, by its key; undefined for one that is not known here. */
export function featureKnowledge(key: string): FeatureKnowledge | undefined {
  return BY_KEY[key];
}
