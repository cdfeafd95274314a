import { GENERAL_STANDARD } from "../standard.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

/** Not standardised. */
export const xDownloadOptions: HeaderKnowledge<"noopen"> = {
  repeated: "equal members",
  standard: GENERAL_STANDARD,
  ...ofWords({ noopen: { text: "Internet Explorer does not open downloads in the site's context.", allows: [] } }, [
    "downloads opened in the site's context by Internet Explorer",
  ]),
};
