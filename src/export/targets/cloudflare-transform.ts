import type { ReportIssue } from "../../errors.js";
import { contains, within } from "../../middleware/routes.js";
import { namesOf, type Place, patternText, type RoutePath, type Site, type Target, warnOfPaths, withoutOwn } from "../target.js";
import { attributes, block, indent, quoted, slugsOf } from "./terraform.js";

/** Response header transform rules of a zone, for provider version 5 of Cloudflare. */
export const cloudflareTransform: Target<"cloudflare-transform"> = {
  name: "cloudflare-transform",
  title: "Cloudflare Transform Rules: headers on whatever a zone answers, in Terraform",
  uses: [],
  longestValue: 4_096,

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("Cloudflare knows the origin of a zone already, left out: the upstream.");
    warnOfPaths(
      site,
      'Leave "Normalize incoming URLs" of the zone on, of the type Cloudflare, as it is from the start: without it /%61dmin and //admin have not the headers of /admin.',
      warn,
    );
    const own = withoutOwn(site, UNCHANGEABLE, "Cloudflare", { report, warn });
    for (const place of [own.all, ...own.routes]) checkText(place, report);
    const slugs = ["site", ...slugsOf(own)];
    const rules = [own.all, ...own.routes].flatMap((place, index) => rulesOf(own, place, slugs[index] as string, report));
    if (rules.length === 0) {
      warn("The policy has no headers, and no file is printed.");
      return [];
    }
    if (rules.length > FREE_RULES) warn(`These are ${rules.length} rules; a free zone takes ${FREE_RULES}.`);
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

const HEAD = `# For the provider cloudflare, 5 or newer. A zone has one ruleset in this phase: where there is one, put these rules into it.
# They hold for all host names of the zone.
${block('variable "portcullis_zone_id"', attributes({ description: '"Identifier of the zone."', type: "string" }))}
`;

/** How many rules the smallest plan has. */
const FREE_RULES = 10;
/** How many headers one rule changes. */
const MOST_CHANGES = 30;
/** How long an expression may be, in characters. */
const LONGEST_EXPRESSION = 4_096;

/** A rule for a place, or several for many headers. No path has two places, so that their order means nothing. */
function rulesOf(site: Site, place: Place, slug: string, report: ReportIssue): readonly string[] {
  const changes = [
    ...place.remove.map((name) => `${quoted(name)} = { operation = "remove" }\n`),
    ...place.lines.map(([name, value]) => `${quoted(name)} = { operation = "set", value = ${quoted(value)} }\n`),
  ];
  const expression = expressionOf(site, place);
  if (expression.length > LONGEST_EXPRESSION && changes.length > 0) {
    const message = `come to an expression of ${expression.length} characters, and the target takes ${LONGEST_EXPRESSION}`;
    report({ path: ["routes"], message, hint: "Put paths together, as /api/* does." });
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

/** Its own paths, without those of narrower places. Rules language, "Fields" and "Functions". */
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

/** Names that are Cloudflare's own. Response header transform rules, "Important remarks". */
const UNCHANGEABLE = /^(?:(?:x-)?cf-.*|server|eh-cache-tag|eh-cdn-cache-control)$/i;

/** Letters, digits, hyphen and underscore in names, all visible characters in values. "Format of HTTP response header names and values". */
function checkText(place: Place, report: ReportIssue): void {
  for (const name of namesOf(place).filter((name) => !/^[\w-]+$/.test(name))) {
    report({ path: [name], message: "is a name that Cloudflare does not take", hint: "Write letters, digits and hyphens." });
  }
  for (const [name] of place.lines.filter(([, value]) => value.includes("\t"))) {
    report({ path: [name], message: "has a tab, which Cloudflare does not take", hint: "Write a blank." });
  }
}
