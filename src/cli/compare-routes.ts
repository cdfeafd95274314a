import { verdictOfAll } from "../audit/compare/difference.js";
import { type Comparison, compare } from "../audit/index.js";
import { issueCollector, PolicyError } from "../errors.js";
import type { ExportRoute } from "../export/index.js";
import { byBreadth, contains, type RoutePath, readRoutePath } from "../middleware/routes.js";
import type { HeadersInput } from "../policy/incoming.js";
import { overrideWith } from "../policy/override.js";
import { isPolicy, type Policy } from "../policy/policy.js";
import { MOST_ROUTES } from "./limits.js";

/** What is sent on all paths: a policy, or the headers of one response; and what a policy adds on some paths. */
export interface RoutedSide {
  readonly input: Policy | HeadersInput;
  readonly routes: readonly ExportRoute[];
}

/** What both sides send on the path of a route. */
export interface ComparedPlace {
  /** As it is written: `"/embed"`, `"/api/*"`. */
  readonly path: string;
  readonly before: Policy | HeadersInput;
  readonly after: Policy | HeadersInput;
}

/** The comparison on the path of one route. */
export interface RouteComparison extends Comparison {
  readonly path: string;
}

interface ReadRoute {
  readonly text: string;
  readonly path: RoutePath;
  readonly layers: readonly unknown[];
  readonly index: number;
}

/**
 * The paths of the routes of either side, the broadest first, with what each side sends there: its policy with the layers of all of its
 * routes that match the whole path. A side without such a route sends there what it sends everywhere.
 *
 * @throws {PolicyError} where a path or the layers of a route are not valid, or there are too many; paths of its issues begin with `routes`.
 */
export function placesOf(before: RoutedSide, after: RoutedSide): readonly ComparedPlace[] {
  const sides = [before, after].map(({ input, routes }) => ({ input, routes: readRoutes(routes) })) as [ReadSide, ReadSide];
  const all = sides.flatMap(({ routes }) => routes).sort((one, other) => byBreadth(one.path, other.path));
  const once = [...new Map(all.map((route) => [route.text, route])).values()];
  return once.map(({ text, path }) => ({ path: text, before: sentOn(path, sides[0]), after: sentOn(path, sides[1]) }));
}

/** What one side sends on the path of a route. */
export interface Place {
  readonly path: string;
  readonly sent: Policy | HeadersInput;
}

/**
 * The paths of the routes of one side, with what it sends there.
 *
 * @throws {PolicyError} as {@link placesOf}.
 */
export function placesOfOne(side: RoutedSide): readonly Place[] {
  return placesOf(side, { input: [], routes: [] }).map(({ path, before: sent }) => ({ path, sent }));
}

interface ReadSide {
  readonly input: Policy | HeadersInput;
  readonly routes: readonly ReadRoute[];
}

function readRoutes(routes: readonly ExportRoute[]): readonly ReadRoute[] {
  const { report, throwIfAny } = issueCollector();
  if (routes.length > MOST_ROUTES) {
    const message = `are ${routes.length}, and the maximum is ${MOST_ROUTES}`;
    report({ path: ["routes"], code: "invalid-value", message, hint: "Combine paths, such as /api/*." });
    throwIfAny();
  }
  const read = routes.flatMap(({ path: text, layers }, index): ReadRoute[] => {
    const path = readRoutePath(text, report, index);
    return path === undefined ? [] : [{ text, path, layers, index }];
  });
  throwIfAny();
  return read.sort((one, other) => byBreadth(one.path, other.path));
}

function sentOn(path: RoutePath, { input, routes }: ReadSide): Policy | HeadersInput {
  const fit = routes.filter((route) => contains(route.path, path));
  const last = fit.at(-1);
  if (last === undefined || !isPolicy(input)) return input;
  try {
    return overrideWith(
      input,
      fit.flatMap(({ layers }) => layers),
    );
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const { adopt, throwIfAny } = issueCollector();
    adopt(error, (at) => (at === "" || at.startsWith("[") ? `routes[${last.index}]${at}` : `routes[${last.index}].${at}`));
    throwIfAny();
    throw error;
  }
}

/** The comparison of what both sides send everywhere, and on each route. */
export interface RoutedComparison extends Comparison {
  /** Of everything together: the routes count as the headers do. */
  readonly verdict: Comparison["verdict"];
  readonly routes: readonly RouteComparison[];
}

/**
 * Compares two policies with their routes.
 *
 * @throws {PolicyError} as {@link placesOf}.
 */
export function compareRouted(before: RoutedSide, after: RoutedSide): RoutedComparison {
  return comparePlaces(before, after, placesOf(before, after));
}

/** The same, with the paths of the routes as {@link placesOf} has read them. */
export function comparePlaces(
  before: Pick<RoutedSide, "input">,
  after: Pick<RoutedSide, "input">,
  places: readonly ComparedPlace[],
): RoutedComparison {
  const { verdict, headers } = compare(before.input, after.input);
  const routes = places.map((place) => ({ path: place.path, ...compare(place.before, place.after) }));
  return { verdict: verdictOfAll([verdict, ...routes.map((route) => route.verdict)]), headers, routes };
}

/** Whether the same differs on a route as on the rest of the site. */
export function isAsSite(route: Comparison["headers"], site: Comparison["headers"]): boolean {
  return JSON.stringify(route) === JSON.stringify(site);
}
