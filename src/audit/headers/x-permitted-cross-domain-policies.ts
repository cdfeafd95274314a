import type { headers } from "../../headers/index.js";
import { standard } from "../standard.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.xPermittedCrossDomainPolicies)["parse"]>;

const ROOT_FILE = "this site's data for Adobe's products, by the policy file at its root";
const TYPED_FILES = "this site's data for Adobe's products, by files of the right media type";

/** Not standardised. */
export const xPermittedCrossDomainPolicies: HeaderKnowledge<Value> = {
  repeated: "equal members",
  standard: standard("A05", "CWE-942", "https://owasp.org/www-project-secure-headers/"),
  ...ofWords<Value>(
    {
      none: { text: "Adobe's products may not read this site's data.", allows: [] },
      "master-only": { text: "Adobe's products follow one policy file of this site.", allows: [ROOT_FILE] },
      "by-content-type": {
        text: "Adobe's products follow any policy file of this site that has the right media type.",
        allows: [TYPED_FILES],
      },
      all: {
        text: "Adobe's products follow any policy file of this site.",
        allows: [ROOT_FILE, TYPED_FILES, "this site's data for Adobe's products, by any policy file"],
      },
    },
    [ROOT_FILE, TYPED_FILES, "this site's data for Adobe's products, by their own rules"],
  ),
};
