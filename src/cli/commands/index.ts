/** Every command, under the name that starts it. */
export { check } from "./check.js";
export { compare } from "./compare.js";
export { completion } from "./completion.js";
export { explain } from "./explain.js";
export { exportCommand as export } from "./export.js";
export { headers } from "./headers.js";
export { importCommand as import } from "./import.js";
export { init } from "./init.js";
export { learn } from "./learn.js";
export { presets } from "./presets.js";
export { prove } from "./prove.js";
export { proxy } from "./proxy.js";
export { record } from "./record.js";
export { services } from "./services.js";
