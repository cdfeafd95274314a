import type { ReportIssue } from "../errors.js";
import { overrideWith } from "../policy/override.js";
import type { Policy } from "../policy/policy.js";
import { awaited, shown } from "../values/options.js";
import { show } from "../values/text.js";
import { urlOf } from "../values/url.js";

/** A path of a route: `"/embed"` is one path, `"/api/*"` is every path below `/api/`. */
export interface RoutePath {
  /** `"/embed"`, `"/api/"`. */
  readonly path: string;
  /** Whether every path below it matches too. */
  readonly below: boolean;
}

/** Something for one path, or, without a path, for every path that no other takes. */
interface Placed {
  readonly path?: RoutePath | undefined;
}

/**
 * Unreserved characters, and the few others that every server matches literally (RFC 3986 §3.3); without segments that servers merge
 * (`//`) or clients resolve (`..`), and without the parameters of Express.
 */
const PATH = /^(?:\/(?!\/|\.{1,2}(?:\/|$)|:[A-Za-z])[A-Za-z0-9\-._~!+,:@=]*)+$/;

/** Whether this is a path that clients send unchanged, and that every server matches literally. */
export function isPath(value: unknown): value is string {
  return typeof value === "string" && PATH.test(value);
}

/** Reads `"/embed"` or `"/api/*"`; returns undefined for anything else. */
export function readPath(text: unknown): RoutePath | undefined {
  if (typeof text !== "string") return undefined;
  const below = text.endsWith("/*");
  const path = below ? text.slice(0, -1) : text;
  return isPath(path) ? { path, below } : undefined;
}

/** Reads the path of a route; reports a value that is not one. */
export function readRoutePath(text: unknown, report: ReportIssue, index: number): RoutePath | undefined {
  const read = readPath(text);
  if (read !== undefined) return read;
  const [message, hint] = faultOf(text, '"/embed", or "/api/*" for every path below it');
  report({ path: ["routes", index, "path"], message: `${shown(text)} ${message}`, hint: awaited(text, hint) });
  return undefined;
}

/** Why a value is not the path of a route, and what to write instead; `example` shows a valid path. */
export function faultOf(text: unknown, example: string): readonly [message: string, hint: string] {
  if (typeof text !== "string") return ["is not a path", `Write ${example}.`];
  const write = (path: string, otherwise = WRITE) => (readPath(path) === undefined ? otherwise : `Write ${show(path)}.`);
  const url = /^https?:/i.test(text) ? urlOf(text) : undefined;
  if (url !== undefined) return ["is not a path", write(url.pathname)];
  if (!text.startsWith("/")) return ["is not a path", text === "" ? `Write ${example}.` : write(`/${text}`, `Write ${example}.`)];
  const [beforeQuery = ""] = text.split(/[?#]/);
  if (beforeQuery !== text) return ["has a query or a fragment, and routes match the path alone", write(beforeQuery)];
  const [beforeStar = "", ...others] = text.replace(/\/\*$/, "/").split("*");
  if (others.length > 0) {
    const folder = beforeStar.replace(/\/$/, "");
    return ["has a star that is not at the end after a slash", `Write ${show(`${folder}/*`)} for every path below ${show(folder || "/")}.`];
  }
  const usual = normalised(text);
  if (usual !== text && readPath(usual) !== undefined) return [`is another way to write ${show(usual)}`, write(usual)];
  const [, folder, parameter] = /^(.*?)\/(:[A-Za-z]\w*)/.exec(text) ?? [];
  if (parameter !== undefined) {
    return [
      `has ${show(parameter)}, and routes have no parameters`,
      `Write ${show(`${folder}/*`)} for every path below ${show(folder || "/")}.`,
    ];
  }
  const [odd = ""] = ODD.exec(text) ?? [];
  return [`has ${show(odd)}, which servers interpret differently`, WRITE];
}

const WRITE = 'Write letters, digits, "/" and any of -._~!+,:@=.';
const ODD = /%[\da-fA-F]{2}|[^A-Za-z0-9\-._~!+,:@=/]/u;

/** Whether every path that the other matches is matched by this one too. */
export function contains(one: RoutePath, other: RoutePath): boolean {
  if (one.below) return other.path.startsWith(one.path);
  return !other.below && other.path === one.path;
}

/** Sorts the broadest first; equally broad paths keep their order. */
export function byBreadth(one: RoutePath, other: RoutePath): number {
  return one.path.length - other.path.length || Number(other.below) - Number(one.below);
}

/** The places that take paths away from a place: narrower ones, and a later one for the same path. */
export function within<P extends Placed>(site: { readonly routes: readonly P[] }, place: P): readonly P[] {
  const later = site.routes.slice(site.routes.indexOf(place) + 1);
  return later.filter((one) => place.path === undefined || (one.path !== undefined && contains(place.path, one.path)));
}

/** The narrowest place that matches a path. */
export function ownerOf<P extends Placed>(site: { readonly all: P; readonly routes: readonly P[] }, path: string): P {
  return site.routes.findLast((one) => one.path !== undefined && contains(one.path, { path, below: false })) ?? site.all;
}

/** A regular expression for all paths of some places, without paths that a broader one of them matches. */
export function patternOfAll(places: readonly Placed[]): string {
  const paths = places.flatMap(({ path }) => (path === undefined ? [] : [path]));
  return paths
    .filter((path, index) => !paths.slice(0, index).some((broader) => contains(broader, path)))
    .map(patternOf)
    .join("|");
}

/** A route, with the layers it puts on top of the site's policy. */
interface LayeredRoute {
  readonly path: RoutePath;
  readonly layers: readonly unknown[];
}

/**
 * The policy of a route: the site's policy, then the layers of every broader route, then its own.
 *
 * @param routes all routes, sorted by {@link byBreadth}.
 * @param route one of them.
 * @throws {PolicyError} if the layers are not valid together.
 */
export function policyOfRoute(policy: Policy, routes: readonly LayeredRoute[], route: LayeredRoute): Policy {
  const broader = routes.slice(0, routes.indexOf(route)).filter(({ path }) => contains(path, route.path));
  return overrideWith(
    policy,
    [...broader, route].flatMap(({ layers }) => layers),
  );
}

/** A regular expression for the path, as PCRE and RE2 read it. */
export function patternOf({ path, below }: RoutePath): string {
  return `^${path.replace(/[.+]/g, "\\$&")}${below ? "" : "$"}`;
}

/** Parts of a path that servers interpret in more than one way. */
const UNUSUAL = /%|\/\/|\/\./;
const ESCAPE = /%[\da-f]{2}/gi;
/** Characters that a route may contain: percent-encoded they are equivalent. RFC 3986 §6.2.2.2. */
const IN_ROUTES = /[A-Za-z0-9\-._~!+,:@=]/;

/** A path as servers match it: decoded where the meaning stays the same, without empty segments and dots. RFC 3986 §6.2.2, §5.2.4. */
export function normalised(path: string): string {
  if (!UNUSUAL.test(path)) return path;
  const decoded = path.replace(ESCAPE, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return IN_ROUTES.test(character) ? character : code;
  });
  const kept: string[] = [];
  const segments = decoded.split("/").slice(1);
  const last = segments.pop() ?? "";
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  if (last === "..") kept.pop();
  const end = last === "." || last === ".." ? "" : last;
  return `/${[...kept, end].join("/")}`;
}
