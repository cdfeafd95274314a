import { noPowerfulFeatures } from "../headers/permissions-policy/index.js";
import { preset } from "../presets/preset.js";
import { recommended } from "../presets/recommended.js";
import { strict } from "../presets/strict.js";

/** Inline scripts of Gradio's page that are the same in every application, of 6.31.0: the mode, and the height for a frame around it. */
const GRADIO_INLINE_SCRIPTS = [
  "'sha256-Bp00+bXvXIKMynrZJ/zG223J2+w1B7iMwzQeXZXUst4='",
  "'sha256-lBZME9sy7yKjB68UVFZPDhjhQDBysZtJAO/4YoISCxA='",
] as const;

/**
 * A Gradio application behind a proxy, with inline scripts and `eval`: its page has a script that contains its address and its configuration,
 * and it evaluates `js=` of events. The camera and the microphone are allowed. See docs/applications.md. Tested: 6.31.0, 2026-11-26.
 */
export const gradio = preset("gradio", true, () => ({
  ...recommended.patch,
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: ["self", "unsafe-inline", "unsafe-eval"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:"],
    fontSrc: ["self", "data:"],
    connectSrc: ["self", "blob:"],
    mediaSrc: ["self", "blob:"],
    objectSrc: ["none"],
    baseUri: ["self"],
    formAction: ["self"],
    frameAncestors: ["self"],
  },
  permissionsPolicy: { geolocation: [], camera: ["self"], microphone: ["self"] },
}));

/**
 * A Gradio application without inline scripts but those that are the same in every application. The browser logs three violations: two scripts
 * have the application's configuration in them, one its address. Gradio then requests the configuration, and all but the resizing of a frame
 * around the page works. `eval` is for `js=` of events, `gr.HTML` and plots. Tested: 6.31.0, 2026-11-26.
 */
export const gradioStrict = preset("gradioStrict", true, () => ({
  ...strict.patch,
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: ["self", "unsafe-eval", ...GRADIO_INLINE_SCRIPTS],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:"],
    fontSrc: ["self", "data:"],
    connectSrc: ["self", "blob:"],
    mediaSrc: ["self", "blob:"],
    manifestSrc: ["self"],
    objectSrc: ["none"],
    baseUri: ["self"],
    formAction: ["none"],
    frameAncestors: ["none"],
  },
  permissionsPolicy: { ...noPowerfulFeatures(), camera: ["self"], microphone: ["self"] },
  crossOriginEmbedderPolicy: "require-corp",
}));
