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
  advise: (text) => {
    const [first = "", place = ""] = text.split(/\s+/);
    const word = first.toUpperCase();
    if (word !== "ALLOW-FROM" && word !== "ALLOWALL") return undefined;
    const message = `Browsers do not support ${word} in X-Frame-Options and ignore the header: any site may show this page in a frame.`;
    if (word === "ALLOWALL") return { message, fix: "Write SAMEORIGIN or DENY, or remove the header if every site may frame the page." };
    const origin = URL.canParse(place) ? new URL(place).origin : "null";
    return {
      message,
      fix: `Send Content-Security-Policy: frame-ancestors ${origin === "null" ? "https://partner.example" : origin} instead.`,
    };
  },
  ...ofWords<XFrameOptions>(
    {
      DENY: { text: "No page may frame this page.", allows: [] },
      SAMEORIGIN: { text: "Only this site may frame this page.", allows: [OWN] },
    },
    [OWN, ANY],
  ),
};
