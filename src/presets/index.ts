import { api } from "./api.js";
import { development } from "./development.js";
import { none } from "./none.js";
import { recommended } from "./recommended.js";
import { streamlit } from "./streamlit.js";
import { streamlitMapbox } from "./streamlit-mapbox.js";
import { streamlitMedia } from "./streamlit-media.js";
import { streamlitStrict } from "./streamlit-strict.js";
import { strict } from "./strict.js";
import { strictDynamic } from "./strict-dynamic.js";

export type { Preset } from "./preset.js";
export { api, development, none, recommended, streamlit, streamlitMapbox, streamlitMedia, streamlitStrict, strict, strictDynamic };

/** Every preset, by the name that `securityHeaders` and `definePolicy` take; frozen, since a name is looked up here. */
export const presets = /* @__PURE__ */ Object.freeze({
  /** The default: works for a server-rendered site on the first try. */
  recommended,
  /** Everything `'none'` or `'self'`, nothing inline. */
  strict,
  /** Scripts by nonce alone, Trusted Types, cross-origin isolation: the highest grade there is. */
  strictDynamic,
  /** A service that answers with data, never with a page. */
  api,
  /** A Streamlit app behind a proxy. */
  streamlit,
  /** The same without inline scripts and `eval`. */
  streamlitStrict,
  /** A patch: the camera and the microphone of a Streamlit app. */
  streamlitMedia,
  /** A patch: the maps of Streamlit 1.40 and older, over `streamlitStrict`. */
  streamlitMapbox,
  /** A patch: no HSTS, no `upgrade-insecure-requests`. */
  development,
  /** Every header off: an empty base. */
  none,
});

/** The name of a preset, as every place that takes a layer takes it. */
export type PresetName = keyof typeof presets;
