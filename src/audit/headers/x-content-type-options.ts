import { standard } from "../standard.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

export const xContentTypeOptions: HeaderKnowledge<"nosniff"> = {
  // Fetch §3.6
  repeated: "first member",
  standard: standard("A04", "CWE-79", "https://fetch.spec.whatwg.org/#x-content-type-options-header"),
  ...ofWords({ nosniff: { text: "Scripts and style sheets load only under their own media type.", allows: [] } }, [
    "a script or style sheet under another media type",
  ]),
};
