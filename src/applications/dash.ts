import { preset } from "../presets/preset.js";
import { recommended } from "../presets/recommended.js";
import { strict } from "../presets/strict.js";

/** `var renderer = new DashRenderer();`, the inline script of every Dash page, of 4.4.1. */
const DASH_INLINE_SCRIPT = "'sha256-jZlsGVOhUAIcH+4PVs7QuGZkthRMgvT2n0ilH6/zTM0='";

/** The hosts from which Plotly loads the outlines of countries, and the background of its tile maps. */
const PLOTLY_MAPS = ["https://cdn.plot.ly", "https://basemaps.cartocdn.com", "https://*.basemaps.cartocdn.com"] as const;

/**
 * A Dash application behind a proxy, with inline scripts for clientside callbacks and `eval` for graphs in WebGL. Maps have workers made of
 * blobs, and images of graphs are blobs: see docs/applications.md. Tested: 4.4.1, 2026-11-26.
 */
export const dash = preset("dash", true, () => ({
  ...recommended.patch,
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: ["self", "unsafe-inline", "unsafe-eval"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:", "https:"],
    fontSrc: ["self", "data:"],
    connectSrc: ["self", ...PLOTLY_MAPS],
    mediaSrc: ["self", "data:"],
    workerSrc: ["blob:"],
    objectSrc: ["none"],
    baseUri: ["self"],
    formAction: ["self"],
    frameAncestors: ["self"],
  },
}));

/**
 * A Dash application without inline scripts and `eval`: append the hashes of `app.csp_hashes()` to `scriptSrc` for its clientside callbacks.
 * Graphs in WebGL (`Scattergl`) need `eval`. Tested: 4.4.1, 2026-11-26.
 */
export const dashStrict = preset("dashStrict", true, () => ({
  ...strict.patch,
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: ["self", DASH_INLINE_SCRIPT],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:"],
    connectSrc: ["self", ...PLOTLY_MAPS],
    mediaSrc: ["self", "data:"],
    workerSrc: ["blob:"],
    objectSrc: ["none"],
    baseUri: ["none"],
    formAction: ["none"],
    frameAncestors: ["none"],
  },
  crossOriginEmbedderPolicy: "require-corp",
}));
