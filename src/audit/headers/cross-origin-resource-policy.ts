import type { headers } from "../../headers/index.js";
import { standard } from "../standard.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.crossOriginResourcePolicy)["parse"]>;

const SAME_SITE = "this response in pages of the same site";
const ANY_SITE = "this response in pages of any site";

/** Fetch §3.7. A page with COEP blocks a response without the header, which is due to that page. */
export const crossOriginResourcePolicy: HeaderKnowledge<Value> = {
  repeated: "one",
  standard: standard("A01", "CWE-668", "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"),
  ...ofWords<Value>(
    {
      "same-origin": { text: "Only this origin may embed this response.", allows: [] },
      "same-site": { text: "Only this site and its subdomains may embed this response.", allows: [SAME_SITE] },
      "cross-origin": {
        text: "Any site may embed this response.",
        allows: [SAME_SITE, ANY_SITE, "this response in isolated pages of any site"],
      },
    },
    [SAME_SITE, ANY_SITE],
  ),
};
