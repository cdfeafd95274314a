import type { TargetName } from "../../src/export/index.js";
import type { Peer } from "../peers.js";
import type { MatrixPolicy } from "./matrix.js";
import type { MatrixSite } from "./matrix-oracle.js";
import { freePort } from "./support.js";

/** One policy as it was printed for a server. */
export interface Printed {
  readonly policy: MatrixPolicy;
  /** Its files, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** `p0`, `p1`, …: a folder of its own. */
  readonly folder: string;
  /** The name that it was printed for. */
  readonly host: string;
  readonly port: number;
}

/** What is behind a site: the application, or files with a fallback to one page, or files with pages for errors. */
export type Behind = "proxied" | "application" | "pages";

/** A server in one form, with many sites in as few processes as it takes. */
export interface Cell {
  readonly title: string;
  readonly target: TargetName;
  readonly peer: Peer;
  /** Whether a complete server is printed, or headers alone. */
  readonly complete: boolean;
  readonly behind: Behind;
  /** Whether names come in the case in which they were written. */
  readonly exact: boolean;
  /** What becomes of a `%2F`. Where it is kept, it is refused if the path with a slash in its place belongs to another route. */
  readonly slash: "decoded" | "kept" | "refused";
  /** Whether the server answers the health path itself. */
  readonly health: boolean;
  /** Whether each site needs a name of its own: it has a place in a configuration with all the others. */
  readonly named?: true;
  /** Starts it; gives back where the sites listen, in their order. */
  launch(all: readonly Printed[], upstream: number): Promise<readonly MatrixSite[]>;
}

/** The files of all sites, each in its folder. */
export const filesOf = (all: readonly Printed[]) =>
  Object.fromEntries(all.flatMap(({ folder, files }) => Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])));

/** A page at the top and in the folder of each route, and one for errors. */
export const pagesOf = (all: readonly Printed[]) =>
  Object.fromEntries(
    all.flatMap(({ folder, policy }) => {
      const folders = policy.routes.flatMap(({ path }) => (path.endsWith("/*") ? [path.slice(0, -2)] : []));
      return ["/index.html", "/errors/own.html", ...folders.map((one) => `${one}/index.html`)].map((path) => [`${folder}/www${path}`, "x"]);
    }),
  );

/** The first port: the others are open with it, or soon. */
export const firstOf = (all: readonly Printed[]) => (all[0] as Printed).port;

/** Where sites listen that end TLS, or do not. */
export const securely = (all: readonly Printed[]) => all.map(({ port, host }) => ({ port, host, secure: true }));
export const plainly = (all: readonly Printed[]) => all.map(({ port, host }) => ({ port, host, secure: false }));

/** What most servers have in common, as a complete server and with headers alone. */
export const complete = { complete: true, behind: "proxied", exact: true, slash: "decoded", health: true } as const;
export const headers = { ...complete, complete: false, health: false } as const;

/** Ports for the sites of a cell; two for each, as a complete server has. None comes twice. */
export async function portsFor(count: number): Promise<readonly (readonly [https: number, http: number])[]> {
  const found = new Set<number>();
  while (found.size < 2 * count) found.add(await freePort());
  const ports = [...found];
  return Array.from({ length: count }, (_, index) => [ports[2 * index] as number, ports[2 * index + 1] as number]);
}
