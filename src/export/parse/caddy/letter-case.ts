import { contains } from "../../../middleware/routes.js";
import { patternText, type RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { type Fields, fieldsOf, type ReadSite } from "../site.js";

/** Maximum number of paths in a note. */
const MOST_NAMED = 5;

/** Paths for a note. */
export function pathsText(paths: readonly RoutePath[]): string {
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  return `${paths.slice(0, MOST_NAMED).map(patternText).join(", ")}${more}`;
}

/**
 * Caddy's path matchers are case-insensitive, and routes are case-sensitive: one remark for all such paths, and a note for each header that
 * Caddy removes from a path in upper case and the policy does not.
 *
 * @param anyCase the paths of such matchers.
 * @param site with its paths in order, the broadest first.
 */
export function noteAnyCase(line: number, anyCase: readonly RoutePath[], { paths, at }: Pick<ReadSite, "paths" | "at">, note: Note): void {
  const others: RoutePath[] = [];
  const less = new Map<string, { readonly name: string; readonly line: number; readonly paths: RoutePath[] }>();
  for (const path of anyCase) {
    note.spend("work", paths.length);
    const around = paths.findLast((one) => one !== path && contains(one, inCapitals(path)));
    const [own, outer] = [fieldsOf(at(path), note), fieldsOf(at(around ?? { path: "/", below: true }), note)];
    if (fieldsText(own) !== fieldsText(outer)) others.push(path);
    for (const [key, { name, values }] of outer) {
      if (values.length === 0 || (own.get(key)?.values.length ?? 0) > 0) continue;
      const known = less.get(key) ?? { name, line: own.get(key)?.removed ?? values[0]?.line ?? line, paths: [] };
      known.paths.push(path);
      less.set(key, known);
    }
  }
  const [first] = others;
  if (first === undefined) return;
  const written = (path: RoutePath) => patternText(inCapitals(path));
  note.remark(
    line,
    `${IGNORED}: ${written(first)} has the headers of ${patternText(first)}, which no route can express. Read as written: ${pathsText(others)}`,
  );
  for (const { name, line, paths: some } of less.values()) {
    note(
      line,
      `${IGNORED}: ${written(some[0] ?? first)} is without ${name}, and the policy sends it there. Read as written: ${pathsText(some)}`,
    );
  }
}

const IGNORED = "Caddy ignores letter case in paths";

const inCapitals = ({ path, below }: RoutePath): RoutePath => ({
  path: path === path.toUpperCase() ? path.toLowerCase() : path.toUpperCase(),
  below,
});

const fieldsText = (fields: Fields) =>
  JSON.stringify([...fields].map(([key, { values }]) => [key, values.map(({ value }) => value)]).sort());
