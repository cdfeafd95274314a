import type { headers } from "../../headers/index.js";
import { standard } from "../standard.js";
import { adviseStructured, type HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.crossOriginEmbedderPolicy)["parse"]>;

const WITHOUT_CREDENTIALS = "files of other origins that did not agree, without credentials";
const WITH_CREDENTIALS = "files of other origins that did not agree";

/** HTML §7.1.4. */
export const crossOriginEmbedderPolicy: HeaderKnowledge<Value> = {
  repeated: "one",
  standard: standard("A01", "CWE-668", "https://html.spec.whatwg.org/multipage/browsers.html#coep"),
  advise: adviseStructured("Write one word, such as require-corp."),
  ...ofWords<Value["policy"]>(
    {
      "require-corp": { text: "The page embeds only files that allow it, by CORS or Cross-Origin-Resource-Policy.", allows: [] },
      credentialless: {
        text: "Files of other sites are requested without cookies, unless they allow embedding by CORS.",
        allows: [WITHOUT_CREDENTIALS],
      },
      "unsafe-none": { text: "The page may embed any file.", allows: [WITHOUT_CREDENTIALS, WITH_CREDENTIALS] },
    },
    "unsafe-none",
  ),
};
