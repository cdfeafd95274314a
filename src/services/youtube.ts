import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link youtube}. */
export interface YoutubeOptions {
  /** The privacy-enhanced mode: `www.youtube-nocookie.com` instead of `www.youtube.com`. Default: false. */
  readonly nocookie?: boolean | undefined;
  /** The IFrame Player API. Default: false. */
  readonly api?: boolean | undefined;
  /** Thumbnails of `i.ytimg.com` in the page. Default: false. */
  readonly thumbnails?: boolean | undefined;
  /** The motion sensors, for 360° videos. Default: false. */
  readonly motion?: boolean | undefined;
}

/**
 * YouTube players in frames.
 *
 * @param options see {@link YoutubeOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const youtube = recipe<YoutubeOptions>(
  {
    name: "youtube",
    title: "YouTube",
    category: "media",
    evidence: "secondary",
    pages: [
      "https://developers.google.com/youtube/iframe_api_reference",
      "https://developers.google.com/youtube/terms/required-minimum-functionality#embedded-player-api-client-identity",
      "https://github.com/simonw/simonwillisonblog/pull/562",
      "https://github.com/WordPress/performance/blob/069d2f3642be913fefc1764b0edb217b66cc2c1c/plugins/embed-optimizer/class-embed-optimizer-tag-visitor.php",
    ],
    checked: "2026-11-26",
    hosts: ["youtube.com", "youtube-nocookie.com", "ytimg.com"],
    bypasses: ["https://www.youtube.com"],
    nonce: 'The <script src="https://www.youtube.com/iframe_api"> of the page, for the IFrame Player API.',
    notes: [
      'The player needs the Referer header (error 153). The presets strict and strictDynamic send Referrer-Policy no-referrer: write <iframe referrerpolicy="strict-origin-when-cross-origin">, or referrerPolicy: "strict-origin-when-cross-origin".',
      "What the player loads inside its frame, such as https://*.googlevideo.com, is not subject to the page's policy.",
    ],
  },
  () => ({ nocookie: flag(), api: flag(), thumbnails: flag(), motion: flag() }),
  ({ nocookie, api, thumbnails, motion }) => {
    const player = nocookie ? "https://www.youtube-nocookie.com" : "https://www.youtube.com";
    const users = ["self", player];
    return {
      csp: {
        scriptSrc: api ? ["https://www.youtube.com/iframe_api", "https://www.youtube.com/s/player/"] : [],
        imgSrc: thumbnails ? ["https://i.ytimg.com"] : [],
        frameSrc: [`${player}/embed/`],
        trustedTypes: api ? ["youtube-widget-api"] : [],
      },
      permissionsPolicy: {
        ...(motion ? { accelerometer: users, gyroscope: users } : {}),
        autoplay: users,
        clipboardWrite: users,
        encryptedMedia: users,
        fullscreen: users,
        pictureInPicture: users,
        webShare: users,
      },
      crossOriginEmbedderPolicy: "unsafe-none",
    };
  },
);
