// Written by features.generate.mjs (npm run features) from @mdn/browser-compat-data 8.1.9. Do not edit by hand.

export interface Feature {
  /** Wire name. */
  readonly name: string;
  /** Not for a site that does not ask for it. */
  readonly powerful?: true;
  /** No browser has it any more. */
  readonly retired?: true;
}

/** Every feature, one row each. */
export const features = {
  /** `accelerometer`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/accelerometer */
  accelerometer: { name: "accelerometer", powerful: true },
  /** `ambient-light-sensor`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/ambient-light-sensor */
  ambientLightSensor: { name: "ambient-light-sensor" },
  /** `aria-notify`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/aria-notify */
  ariaNotify: { name: "aria-notify" },
  /**
   * `attribution-reporting`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/attribution-reporting
   * @deprecated browsers have taken it out
   */
  attributionReporting: { name: "attribution-reporting", retired: true },
  /** `autoplay`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/autoplay */
  autoplay: { name: "autoplay" },
  /** `bluetooth`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/bluetooth */
  bluetooth: { name: "bluetooth", powerful: true },
  /**
   * `browsing-topics`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/browsing-topics
   * @deprecated browsers have taken it out
   */
  browsingTopics: { name: "browsing-topics", retired: true },
  /** `camera`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/camera */
  camera: { name: "camera", powerful: true },
  /** `captured-surface-control`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/captured-surface-control */
  capturedSurfaceControl: { name: "captured-surface-control", powerful: true },
  /** `ch-ua-high-entropy-values`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/ch-ua-high-entropy-values */
  chUaHighEntropyValues: { name: "ch-ua-high-entropy-values" },
  /** `clipboard-read`. */
  clipboardRead: { name: "clipboard-read" },
  /** `clipboard-write`. */
  clipboardWrite: { name: "clipboard-write" },
  /** `compute-pressure`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/compute-pressure */
  computePressure: { name: "compute-pressure", powerful: true },
  /**
   * `conversion-measurement`.
   * @deprecated renamed, and then taken out
   */
  conversionMeasurement: { name: "conversion-measurement", retired: true },
  /** `cross-origin-isolated`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/cross-origin-isolated */
  crossOriginIsolated: { name: "cross-origin-isolated" },
  /** `deferred-fetch`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/deferred-fetch */
  deferredFetch: { name: "deferred-fetch" },
  /** `deferred-fetch-minimal`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/deferred-fetch-minimal */
  deferredFetchMinimal: { name: "deferred-fetch-minimal" },
  /** `digital-credentials-create`. */
  digitalCredentialsCreate: { name: "digital-credentials-create" },
  /** `digital-credentials-get`. */
  digitalCredentialsGet: { name: "digital-credentials-get" },
  /** `display-capture`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/display-capture */
  displayCapture: { name: "display-capture", powerful: true },
  /**
   * `document-domain`.
   * @deprecated browsers have no document.domain to set any more; originAgentCluster does it
   */
  documentDomain: { name: "document-domain", retired: true },
  /** `encrypted-media`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/encrypted-media */
  encryptedMedia: { name: "encrypted-media" },
  /** `execution-while-not-rendered`. */
  executionWhileNotRendered: { name: "execution-while-not-rendered" },
  /** `execution-while-out-of-viewport`. */
  executionWhileOutOfViewport: { name: "execution-while-out-of-viewport" },
  /** `focus-without-user-activation`. */
  focusWithoutUserActivation: { name: "focus-without-user-activation" },
  /** `fullscreen`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/fullscreen */
  fullscreen: { name: "fullscreen" },
  /** `gamepad`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/gamepad */
  gamepad: { name: "gamepad" },
  /** `geolocation`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/geolocation */
  geolocation: { name: "geolocation", powerful: true },
  /** `gyroscope`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/gyroscope */
  gyroscope: { name: "gyroscope", powerful: true },
  /** `hid`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/hid */
  hid: { name: "hid", powerful: true },
  /** `identity-credentials-get`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/identity-credentials-get */
  identityCredentialsGet: { name: "identity-credentials-get", powerful: true },
  /** `idle-detection`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/idle-detection */
  idleDetection: { name: "idle-detection", powerful: true },
  /**
   * `interest-cohort`.
   * @deprecated FLoC was given up in 2022
   */
  interestCohort: { name: "interest-cohort", retired: true },
  /**
   * `join-ad-interest-group`.
   * @deprecated browsers have taken it out
   */
  joinAdInterestGroup: { name: "join-ad-interest-group", retired: true },
  /** `keyboard-map`. */
  keyboardMap: { name: "keyboard-map", powerful: true },
  /** `language-detector`. */
  languageDetector: { name: "language-detector" },
  /** `language-model`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/language-model */
  languageModel: { name: "language-model" },
  /** `local-fonts`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/local-fonts */
  localFonts: { name: "local-fonts", powerful: true },
  /** `local-network`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/local-network */
  localNetwork: { name: "local-network" },
  /** `local-network-access`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/local-network-access */
  localNetworkAccess: { name: "local-network-access", powerful: true },
  /** `loopback-network`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/loopback-network */
  loopbackNetwork: { name: "loopback-network" },
  /** `magnetometer`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/magnetometer */
  magnetometer: { name: "magnetometer", powerful: true },
  /** `manual-text`. */
  manualText: { name: "manual-text" },
  /** `mediasession`. */
  mediasession: { name: "mediasession" },
  /** `microphone`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/microphone */
  microphone: { name: "microphone", powerful: true },
  /** `midi`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/midi */
  midi: { name: "midi", powerful: true },
  /** `navigation-override`. */
  navigationOverride: { name: "navigation-override" },
  /** `on-device-speech-recognition`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/on-device-speech-recognition */
  onDeviceSpeechRecognition: { name: "on-device-speech-recognition" },
  /** `otp-credentials`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/otp-credentials */
  otpCredentials: { name: "otp-credentials", powerful: true },
  /** `payment`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/payment */
  payment: { name: "payment", powerful: true },
  /** `picture-in-picture`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/picture-in-picture */
  pictureInPicture: { name: "picture-in-picture" },
  /** `private-aggregation`. */
  privateAggregation: { name: "private-aggregation" },
  /** `private-state-token-issuance`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/private-state-token-issuance */
  privateStateTokenIssuance: { name: "private-state-token-issuance" },
  /** `private-state-token-redemption`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/private-state-token-redemption */
  privateStateTokenRedemption: { name: "private-state-token-redemption" },
  /** `publickey-credentials-create`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/publickey-credentials-create */
  publickeyCredentialsCreate: { name: "publickey-credentials-create" },
  /** `publickey-credentials-get`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/publickey-credentials-get */
  publickeyCredentialsGet: { name: "publickey-credentials-get" },
  /** `rewriter`. */
  rewriter: { name: "rewriter" },
  /**
   * `run-ad-auction`.
   * @deprecated browsers have taken it out
   */
  runAdAuction: { name: "run-ad-auction", retired: true },
  /** `screen-wake-lock`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/screen-wake-lock */
  screenWakeLock: { name: "screen-wake-lock", powerful: true },
  /** `serial`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/serial */
  serial: { name: "serial", powerful: true },
  /** `shared-storage`. */
  sharedStorage: { name: "shared-storage" },
  /** `shared-storage-select-url`. */
  sharedStorageSelectUrl: { name: "shared-storage-select-url" },
  /** `smart-card`. */
  smartCard: { name: "smart-card" },
  /** `speaker-selection`. */
  speakerSelection: { name: "speaker-selection" },
  /** `storage-access`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/storage-access */
  storageAccess: { name: "storage-access", powerful: true },
  /** `summarizer`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/summarizer */
  summarizer: { name: "summarizer" },
  /** `sync-xhr`. */
  syncXhr: { name: "sync-xhr" },
  /** `translator`. */
  translator: { name: "translator" },
  /**
   * `trust-token-redemption`.
   * @deprecated renamed privateStateTokenRedemption
   */
  trustTokenRedemption: { name: "trust-token-redemption", retired: true },
  /** `unload`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/unload */
  unload: { name: "unload" },
  /** `usb`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/usb */
  usb: { name: "usb", powerful: true },
  /** `vertical-scroll`. */
  verticalScroll: { name: "vertical-scroll" },
  /** `web-app-installation`. */
  webAppInstallation: { name: "web-app-installation" },
  /** `web-share`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/web-share */
  webShare: { name: "web-share" },
  /** `window-management`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/window-management */
  windowManagement: { name: "window-management", powerful: true },
  /**
   * `window-placement`.
   * @deprecated renamed windowManagement
   */
  windowPlacement: { name: "window-placement", retired: true },
  /** `writer`. */
  writer: { name: "writer" },
  /** `xr-spatial-tracking`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/xr-spatial-tracking */
  xrSpatialTracking: { name: "xr-spatial-tracking", powerful: true },
} as const satisfies Record<string, Feature>;

export type FeatureKey = keyof typeof features;
