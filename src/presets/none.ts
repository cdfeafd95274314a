import { preset } from "./preset.js";

/** Every header off: an empty base. */
export const none = preset("none", true, () => ({}));
