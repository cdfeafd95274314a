import { NO_OPTIONS, recipe } from "./recipe.js";

/** Sign in with Google: the button and One Tap of Google Identity Services. It takes no options. */
export const googleSignIn = recipe<Record<never, never>>(
  {
    name: "googleSignIn",
    title: "Sign in with Google",
    category: "sign-in",
    aliases: ["gsi"],
    evidence: "secondary",
    pages: [
      "https://developers.google.com/identity/gsi/web/guides/get-google-api-clientid",
      "https://developers.google.com/identity/gsi/web/guides/fedcm-migration",
      "https://github.com/ittagnelli/SARP/issues/62",
      "https://github.com/Expensify/App/issues/23673",
      "https://github.com/w3c-fedid/FedCM/issues/382",
    ],
    checked: "2026-11-26",
    hosts: ["accounts.google.com/gsi/"],
    nonce: 'The <script src="https://accounts.google.com/gsi/client"> of the page.',
    notes: ['With ux_mode: "redirect" no popup talks to the page, and Cross-Origin-Opener-Policy may stay same-origin.'],
  },
  NO_OPTIONS,
  () => ({
    csp: {
      scriptSrc: ["https://accounts.google.com/gsi/client"],
      styleSrc: ["https://accounts.google.com/gsi/style"],
      connectSrc: ["https://accounts.google.com/gsi/"],
      frameSrc: ["https://accounts.google.com/gsi/"],
    },
    permissionsPolicy: { identityCredentialsGet: ["self", "https://accounts.google.com"] },
    crossOriginOpenerPolicy: "same-origin-allow-popups",
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
