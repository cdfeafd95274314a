// Written by features.generate.mjs (npm run features) from @mdn/browser-compat-data 8.1.9. Do not edit by hand.

export interface Feature {
  /** Off by default: strict presets write an empty allowlist for it. */
  readonly powerful?: true;
  /** A browser that reads the header does not support it and prints a warning on every page: no preset writes it. */
  readonly warnedOf?: true;
  /** No browser has it any more. */
  readonly retired?: true;
}

/** Every feature, one row each, under its wire name in camelCase. */
export const features = {
  /** `accelerometer`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/accelerometer */
  accelerometer: { powerful: true },
  /** `ambient-light-sensor`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/ambient-light-sensor */
  ambientLightSensor: {},
  /** `aria-notify`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/aria-notify */
  ariaNotify: {},
  /**
   * `attribution-reporting`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/attribution-reporting
   * @deprecated browsers have taken it out
   */
  attributionReporting: { retired: true },
  /** `autoplay`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/autoplay */
  autoplay: {},
  /** `bluetooth`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/bluetooth */
  bluetooth: { powerful: true, warnedOf: true },
  /**
   * `browsing-topics`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/browsing-topics
   * @deprecated browsers have taken it out
   */
  browsingTopics: { retired: true },
  /** `camera`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/camera */
  camera: { powerful: true },
  /** `captured-surface-control`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/captured-surface-control */
  capturedSurfaceControl: { powerful: true },
  /** `ch-device-memory`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-Device-Memory */
  chDeviceMemory: {},
  /** `ch-downlink`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Downlink */
  chDownlink: {},
  /** `ch-dpr`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-DPR */
  chDpr: {},
  /** `ch-ect`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/ECT */
  chEct: {},
  /** `ch-prefers-color-scheme`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-Prefers-Color-Scheme */
  chPrefersColorScheme: {},
  /** `ch-prefers-reduced-motion`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-Prefers-Reduced-Motion */
  chPrefersReducedMotion: {},
  /** `ch-prefers-reduced-transparency`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-Prefers-Reduced-Transparency */
  chPrefersReducedTransparency: {},
  /** `ch-rtt`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/RTT */
  chRtt: {},
  /** `ch-save-data`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Save-Data */
  chSaveData: {},
  /** `ch-ua`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA */
  chUa: {},
  /** `ch-ua-arch`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Arch */
  chUaArch: {},
  /** `ch-ua-bitness`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Bitness */
  chUaBitness: {},
  /** `ch-ua-form-factors`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Form-Factors */
  chUaFormFactors: {},
  /** `ch-ua-full-version`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Full-Version */
  chUaFullVersion: {},
  /** `ch-ua-full-version-list`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Full-Version-List */
  chUaFullVersionList: {},
  /** `ch-ua-high-entropy-values`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/ch-ua-high-entropy-values */
  chUaHighEntropyValues: {},
  /** `ch-ua-mobile`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Mobile */
  chUaMobile: {},
  /** `ch-ua-model`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Model */
  chUaModel: {},
  /** `ch-ua-platform`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Platform */
  chUaPlatform: {},
  /** `ch-ua-platform-version`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-Platform-Version */
  chUaPlatformVersion: {},
  /** `ch-ua-wow64`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-UA-WoW64 */
  chUaWow64: {},
  /** `ch-viewport-height`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-Viewport-Height */
  chViewportHeight: {},
  /** `ch-viewport-width`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-Viewport-Width */
  chViewportWidth: {},
  /** `ch-width`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-CH-Width */
  chWidth: {},
  /** `clipboard-read`. */
  clipboardRead: {},
  /** `clipboard-write`. */
  clipboardWrite: {},
  /** `compute-pressure`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/compute-pressure */
  computePressure: { powerful: true },
  /**
   * `conversion-measurement`.
   * @deprecated renamed, and then taken out
   */
  conversionMeasurement: { retired: true },
  /** `cross-origin-isolated`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/cross-origin-isolated */
  crossOriginIsolated: {},
  /** `deferred-fetch`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/deferred-fetch */
  deferredFetch: {},
  /** `deferred-fetch-minimal`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/deferred-fetch-minimal */
  deferredFetchMinimal: {},
  /** `digital-credentials-create`. */
  digitalCredentialsCreate: {},
  /** `digital-credentials-get`. */
  digitalCredentialsGet: {},
  /** `display-capture`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/display-capture */
  displayCapture: { powerful: true },
  /**
   * `document-domain`.
   * @deprecated browsers have no document.domain to set any more; originAgentCluster does it
   */
  documentDomain: { retired: true },
  /** `encrypted-media`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/encrypted-media */
  encryptedMedia: {},
  /** `execution-while-not-rendered`. */
  executionWhileNotRendered: {},
  /** `execution-while-out-of-viewport`. */
  executionWhileOutOfViewport: {},
  /** `focus-without-user-activation`. */
  focusWithoutUserActivation: {},
  /** `fullscreen`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/fullscreen */
  fullscreen: {},
  /** `gamepad`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/gamepad */
  gamepad: {},
  /** `geolocation`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/geolocation */
  geolocation: { powerful: true },
  /** `gyroscope`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/gyroscope */
  gyroscope: { powerful: true },
  /** `hid`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/hid */
  hid: { powerful: true },
  /** `identity-credentials-get`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/identity-credentials-get */
  identityCredentialsGet: { powerful: true },
  /** `idle-detection`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/idle-detection */
  idleDetection: { powerful: true },
  /**
   * `interest-cohort`.
   * @deprecated FLoC was given up in 2022
   */
  interestCohort: { retired: true },
  /**
   * `join-ad-interest-group`.
   * @deprecated browsers have taken it out
   */
  joinAdInterestGroup: { retired: true },
  /** `keyboard-map`. */
  keyboardMap: { powerful: true },
  /** `language-detector`. */
  languageDetector: {},
  /** `language-model`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/language-model */
  languageModel: {},
  /** `local-fonts`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/local-fonts */
  localFonts: { powerful: true },
  /** `local-network`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/local-network */
  localNetwork: {},
  /** `local-network-access`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/local-network-access */
  localNetworkAccess: { powerful: true },
  /** `loopback-network`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/loopback-network */
  loopbackNetwork: {},
  /** `magnetometer`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/magnetometer */
  magnetometer: { powerful: true },
  /** `manual-text`. */
  manualText: {},
  /** `media-playback-while-not-visible`. */
  mediaPlaybackWhileNotVisible: {},
  /** `mediasession`. */
  mediasession: {},
  /** `microphone`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/microphone */
  microphone: { powerful: true },
  /** `midi`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/midi */
  midi: { powerful: true },
  /** `navigation-override`. */
  navigationOverride: {},
  /** `on-device-speech-recognition`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/on-device-speech-recognition */
  onDeviceSpeechRecognition: {},
  /** `otp-credentials`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/otp-credentials */
  otpCredentials: { powerful: true },
  /** `payment`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/payment */
  payment: { powerful: true },
  /** `picture-in-picture`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/picture-in-picture */
  pictureInPicture: {},
  /** `private-aggregation`. */
  privateAggregation: {},
  /** `private-state-token-issuance`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/private-state-token-issuance */
  privateStateTokenIssuance: {},
  /** `private-state-token-redemption`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/private-state-token-redemption */
  privateStateTokenRedemption: {},
  /** `publickey-credentials-create`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/publickey-credentials-create */
  publickeyCredentialsCreate: {},
  /** `publickey-credentials-get`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/publickey-credentials-get */
  publickeyCredentialsGet: {},
  /** `rewriter`. */
  rewriter: {},
  /**
   * `run-ad-auction`.
   * @deprecated browsers have taken it out
   */
  runAdAuction: { retired: true },
  /** `screen-wake-lock`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/screen-wake-lock */
  screenWakeLock: { powerful: true },
  /** `serial`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/serial */
  serial: { powerful: true },
  /** `shared-storage`. */
  sharedStorage: {},
  /** `shared-storage-select-url`. */
  sharedStorageSelectUrl: {},
  /** `smart-card`. */
  smartCard: {},
  /** `speaker-selection`. */
  speakerSelection: {},
  /** `storage-access`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/storage-access */
  storageAccess: { powerful: true },
  /** `summarizer`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/summarizer */
  summarizer: {},
  /** `sync-xhr`. */
  syncXhr: {},
  /** `translator`. */
  translator: {},
  /**
   * `trust-token-redemption`.
   * @deprecated renamed privateStateTokenRedemption
   */
  trustTokenRedemption: { retired: true },
  /** `unload`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/unload */
  unload: {},
  /** `usb`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/usb */
  usb: { powerful: true },
  /** `vertical-scroll`. */
  verticalScroll: {},
  /** `web-app-installation`. */
  webAppInstallation: {},
  /** `web-share`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/web-share */
  webShare: {},
  /** `window-management`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/window-management */
  windowManagement: { powerful: true },
  /**
   * `window-placement`.
   * @deprecated renamed windowManagement
   */
  windowPlacement: { retired: true },
  /** `writer`. */
  writer: {},
  /** `xr-spatial-tracking`. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Permissions-Policy/xr-spatial-tracking */
  xrSpatialTracking: { powerful: true },
} as const satisfies Record<string, Feature>;
