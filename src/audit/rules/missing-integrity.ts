import { show } from "../../values/text.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

/** A script from another origin that can change unnoticed. SRI §3. */
export const missingIntegrity: AuditRule<"missing-integrity"> = {
  rule: "missing-integrity",
  standard: standard("A08", "CWE-353", "https://www.w3.org/TR/SRI/"),

  check: ({ page }) =>
    (page?.scripts ?? []).flatMap(({ src, url, integrity, external }): Found[] => {
      const overHttp = url.protocol === "http:";
      if (!external || (integrity && !overHttp)) return [];
      const message = overHttp
        ? `The script ${show(src)} is loaded over plain http${integrity ? "" : " and has no integrity"}.`
        : `The script ${show(src)} comes from another origin and has no integrity: whoever changes it there changes this page.`;
      const fix = 'Load it over https with integrity="sha384-…" and crossorigin, or serve it yourself.';
      return [{ header: "Integrity-Policy", severity: overHttp ? (integrity ? "medium" : "high") : "low", message, fix }];
    }),
};
