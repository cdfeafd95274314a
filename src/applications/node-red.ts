import { preset } from "../presets/preset.js";
import { recommended } from "../presets/recommended.js";
import { strict } from "../presets/strict.js";

/**
 * The editor of Node-RED behind a proxy. It writes the scripts of its nodes into the page, makes event handlers in its palette, and requests
 * the list of nodes that can be installed from catalogue.nodered.org: see docs/applications.md. Tested: 5.0.7, 2026-11-26.
 */
export const nodeRed = preset("nodeRed", true, () => ({
  ...recommended.patch,
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: ["self", "unsafe-inline"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "https:"],
    fontSrc: ["self", "data:"],
    connectSrc: ["self", "https://catalogue.nodered.org"],
    objectSrc: ["none"],
    baseUri: ["self"],
    formAction: ["self"],
    frameAncestors: ["self"],
  },
}));

/**
 * The editor of Node-RED without hosts of others. Inline scripts remain: each node brings its own. Cross-Origin-Embedder-Policy is not sent: the
 * worker of the code editor does not start where a browser has kept it from before. Tested: 5.0.7, 2026-11-26.
 */
export const nodeRedStrict = preset("nodeRedStrict", true, () => ({
  ...strict.patch,
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: ["self", "unsafe-inline"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:"],
    fontSrc: ["self"],
    connectSrc: ["self"],
    objectSrc: ["none"],
    baseUri: ["none"],
    formAction: ["none"],
    frameAncestors: ["none"],
  },
}));
