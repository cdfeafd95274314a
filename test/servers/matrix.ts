import { append, type Layer, source } from "../../src/index.js";
import { AWKWARD_TEXT, type Route } from "./support.js";

/** One policy of the matrix, with its routes. */
export interface MatrixPolicy {
  /** What is nasty about it. */
  readonly name: string;
  readonly policy: readonly Layer[];
  readonly routes: readonly Route[];
  readonly healthPath: string;
}

type Custom = Readonly<Record<string, string | false>>;

/** So that no two places send the same. */
const place = (name: string, custom: Custom = {}): Layer => ({ custom: { "X-Place": name, ...custom } });

const at = (path: string, ...layers: readonly Layer[]): Route => ({ path, layers: [place(path), ...layers] });

/** Routes that say nothing but where they are. */
const each = (...paths: readonly string[]) => paths.map((path) => at(path));

const SITE: readonly Layer[] = ["none", { xFrameOptions: "DENY", referrerPolicy: "no-referrer" }, place("site")];
const EMPTY: readonly Layer[] = ["none"];
const ADMIN = [at("/admin/*", { xFrameOptions: "SAMEORIGIN" })];

/** The same values on the site and, in another order, on a route. */
function values(name: string, ...texts: readonly string[]): MatrixPolicy {
  const custom = (list: readonly string[]) => ({ custom: Object.fromEntries(list.map((text, index) => [`X-Value-${index}`, text])) });
  return nasty(name, [...SITE, custom(texts)], [at("/admin/*", custom([...texts].reverse())), at("/embed", custom(["plain"]))]);
}

function nasty(name: string, policy: readonly Layer[], routes: readonly Route[], healthPath = "/health"): MatrixPolicy {
  return { name, policy, routes, healthPath };
}

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
const HOSTS = (path: string) =>
  Array.from({ length: 150 }, (_, index) => source(`https://cdn-${index}.long-name-of-a-host.example${path}`));
const MANY = (count: number, text: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-Many-${index}`, `${text} ${index}`]));
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz0123"];

const PATHS: readonly MatrixPolicy[] = [
  nasty("routes in three levels", SITE, each("/a/*", "/a/b/*", "/a/b/c/*")),
  nasty("routes in three levels, the narrowest first", SITE, each("/a/b/c/*", "/a/b/*", "/a/*")),
  nasty("a path beside all below it", SITE, each("/a", "/a/*")),
  nasty("a path, the same with a slash, and all below it", SITE, each("/a", "/a/", "/a/*")),
  nasty("all paths", SITE, each("/*")),
  nasty("all paths, some below, and the root", SITE, each("/*", "/a/*", "/")),
  nasty("the root alone", SITE, each("/")),
  nasty("a path twice", SITE, [
    at("/a/*", { xFrameOptions: false }),
    at("/a/*", place("the second")),
    at("/b"),
    at("/b", place("b again")),
  ]),
  nasty("names that begin alike", SITE, each("/a", "/ab", "/abc", "/ab/*", "/a-b", "/a_b/*")),
  nasty("names that differ in case", SITE, each("/Admin/*", "/admin/*", "/ADMIN", "/aDMIN/*")),
  nasty("characters that mean something", SITE, each("/o.b+c,d:e@f=g!h~i", "/p.q+r,s:t@u=v!w~x/*")),
  nasty("dots that are dots", SITE, each("/a.b", "/v1.0/*", "/.well-known/*", "/a..b")),
  nasty("a path of 300 characters", SITE, each(`/${"long/".repeat(60)}x`, `/${"wide/".repeat(60)}*`)),
  nasty("30 routes", SITE, each(...LETTERS.map((letter) => `/${letter}/*`))),
  nasty("words of the servers", SITE, each("/default", "/site/*", "/hostnames", "/include/*", "/volatile", "/portcullis", "/portcullis/*")),
  nasty("a route at the health path", SITE, each("/health", "/healthy/*")),
  nasty("a route below the health path, and one for all", SITE, each("/health/*", "/health", "/*")),
  nasty("a health path below a route", SITE, each("/status/*", "/status/live/*"), "/status/live"),
  nasty("a health path of odd characters", SITE, each("/o.k+/*"), "/o.k+/a~b!"),
];

const OFF = { xFrameOptions: false, referrerPolicy: false, custom: { "X-Place": false } } as const;

const LAYERS: readonly MatrixPolicy[] = [
  nasty("headers off on a route, and on again below", SITE, [
    { path: "/a/*", layers: [OFF] },
    { path: "/a/b/*", layers: [{ xFrameOptions: "SAMEORIGIN" }] },
    { path: "/a/b/c", layers: [OFF] },
  ]),
  nasty("none on a route of strict", ["strict"], [{ path: "/plain/*", layers: ["none"] }, at("/plain/x/*", "strict")]),
  nasty("api on a route of recommended", ["recommended"], [at("/api/*", "api"), at("/api", "api")]),
  nasty("none and then one header", ["strict"], [{ path: "/a/*", layers: ["none", { xFrameOptions: "SAMEORIGIN" }] }]),
  nasty("api, and none for all", ["api"], [{ path: "/*", layers: ["none"] }, at("/api/*", "api")]),
  nasty("strict on routes of an empty site", EMPTY, [at("/a/*", "strict"), at("/b", "api")]),
  nasty("an empty policy", EMPTY, []),
  nasty("an empty policy with a route", EMPTY, ADMIN),
  nasty("an empty policy with empty routes", EMPTY, [
    { path: "/a/*", layers: [] },
    { path: "/b", layers: ["none"] },
  ]),
  nasty("streamlit", ["streamlit"], [at("/embed", { xFrameOptions: false })]),
  nasty("recommended with development on it", ["recommended", "development"], ADMIN),
];

const HEADERS: readonly MatrixPolicy[] = [
  nasty("names to strip", [...SITE, { stripHeaders: ["X-Powered-By", "x-AspNet-version", "X-Generator"] }], ADMIN),
  nasty("names in odd case", [...SITE, { custom: { "x-lOwEr": "1", "X-UPPER": "2", x: "3", X_Under: "4" } }], ADMIN),
  nasty(
    "a name that a route writes otherwise",
    [...SITE, { custom: { "X-Mixed": "site" } }],
    [{ path: "/a/*", layers: [{ custom: { "x-mIXED": "a" } }] }, at("/b", { custom: { "X-MIXED": false } })],
  ),
  nasty("40 headers", [...SITE, { custom: MANY(40, "text") }], [at("/a/*", { custom: MANY(40, "other") }), at("/b", "none")]),
  nasty(
    "ten headers that differ on ten routes",
    [...SITE, { custom: MANY(10, "site") }],
    LETTERS.slice(0, 10).map((letter) => at(`/${letter}/*`, { custom: MANY(10, letter) })),
  ),
  nasty(
    "report-only forms",
    [...SITE, { contentSecurityPolicy: { defaultSrc: ["self"] }, contentSecurityPolicyReportOnly: { defaultSrc: ["none"] } }],
    [at("/a/*", { contentSecurityPolicyReportOnly: false }), at("/b/*", { contentSecurityPolicy: false })],
  ),
  nasty("report-only forms of all kinds on a route", SITE, [
    at("/a/*", { crossOriginOpenerPolicyReportOnly: "same-origin", crossOriginEmbedderPolicyReportOnly: "require-corp" }),
  ]),
  nasty("HSTS on the site alone", [...SITE, { strictTransportSecurity: true }], [at("/a/*", { strictTransportSecurity: false })]),
  nasty("HSTS on a route alone", SITE, [at("/a/*", { strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true } })]),
  nasty("Cache-Control and Clear-Site-Data", SITE, [
    at("/api/*", { cacheControl: "no-store" }),
    at("/logout", { clearSiteData: ["cookies"] }),
  ]),
  nasty("a report endpoint in quotes", [...SITE, { reportingEndpoints: { csp: "https://reports.example/a?b=%41&c=$d" } }], ADMIN),
];

const long = (path: string) => ({ contentSecurityPolicy: { scriptSrc: append(...HOSTS(path)), reportUri: ["/csp?site=$uri&x=%41"] } });

const VALUES: readonly MatrixPolicy[] = [
  values("every printable character", PRINTABLE.trim(), [...PRINTABLE].reverse().join("").trim(), `x${PRINTABLE}x`),
  values("percent signs", "%", "%%", "100% %41 %zz %s %d", "%{Host}i %[path] %t %D", "%REQ(:path)% %START_TIME%"),
  values("dollar signs", "$", "$$", "$host $1 $& $` $'", "a$", "$$$host$$", `\${host} \${PATH} \${portcullis}`),
  values("braces", "{", "}", "{}", "{{ .Host }}", "{{", "{$HOME} {env.HOME} {http.vars.portcullis-open} {host}", "{http.request.uri"),
  values("quotes", '"', "'", "`", '""', "''", "\"a\" 'b' `c`", 'a"', "'a"),
  values("backslashes", "\\", "\\\\", "a\\", "\\n\\t\\x41\\u0041", '\\"', "\\$host", "\\%", "\\{\\}"),
  values("what begins a comment or ends a line", "#", "# a", "a # b", ";", "a; b", "//", "/* a */", "a\tb", "<!-- a -->", ";}"),
  values(
    "words of the servers",
    "expr=true",
    "env=x",
    "env=!x",
    "early",
    "if { path / }",
    "always",
    "always;",
    "on",
    "null",
    "~",
    "- a",
    "0x10",
    "1e3",
    "a: b",
    "!!str",
  ),
  values("what all of that makes", AWKWARD_TEXT, `${AWKWARD_TEXT} x`),
  nasty("a CSP of 6 kB", ["strict", long("")], [at("/a/*", { referrerPolicy: "origin" }), at("/b", { contentSecurityPolicy: false })]),
  nasty("a CSP of 6 kB on a route", ["strict"], [at("/a/*", long("/x"))]),
];

/** Numbers in [0, 1) that are the same in every run. Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SEGMENTS = ["a", "b", "A", "a.b", "x+y", "~u", "@me", "v1,2", "k=v", "n:m", "hi!", "-", "_"];
const ON_ROUTES: readonly Layer[] = [
  "none",
  "api",
  "strict",
  "recommended",
  { xFrameOptions: false },
  { referrerPolicy: "origin" },
  { strictTransportSecurity: false },
  { contentSecurityPolicy: false },
  { custom: { "X-Awkward": AWKWARD_TEXT } },
  { custom: { "X-Awkward": false } },
];

/** One that nobody thought of. */
function drawn(seed: number): MatrixPolicy {
  const random = randomFrom(seed);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const some = <T>(most: number, make: () => T) => Array.from({ length: 1 + Math.floor(random() * most) }, make);
  const path = () => `/${some(3, () => oneOf(SEGMENTS)).join("/")}${oneOf(["", "/", "/*", "/*"])}`;
  const routes = some(8, path).map((one) => ({ path: one, layers: [...some(2, () => oneOf(ON_ROUTES)), place(one)] }));
  return nasty(`drawn with ${seed}`, [oneOf(["none", "recommended", "strict", "api"] as const), place("site")], routes);
}

/** All policies: by hand, and some more that are drawn. */
export const MATRIX: readonly MatrixPolicy[] = [
  ...PATHS,
  ...LAYERS,
  ...HEADERS,
  ...VALUES,
  ...Array.from({ length: 8 }, (_, seed) => drawn(seed)),
];

/** Some of each kind, for every run. */
export const SAMPLE: readonly MatrixPolicy[] = MATRIX.filter(({ name }) =>
  [
    "routes in three levels, the narrowest first",
    "a path, the same with a slash, and all below it",
    "characters that mean something",
    "a route below the health path, and one for all",
    "headers off on a route, and on again below",
    "a name that a route writes otherwise",
    "every printable character",
    "a CSP of 6 kB",
  ].includes(name),
);
