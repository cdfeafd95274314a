import { NO_OPTIONS, recipe } from "./recipe.js";

const PLATFORM = ["https://platform.x.com", "https://platform.twitter.com"];

/** Posts, timelines and buttons of X, formerly Twitter. It takes no options. */
export const xEmbed = recipe<Record<never, never>>(
  {
    name: "xEmbed",
    title: "X posts and timelines",
    category: "social",
    aliases: ["twitter"],
    evidence: "secondary",
    pages: [
      "https://github.com/freedomofpress/pressfreedomtracker.us/pull/2258",
      "https://github.com/freedomofpress/pressfreedomtracker.us/blob/develop/tracker/settings/base.py",
      "https://github.com/TryGhost/ActivityPub/pull/2022",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/social/twitter.ts",
      "https://github.com/jsdelivr/bootstrapcdn/issues/1019",
    ],
    checked: "2026-11-26",
    hosts: ["platform.x.com", "platform.twitter.com", "syndication.twitter.com"],
    nonce: 'The <script src="https://platform.x.com/widgets.js"> of the page.',
    notes: [
      "Snippets of before 2026 load platform.twitter.com/widgets.js, newer ones platform.x.com/widgets.js: both are allowed.",
      'Where inline styles are blocked, <meta name="twitter:widgets:csp" content="on"> makes the widgets do without them.',
    ],
  },
  NO_OPTIONS,
  () => ({
    csp: {
      scriptSrc: PLATFORM,
      imgSrc: ["https://syndication.twitter.com"],
      connectSrc: ["https://syndication.twitter.com"],
      frameSrc: [...PLATFORM, "https://syndication.twitter.com"],
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
