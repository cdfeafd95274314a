import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link intercom}. */
export interface IntercomOptions {
  /** Where the workspace's data is. Default: `"us"`. */
  readonly region?: "us" | "eu" | "au" | undefined;
  /** Videos of YouTube, Vimeo and Wistia in messages and articles. Default: false. */
  readonly videos?: boolean | undefined;
}

/** The sources that differ by region. */
interface Region {
  readonly img: readonly string[];
  readonly connect: readonly string[];
  readonly media: string;
  readonly api: string;
}

const REGIONS: Readonly<Record<"us" | "eu" | "au", Region>> = {
  us: {
    img: [
      "https://downloads.intercomcdn.com",
      "https://messenger-apps.intercom.io",
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `https://*.intercom-attachments-${number}.com`),
    ],
    connect: [
      "https://api.intercom.io",
      "https://api-iam.intercom.io",
      ...sockets("nexus-websocket-a.intercom.io", "nexus-websocket-b.intercom.io"),
      "https://uploads.intercomcdn.com",
    ],
    media: "https://downloads.intercomcdn.com",
    api: "https://api-iam.intercom.io",
  },
  eu: {
    img: [
      "https://downloads.intercomcdn.eu",
      "https://messenger-apps.eu.intercom.io",
      "https://*.intercom-attachments.eu",
      "https://static.intercomassets.eu",
    ],
    connect: [
      "https://api.eu.intercom.io",
      "https://api-iam.eu.intercom.io",
      ...sockets("nexus-europe-websocket.intercom.io"),
      "https://uploads.intercomcdn.eu",
      "https://uploads.eu.intercomcdn.com",
    ],
    media: "https://downloads.intercomcdn.eu",
    api: "https://api-iam.eu.intercom.io",
  },
  au: {
    img: [
      "https://downloads.au.intercomcdn.com",
      "https://messenger-apps.au.intercom.io",
      "https://*.au.intercom-attachments.com",
      "https://static.au.intercomassets.com",
    ],
    connect: [
      "https://api.au.intercom.io",
      "https://api-iam.au.intercom.io",
      ...sockets("nexus-australia-websocket.intercom.io"),
      "https://uploads.au.intercomcdn.com",
    ],
    media: "https://downloads.au.intercomcdn.com",
    api: "https://api-iam.au.intercom.io",
  },
};

function sockets(...hosts: readonly string[]): string[] {
  return [...hosts.map((host) => `https://${host}`), ...hosts.map((host) => `wss://${host}`)];
}

/**
 * Intercom's Messenger.
 *
 * @param options see {@link IntercomOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const intercom = recipe<IntercomOptions>(
  {
    name: "intercom",
    title: "Intercom",
    category: "chat",
    evidence: "vendor",
    pages: [
      "https://www.intercom.com/help/en/articles/3894-using-intercom-with-content-security-policy",
      "https://www.intercom.com/help/configure-intercom-for-your-product-or-site/staying-secure/using-intercom-with-content-security-policy",
      "https://github.com/spatie/laravel-csp/blob/main/src/Presets/Intercom.php",
    ],
    checked: "2026-11-26",
    hosts: [
      "intercom.io",
      "intercomcdn.com",
      "intercomcdn.eu",
      "intercom-messenger.com",
      "intercomassets.com",
      "intercomassets.eu",
      "intercomusercontent.com",
      "intercom-sheets.com",
      "intercom-reporting.com",
      "intercom.help",
      "intercom-attachments.com",
      "intercom-attachments.eu",
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `intercom-attachments-${number}.com`),
    ],
    nonce: "The inline <script> of the installation code, which adds widget.intercom.io to the page; or the script that calls the package.",
    notes: [
      "The Messenger's styles are inline: where style-src has a nonce or a hash, browsers ignore 'unsafe-inline', and it is shown without them.",
      "One of Intercom's examples has 'unsafe-eval' in scripts, its list of sources does not: it is not in this recipe.",
    ],
  },
  () => ({ region: oneOfWords("us", "eu", "au"), videos: flag() }),
  ({ region = "us", videos }) => {
    const { img, connect, media, api } = REGIONS[region];
    return {
      csp: {
        scriptSrc: ["https://app.intercom.io", "https://widget.intercom.io", "https://js.intercomcdn.com"],
        styleSrc: ["unsafe-inline"],
        imgSrc: [
          "blob:",
          "data:",
          "https://js.intercomcdn.com",
          "https://static.intercomassets.com",
          "https://uploads.intercomusercontent.com",
          "https://gifs.intercomcdn.com",
          "https://video-messages.intercomcdn.com",
          ...img,
        ],
        fontSrc: ["https://js.intercomcdn.com", "https://fonts.intercomcdn.com"],
        connectSrc: [
          "https://via.intercom.io",
          "https://api-ping.intercom.io",
          "https://*.intercom-messenger.com",
          "wss://*.intercom-messenger.com",
          "https://uploads.intercomusercontent.com",
          ...connect,
        ],
        mediaSrc: ["https://js.intercomcdn.com", media],
        frameSrc: [
          "https://intercom-sheets.com",
          "https://www.intercom-reporting.com",
          ...(videos ? ["https://www.youtube.com", "https://player.vimeo.com", "https://fast.wistia.net"] : []),
        ],
        formAction: ["https://intercom.help", api],
      },
      crossOriginEmbedderPolicy: "unsafe-none",
    };
  },
);
