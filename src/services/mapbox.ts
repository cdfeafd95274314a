import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link mapbox}. */
export interface MapboxOptions {
  /** Mapbox GL JS and its style sheet from `https://api.mapbox.com/mapbox-gl-js/`, instead of a bundled copy. Default: false. */
  readonly cdn?: boolean | undefined;
  /** `'wasm-unsafe-eval'` in `script-src`: without it, Mapbox Standard Style and 3D models are not shown. Default: false. */
  readonly wasm?: boolean | undefined;
  /**
   * The bundle `mapbox-gl-csp.js`, with `mapbox-gl-csp-worker.js` on your own origin: no `blob:` in `worker-src`. Default: false.
   */
  readonly cspBuild?: boolean | undefined;
  /** `https://*.tiles.mapbox.com`, which Mapbox listed up to version 3.18. Default: false. */
  readonly olderTiles?: boolean | undefined;
}

const CDN = "https://api.mapbox.com/mapbox-gl-js/";

/**
 * Maps of Mapbox GL JS.
 *
 * @param options see {@link MapboxOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const mapbox = recipe<MapboxOptions>(
  {
    name: "mapbox",
    title: "Mapbox",
    category: "maps",
    evidence: "vendor",
    pages: ["https://docs.mapbox.com/mapbox-gl-js/guides/security-and-testing", "https://docs.mapbox.com/mapbox-gl-js/guides/browsers"],
    checked: "2026-11-26",
    hosts: ["mapbox.com"],
    nonce: 'The <script src="https://api.mapbox.com/mapbox-gl-js/…"> of the page, or the script that bundles Mapbox GL JS.',
    notes: [
      "The guide of version 3.18 also listed 'unsafe-inline' in style-src; the current guide does not.",
      "An access token that is restricted to URLs needs the Referer header, which Referrer-Policy no-referrer and same-origin suppress.",
      "The ESM bundle of Mapbox GL JS always needs blob: in worker-src.",
    ],
  },
  () => ({ cdn: flag(), wasm: flag(), cspBuild: flag(), olderTiles: flag() }),
  ({ cdn, wasm, cspBuild, olderTiles }) => ({
    csp: {
      scriptSrc: [...(cdn ? [CDN] : []), ...(wasm ? ["wasm-unsafe-eval"] : [])],
      styleSrc: cdn ? [CDN] : [],
      imgSrc: ["data:", "blob:"],
      connectSrc: ["https://api.mapbox.com", "https://events.mapbox.com", ...(olderTiles ? ["https://*.tiles.mapbox.com"] : [])],
      workerSrc: cspBuild ? ["self"] : ["blob:"],
    },
    ...(cdn ? { crossOriginEmbedderPolicy: "credentialless" as const } : {}),
  }),
);
