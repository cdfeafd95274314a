import { edit } from "../values/edits.js";
import { preset } from "./preset.js";

/** The hosts from which maps of Streamlit 1.30 to 1.40 load a token and their background; 1.67 uses basemaps.cartocdn.com only. */
export const MAPBOX = ["https://data.streamlit.io", "https://api.mapbox.com", "https://events.mapbox.com"] as const;

/** A patch for the maps of older versions over `streamlitStrict`; `streamlit` has it in it. */
export const streamlitMapbox = preset("streamlitMapbox", false, () => ({
  contentSecurityPolicy: { connectSrc: edit("append", MAPBOX) },
}));
