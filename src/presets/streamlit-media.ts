import { edit } from "../values/edits.js";
import { preset } from "./preset.js";

/** A patch for `st.camera_input` and `st.audio_input`: Streamlit reads an image back from `data:`, and audio from `blob:`. */
export const streamlitMedia = preset("streamlitMedia", false, () => ({
  permissionsPolicy: { camera: ["self"], microphone: ["self"] },
  contentSecurityPolicy: { connectSrc: edit("append", ["data:", "blob:"]), mediaSrc: edit("append", ["blob:"]) },
}));
