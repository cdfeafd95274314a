import { preset } from "./preset.js";
import { strict } from "./strict.js";

/** `window.prerenderReady = false`, the one inline script of Streamlit's page, which is changed by as much as a space. */
const STREAMLIT_INLINE_SCRIPTS = [
  // 1.67.
  "'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",
  // 1.30 and 1.40.
  "'sha256-FvEKghNLP0YzyZSAxnPKuXunfcpTJfm4/Tuu/j9uBRw='",
] as const;

/** The strictest policy under which all of Streamlit works: no inline scripts, no `eval`. docs/streamlit.md lists what needs each source. */
export const streamlitStrict = preset("streamlitStrict", true, () => ({
  ...strict.patch,
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: ["self", ...STREAMLIT_INLINE_SCRIPTS, "blob:", "wasm-unsafe-eval"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "blob:"],
    fontSrc: ["self", "data:"],
    connectSrc: ["self", "https://basemaps.cartocdn.com", "https://*.basemaps.cartocdn.com"],
    mediaSrc: ["self"],
    frameSrc: ["self"],
    workerSrc: ["blob:"],
    baseUri: ["none"],
    formAction: ["none"],
    frameAncestors: ["self"],
    objectSrc: ["none"],
  },
  xFrameOptions: "SAMEORIGIN",
  crossOriginEmbedderPolicy: "require-corp",
}));
