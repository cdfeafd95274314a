import type { ReportIssue } from "../errors.js";
import { show } from "../values/text.js";

/** `"/embed"` is one path, `"/api/*"` all below `/api/`. */
export interface RoutePath {
  /** `"/embed"`, `"/api/"`. */
  readonly path: string;
  /** Whether all below it is meant too. */
  readonly below: boolean;
}

/** What has a path, or is for all that no path takes. */
interface Placed {
  readonly path?: RoutePath | undefined;
}

/** Unreserved characters, and the few more that every server takes as they stand. RFC 3986 §3.3. */
const PATH = /^(?:\/[A-Za-z0-9\-._~!+,:@=]*)*$/;

/** Whether this is a path as every server takes it. */
export function isPath(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("/") && PATH.test(value);
}

/** Reads `"/embed"` or `"/api/*"`; reports what is neither. */
export function readRoutePath(text: unknown, report: ReportIssue, index: number): RoutePath | undefined {
  if (typeof text === "string") {
    const below = text.endsWith("/*");
    const path = below ? text.slice(0, -1) : text;
    if (isPath(path)) return { path, below };
  }
  report({ path: ["routes", index, "path"], message: `${show(text)} is no path`, hint: 'Write "/embed", or "/api/*" for all below it.' });
  return undefined;
}

/** Whether all that the other path means is meant by this one too. */
export function contains(one: RoutePath, other: RoutePath): boolean {
  if (one.below) return other.path.startsWith(one.path);
  return !other.below && other.path === one.path;
}

/** The broadest first; what is equally broad keeps its order. */
export function byBreadth(one: RoutePath, other: RoutePath): number {
  return one.path.length - other.path.length || Number(other.below) - Number(one.below);
}

/** The places that a place leaves paths to: narrower ones, and a later one for the same path. */
export function within<P extends Placed>(site: { readonly routes: readonly P[] }, place: P): readonly P[] {
  const later = site.routes.slice(site.routes.indexOf(place) + 1);
  return later.filter((one) => place.path === undefined || (one.path !== undefined && contains(place.path, one.path)));
}

/** The narrowest place that means a path. */
export function ownerOf<P extends Placed>(site: { readonly all: P; readonly routes: readonly P[] }, path: string): P {
  return site.routes.findLast((one) => one.path !== undefined && contains(one.path, { path, below: false })) ?? site.all;
}

/** A regular expression for all paths of some places, without those that another one means already. */
export function patternOfAll(places: readonly Placed[]): string {
  const paths = places.flatMap(({ path }) => (path === undefined ? [] : [path]));
  return paths
    .filter((path, index) => !paths.slice(0, index).some((broader) => contains(broader, path)))
    .map(patternOf)
    .join("|");
}

/** A regular expression for the path, as PCRE and RE2 read it. */
export function patternOf({ path, below }: RoutePath): string {
  return `^${path.replace(/[.+]/g, "\\$&")}${below ? "" : "$"}`;
}
