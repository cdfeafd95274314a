import type { headers } from "../../headers/index.js";
import { GENERAL_STANDARD } from "../standard.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.xDnsPrefetchControl)["parse"]>;

const BY_DEFAULT = "DNS prefetching, in browsers with that default";

/** Not standardised. */
export const xDnsPrefetchControl: HeaderKnowledge<Value> = {
  repeated: "equal members",
  standard: GENERAL_STANDARD,
  ...ofWords<Value>(
    {
      off: { text: "Browsers do not resolve the hosts of links in advance.", allows: [] },
      on: { text: "Browsers may resolve the hosts of links in advance.", allows: [BY_DEFAULT, "DNS prefetching"] },
    },
    [BY_DEFAULT],
  ),
};
