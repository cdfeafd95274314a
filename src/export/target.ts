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

/** What one set of paths gets. */
export interface Place {
  /** Without a path: all that no route takes. */
  readonly path?: RoutePath | undefined;
  readonly lines: readonly HeaderLine[];
  /** Names that must not go out, whoever sets them: stripped, or switched off. */
  readonly remove: readonly string[];
}

/** A site, ready to be printed: nothing in it is left to merge or to check. */
export interface Site {
  readonly all: Place;
  /** The narrowest last. */
  readonly routes: readonly Place[];
  /** Where the application listens, as `http://127.0.0.1:8501`; without it only the headers are printed. */
  readonly upstream?: string | undefined;
  readonly serverName: string;
  readonly certificate: string;
  readonly certificateKey: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Answered by the server itself. */
  readonly healthPath: string;
  /** Addresses of the machine that it listens on; empty for all. */
  readonly listen: readonly string[];
  /** Seconds that the application may take before it begins an answer, and be silent in one; undefined where nobody said. */
  readonly readTimeout: number | undefined;
}

/** Seconds for an answer to begin and to go on, unless told: a minute is too short for what computes, and a hang should end some time. */
export const READ_TIMEOUT = 300;

/** Seconds for which a WebSocket may be silent, unless an answer may be for longer: an hour. */
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
  /** The options of a server that it uses; without this field all of them, once there is an upstream. */
  readonly uses?: readonly ServerOption[];
  /** Those that it uses without an upstream; without this field none where `uses` is not given either, and `uses` otherwise. */
  readonly usesAlone?: readonly ServerOption[];
  /** What to write where a value differs per response, besides hashes. */
  readonly slotHint?: string;
  /** The longest value it takes, in characters; a longer one is refused. */
  readonly longestValue?: number;
  /** How many headers it takes. */
  readonly mostHeaders?: number;
  /** The longest `Name: value`, in characters; see {@link withinLimits}, as for the next two. */
  readonly longestLine?: number;
  /** How many routes it takes beside the rest of the site. */
  readonly mostRoutes?: number;
  /** The largest file it takes, in bytes. */
  readonly largestFile?: number;
  print(site: Site, context: PrintContext): readonly ExportedFile[];
}

/** What a target tells of what it cannot print. */
export interface PrintContext {
  readonly report: ReportIssue;
  readonly warn: (text: string) => void;
}

/** A set of names that stand in a place: those that are sent, then those that must not be. */
export function namesOf({ lines, remove }: Place): readonly string[] {
  return [...lines.map(([name]) => name), ...remove];
}

/** `/api/*`: a path as `routes` has it. */
export function patternText({ path, below }: RoutePath): string {
  return `${path}${below ? "*" : ""}`;
}

/** The site without names that a server keeps to itself: one to be set is an error, one to be removed a warning. */
export function withoutOwn(site: Site, own: RegExp, server: string, { report, warn }: PrintContext): Site {
  const places = [site.all, ...site.routes];
  const namesIn = (of: (place: Place) => readonly string[]) => [...new Set(places.flatMap(of))].filter((name) => own.test(name));
  for (const name of namesIn(({ lines }) => lines.map(([name]) => name))) {
    report({ path: [name], message: `is a header that ${server} does not allow to be set`, hint: "Take it out of custom." });
  }
  const kept = namesIn(({ remove }) => remove);
  if (kept.length > 0) warn(`${server} does not allow these headers to be removed, left out: ${kept.join(", ")}.`);
  const without = (place: Place): Place => ({ ...place, remove: place.remove.filter((name) => !own.test(name)) });
  return { ...site, all: without(site.all), routes: site.routes.map(without) };
}

/** `X-Powered-By stays; on /embed X-Frame-Options stays`: what a server that removes nothing leaves in the answers; undefined for nothing. */
export function stayingIn({ all, routes }: Site): string | undefined {
  const everywhere = all.remove.length > 0 ? [`${all.remove.join(", ")} stays`] : [];
  const further = routes.flatMap(({ path, remove }) => {
    const names = remove.filter((name) => !all.remove.includes(name));
    return path === undefined || names.length === 0 ? [] : [`on ${patternText(path)} ${names.join(", ")} stays`];
  });
  return [...everywhere, ...further].join("; ") || undefined;
}

/** Warns where there are routes: of a server that does not match a path as applications read it. */
export function warnOfPaths({ routes }: Site, how: string, warn: PrintContext["warn"]): void {
  const apart = routes.some(({ path }) => path !== undefined && patternText(path) !== "/*");
  if (apart) warn(`${how} Keep the paths around a route as strict as the route.`);
}

/** Reports what is over the limits of a target that concern more than one value; gives back the files. */
export function withinLimits(target: Target, site: Site, files: readonly ExportedFile[], report: ReportIssue): readonly ExportedFile[] {
  const { longestLine, mostRoutes, largestFile } = target;
  for (const { lines, path } of [site.all, ...site.routes]) {
    for (const [name, value] of lines) {
      const { length } = `${name}: ${value}`;
      if (longestLine === undefined || length <= longestLine) continue;
      const where = path === undefined ? "the site" : path.path;
      const message = `has ${length} characters with its name for ${where}, and the target takes ${longestLine}`;
      report({ path: [name], message, hint: "Shorten the list of sources." });
    }
  }
  if (mostRoutes !== undefined && site.routes.length > mostRoutes) {
    const message = `are ${site.routes.length}, and the target takes ${mostRoutes}`;
    report({ path: ["routes"], message, hint: "Put paths together, as /api/* does." });
  }
  for (const { path, text } of files) {
    // All of it is ASCII.
    if (largestFile === undefined || text.length <= largestFile) continue;
    const message = `has ${text.length} bytes, and the target takes ${largestFile}`;
    report({ path: [path], message, hint: "Shorten the lists of sources, or print fewer routes." });
  }
  return files;
}
