import type { ReportIssue } from "../errors.js";
import { hintFor, shown } from "../values/legacy-options.js";
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

/** What of a path servers read in more than one way. */
const UNUSUAL = /%|\/\/|\/\./;
const ESCAPE = /%[\da-f]{2}/gi;
/** Characters that a route may have: encoded they mean the same. RFC 3986 §6.2.2.2. */
const IN_ROUTES = /[A-Za-z0-9\-._~!+,:@=]/;

/** A path as servers match it: decoded where that changes nothing, without empty segments and dots. RFC 3986 §6.2.2, §5.2.4. */
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
