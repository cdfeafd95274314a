/** Caddyfiles made up by chance, and always the same ones from the same seed. */

/** What a site needs to run. */
export interface Around {
  readonly root: string;
  /** Ports of an application, and of nobody. */
  readonly upstream: number;
  readonly nobody: number;
}

/** One configuration: what stands before its site, and in it. */
export interface Made {
  readonly snippets: string;
  readonly site: string;
  /** Lines for the global options. */
  readonly globals: string;
}

/** A source of chance that a seed begins. */
export function chance(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, one: <T>(list: readonly T[]): T => list[below(list.length)] as T, perhaps: (share: number) => next() < share };
}

type Chance = ReturnType<typeof chance>;

const NAMES = ["X-A", "X-B", "X-C", "X-Frame-Options", "Referrer-Policy"];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "X-Frame-Options": ["DENY", "SAMEORIGIN"],
  "Referrer-Policy": ["origin", "same-origin", "no-referrer"],
};
const PATHS = [
  "/",
  "/*",
  "/api",
  "/api/*",
  "/api*",
  "/api/v1/*",
  "/a",
  "/a/*",
  "/a/b",
  "/v1/*",
  "/b",
  "/index.html",
  "/x/*",
  "/x/api/*",
  "*.html",
  "*/b",
  "/a*b",
  "/API/*",
];
const PATTERNS = ["^/api/", "^/a$", "^/api", "^/x/?$", "^/(a|b)$", "\\.html$", "^/a|^/b", "^/x(/|$)"];

/** All paths that are asked for. */
export const ASKED = [
  "/",
  "/api",
  "/api/",
  "/api/v1/z",
  "/api/b",
  "/apiary",
  "/a",
  "/a/",
  "/a/b",
  "/a/zz",
  "/b",
  "/v1/q",
  "/x",
  "/x/",
  "/x/api/r",
  "/x/b",
  "/xy",
  "/index.html",
  "/p.html",
  "/e/500",
  "/down",
];

/** Makes a Caddyfile; `plain` leaves out what only newer versions know. */
export function caddyfile(seed: number, around: Around, plain: boolean): Made {
  const by = chance(seed);
  const make = maker(by, around, plain);
  const snippets = by.perhaps(0.25)
    ? `(s) {\n${make.header(0)}${by.perhaps(0.3) ? make.header(0) : ""}}\n(t) {\nheader ${by.one(["", "+", "-"])}X-A {args${plain ? ".0" : "[0]"}}\n}\n`
    : "";
  const imports =
    snippets === "" ? "" : by.one(["import s\n", "import t one\n", "import s\nimport t two\n", "handle /a/* {\nimport s\n}\n"]);
  const globals = by.perhaps(0.08)
    ? `order ${by.one(["header last", "handle first", "header after route", "respond before header", "rewrite before map", "redir last"])}\n`
    : "";
  return { snippets, site: `${make.matchers()}${imports}${make.lines(0, 1 + by.below(6))}${make.end(0)}${make.errors()}`, globals };
}

function maker(by: Chance, { root, upstream, nobody }: Around, plain: boolean) {
  const matcher = (): string => {
    if (by.perhaps(0.45)) return "";
    if (by.perhaps(0.55)) return `${by.one(PATHS)} `.replace(/^\*\S* $/, "@m2 ");
    return `@m${by.below(6)} `;
  };
  const value = (name: string) =>
    by.one(VALUES[name] ?? ["one", "two", '"a b"', "{vars.v}", "`q {plain}`", "{host}"].slice(0, by.perhaps(0.1) ? 6 : 3));
  const operation = (inBlock: boolean): string => {
    const name = by.one(NAMES);
    const sign = by.one(["", "", "", "", "", "+", "-", "?", plain ? "" : ">"]);
    if (sign === "-") return `-${by.perhaps(0.1) ? "X-*" : name}\n`;
    if (by.perhaps(0.03)) return `${name} ${value(name)} other\n`;
    return `${sign}${name}${inBlock && by.perhaps(0.1) ? ":" : ""} ${value(name)}\n`;
  };
  const header = (_depth: number): string => {
    if (by.perhaps(0.6)) return `header ${matcher()}${operation(false)}`;
    const lines = Array.from({ length: 1 + by.below(3) }, () => operation(true)).join("");
    const match = !plain && by.perhaps(0.05) ? "match status 404\n" : "";
    return `header ${matcher()}{\n${by.perhaps(0.25) ? "defer\n" : ""}${match}${lines}}\n`;
  };
  const move = (): string =>
    `${by.one([
      `rewrite ${by.one(["", "/a ", "/x/* ", "@m1 "])}`.replace(/rewrite $/, "rewrite * ") + by.one(["/index.html", "/api{uri}", "/a/b"]),
      `uri ${by.one(["", "/x/* "])}strip_prefix ${by.one(["/x", "/api"])}`,
      "try_files {path} /index.html",
      `rewrite ${by.one(["/b", "/p.html"])} /a/b`,
      "uri replace /x /a",
    ])}\n`;
  const answer = (): string =>
    by.one([
      `respond ${by.one(["", "/a ", "/api/* ", "@m0 ", "@m3 "])}ok 200\n`,
      `redir ${by.one(["/b ", "/a/* ", "@m4 "])}/c 302\n`,
      `error ${by.one(["/a/b ", "/api/* ", "@m5 "])}403\n`,
      `abort ${by.one(["/v1/* ", "/xy "])}\n`,
      `file_server ${by.one(["", "/a/* "])}{\nroot ${root}\n}\n`,
      proxy(),
    ]);
  const proxy = (): string => {
    const port = by.perhaps(0.15) ? nobody : upstream;
    const down = by.perhaps(0.35) ? `header_down ${by.one(["X-A up", "+X-B up", "-X-A", "-X-Up", "X-Up mine"])}\n` : "";
    const response = by.perhaps(0.08) ? "@bad status 404\nhandle_response @bad {\nheader X-C bad\nrespond gone 404\n}\n" : "";
    return `reverse_proxy ${by.one(["", "", "/api/* ", "@m0 "])}127.0.0.1:${port} {\n${down}${response}}\n`;
  };
  const end = (_depth: number): string =>
    by.one([
      "respond ok\n",
      `root * ${root}\nfile_server\n`,
      `reverse_proxy 127.0.0.1:${upstream}\n`,
      proxy(),
      `file_server {\nroot ${root}\n}\n`,
      "",
    ]);
  const line = (depth: number): string => {
    const kind = by.below(depth > 2 ? 12 : 20);
    if (kind < 9) return header(depth);
    if (kind < 10) return move();
    if (kind < 11) return answer();
    if (kind < 12)
      return by.one([
        `vars ${by.one(["", "/a "])}v ${by.one(["one", "two"])}\n`,
        "map {path} {m} {\n/a one\ndefault two\n}\n",
        "encode gzip\n",
        "templates\n",
        "request_header X-Q 1\n",
      ]);
    const inside = `${lines(depth + 1, by.below(3))}${by.perhaps(0.6) ? end(depth) : ""}`;
    if (kind < 15) return `handle ${matcher()}{\n${inside}}\n`;
    if (kind < 17) return `handle_path ${by.one(["/x/*", "/api/*", "/a/*", "/x*"])} {\n${inside}}\n`;
    return `route ${matcher()}{\n${inside}}\n`;
  };
  const lines = (depth: number, many: number): string => Array.from({ length: many }, () => line(depth)).join("");
  const condition = (): string =>
    by.one([
      `path ${by.one(PATHS)}`,
      `path ${by.one(PATHS)} ${by.one(PATHS)}`,
      `path_regexp ${by.one(PATTERNS)}`,
      "method GET",
      "method POST",
      "header X-Q *",
      "host 127.0.0.1",
      "host a.example other.example",
      `not path ${by.one(PATHS)}`,
      "not method POST",
    ]);
  const matchers = (): string =>
    Array.from({ length: 6 }, (_, index) =>
      by.perhaps(0.7)
        ? `@m${index} ${condition()}\n`
        : `@m${index} {\n${condition()}\n${condition().replace(/^(?:path_regexp|host).*/, "path /a/*")}\n}\n`,
    ).join("");
  const errors = (): string =>
    by.perhaps(0.4)
      ? `handle_errors {\n${lines(2, 1 + by.below(2))}${by.one(["", "", "respond oops\n", `rewrite * /err.html\nfile_server {\nroot ${root}\n}\n`])}}\n`
      : "";
  return { header, lines, end, matchers, errors };
}
