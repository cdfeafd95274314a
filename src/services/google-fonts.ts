import { NO_OPTIONS, recipe } from "./recipe.js";

/** Options of {@link googleFonts}: there are none. */
export type GoogleFontsOptions = Record<never, never>;

/**
 * Google Fonts, with its icon fonts.
 *
 * @throws {PolicyError} for an option: there are none.
 */
export const googleFonts = recipe<GoogleFontsOptions>(
  {
    name: "googleFonts",
    title: "Google Fonts",
    category: "fonts",
    evidence: "secondary",
    pages: [
      "https://github.com/spatie/laravel-csp/blob/b8f59b877b4368ff401439273ab9573b2ae7e999/src/Presets/GoogleFonts.php",
      "https://github.com/eugenioenko/autentico/pull/149",
      "https://developers.google.com/maps/documentation/javascript/content-security-policy",
    ],
    checked: "2026-11-26",
    hosts: ["fonts.googleapis.com", "fonts.gstatic.com"],
    nonce: "No script needs one: Google Fonts is a style sheet.",
    notes: ["Fonts that you host yourself need none of these sources."],
  },
  NO_OPTIONS,
  () => ({
    csp: { styleSrc: ["https://fonts.googleapis.com"], fontSrc: ["https://fonts.gstatic.com"] },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
