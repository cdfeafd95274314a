import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link spotify}. */
export interface SpotifyOptions {
  /** The iFrame API. Default: false. */
  readonly api?: boolean | undefined;
  /**
   * `'unsafe-eval'` in `script-src`: sites report that the iFrame API does not start without it. A player that is an `<iframe>` in the
   * page does not need it. Default: false.
   */
  readonly eval?: boolean | undefined;
}

const PLAYER = "https://open.spotify.com";
const USERS = ["self", PLAYER];

/**
 * Spotify players in frames.
 *
 * @param options see {@link SpotifyOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const spotify = recipe<SpotifyOptions>(
  {
    name: "spotify",
    title: "Spotify",
    category: "media",
    evidence: "secondary",
    pages: [
      "https://developer.spotify.com/documentation/embeds/tutorials/using-the-oembed-api",
      "https://developer.spotify.com/documentation/embeds/guides/using-the-iframe-api",
      "https://github.com/WordPress/performance/blob/069d2f3642be913fefc1764b0edb217b66cc2c1c/plugins/embed-optimizer/class-embed-optimizer-tag-visitor.php",
    ],
    checked: "2026-11-26",
    hosts: ["spotify.com", "spotifycdn.com"],
    nonce:
      'The <script src="https://open.spotify.com/embed/iframe-api/v1"> of the page, for the iFrame API; it copies its nonce to the script that it loads.',
    notes: ["The iFrame API loads a second script from https://embed-cdn.spotifycdn.com, which Spotify does not document."],
  },
  () => ({ api: flag(), eval: flag() }),
  ({ api, eval: evaluates }) => ({
    csp: {
      scriptSrc: [
        ...(api ? [`${PLAYER}/embed/iframe-api/v1`, "https://embed-cdn.spotifycdn.com"] : []),
        ...(evaluates ? ["unsafe-eval"] : []),
      ],
      frameSrc: [`${PLAYER}/embed/`],
      trustedTypes: api ? ["spotify-embed-api"] : [],
    },
    permissionsPolicy: { autoplay: USERS, clipboardWrite: USERS, encryptedMedia: USERS, fullscreen: USERS, pictureInPicture: USERS },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
