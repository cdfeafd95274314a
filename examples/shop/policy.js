// The policy of the shop: a preset, the nonce for its inline scripts, and a line for each third party.
import { append, definePolicy, nonce } from "portcullis";
import { googleAnalytics, googleFonts, intercom, recaptcha, sentry, stripe } from "portcullis/services";
import { keys } from "./keys.js";

const thirdParties = [
  stripe(),
  googleAnalytics(),
  googleFonts(),
  recaptcha(),
  sentry({ dsn: keys.sentryDsn, loader: true }),
  intercom({ region: "us" }),
];

export const strict = definePolicy("strict", { contentSecurityPolicy: { scriptSrc: append(nonce) } }, ...thirdParties);

// The same third parties. Scripts run by nonce alone: no script host is listed. README.md says why Trusted Types are off.
const trustedTypesOff = { contentSecurityPolicy: { requireTrustedTypesFor: false, trustedTypes: false } };
export const strictDynamic = definePolicy("strictDynamic", trustedTypesOff, ...thirdParties);
