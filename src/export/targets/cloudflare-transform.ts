import type { ReportIssue } from "../../errors.js";
import { contains, within } from "../../middleware/routes.js";
import { namesOf, type Place, patternText, type RoutePath, type Site, type Target, warnOfPaths, withoutOwn } from "../target.js";
import { attributes, block, indent, quoted, slugsOf } from "./terraform.js";

/** Response header transform rules of a zone, for provider version 5 of Cloudflare. */
export const cloudflareTransform: Target<"cloudflare-transform"> = {
  name: "cloudflare-transform",
  title: "Cloudflare Transform Rules: headers on all responses of a zone, in Terraform",
  uses: [],
  longestValue: 4_096,

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("The upstream is not printed: the zone has its own origin.");
    warnOfPaths(
      site,
      'Keep "Normalize incoming URLs" of the zone on with the type Cloudflare, which is the default. Without it, /%61dmin and //admin do not have the headers of /admin.',
      warn,
    );
    const own = withoutOwn(site, UNCHANGEABLE, "Cloudflare", { report, warn });
    for (const place of [own.all, ...own.routes]) checkText(place, report);
    const slugs = ["site", ...slugsOf(own)];
    const rules = [own.all, ...own.routes].flatMap((place, index) => rulesOf(own, place, slugs[index] as string, report));
    if (rules.length === 0) {
      warn("The policy has no headers: no file is printed.");
      return [];
    }
    if (rules.length > FREE_RULES) warn(`The policy needs ${rules.length} rules. The maximum of a free zone is ${FREE_RULES}.`);
    const head = attributes({
      zone_id: "var.portcullis_zone_id",
      name: '"Portcullis"',
      kind: '"zone"',
      phase: '"http_response_headers_transform"',
    });
    const list = `rules = [\n${indent(rules.join(""))}]\n`;
    return [{ path: "portcullis.tf", text: `${HEAD}${block('resource "cloudflare_ruleset" "portcullis"', head, "\n", list)}` }];
  },
};

const HEAD = `# For the provider cloudflare, 5 or newer. A zone has one ruleset in this phase. If yours has one, add these rules to it.
# They hold for all host names of the zone.
${block('variable "portcullis_zone_id"', attributes({ description: '"Identifier of the zone."', type: "string" }))}
`;

/** Maximum number of rules in the free plan. */
const FREE_RULES = 10;
/** Maximum number of headers in one rule. */
const MOST_CHANGES = 30;
/** Maximum length of an expression, in characters. */
const LONGEST_EXPRESSION = 4_096;

/** A rule for a place, or several for many headers. The expressions exclude each other, so their order has no effect. */
function rulesOf(site: Site, place: Place, slug: string, report: ReportIssue): readonly string[] {
  const changes = [
    ...place.remove.map((name) => `${quoted(name)} = { operation = "remove" }\n`),
    ...place.lines.map(([name, value]) => `${quoted(name)} = { operation = "set", value = ${quoted(value)} }\n`),
  ];
  const expression = expressionOf(site, place);
  if (expression.length > LONGEST_EXPRESSION && changes.length > 0) {
    const message = `need an expression of ${expression.length} characters, and the maximum of the target is ${LONGEST_EXPRESSION}`;
    report({ path: ["routes"], message, hint: "Combine paths, such as /api/*." });
  }
  const parts = Array.from({ length: Math.ceil(changes.length / MOST_CHANGES) }, (_, part) =>
    changes.slice(part * MOST_CHANGES, (part + 1) * MOST_CHANGES),
  );
  return parts.map((part, index) => {
    const head = attributes({
      ref: quoted(`portcullis-${slug}${index === 0 ? "" : `-part-${index + 1}`}`),
      description: quoted(`Portcullis: ${place.path === undefined ? "the site" : patternText(place.path)}`),
      expression: quoted(expression),
      action: '"rewrite"',
    });
    const headers = `action_parameters = {\n  headers = {\n${indent(indent(part.join("")))}  }\n}\n`;
    return `{\n${indent(`${head}${headers}`)}},\n`;
  });
}

/** Matches the paths of a place without those of narrower places. Rules language, "Fields" and "Functions". */
function expressionOf(site: Site, place: Place): string {
  const narrower = within(site, place).map(({ path }) => path as RoutePath);
  const others = narrower.filter((path, index) => !narrower.slice(0, index).some((one) => contains(one, path))).map(testOf);
  const meant = place.path === undefined || (place.path.below && place.path.path === "/") ? [] : [testOf(place.path)];
  const tests = [...meant, ...(others.length === 0 ? [] : [`not (${others.join(" or ")})`])];
  return tests.join(" and ") || "true";
}

function testOf({ path, below }: RoutePath): string {
  const text = JSON.stringify(path);
  return below ? `starts_with(http.request.uri.path, ${text})` : `http.request.uri.path eq ${text}`;
}

/** Headers that only Cloudflare can set. Response header transform rules, "Important remarks". */
const UNCHANGEABLE = /^(?:(?:x-)?cf-.*|server|eh-cache-tag|eh-cdn-cache-control)$/i;

/** Names may have letters, digits, hyphens and underscores, values all visible characters. "Format of HTTP response header names and values". */
function checkText(place: Place, report: ReportIssue): void {
  for (const name of namesOf(place).filter((name) => !/^[\w-]+$/.test(name))) {
    report({ path: [name], message: "is a header name that Cloudflare does not accept", hint: "Write letters, digits and hyphens." });
  }
  for (const [name] of place.lines.filter(([, value]) => value.includes("\t"))) {
    report({ path: [name], message: "has a tab, which Cloudflare does not accept", hint: "Write a space." });
  }
}
