import { textThat } from "../values/schema.js";
import type { Entry } from "./header.js";

/** The function that made the layer, such as `"viteDev()"`. */
export type DevelopmentOnly = string;

/** For a layer that a development server needs and that must not reach another server: exporters refuse a policy that has it. */
export const developmentOnlySetting: Entry<DevelopmentOnly> = {
  example: '"viteDev()"',
  value: () => textThat((text) => text !== "", "the name of what the layer is for"),
};
