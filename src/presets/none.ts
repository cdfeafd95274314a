import { preset } from "./preset.js";

/** Every header off: start from nothing. */
export const none = preset("none", true, () => ({}));
