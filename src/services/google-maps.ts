import { nonce as place } from "../values/slots.js";
import type { ServiceNeeds } from "./needs.js";
import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link googleMaps}. */
export interface GoogleMapsOptions {
  /**
   * `"script"`: the Maps JavaScript API. `"embed"`: the Maps Embed API, an `<iframe>` of `https://www.google.com/maps/embed` without
   * scripts. Default: `"script"`.
   */
  readonly api?: "script" | "embed" | undefined;
  /**
   * The nonce of the response in `style-src`, instead of `'unsafe-inline'`: the API copies the nonce of the page's first style element.
   * Default: false.
   */
  readonly nonce?: boolean | undefined;
  /**
   * `'unsafe-eval'` in `script-src`. Google's example policies have it, and do not say what needs it: without it, code of the API that
   * calls `eval()` fails with an EvalError. Default: false.
   */
  readonly eval?: boolean | undefined;
  /**
   * All sources that Google lists for scripts. They include hosts that serve anybody's files, such as `storage.googleapis.com`; the
   * default is `maps.googleapis.com`, from which the API loads its files. Default: false.
   */
  readonly everyHost?: boolean | undefined;
}

const EVERY_HOST = [
  "https://*.googleapis.com",
  "https://*.gstatic.com",
  "https://*.google.com",
  "https://*.ggpht.com",
  "https://*.googleusercontent.com",
  "blob:",
];

/** Policies of the API: without them it falls back to strings, which `require-trusted-types-for` blocks. */
const TRUSTED_TYPES = ["google-maps-api-loader", "google-maps-api#html", "lit-html"];

/**
 * Google Maps, by the Maps JavaScript API or by the Maps Embed API.
 *
 * @param options see {@link GoogleMapsOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const googleMaps = recipe<GoogleMapsOptions>(
  {
    name: "googleMaps",
    title: "Google Maps",
    category: "maps",
    evidence: "vendor",
    pages: [
      "https://developers.google.com/maps/documentation/javascript/content-security-policy",
      "https://developers.google.com/maps/documentation/embed/embedding-map",
      "https://github.com/spatie/laravel-csp/blob/1fc7cd7a27d539ec7479c0de7ba89781ef16f45d/src/Presets/GoogleMaps.php",
    ],
    checked: "2026-11-26",
    hosts: ["maps.googleapis.com", "maps.gstatic.com", "www.google.com/maps/"],
    bypasses: [
      "https://maps.googleapis.com",
      "https://*.googleapis.com",
      "https://*.gstatic.com",
      "https://*.google.com",
      "https://*.googleusercontent.com",
    ],
    nonce:
      'The <script src="https://maps.googleapis.com/maps/api/js?…"> or the inline loader of the page; the API copies the nonce of the first script that has one.',
    notes: [
      "Browsers ignore 'unsafe-inline' beside a nonce or a hash: if style-src has a nonce, the page needs a style element with it.",
      "Google lists whole domains in img-src, connect-src and frame-src.",
      'An API key that is restricted to websites needs the Referer header, which Referrer-Policy no-referrer and same-origin suppress: write referrerpolicy="strict-origin-when-cross-origin" on the <iframe> of the Maps Embed API.',
      'The npm package @googlemaps/js-api-loader creates one more Trusted Types policy: add "@googlemaps/js-api-loader" to trustedTypes.',
    ],
  },
  () => ({ api: oneOfWords("script", "embed"), nonce: flag(), eval: flag(), everyHost: flag() }),
  ({ api = "script", ...options }) => (api === "embed" ? EMBED : byScript(options)),
);

const EMBED: ServiceNeeds = {
  csp: { frameSrc: ["https://www.google.com/maps/embed", "https://www.google.com/maps/embed/"] },
  crossOriginEmbedderPolicy: "unsafe-none",
};

function byScript({ nonce, eval: evaluates, everyHost }: GoogleMapsOptions): ServiceNeeds {
  return {
    csp: {
      scriptSrc: [...(everyHost ? EVERY_HOST : ["https://maps.googleapis.com"]), ...(evaluates ? ["unsafe-eval"] : [])],
      styleSrc: ["https://fonts.googleapis.com", nonce ? place : "unsafe-inline"],
      imgSrc: ["https://*.googleapis.com", "https://*.gstatic.com", "https://*.google.com", "https://*.googleusercontent.com", "data:"],
      fontSrc: ["https://fonts.gstatic.com"],
      connectSrc: ["https://*.googleapis.com", "https://*.google.com", "https://*.gstatic.com", "data:", "blob:"],
      frameSrc: ["https://*.google.com"],
      workerSrc: ["blob:"],
      trustedTypes: TRUSTED_TYPES,
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  };
}
