import { show } from "../../values/text.js";
import { readAllowlist } from "../connection-allowlist.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

const FIX = 'Send Connection-Allowlist: (response-origin "https://api.example/*").';

/** A Connection-Allowlist, which only Chromium reads, and the parts of it that Chromium ignores. */
export const connectionAllowlist: AuditRule<"connection-allowlist"> = {
  rule: "connection-allowlist",
  standard: standard("A05", "CWE-923", "https://w3c.github.io/connection-allowlists/"),

  check: ({ values }) =>
    ["Connection-Allowlist", "Connection-Allowlist-Report-Only"].flatMap((header): readonly Found[] => {
      const lines = values(header.toLowerCase());
      if (lines.length === 0) return [];
      const text = lines.join(", ");
      const list = readAllowlist(text);
      if (list === undefined) {
        const message = `${show(text)} is not a list in parentheses, so nothing is limited.`;
        return [{ header, severity: "medium", message, fix: FIX }];
      }
      const found = list.ignored.map((one): Found => {
        const message = `${show(one)} is neither a pattern in double quotes nor response-origin, and Chromium ignores it.`;
        return { header, severity: "low", message, fix: FIX };
      });
      if (list.lists > 1) {
        const message = `It has ${list.lists} lists, and Chromium reads only the first one.`;
        found.push({ header, severity: "low", message, fix: "Send one list." });
      }
      const message = `Only Chromium supports ${header}; connect-src and the other directives of the CSP apply in every browser.`;
      return [...found, { header, severity: "info", message, fix: "Keep the Content-Security-Policy beside it." }];
    }),
};
