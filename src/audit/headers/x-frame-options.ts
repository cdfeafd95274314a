import type { XFrameOptions } from "../../headers/x-frame-options.js";
import { standard } from "../standard.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

const OWN = "this page in a frame of its own origin";
const ANY = "this page in a frame of any origin";

export const xFrameOptions: HeaderKnowledge<XFrameOptions> = {
  // HTML §7.1.6
  repeated: "equal members",
  conflict: { words: ["deny", "sameorigin", "allowall"], inForce: "DENY", effect: "browsers block every frame" },
  standard: standard("A01", "CWE-1021", "https://www.rfc-editor.org/rfc/rfc7034"),
  ...ofWords<XFrameOptions>(
    {
      DENY: { text: "No page may frame this page.", allows: [] },
      SAMEORIGIN: { text: "Only this site may frame this page.", allows: [OWN] },
    },
    [OWN, ANY],
  ),
};
