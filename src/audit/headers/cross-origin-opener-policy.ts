import type { headers } from "../../headers/index.js";
import { standard } from "../standard.js";
import { adviseStructured, type HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.crossOriginOpenerPolicy)["parse"]>;

const POPUPS = "a handle on this page for the popups it opens";
const OWN = "a handle on this page for its own origin's windows";
const OTHERS = "a handle on this page for windows of other origins";

/** HTML §7.1.3. */
export const crossOriginOpenerPolicy: HeaderKnowledge<Value> = {
  repeated: "one",
  standard: standard("A01", "CWE-668", "https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies"),
  advise: adviseStructured("Write one word, such as same-origin."),
  ...ofWords<Value["policy"]>(
    {
      "same-origin": { text: "Windows of other sites cannot access this one, and it cannot access them.", allows: [OWN] },
      "same-origin-allow-popups": {
        text: "Windows of other sites cannot access this one, but it can access the pop-ups it opens.",
        allows: [POPUPS, OWN],
      },
      "noopener-allow-popups": {
        text: "The page that opened this window cannot access it; it can access the pop-ups it opens.",
        allows: [POPUPS],
      },
      "unsafe-none": {
        text: "Windows of other sites that opened this one, or were opened by it, keep a handle on it.",
        allows: [POPUPS, OWN, OTHERS],
      },
    },
    "unsafe-none",
  ),
};
