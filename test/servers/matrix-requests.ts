import type { MatrixPolicy } from "./matrix.js";

/** One request, and what has to come back. */
export interface MatrixRequest {
  readonly method: string;
  /** As it is sent, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What Express is asked for: the normalized path. */
  readonly meant: string;
  /** An encoded slash is read as one by some servers, left as it is by others, refused by the rest. */
  readonly slash?: true;
  /** The status, where Express does not say it: an error, a redirect or a page of the server's own. */
  readonly status?: number;
  /** Whether the answer is the server's own, without headers of the application. */
  readonly own?: true;
}

/** The application's answers: the query says what is wanted, so that each place can give all of them. */
const KINDS: readonly ((path: string) => Partial<MatrixRequest>)[] = [
  (path) => ({ path: `${path}?s=404` }),
  (path) => ({ path, headers: { "If-None-Match": '"same"' } }),
  (path) => ({ path: `${path}?s=500` }),
  (path) => ({ path, method: "HEAD" }),
  (path) => ({ path: `${path}?s=502&hang`, own: true, status: 502 }),
  (path) => ({ path: `${path}?s=405`, method: "DELETE" }),
  (path) => ({ path: `${path}?big` }),
  (path) => ({ path: `${path}?a=/b/../c&d=%2F` }),
  (path) => ({ path: `${path}?s=301` }),
  (path) => ({ path, method: "POST", body: "x".repeat(50_000) }),
  (path) => ({ path: `${path}?s=403`, method: "OPTIONS" }),
];

/** To the application: each place in several spellings, its neighbors, and all kinds of answers in turn. */
export function proxied({ routes, healthPath }: MatrixPolicy): readonly MatrixRequest[] {
  const places = placesOf(routes.map(({ path }) => path));
  const answers = places.flatMap((path, index) => {
    // The first places get all kinds, the others three each.
    const kinds = index < 3 ? KINDS : [0, 1, 2].map((turn) => KINDS[(3 * index + turn) % KINDS.length] as (typeof KINDS)[number]);
    return kinds.map((kind) => ({ method: "GET", path, meant: path, ...kind(path) }));
  });
  const asked = answers.map((one) => ({ ...one, meant: `${one.meant}${one.path.slice(one.meant.length)}` }));
  return [...places.flatMap(spellings), ...routes.flatMap(({ path }) => neighbors(path)), ...asked, get(healthPath)];
}

/** To a server with files: what it finds, what it answers itself, and what it passes on to another file. */
export function files({ routes }: MatrixPolicy, kind: "application" | "pages"): readonly MatrixRequest[] {
  const paths = routes.map(({ path }) => path);
  const found = placesOf(paths).flatMap(spellings);
  const folders = ["/", ...paths.filter((path) => path.endsWith("/*")).map((path) => path.slice(0, -1))];
  const own = folders.flatMap((folder): MatrixRequest[] => [
    { ...get(folder), status: 200 },
    { ...get(`${folder}deep/link.html`), status: kind === "application" ? 200 : 404 },
    { ...get(`${folder}deep/link.html?a=b`), status: kind === "application" ? 200 : 404 },
    { ...get(`${folder}x.moved`), status: 301 },
    { ...get(`${folder}x.secret`), status: 403 },
    { ...get(folder), method: "HEAD", status: 200 },
    { ...get(`${folder}deep/link.html`), method: "POST", body: "x" },
  ]);
  return [...found, ...paths.flatMap(neighbors), ...own].map((one) => ({ ...one, own: true }));
}

const get = (path: string, meant = path): MatrixRequest => ({ method: "GET", path, meant });

/** One path of each place: the place itself, or one below it; and two of the site. */
function placesOf(paths: readonly string[]): readonly string[] {
  return [...new Set(["/", "/nowhere/else", ...paths.map((path) => path.replace(/\*$/, "x/deep"))])];
}

/** How else a path can be written. */
function spellings(path: string): readonly MatrixRequest[] {
  const slash = path.lastIndexOf("/");
  const encoded = { ...get(`${path.slice(0, slash)}%2F${path.slice(slash + 1)}`, path), slash: true } as const;
  const decoded = path.replace(/[A-Za-z0-9]/, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return [
    ...[path, `/${path}`, decoded, `/x/..${path}`, `/.${path}`].map((one) => get(one, path)),
    ...(slash > 0 && slash < path.length - 1 ? [encoded] : []),
  ];
}

/** What only looks like the path of a route. */
function neighbors(route: string): readonly MatrixRequest[] {
  const path = route.replace(/\*$/, "");
  const others = [`${path}/`.replace("//", "/"), path.slice(0, -1), `${path}x`, path.toUpperCase(), path.replace(/[.+]/g, "x"), path];
  return [...new Set(others)].filter((one) => one !== "").map((one) => get(one));
}
