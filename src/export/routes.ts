import type { ReportIssue } from "../errors.js";
import { hintFor, shown } from "../middleware/options.js";
import { show } from "../values/text.js";
import type { Place, RoutePath, Site } from "./target.js";

/**
 * Unreserved characters, and the few more that every server takes as they stand (RFC 3986 §3.3); without segments that servers merge
 * (`//`) or clients resolve (`..`), and without what Express reads as a parameter.
 */
const PATH = /^(?:\/(?!\/|\.{1,2}(?:\/|$)|:[A-Za-z])[A-Za-z0-9\-._~!+,:@=]*)+$/;

/** Whether this is a path that clients ask for as it stands, and that every server matches as it stands. */
export function isPath(value: unknown): value is string {
  return typeof value === "string" && PATH.test(value);
}

/** Reads `"/embed"` or `"/api/*"`; undefined for what is neither. */
export function readPath(text: unknown): RoutePath | undefined {
  if (typeof text !== "string") return undefined;
  const below = text.endsWith("/*");
  const path = below ? text.slice(0, -1) : text;
  return isPath(path) ? { path, below } : undefined;
}

/** Reads the path of a route; reports what is none. */
export function readRoutePath(text: unknown, report: ReportIssue, index: number): RoutePath | undefined {
  const read = readPath(text);
  if (read !== undefined) return read;
  const [message, hint] = faultOf(text, '"/embed", or "/api/*" for all below it');
  report({ path: ["routes", index, "path"], message: `${shown(text)} ${message}`, hint: hintFor(text, hint) });
  return undefined;
}

/** Why a text is no path of a route, and what to write instead; `example` is what a path looks like there. */
export function faultOf(text: unknown, example: string): readonly [message: string, hint: string] {
  if (typeof text !== "string") return ["is not a path", `Write ${example}.`];
  const write = (path: string, otherwise = WRITE) => (readPath(path) === undefined ? otherwise : `Write ${show(path)}.`);
  if (/^https?:/i.test(text) && URL.canParse(text)) return ["is not a path", write(new URL(text).pathname)];
  if (!text.startsWith("/")) return ["is not a path", text === "" ? `Write ${example}.` : write(`/${text}`, `Write ${example}.`)];
  const [beforeQuery = ""] = text.split(/[?#]/);
  if (beforeQuery !== text) return ["has a query or a fragment, which no route looks at", write(beforeQuery)];
  const [beforeStar = "", ...others] = text.replace(/\/\*$/, "/").split("*");
  if (others.length > 0) {
    const folder = beforeStar.replace(/\/$/, "");
    return ["has a star that is not behind a slash at the end", `Write ${show(`${folder}/*`)} for all below ${show(folder || "/")}.`];
  }
  const usual = normalised(text);
  if (usual !== text && readPath(usual) !== undefined) return [`is another way to write ${show(usual)}`, write(usual)];
  const [, folder, parameter] = /^(.*?)\/(:[A-Za-z]\w*)/.exec(text) ?? [];
  if (parameter !== undefined) {
    return [
      `has ${show(parameter)}, and a route knows no parameters`,
      `Write ${show(`${folder}/*`)} for all below ${show(folder || "/")}.`,
    ];
  }
  const [odd = ""] = ODD.exec(text) ?? [];
  return [`has ${show(odd)}, which servers read in different ways`, WRITE];
}

const WRITE = 'Write letters, digits, "/" and any of -._~!+,:@=.';
const ODD = /%[\da-fA-F]{2}|[^A-Za-z0-9\-._~!+,:@=/]/u;

/** As clients and servers read it: decoded, without empty segments, `.` and `..`. RFC 3986 §6.2.2. */
function normalised(text: string): string {
  const decoded = text.replace(/%([\da-f]{2})/gi, (whole, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16));
    return isPath(`/x${character}`) && character !== "/" ? character : whole;
  });
  const kept: string[] = [];
  const segments = decoded.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    const isDots = segment === "." || segment === "..";
    if (segment === "..") kept.pop();
    if (index === segments.length - 1) kept.push(isDots ? "" : segment);
    else if (!isDots && segment !== "") kept.push(segment);
  }
  return `/${kept.join("/")}`;
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
export function within(site: Site, place: Place): readonly Place[] {
  const later = site.routes.slice(site.routes.indexOf(place) + 1);
  return later.filter((one) => place.path === undefined || (one.path !== undefined && contains(place.path, one.path)));
}

/** A regular expression for all paths of some places, without those that another one means already. */
export function patternOfAll(places: readonly Place[]): string {
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
