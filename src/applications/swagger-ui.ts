import { preset } from "../presets/preset.js";
import { recommended } from "../presets/recommended.js";
import { strict } from "../presets/strict.js";

/**
 * Swagger UI. Its scripts are files; it writes styles at run time, and shows images of responses as blobs. Cross-Origin-Opener-Policy is not
 * sent: signing in with OAuth2 opens a window of another site, which has to reach this page when it comes back. See docs/applications.md.
 * Tested: swagger-ui-dist 5.35.0 with swagger-ui-express 5.0.1, 2026-11-26.
 */
export const swaggerUi = preset("swaggerUi", true, () => ({
  ...recommended.patch,
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: ["self"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:", "https:"],
    objectSrc: ["none"],
    baseUri: ["self"],
    formAction: ["self"],
    frameAncestors: ["self"],
  },
  crossOriginOpenerPolicy: false,
}));

/**
 * Swagger UI limited to its own origin. Signing in with OAuth2 needs `crossOriginOpenerPolicy: false`, and the host of the tokens in
 * `connectSrc`. Tested: swagger-ui-dist 5.35.0 with swagger-ui-express 5.0.1, 2026-11-26.
 */
export const swaggerUiStrict = preset("swaggerUiStrict", true, () => ({
  ...strict.patch,
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: ["self"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:"],
    connectSrc: ["self"],
    mediaSrc: ["self"],
    objectSrc: ["none"],
    baseUri: ["none"],
    formAction: ["none"],
    frameAncestors: ["none"],
  },
  crossOriginEmbedderPolicy: "require-corp",
}));
