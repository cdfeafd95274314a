import type { ReportIssue } from "../../errors.js";
import { within } from "../../middleware/routes.js";
import { type Place, type Site, stayingIn, type Target, warnOfPaths, withinLimits } from "../target.js";

/** The `headers` of `vercel.json`. */
export const vercel: Target<"vercel"> = {
  name: "vercel",
  title: "Vercel: the headers of vercel.json",
  uses: [],
  longestValue: 32_768,
  mostHeaders: 1_024,
  // The limit is 2,048 rules; one is for the site.
  mostRoutes: 2_047,

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("The upstream is not printed: Vercel proxies to an application with rewrites in vercel.json.");
    warnOfPaths(
      site,
      "Vercel matches the path as sent: if a function serves /admin for /%61dmin or //admin, that response does not have the headers of /admin.",
      warn,
    );
    const places = [site.all, ...site.routes];
    const staying = stayingIn(site);
    if (staying !== undefined) warn(`Vercel cannot remove a header that a function sends: ${staying}.`);
    if (places.some(({ lines }) => lines.every(([name]) => name !== "Strict-Transport-Security"))) {
      warn("Vercel sends its own Strict-Transport-Security if the policy has none.");
    }
    for (const place of places) checkValues(place, report);
    const headers = places.flatMap((place) => {
      const source = sourceOf(site, place, report);
      if (source === undefined || place.lines.length === 0) return [];
      return [{ source, headers: place.lines.map(([key, value]) => ({ key, value })) }];
    });
    if (headers.length > 0) {
      return withinLimits(vercel, site, [{ path: "vercel.json", text: `${JSON.stringify({ headers }, null, 2)}\n` }], report);
    }
    warn("The policy has no headers: no file is printed.");
    return [];
  },
};

const LONGEST_SOURCE = 4_096;

/**
 * A pattern for the paths of a place without those of narrower places: all matching rules apply, and a later one can replace a
 * header but not remove it. Undefined if no path is left.
 */
function sourceOf(site: Site, place: Place, report: ReportIssue): string | undefined {
  const { path, below } = place.path ?? { path: "/", below: true };
  if (!below) return literal(path);
  const others = within(site, place).flatMap((one) => {
    if (one.path === undefined) return [];
    return `${one.path.path.slice(path.length).replace(/[.+]/g, "\\$&")}${one.path.below ? "" : "$"}`;
  });
  if (others.includes("")) return undefined;
  const source = `${literal(path)}(${others.length === 0 ? "" : `(?!${others.join("|")})`}.*)`;
  if (source.length > LONGEST_SOURCE) {
    const message = `need a pattern of ${source.length} characters, and the maximum of the target is ${LONGEST_SOURCE}`;
    report({ path: ["routes"], message, hint: "Combine paths, such as /api/*." });
  }
  return source;
}

/** Escapes `:`, which begins a parameter, and `+`, which repeats. path-to-regexp 6. */
function literal(path: string): string {
  return path.replace(/[:+]/g, "\\$&");
}

/** Vercel replaces `$name` and `$1` with a part of the path, also in values. */
function checkValues({ lines }: Place, report: ReportIssue): void {
  for (const [name, value] of lines) {
    const [reference] = /\$\w+/.exec(value) ?? [];
    if (reference === undefined) continue;
    const message = `has ${JSON.stringify(reference)}, which Vercel replaces with a part of the path`;
    report({ path: [name], message, hint: "Use another value." });
  }
}
