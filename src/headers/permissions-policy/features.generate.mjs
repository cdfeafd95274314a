// Writes features.ts from @mdn/browser-compat-data: npm run features
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const data = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@mdn/browser-compat-data")));

// In browsers or their documentation, and not in that data.
const EXTRA = [
  "clipboard-read",
  "clipboard-write",
  "digital-credentials-create",
  "digital-credentials-get",
  "execution-while-not-rendered",
  "execution-while-out-of-viewport",
  "focus-without-user-activation",
  "keyboard-map",
  "manual-text",
  "media-playback-while-not-visible",
  "mediasession",
  "navigation-override",
  "private-aggregation",
  "rewriter",
  "writer",
  "translator",
  "language-detector",
  "shared-storage",
  "shared-storage-select-url",
  "smart-card",
  "speaker-selection",
  "sync-xhr",
  "vertical-scroll",
];
// Client hints: which origins get them with requests. Client Hints Infrastructure §4.1.
const HINTS = [
  "ch-device-memory",
  "ch-downlink",
  "ch-dpr",
  "ch-ect",
  "ch-prefers-color-scheme",
  "ch-prefers-reduced-motion",
  "ch-prefers-reduced-transparency",
  "ch-rtt",
  "ch-save-data",
  "ch-ua",
  "ch-ua-arch",
  "ch-ua-bitness",
  "ch-ua-form-factors",
  "ch-ua-full-version",
  "ch-ua-full-version-list",
  "ch-ua-mobile",
  "ch-ua-model",
  "ch-ua-platform",
  "ch-ua-platform-version",
  "ch-ua-wow64",
  "ch-viewport-height",
  "ch-viewport-width",
  "ch-width",
];
const RETIRED = {
  "attribution-reporting": "browsers have taken it out",
  "browsing-topics": "browsers have taken it out",
  "conversion-measurement": "renamed, and then taken out",
  "document-domain": "browsers have no document.domain to set any more; originAgentCluster does it",
  "interest-cohort": "FLoC was given up in 2022",
  "join-ad-interest-group": "browsers have taken it out",
  "run-ad-auction": "browsers have taken it out",
  "trust-token-redemption": "renamed privateStateTokenRedemption",
  "window-placement": "renamed windowManagement",
};
// Features that a site should not have by default: sensors, devices, capture, location, payment, fonts, the local network.
const POWERFUL = [
  "accelerometer",
  "bluetooth",
  "camera",
  "captured-surface-control",
  "compute-pressure",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "identity-credentials-get",
  "idle-detection",
  "keyboard-map",
  "local-fonts",
  "local-network-access",
  "magnetometer",
  "microphone",
  "midi",
  "otp-credentials",
  "payment",
  "screen-wake-lock",
  "serial",
  "storage-access",
  "usb",
  "window-management",
  "xr-spatial-tracking",
];

// Chromium on Linux does not support these, contrary to that data, and prints a warning for them on every page.
const WARNED_OF = ["bluetooth"];

const compat = data.http.headers["Permissions-Policy"];
const known = Object.keys(compat).filter((name) => name !== "__compat" && name !== "wildcards");
const names = [...new Set([...known, ...EXTRA, ...HINTS, ...Object.keys(RETIRED)])].sort();
const unknown = POWERFUL.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`powerful, but no feature: ${unknown.join(", ")}`);

const camelCase = (name) => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
const headers = Object.entries(data.http.headers);
/** The page of the feature, or of the header of the client hint: `Sec-CH-DPR`, or `DPR` as it was named first. */
const link = (name) => {
  const named = (header) => headers.find(([other]) => other.toLowerCase() === header)?.[1].__compat;
  const found = HINTS.includes(name) ? (named(`sec-${name}`) ?? named(name.replace("ch-", ""))) : compat[name]?.__compat;
  return found?.mdn_url;
};

const rows = names.map((name) => {
  const lines = [`\`${name}\`.${link(name) ? ` ${link(name)}` : ""}`];
  if (RETIRED[name]) lines.push(`@deprecated ${RETIRED[name]}`);
  const doc = lines.length === 1 ? `  /** ${lines[0]} */` : `  /**\n${lines.map((line) => `   * ${line}`).join("\n")}\n   */`;
  const marks = [
    POWERFUL.includes(name) && "powerful: true",
    WARNED_OF.includes(name) && "warnedOf: true",
    RETIRED[name] && "retired: true",
  ].filter(Boolean);
  return `${doc}\n  ${camelCase(name)}: ${marks.length === 0 ? "{}" : `{ ${marks.join(", ")} }`},`;
});

writeFileSync(
  new URL("features.ts", import.meta.url),
  `// Written by features.generate.mjs (npm run features) from @mdn/browser-compat-data ${data.__meta.version}. Do not edit by hand.

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
${rows.join("\n")}
} as const satisfies Record<string, Feature>;
`,
);
console.log(`${names.length} features`);
