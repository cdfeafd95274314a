import { MOST_POLICIES } from "../../headers/content-security-policy/wire.js";
import type { AuditRule, Found } from "../finding.js";

/** What exceeds the limits of an audit of one response. */
export const notJudged: AuditRule<"not-judged"> = {
  rule: "not-judged",

  check: ({ unjudged, page }) => [
    ...unjudged.map(
      (header): Found => ({
        header,
        severity: "medium",
        message: `There are more than ${MOST_POLICIES} policies, and those after the first ${MOST_POLICIES} were not checked.`,
        fix: "Send one policy.",
      }),
    ),
    ...(page === undefined || page.isWhole ? [] : [CUT_OFF]),
  ],
};

const CUT_OFF: Found = {
  header: "Integrity-Policy",
  severity: "medium",
  message: "The page leaves so many elements open that only its beginning was read: scripts after it were not checked.",
  fix: "Close elements such as <font>, <b> and <a> where they end.",
};
