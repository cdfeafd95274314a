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
  // Of 2,048 rules one is for the site.
  mostRoutes: 2_047,

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("Vercel reaches an application by rewrites of vercel.json, left out: the upstream.");
    warnOfPaths(
      site,
      "Vercel matches a path as it is sent: a function that takes /%61dmin or //admin for /admin answers without the headers of /admin.",
      warn,
    );
    const places = [site.all, ...site.routes];
    const staying = stayingIn(site);
    if (staying !== undefined) warn(`Vercel cannot remove a header that a function sends itself: ${staying}.`);
    if (places.some(({ lines }) => lines.every(([name]) => name !== "Strict-Transport-Security"))) {
      warn("Vercel sends its own Strict-Transport-Security wherever the policy has none.");
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
    warn("The policy has no headers, and no file is printed.");
    return [];
  },
};

const LONGEST_SOURCE = 4_096;

/**
 * A pattern for the paths of a place without those of narrower ones: all rules that fit apply, and a later one replaces a
 * header, but removes none. Nothing where narrower places leave no path.
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
    const message = `come to a pattern of ${source.length} characters, and the target takes ${LONGEST_SOURCE}`;
    report({ path: ["routes"], message, hint: "Put paths together, as /api/* does." });
  }
  return source;
}

/** A colon begins a parameter, and a plus repeats. path-to-regexp 6. */
function literal(path: string): string {
  return path.replace(/[:+]/g, "\\$&");
}

/** After a dollar sign Vercel puts a part of the path, also into the value of a header. */
function checkValues({ lines }: Place, report: ReportIssue): void {
  for (const [name, value] of lines) {
    const [reference] = /\$\w+/.exec(value) ?? [];
    if (reference === undefined) continue;
    const message = `has ${JSON.stringify(reference)}, and Vercel would write a part of the path there`;
    report({ path: [name], message, hint: "Write something else." });
  }
}
