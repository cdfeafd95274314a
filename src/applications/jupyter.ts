import { preset } from "../presets/preset.js";
import { recommended } from "../presets/recommended.js";
import { strict } from "../presets/strict.js";

/** The one inline script of JupyterLab's page, of 4.6.6: it takes a token out of the address. */
const JUPYTER_INLINE_SCRIPT = "'sha256-DHk7PmJD5wtdpNjEzpkYISzoAstMGRwG1GNWZ25R2pM='";

/**
 * JupyterLab behind a proxy, with the scripts and the images that notebooks bring. JupyterLab compiles JSON schemas with `eval`, shows files
 * in frames and PDFs in objects made of blobs: see docs/applications.md. Tested: 4.6.6, 2026-11-26.
 */
export const jupyter = preset("jupyter", true, () => ({
  ...recommended.patch,
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: ["self", "unsafe-inline", "unsafe-eval"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:", "https:"],
    fontSrc: ["self", "data:"],
    mediaSrc: ["self", "data:"],
    frameSrc: ["self", "blob:"],
    objectSrc: ["blob:"],
    baseUri: ["self"],
    formAction: ["self"],
    frameAncestors: ["self"],
  },
}));

/**
 * JupyterLab without inline scripts: those in HTML outputs and in HTML files do not run. Everything else works, `Javascript()` outputs too,
 * because JupyterLab evaluates them. Tested: 4.6.6, 2026-11-26.
 */
export const jupyterStrict = preset("jupyterStrict", true, () => ({
  ...strict.patch,
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: ["self", "unsafe-eval", JUPYTER_INLINE_SCRIPT],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:"],
    fontSrc: ["self"],
    connectSrc: ["self"],
    mediaSrc: ["self", "data:"],
    frameSrc: ["self", "blob:"],
    objectSrc: ["blob:"],
    baseUri: ["self"],
    formAction: ["self"],
    frameAncestors: ["self"],
  },
  xFrameOptions: "SAMEORIGIN",
  crossOriginEmbedderPolicy: "require-corp",
}));
