import { preset } from "./preset.js";
import { MAPBOX } from "./streamlit-mapbox.js";

/**
 * A Streamlit app behind a proxy, with inline scripts and `eval` for what the app may bring. Streamlit itself asks for `blob:` (components of
 * version 2, workers of maps, Mermaid), for the background of its maps, and to frame its declared components: see docs/streamlit.md.
 */
export const streamlit = preset("streamlit", true, () => ({
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: ["self", "unsafe-inline", "unsafe-eval", "blob:"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "https:", "blob:"],
    connectSrc: ["self", "ws:", "wss:", "https://basemaps.cartocdn.com", "https://*.basemaps.cartocdn.com", ...MAPBOX],
    fontSrc: ["self", "data:"],
    frameAncestors: ["self"],
  },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  xFrameOptions: "SAMEORIGIN",
  xContentTypeOptions: true,
  referrerPolicy: "strict-origin-when-cross-origin",
  permissionsPolicy: { geolocation: [], microphone: [], camera: [] },
  xXssProtection: "1; mode=block",
}));
