import { NO_OPTIONS, recipe } from "./recipe.js";

/** LinkedIn Insight Tag. It takes no options. */
export const linkedinInsight = recipe<Record<never, never>>(
  {
    name: "linkedinInsight",
    title: "LinkedIn Insight Tag",
    category: "social",
    aliases: ["linkedin"],
    evidence: "secondary",
    pages: [
      "https://github.com/springtimesoft/silverstripe-csp-suite/blob/main/src/Fragments/LinkedinFragment.php",
      "https://github.com/silverstripeltd/silverstripe-csp/blob/master/src/Fragments/LinkedIn.php",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/advertising/linkedin-ads.ts",
      "https://github.com/zeeshanjunaid/ledgy.com/blob/master/src/helpers/contentSecurityPolicy.js",
    ],
    checked: "2026-11-26",
    hosts: ["snap.licdn.com", "ads.linkedin.com", "www.linkedin.com/px/"],
    nonce: "The inline <script> of the tag, which adds insight.min.js to the page.",
    notes: [
      "The tag is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Its image request is redirected by px4.ads.linkedin.com and www.linkedin.com.",
      "Hosts of older versions, such as dc.ads.linkedin.com, p.adsymptotic.com and cdn.linkedin.oribi.io, are not in this recipe.",
    ],
  },
  NO_OPTIONS,
  () => ({
    csp: {
      scriptSrc: ["https://snap.licdn.com"],
      imgSrc: ["https://px.ads.linkedin.com", "https://px4.ads.linkedin.com", "https://www.linkedin.com/px/"],
      connectSrc: ["https://px.ads.linkedin.com"],
    },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
