import { headers } from "../../headers/index.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";
import { readHeader } from "../subject.js";

const ONE_YEAR = 31_536_000;
const HEADER = "Strict-Transport-Security";

/** `preload` with a policy that the preload lists refuse, or a `max-age` beyond their advice. */
export const preloadRefused: AuditRule<"preload-refused"> = {
  rule: "preload-refused",
  standard: standard("A02", "CWE-319", "https://hstspreload.org/"),

  check: (subject) => {
    const hsts = readHeader(subject, headers.strictTransportSecurity);
    if (hsts.kind !== "read") return [];
    const { maxAge, includeSubDomains, preload } = hsts.value;
    const path = "strictTransportSecurity.preload";
    const found: Found[] = [];
    if (preload && (maxAge < ONE_YEAR || !includeSubDomains)) {
      const message = "preload is set, but the preload lists refuse this policy.";
      found.push({
        header: HEADER,
        path,
        severity: "low",
        message,
        fix: "Send max-age=31536000; includeSubDomains; preload, or remove preload.",
      });
    }
    if (maxAge > 10 * ONE_YEAR) {
      const message = `max-age=${maxAge} is more than ten years.`;
      found.push({ header: HEADER, path: "strictTransportSecurity.maxAge", severity: "info", message, fix: "Send max-age=63072000." });
    }
    return found;
  },
};
