import { preset } from "./preset.js";

/** A Streamlit app behind a proxy. Streamlit needs inline scripts, `eval` and a WebSocket. */
export const streamlit = preset("streamlit", true, {
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: ["self", "unsafe-inline", "unsafe-eval"],
    styleSrc: ["self", "unsafe-inline"],
    imgSrc: ["self", "data:", "https:"],
    connectSrc: ["self", "ws:", "wss:"],
    fontSrc: ["self", "data:"],
    frameAncestors: ["none"],
  },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  xFrameOptions: "DENY",
  xContentTypeOptions: true,
  referrerPolicy: "strict-origin-when-cross-origin",
  permissionsPolicy: { geolocation: [], microphone: [], camera: [] },
  xXssProtection: "1; mode=block",
});
