/** The inside of a server, and what it needs in the http block. */
export interface GeneratedConfig {
  readonly http: string;
  readonly server: string;
}

/** Paths of the files that the server has, of the application behind it, and of neither. */
export const PATHS: readonly string[] = [
  ...["/", "/index.html", "/page.html", "/a.css", "/app.js", "/index.php", "/nowhere", "/nowhere.css", "/404.html", "/embed", "/embed/x"],
  ...["/docs", "/docs/", "/docs/page.html", "/docs/x.css", "/docs/missing", "/static/a.css", "/static/page.html", "/static/none.js"],
  ...[
    "/api",
    "/api/",
    "/api/x",
    "/api/v1/x",
    "/api/v1/fails",
    "/api/missing",
    "/apiary",
    "/hang",
    "/api/hang",
    "/health",
    "/old/page.html",
  ],
  ...["/old", "/private/x", "/if/x", "/if/x?x=1", "/?x=1", "/app/x.css", "/app/", "/nested/in/x", "/nested/x.css", "/wiki/x", "/wiki/page"],
];

/** A number that is always the same for the same seed, from 0 to below 1. */
function random(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  "X-Frame-Options": ["DENY", "SAMEORIGIN"],
  "Referrer-Policy": ["no-referrer", "origin"],
  "X-Content-Type-Options": ["nosniff"],
  "Content-Security-Policy": ["\"default-src 'self'\"", "\"default-src 'none'; img-src *\""],
  "Permissions-Policy": ["camera=()"],
  "X-A": ["1", "2", '"a b"'],
};

/** A configuration out of what people write, put together at random. */
export function makeConfig(seed: number, upstream: string, root: string): GeneratedConfig {
  const next = random(seed);
  const chance = (of: number) => next() < of;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const alwaysAt = pick([1, 1, 1, 0.5, 0]);
  // Some have a line of everything, most have little.
  const density = pick([0.03, 0.08, 0.15, 0.3]);
  const variables: string[] = [];
  const http: string[] = [];
  const header = (name: string): string => {
    const value = variables.length > 0 && name === "X-A" ? pick(variables) : pick(VALUES[name] ?? ["1"]);
    return `add_header ${name} ${value}${chance(alwaysAt) ? " always" : ""};`;
  };
  const headers = (least: number, most: number): string => {
    const names = Object.keys(VALUES).sort(() => next() - 0.5);
    return names
      .slice(0, least + Math.floor(next() * (most - least + 1)))
      .map(header)
      .join(" ");
  };
  const some = (probability: number) => (chance(probability) ? headers(1, 2) : "");
  const pass = `proxy_pass ${upstream};`;
  if (chance(2 * density)) http.push(...maps(seed, variables, pick));
  const sets: string[] = [];
  if (chance(density)) {
    sets.push(`set $s${seed} origin;`);
    variables.push(`$s${seed}`);
    if (chance(0.4))
      sets.push(
        pick([
          `if ($arg_x) { set $s${seed} other; }`,
          `if ($uri ~ ^/docs/) { set $s${seed} docs; }`,
          `if ($scheme = https) { set $s${seed} tls; }`,
        ]),
      );
  }
  const error = () =>
    chance(density)
      ? pick([
          "error_page 404 /404.html;",
          "error_page 404 = @app;",
          "error_page 404 =200 /index.html;",
          "error_page 500 502 /50x.html;",
          "error_page 404 @err; error_page 502 /50x.html;",
        ])
      : "";
  const rewrite = () =>
    chance(density / 2)
      ? pick([
          "rewrite ^/old/(.*)$ /docs/$1 last;",
          "rewrite ^/old$ /docs/ permanent;",
          "rewrite ^/wiki/(.+)$ /index.php?q=$1 last;",
          "rewrite ^/embed/x$ /page.html break;",
          "rewrite ^/app/(.*)$ /static/$1;",
        ])
      : "";
  const condition = () =>
    chance(density / 2)
      ? pick([
          `if ($arg_x) { ${headers(1, 2)} }`,
          "if ($request_method = POST) { return 405; }",
          "if (!-e $request_filename) { rewrite ^ /index.php last; }",
          "if ($arg_x) { return 302 /; }",
          `if ($uri = /if/x) { ${headers(1, 1)} }`,
          "if ($host = b.example) { return 301 https://a.example/; }",
        ])
      : "";
  const files = () =>
    pick([
      "",
      "",
      "try_files $uri $uri/ /index.html;",
      "try_files $uri =404;",
      "try_files $uri $uri/ =404;",
      "try_files $uri @app;",
      "try_files $uri $uri/ /index.php?$args;",
      "try_files $uri /index.html;",
    ]);
  const answer = () => pick([files(), files(), files(), pass]);
  const location = (head: string, body: string) => `location ${head} { ${body} }`;
  const block = (own: number) => `${some(own)} ${error()} ${rewrite()} ${condition()} ${answer()}`;
  const candidates: readonly (() => string)[] = [
    () => location(pick(["/", "/", "/", "^~ /"]), block(0.3)),
    () => location("= /index.html", `${some(0.6)} ${pick(["", "expires -1;", 'add_header Cache-Control "no-cache" always;'])}`),
    () => location(pick(["/static/", "^~ /static/", "/static"]), `${some(0.5)} ${pick(["", files(), "expires 1y;"])}`),
    () => location("/docs/", block(0.4)),
    () => location(pick(["/api/", "/api", "^~ /api/", "~ ^/api/", "~ ^/api"]), `${some(0.5)} ${condition()} ${pass}`),
    () => location(pick(["/api/v1/", "~ ^/api/(v1|v2)/", "= /api/v1/x"]), `${some(0.5)} ${pass}`),
    () => location("= /health", `${some(0.2)} return 200 ok;`),
    () => location("~ \\.php$", `${some(0.3)} ${pick([pass, "", "try_files $uri =404;"])}`),
    () =>
      location(
        pick(["~* \\.(css|js)$", "~ \\.(?:css|js|png)$", "~* ^.+\\.css$"]),
        `${some(0.4)} ${pick(["expires 30d;", "", 'add_header Cache-Control "public";'])}`,
      ),
    () => location("= /404.html", `internal; ${some(0.5)}`),
    () => location("/old/", `${some(0.2)} return 301 /docs/;`),
    () => location("/private/", `${some(0.2)} ${pick(["deny all;", "return 403;", "return 404;", "internal;"])}`),
    () => location("/if/", `${some(0.5)} if ($arg_x) { ${pick([headers(1, 2), "return 404;", "set $unused 1;"])} } ${answer()}`),
    () => location(pick(["= /embed", "~ ^/embed$", "/embed"]), block(0.7)),
    () =>
      location(
        pick(["/nested/", "^~ /nested/"]),
        `${some(0.4)} ${location("/nested/in/", block(0.5))} ${location("~ \\.css$", some(0.6))} ${pick(["", pass])}`,
      ),
    () => location("/app/", `${some(0.4)} alias ${root}/static/; ${pick(["", "index page.html;"])}`),
    () => location("= /50x.html", some(0.5)),
    () => location("~ /\\.(?!well-known)", `${some(0.3)} deny all;`),
    () => location(pick(["~ ^/wiki/", "/wiki/"]), `${some(0.3)} rewrite ^/wiki/(.*)$ /index.php?q=$1 ${pick(["last", "break"])};`),
  ];
  const locations = candidates.filter(() => chance(density)).map((make) => make());
  const named = `${location("@app", `${some(0.3)} ${pass}`)} ${location("@err", `${some(0.3)} return 404;`)}`;
  const hides = chance(0.3) ? "proxy_hide_header X-Powered-By;" : "";
  const top = `${sets.join(" ")} ${hides} ${headers(chance(0.9) ? 1 : 0, 3)} ${error()} ${rewrite()} ${chance(0.2) ? pick(["charset utf-8;", "gzip on;", "server_tokens off;"]) : ""} ${chance(0.2) ? pick(["index index.php index.html;", "index page.html;"]) : ""}`;
  return { http: http.join("\n"), server: `root ${root};\n${[top, ...locations, named].map((one) => one.trim()).join("\n")}` };
}

/** Maps as h5bp has them, and of the path. */
function maps(seed: number, variables: string[], pick: <T>(from: readonly T[]) => T): readonly string[] {
  const name = `$m${seed}`;
  variables.push(name);
  const body = pick([
    'map $sent_http_content_type NAME { default ""; ~*text/html origin; }',
    'map $sent_http_content_type NAME { default ""; text/html origin; }',
    "map $uri NAME { default site; ~^/api/ api; ~^/docs/ docs; /embed embed; }",
    'map $uri NAME { default ""; "~^/embed\\z" embed; }',
    "map $uri NAME { default site; ~\\.css$ css; }",
    "map $scheme NAME { default plain; https tls; }",
    "map $http_x_unknown NAME { default one; }",
    "map $arg_x NAME { default none; 1 one; }",
    'map $status NAME { default ok; ~^[45] "failed"; }',
    "map $host NAME { default other; a.example own; }",
    "geo NAME { default here; }",
    "map $request_method NAME { default other; GET get; }",
  ]);
  return [body.replace("NAME", name)];
}
