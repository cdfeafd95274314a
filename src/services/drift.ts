import { NO_OPTIONS, recipe } from "./recipe.js";

const WIDGET = ["https://js.driftt.com", "https://widget.drift.com"];

/** Drift's chat, of Salesloft. It takes no options. */
export const drift = recipe<Record<never, never>>(
  {
    name: "drift",
    title: "Drift",
    category: "chat",
    evidence: "secondary",
    pages: [
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/chat/drift.ts",
      "https://www.npmjs.com/package/%40plugins.chat%2Fdrift-meta-frame",
      "https://gist.github.com/chasestarr/3526e8ff1d7a510d62649c4e88f7e794",
      "https://github.com/hugosoftdev/rpgform/blob/master/imports/startup/server/browser-policy.js",
    ],
    checked: "2026-11-26",
    hosts: ["driftt.com", "drift.com"],
    nonce: "The inline <script> of the installation code, which adds js.driftt.com to the page.",
    notes: ["The installation code is an inline script: give it a nonce or a hash, or move it to a file on your site."],
  },
  NO_OPTIONS,
  () => ({
    csp: {
      scriptSrc: WIDGET,
      connectSrc: ["https://*.drift.com", "wss://*.drift.com"],
      frameSrc: WIDGET,
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
