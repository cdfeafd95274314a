import { show } from "../../values/text.js";
import type { AuditRule, Found } from "../finding.js";
import { recipeNamed } from "../recipes.js";
import { ownersOf, tenancyOf } from "../services.js";
import { standard } from "../standard.js";

/** A script from another origin that can change unnoticed, where its vendor does not have to change it. SRI §3. */
export const missingIntegrity: AuditRule<"missing-integrity"> = {
  rule: "missing-integrity",
  standard: standard("A08", "CWE-353", "https://www.w3.org/TR/SRI/"),

  check: ({ page }) =>
    (page?.scripts ?? []).flatMap(({ src, url, integrity, external }): Found[] => {
      const overHttp = url.protocol === "http:";
      const changes = isChanged(url);
      if (!external || ((integrity || changes) && !overHttp)) return [];
      const message = overHttp
        ? `The script ${show(src)} is loaded over plain http${integrity || changes ? "" : " and has no integrity"}.`
        : `The script ${show(src)} comes from another origin and has no integrity: whoever changes it there changes this page.`;
      const fix = changes ? "Load it over https." : 'Load it over https with integrity="sha384-…" and crossorigin, or serve it yourself.';
      return [{ header: "Integrity-Policy", severity: overHttp ? (integrity ? "medium" : "high") : "low", message, fix }];
    }),
};

/** In a path: `/web/3.112.0/`. */
const EXACT_VERSION = /[/@-]v?\d+\.\d+\.\d+/;

/**
 * Whether the vendor of a known service changes the file under this address: browsers would block it with the first new release. Files of
 * an exact version stay the same, and of a host of such files, of any customer's files too, nothing else should be on the page.
 */
function isChanged({ href, pathname }: URL): boolean {
  const [owner] = ownersOf(href);
  if (owner === undefined || recipeNamed(owner.name)?.about.category === "files") return false;
  return tenancyOf(href) === undefined && !EXACT_VERSION.test(pathname);
}
