import type { Format } from "./format.js";
import * as registry from "./registry.js";

/** A configuration that `parseConfig` reads; `_headers` is the file of Netlify and of Cloudflare. */
export type ConfigFormat = (typeof registry)[keyof typeof registry]["name"];

const all: readonly Format<ConfigFormat>[] = Object.values(registry);

/** Every format by its name, in alphabetical order. */
export const formats = Object.fromEntries(
  [...all].sort((one, other) => (one.name < other.name ? -1 : 1)).map((format) => [format.name, format]),
) as Readonly<Record<ConfigFormat, Format<ConfigFormat>>>;
