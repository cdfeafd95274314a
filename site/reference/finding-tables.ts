import type { Finding } from "../../src/audit/index.js";
import { ref } from "./links.js";
import { prose, section, table } from "./markdown.js";

/** Findings about one header or directive, with links to their rules; no section without findings. */
export function findingsSection(findings: readonly Finding[]): string {
  const rows = findings.map(({ rule, severity, message, fix }) => [ref("rules", rule), severity, prose(message), prose(fix)]);
  const how = "`portcullis check` and `audit()` report, for example:";
  return rows.length === 0 ? "" : section("What the audit reports", how, table(["Rule", "Severity", "Finding", "What to do"], rows));
}
