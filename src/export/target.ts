import type { ReportIssue } from "../errors.js";

/** One header as it goes out. */
export type Line = readonly [name: string, value: string];

/** What one set of paths gets. */
export interface Place {
  /** Without a path: all that no route takes. */
  readonly path?: RoutePath;
  readonly lines: readonly Line[];
  /** Names that must not go out, whoever sets them: stripped, or switched off. */
  readonly remove: readonly string[];
}

/** `"/embed"` is one path, `"/api/*"` all below `/api/`. */
export interface RoutePath {
  /** `"/embed"`, `"/api/"`. */
  readonly path: string;
  /** Whether all below it is meant too. */
  readonly below: boolean;
}

/** A site, ready to be printed: nothing in it is left to merge or to check. */
export interface Site {
  readonly all: Place;
  /** The narrowest last. */
  readonly routes: readonly Place[];
  /** Where the application listens, as `http://127.0.0.1:8501`; without it only the headers are printed. */
  readonly upstream?: string;
  readonly serverName: string;
  readonly certificate: string;
  readonly certificateKey: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Answered by the server itself. */
  readonly healthPath: string;
}

/** A text to be written to a file. */
export interface ExportedFile {
  readonly path: string;
  readonly text: string;
}

/** What prints a site for one kind of server. */
export interface Target {
  /** What it is, in a line of a help text. */
  readonly title: string;
  /** The longest value it takes, in characters; a longer one is refused. */
  readonly longestValue?: number;
  /** How many headers it takes. */
  readonly mostHeaders?: number;
  print(site: Site, context: { readonly report: ReportIssue; readonly warn: (text: string) => void }): readonly ExportedFile[];
}

/** A set of names that stand in a place: those that are sent, then those that must not be. */
export function namesOf({ lines, remove }: Place): readonly string[] {
  return [...lines.map(([name]) => name), ...remove];
}
