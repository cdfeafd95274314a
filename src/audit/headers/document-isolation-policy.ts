import type { headers } from "../../headers/index.js";
import { GENERAL_STANDARD } from "../standard.js";
import { adviseStructured, type HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.documentIsolationPolicy)["parse"]>;

const WITHOUT_CREDENTIALS = "files of other origins that did not agree, without credentials";
const WITH_CREDENTIALS = "files of other origins that did not agree";

/** WICG Document-Isolation-Policy. */
export const documentIsolationPolicy: HeaderKnowledge<Value> = {
  repeated: "one",
  standard: GENERAL_STANDARD,
  advise: adviseStructured("Write one word, such as isolate-and-require-corp."),
  ...ofWords<Value["policy"]>(
    {
      "isolate-and-require-corp": {
        text: "This document is isolated from other origins, and embeds only files that allow it.",
        allows: [],
      },
      "isolate-and-credentialless": {
        text: "This document is isolated from other origins; files of other sites are requested without cookies, unless they allow embedding by CORS.",
        allows: [WITHOUT_CREDENTIALS],
      },
      none: { text: "This document is not isolated from other origins.", allows: [WITHOUT_CREDENTIALS, WITH_CREDENTIALS] },
    },
    "none",
  ),
};
