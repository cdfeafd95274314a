import { NO_OPTIONS, recipe } from "./recipe.js";

/** Meta Pixel, of Facebook and Instagram. It takes no options. */
export const metaPixel = recipe<Record<never, never>>(
  {
    name: "metaPixel",
    title: "Meta Pixel",
    category: "social",
    aliases: ["facebook", "fbq"],
    evidence: "secondary",
    pages: [
      "https://developers.facebook.com/docs/meta-pixel/get-started",
      "https://github.com/spatie/laravel-csp/blob/main/src/Presets/MetaPixel.php",
      "https://github.com/silverstripeltd/silverstripe-csp/blob/master/src/Fragments/FacebookPixel.php",
      "https://github.com/jonashaag/content-security-policy-rules/blob/master/facebook.md",
    ],
    checked: "2026-11-26",
    hosts: ["connect.facebook.net", "www.facebook.com/tr", "www.facebook.com/tr/"],
    nonce: "The inline <script> of the base code, which adds fbevents.js to the page.",
    notes: [
      "The base code is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Data too long for an image URL is sent by a form into a frame, so form-action and frame-src are needed.",
    ],
  },
  NO_OPTIONS,
  () => ({
    csp: {
      scriptSrc: ["https://connect.facebook.net"],
      imgSrc: ["https://www.facebook.com"],
      connectSrc: ["https://www.facebook.com"],
      frameSrc: ["https://www.facebook.com/tr/"],
      formAction: ["https://www.facebook.com/tr/"],
    },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
