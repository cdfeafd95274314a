import { MOST_POLICIES } from "../../headers/content-security-policy/wire.js";
import type { Found, Rule } from "../finding.js";

/** What goes beyond the work that an audit does for one response. */
export const notJudged: Rule = {
  rule: "not-judged",

  check: ({ unjudged, page }) => [
    ...unjudged.map(
      (header): Found => ({
        header,
        severity: "medium",
        message: `There are more than ${MOST_POLICIES} policies, and those after the first ${MOST_POLICIES} were not judged.`,
        fix: "Send one policy.",
      }),
    ),
    ...(page === undefined || page.isWhole ? [] : [CUT_OFF]),
  ],
};

const CUT_OFF: Found = {
  header: "Integrity-Policy",
  severity: "medium",
  message: "The page leaves so many elements open that only its beginning was read: scripts after it were not judged.",
  fix: "Close <font>, <b>, <a> and their like where they end.",
};
