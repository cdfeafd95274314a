import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link vimeo}. */
export interface VimeoOptions {
  /** The player SDK, `https://player.vimeo.com/api/player.js`. Vimeo's embed code has its tag beside the frame. Default: false. */
  readonly api?: boolean | undefined;
  /** Players that the SDK creates from the ID or the URL of a video: it requests `https://vimeo.com/api/oembed.json`. Default: false. */
  readonly oembed?: boolean | undefined;
  /** Thumbnails of `i.vimeocdn.com` in the page. Default: false. */
  readonly thumbnails?: boolean | undefined;
}

const PLAYER = "https://player.vimeo.com";
const USERS = ["self", PLAYER];

/**
 * Vimeo players in frames.
 *
 * @param options see {@link VimeoOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const vimeo = recipe<VimeoOptions>(
  {
    name: "vimeo",
    title: "Vimeo",
    category: "media",
    evidence: "secondary",
    pages: [
      "https://github.com/vimeo/player.js/blob/0b55d6bf7ad0585af16cce9095865b1084b4e43b/src/lib/embed.js",
      "https://github.com/spatie/laravel-csp/blob/0a39546574f2e16aa142b25b96dce1fc62f7fc49/src/Presets/Vimeo.php",
      "https://github.com/WordPress/performance/blob/069d2f3642be913fefc1764b0edb217b66cc2c1c/plugins/embed-optimizer/class-embed-optimizer-tag-visitor.php",
    ],
    checked: "2026-11-26",
    hosts: ["vimeo.com", "vimeocdn.com"],
    nonce: 'The <script src="https://player.vimeo.com/api/player.js"> of the page, for the player SDK.',
    notes: [
      "Vimeo's embed code has a <script> of player.js beside the frame. The frame plays without it: take the tag out, or set api.",
      "Videos that are restricted to domains need the Referer header, which Referrer-Policy no-referrer and same-origin suppress.",
      "The SDK creates players by innerHTML, which require-trusted-types-for blocks: write the <iframe> into the page instead.",
    ],
  },
  () => ({ api: flag(), oembed: flag(), thumbnails: flag() }),
  ({ api, oembed, thumbnails }) => ({
    csp: {
      scriptSrc: api ? [`${PLAYER}/api/player.js`] : [],
      imgSrc: thumbnails ? ["https://i.vimeocdn.com"] : [],
      connectSrc: oembed ? ["https://vimeo.com/api/oembed.json"] : [],
      frameSrc: [PLAYER],
    },
    permissionsPolicy: { autoplay: USERS, clipboardWrite: USERS, encryptedMedia: USERS, fullscreen: USERS, pictureInPicture: USERS },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
