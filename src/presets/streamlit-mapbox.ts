import { edit } from "../values/edits.js";
import { preset } from "./preset.js";

/** Where the maps of Streamlit 1.30 to 1.40 get a token and their background; those of 1.67 ask basemaps.cartocdn.com alone. */
export const MAPBOX = ["https://data.streamlit.io", "https://api.mapbox.com", "https://events.mapbox.com"] as const;

/** A patch for the maps of older versions over `streamlitStrict`; `streamlit` has it in it. */
export const streamlitMapbox = preset("streamlitMapbox", false, () => ({
  contentSecurityPolicy: { connectSrc: edit("append", MAPBOX) },
}));
