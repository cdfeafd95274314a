import type { Flags } from "../flag.js";
import { MOST_SITES } from "../limits.js";

/** The options of `check` that a configuration file may set. */
export const limitFlags = {
  "fail-under": { value: "points", number: [1, 200], text: "Exit with code 1 if the score is lower." },
  "fail-on": { value: "severity", text: "Exit with code 1 if a finding has at least this severity: high, medium or low." },
  "max-pages": { value: "number", number: [1, MOST_SITES], default: "50", text: "The most pages of --sitemap." },
} as const satisfies Flags;
