import type { headers } from "../../headers/index.js";
import { GENERAL_STANDARD } from "../standard.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.xXssProtection)["parse"]>;

const ON = "Switches on a filter of old browsers that did harm; current browsers have none.";

/** Not standardised: only old browsers have such a filter, and they differ, so there is no order. */
export const xXssProtection: HeaderKnowledge<Value> = {
  repeated: "unspecified",
  standard: GENERAL_STANDARD,
  ...ofWords<Value>(
    {
      "0": { text: "The harmful filter of old browsers is off.", allows: ["scripts past the filter of old browsers, which is off"] },
      "1": { text: ON, allows: ["vulnerabilities caused by the filter of old browsers, which edits pages"] },
      "1; mode=block": { text: ON, allows: ["vulnerabilities caused by the filter of old browsers, which blocks pages"] },
    },
    ["what the filter of old browsers does by default"],
  ),
  // Browsers that read it look at the first character.
  explain: (_, text) => (text.trim().startsWith("0") ? "The harmful filter of old browsers is off." : ON),
};
