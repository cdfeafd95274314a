import type { ReportIssue } from "../errors.js";
import type { RoutePath } from "../middleware/routes.js";

export type { RoutePath } from "../middleware/routes.js";

/** The options of `exportPolicy` about the server that is printed, besides `upstream`. Each target says which of them it uses. */
export const SERVER_OPTIONS = [
  "serverName",
  "certificate",
  "certificateKey",
  "httpsPort",
  "httpPort",
  "healthPath",
  "listen",
  "readTimeout",
] as const;

export type ServerOption = (typeof SERVER_OPTIONS)[number];

/** One header as it goes out. */
export type HeaderLine = readonly [name: string, value: string];

/** The headers of a set of paths. */
export interface Place {
  /** Undefined for all paths without a route. */
  readonly path?: RoutePath | undefined;
  readonly lines: readonly HeaderLine[];
  /** Names of headers to remove from responses, even if the application sets them. */
  readonly remove: readonly string[];
}

/** A site, ready to be printed: merged and checked. */
export interface Site {
  readonly all: Place;
  /** The narrowest last. */
  readonly routes: readonly Place[];
  /** The origin of the application, such as `http://127.0.0.1:8501`. If undefined, only the headers are printed. */
  readonly upstream?: string | undefined;
  readonly serverName: string;
  readonly certificate: string;
  readonly certificateKey: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** A path that the server itself answers with 200. */
  readonly healthPath: string;
  /** IP addresses to listen on. Empty for all. */
  readonly listen: readonly string[];
  /** Time limit in seconds for the start of a response and for each pause in it. Undefined for the target's default. */
  readonly readTimeout: number | undefined;
}

/** Default for `readTimeout`, in seconds. A minute is too short for slow computations. */
export const READ_TIMEOUT = 300;

/** Shortest idle timeout of a WebSocket, in seconds. */
export const QUIET_TIMEOUT = 3_600;

/** A text to be written to a file. */
export interface ExportedFile {
  readonly path: string;
  readonly text: string;
}

/** A server or service that a site can be printed for. A target is one file and one line of targets/registry.ts. */
export interface Target<Name extends string = string> {
  /** The name that `exportPolicy` takes. */
  readonly name: Name;
  /** One line for the help text. */
  readonly title: string;
  /** The server options it uses with an upstream. Default: all. */
  readonly uses?: readonly ServerOption[];
  /** The server options it uses without an upstream. Default: `uses`, or none if that is undefined too. */
  readonly usesAlone?: readonly ServerOption[];
  /** What to use instead of a slot, besides hashes. */
  readonly slotHint?: string;
  /** Maximum length of a value, in characters. */
  readonly longestValue?: number;
  /** Maximum number of headers. */
  readonly mostHeaders?: number;
  /** Maximum length of `Name: value`, in characters. This limit and the next two are checked by {@link withinLimits}. */
  readonly longestLine?: number;
  /** Maximum number of routes. */
  readonly mostRoutes?: number;
  /** Maximum size of a file, in bytes. */
  readonly largestFile?: number;
  print(site: Site, context: PrintContext): readonly ExportedFile[];
}

/** Takes errors and warnings of a target. */
export interface PrintContext {
  readonly report: ReportIssue;
  readonly warn: (text: string) => void;
}

/** The names of the headers that a place sets, then of those it removes. */
export function namesOf({ lines, remove }: Place): readonly string[] {
  return [...lines.map(([name]) => name), ...remove];
}

/** A path as it is written in `routes`: `/api/*`. */
export function patternText({ path, below }: RoutePath): string {
  return `${path}${below ? "*" : ""}`;
}

/** The site without headers that only the server itself can change: setting one is an error, removing one a warning. */
export function withoutOwn(site: Site, own: RegExp, server: string, { report, warn }: PrintContext): Site {
  const places = [site.all, ...site.routes];
  const namesIn = (of: (place: Place) => readonly string[]) => [...new Set(places.flatMap(of))].filter((name) => own.test(name));
  for (const name of namesIn(({ lines }) => lines.map(([name]) => name))) {
    report({ path: [name], message: `is a header that ${server} does not allow to be set`, hint: "Remove it from custom." });
  }
  const kept = namesIn(({ remove }) => remove);
  if (kept.length > 0) warn(`${server} does not allow these headers to be removed, left out: ${kept.join(", ")}.`);
  const without = (place: Place): Place => ({ ...place, remove: place.remove.filter((name) => !own.test(name)) });
  return { ...site, all: without(site.all), routes: site.routes.map(without) };
}

/** The headers that a server cannot remove: `X-Powered-By stays; on /embed X-Frame-Options stays`. Undefined if there are none. */
export function stayingIn({ all, routes }: Site): string | undefined {
  const everywhere = all.remove.length > 0 ? [`${all.remove.join(", ")} stays`] : [];
  const further = routes.flatMap(({ path, remove }) => {
    const names = remove.filter((name) => !all.remove.includes(name));
    return path === undefined || names.length === 0 ? [] : [`on ${patternText(path)} ${names.join(", ")} stays`];
  });
  return [...everywhere, ...further].join("; ") || undefined;
}

/** If the site has routes, warns of a server that matches paths otherwise than applications do. */
export function warnOfPaths({ routes }: Site, how: string, warn: PrintContext["warn"]): void {
  const apart = routes.some(({ path }) => path !== undefined && patternText(path) !== "/*");
  if (apart) warn(`${how} Keep the paths around a route as strict as the route.`);
}

/** Reports lines, routes and files beyond the limits of a target. Returns the files. */
export function withinLimits(target: Target, site: Site, files: readonly ExportedFile[], report: ReportIssue): readonly ExportedFile[] {
  const { longestLine, mostRoutes, largestFile } = target;
  for (const { lines, path } of [site.all, ...site.routes]) {
    for (const [name, value] of lines) {
      const { length } = `${name}: ${value}`;
      if (longestLine === undefined || length <= longestLine) continue;
      const where = path === undefined ? "the site" : path.path;
      const message = `has ${length} characters with its name for ${where}, and the maximum of the target is ${longestLine}`;
      report({ path: [name], message, hint: "Shorten the list of sources." });
    }
  }
  if (mostRoutes !== undefined && site.routes.length > mostRoutes) {
    const message = `are ${site.routes.length}, and the maximum of the target is ${mostRoutes}`;
    report({ path: ["routes"], message, hint: "Combine paths, such as /api/*." });
  }
  for (const { path, text } of files) {
    // The text is ASCII: characters are bytes.
    if (largestFile === undefined || text.length <= largestFile) continue;
    const message = `has ${text.length} bytes, and the maximum of the target is ${largestFile}`;
    report({ path: [path], message, hint: "Shorten the lists of sources, or print fewer routes." });
  }
  return files;
}
