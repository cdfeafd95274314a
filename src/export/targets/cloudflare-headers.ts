import type { ReportIssue } from "../../errors.js";
import { contains } from "../../middleware/routes.js";
import { namesOf, type Place, patternText, type RoutePath, type Site, type Target, withinLimits } from "../target.js";

/** The `_headers` file of Cloudflare Pages and of the static assets of Workers. */
export const cloudflareHeaders: Target<"cloudflare-headers"> = {
  name: "cloudflare-headers",
  title: "Cloudflare _headers: the static files of Pages and Workers",
  uses: [],
  longestLine: 2_000,
  // The limit is 100 rules; one is for the site.
  mostRoutes: 99,

  print(given, { report, warn }) {
    const site = withOneRuleAPattern(given);
    warn("Cloudflare applies _headers to static files only: Functions and Workers must set their own headers.");
    if (site.upstream !== undefined) warn("The upstream is not printed: static files have no server behind them.");
    for (const { path } of site.routes) checkPath(path as RoutePath, report);
    for (const place of [site.all, ...site.routes]) checkValues(place, report);
    const rules = [site.all, ...site.routes].map((place) => ruleOf(site, place, warn)).filter((rule) => rule !== "");
    if (rules.length > 0) return withinLimits(cloudflareHeaders, site, [{ path: "_headers", text: rules.join("\n") }], report);
    warn("The policy has no headers: no file is printed.");
    return [];
  },
};

/** Of two rules for one pattern only the last applies: a route for all paths replaces the site. */
function withOneRuleAPattern(site: Site): Site {
  const [first, ...others] = site.routes;
  if (first?.path === undefined || patternText(first.path) !== "/*") return site;
  return { ...site, all: { lines: first.lines, remove: first.remove }, routes: others };
}

/** All matching rules apply in order, and values of one name are joined with a comma: a changed header is removed first. */
function ruleOf(site: Site, place: Place, warn: (text: string) => void): string {
  const broader = broaderThan(site, place);
  const before = new Map(broader.at(-1)?.lines);
  const after = new Map(place.lines);
  const pattern = place.path === undefined ? "/*" : patternText(place.path);
  const own = new Set(namesOf(place).map((name) => name.toLowerCase()));
  const lost = new Set(broader.flatMap(({ remove }) => remove).filter((name) => !own.has(name.toLowerCase())));
  if (lost.size > 0)
    warn(`Cloudflare cannot restore headers that a broader rule removes. Removed for ${pattern} too: ${[...lost].join(", ")}.`);
  const changed = [...before.keys()].filter((name) => after.get(name) !== before.get(name));
  const lines = [
    ...[...new Set([...changed, ...place.remove])].map((name) => `  ! ${name}\n`),
    ...place.lines.filter(([name, value]) => before.get(name) !== value).map(([name, value]) => `  ${name}: ${value}\n`),
  ];
  return lines.length === 0 ? "" : `${pattern}\n${lines.join("")}`;
}

/** The broader places, whose rules also match a path of this one. The nearest is last. */
function broaderThan(site: Site, { path }: Place): readonly Place[] {
  if (path === undefined) return [];
  return [site.all, ...site.routes.filter((one) => one.path !== undefined && one.path !== path && contains(one.path, path))];
}

/** In a path, a colon and a letter are a placeholder. */
function checkPath(path: RoutePath, report: ReportIssue): void {
  const [word] = /:[A-Za-z]\w*/.exec(path.path) ?? [];
  if (word === undefined) return;
  report({
    path: [patternText(path)],
    message: `has ${JSON.stringify(word)}, which Cloudflare interprets as a placeholder`,
    hint: `Write ${JSON.stringify(`${path.path.slice(0, path.path.indexOf(word))}*`)}.`,
  });
}

/** If a pattern has a star, the text it matches replaces `:splat` in values. */
function checkValues({ path, lines }: Place, report: ReportIssue): void {
  if (path !== undefined && !path.below) return;
  for (const [name] of lines.filter(([, value]) => value.includes(":splat"))) {
    report({ path: [name], message: 'has ":splat", which Cloudflare replaces with the path', hint: "Use another value." });
  }
}
