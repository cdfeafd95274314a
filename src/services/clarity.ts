import { NO_OPTIONS, recipe } from "./recipe.js";

/** Microsoft Clarity. It takes no options. */
export const clarity = recipe<Record<never, never>>(
  {
    name: "clarity",
    title: "Microsoft Clarity",
    category: "analytics",
    evidence: "vendor",
    pages: [
      "https://github.com/microsoft/clarity/issues/59",
      "https://github.com/spatie/laravel-csp/blob/main/src/Presets/Clarity.php",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/analytics/microsoft-clarity.ts",
      "https://github.com/omegaup/omegaup/issues/9334",
      "https://clarity.microsoft.com/blog/?p=9897",
    ],
    checked: "2026-11-26",
    hosts: ["clarity.ms"],
    nonce: "The inline <script> of the tracking code, which adds the script of the project to the page.",
    notes: [
      "The tracking code is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Clarity's support lists its hosts for default-src; what each directive needs of them is as other lists have it.",
      "Data is sent to a subdomain of one letter, which varies: the wildcard is needed.",
      "Under require-trusted-types-for the address of the script takes the name of a policy: https://www.clarity.ms/tag/<project>?trustedTypes=<name>.",
    ],
  },
  NO_OPTIONS,
  () => ({
    csp: {
      scriptSrc: ["https://*.clarity.ms"],
      imgSrc: ["https://*.clarity.ms", "https://c.bing.com"],
      connectSrc: ["https://*.clarity.ms", "https://c.bing.com"],
    },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
