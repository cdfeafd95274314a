/** A number that is the same for the same seed: mulberry32. */
export function randomOf(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const chance = (share: number) => next() < share;
  const pick = <T>(some: readonly T[]): T => some[Math.floor(next() * some.length)] as T;
  const times = <T>(least: number, most: number, make: () => T): readonly T[] =>
    Array.from({ length: least + Math.floor(next() * (most - least + 1)) }, make);
  return { chance, pick, times };
}

type Random = ReturnType<typeof randomOf>;

/** Half of all are made of what most configurations are made of. */
const isCommon = new WeakMap<Random, boolean>();

/** What the folders hold that a generated configuration is about. */
export const FILES: Readonly<Record<string, string>> = {
  "index.html": "home",
  "page.html": "page",
  "app/index.html": "app",
  "app/data.json": "{}",
  "docs/a.css": "a{}",
  "docs/index.html": "docs",
  "private/x.html": "secret",
  "errors/404.html": "not here",
};

/** What is asked of each. */
export const PATHS = [
  ...["/", "/index.html", "/page.html", "/app", "/app/", "/app/index.html", "/app/data.json", "/app/nope", "/docs/a.css", "/docs/"],
  ...[
    "/nope",
    "/private/x.html",
    "/old",
    "/up/ok",
    "/up/missing",
    "/down/x",
    "/static/p.html",
    "/static/nope",
    "/errors/404.html",
    "/cgi/x",
  ],
];

/** Names that are compared, with values that a policy prints as they stand. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  "X-Frame-Options": ["DENY", "SAMEORIGIN"],
  "Referrer-Policy": ["origin", "no-referrer"],
  "X-Content-Type-Options": ["nosniff"],
  "Content-Security-Policy": [`"default-src 'self'"`, `"default-src 'none'; img-src 'self'"`],
  "Strict-Transport-Security": ['"max-age=31536000"'],
  "X-A": ["1", '"a, b"', '"100%% \\"x\\""', "b"],
  "X-B": ["1", "'two words'"],
};

export interface Places {
  /** The folder of its files. */
  readonly root: string;
  readonly aliased: string;
  readonly scripts: string;
  readonly upstream: number;
}

/** What stands outside all hosts, for all of them; the folder is where their files are. */
export const mainOf = (root: string): string => `Header always set X-Main server
<If "%{REQUEST_URI} =~ m#^/docs/#">
Header always set X-Main if
</If>
<Location "/app">
Header always set X-Main location
</Location>
<Directory "${root}">
Header always set X-Main folder
</Directory>
`;

/** One virtual host with `Header` lines in all kinds of places. */
export function hostOf(seed: number, { root, aliased, scripts, upstream }: Places): string {
  const random = randomOf(seed);
  const { chance, pick, times } = random;
  isCommon.set(random, seed % 2 === 0);
  const lines: string[] = [];
  lines.push("DirectoryIndex index.html", '<Location "/private">\nRequire all denied\n</Location>');
  if (chance(0.3)) lines.push('SetEnvIf Request_URI "^/app/" APP');
  if (chance(0.1)) lines.push('SetEnvIf User-Agent "Mozilla" BROWSER');
  if (chance(0.2)) lines.push("Define VALUE DENY");
  if (chance(0.3)) lines.push(`Alias "/static" "${aliased}"`, `<Directory "${aliased}">\nRequire all granted\n</Directory>`);
  if (chance(0.25)) lines.push(`ProxyPass "/up" "http://127.0.0.1:${upstream}"`);
  if (chance(0.2)) lines.push('ProxyPass "/down" "http://127.0.0.1:9"');
  if (chance(0.07)) lines.push(`ScriptAlias "/cgi/" "${scripts}/"`, `<Directory "${scripts}">\nRequire all granted\n</Directory>`);
  if (chance(0.3)) lines.push(pick(['Redirect "/old" "/page.html"', "RewriteEngine On\nRewriteRule ^/old$ /page.html [R=302,L]"]));
  if (chance(0.2)) lines.push(`ErrorDocument 404 ${pick(["/errors/404.html", '"Not here."', "/app/index.html"])}`);
  if (chance(0.15)) lines.push(`<Directory "${root}">\n${fallback(random)}\n</Directory>`);
  if (chance(0.1)) {
    lines.push(`<Macro M${seed} $name $value>\nHeader always set $name $value\n</Macro>`, `Use M${seed} X-B ${pick(["1", "2"])}`);
  }
  lines.push(...times(1, 5, () => headerLine(random)), ...times(0, isCommon.get(random) ? 2 : 4, () => section(random, root, 0)));
  if (chance(0.3)) lines.push("Header always set X-Main host");
  if (chance(0.1)) lines.push('<Location "/">\nHeader always unset X-Main\n</Location>');
  if (chance(0.1)) lines.push(`<Directory "${root}/app">\nHeader always append X-Main app\n</Directory>`);
  // What is defined is defined for all hosts.
  return lines.join("\n").replaceAll("VALUE", `VALUE${seed}`);
}

function fallback({ pick }: Random): string {
  return pick([
    "FallbackResource /index.html",
    "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_FILENAME} !-d\nRewriteRule ^ /index.html [L]",
    "RewriteEngine On\nRewriteBase /\nRewriteRule ^nope$ page.html [L]",
  ]);
}

/** A folder's own file. */
export function htaccessOf(seed: number): string {
  const random = randomOf(seed);
  const { chance, times } = random;
  isCommon.set(random, seed % 2 === 0);
  const lines: string[] = [];
  if (chance(0.2)) lines.push('SetEnvIf Request_URI "^/app/" APP');
  if (chance(0.2)) lines.push(fallback(random));
  if (chance(0.2)) lines.push("ErrorDocument 404 /errors/404.html");
  if (chance(0.2)) lines.push('Redirect "/old" "/page.html"');
  lines.push(...times(1, 5, () => headerLine(random)), ...times(0, 3, () => inFolder(random, 0)));
  return lines.join("\n");
}

export function headerLine(random: Random): string {
  const { chance, pick } = random;
  const name = pick(Object.keys(VALUES));
  const common = isCommon.get(random) === true;
  const table = common ? "always " : pick(["always ", "always ", "always ", "", "", "onsuccess "]);
  const isList = name === "X-A" || name === "X-B";
  const action = pick(
    common
      ? ["set", "set", "set", "set", "unset", ...(isList ? ["merge"] : [])]
      : ["set", "set", "set", "set", "set", "unset", "add", "setifempty", ...(isList ? ["append", "merge", "edit", "edit*"] : [])],
  );
  const value = chance(0.04) && name === "X-Frame-Options" ? "$" + "{VALUE}" : pick(VALUES[name] as readonly string[]);
  // Apache 2.4.71 crashes where edit* is given a pattern that fits an empty text too.
  const what =
    action === "unset"
      ? ""
      : action.startsWith("edit")
        ? ` ${pick(["1 2", action === "edit" ? "^(.*)$ $1x" : "b c", "^a z", "b$ q", "(a|b)+ c"])}`
        : ` ${value}`;
  return `Header ${table}${action} ${name}${chance(0.05) ? ":" : ""}${what}${condition(random)}`;
}

function condition(random: Random): string {
  const { chance, pick } = random;
  if (chance(0.75)) return "";
  if (isCommon.get(random)) return chance(0.7) ? "" : ' "expr=%{REQUEST_URI} =~ m#^/app/#"';
  return pick([
    " env=APP",
    " env=!APP",
    ' "expr=%{REQUEST_URI} =~ m#^/app/#"',
    ' "expr=! %{REQUEST_URI} =~ m#^/app/#"',
    " \"expr=%{REQUEST_URI} == '/page.html' || %{REQUEST_URI} -strmatch '/docs/*'\"",
    " \"expr=-n reqenv('APP')\"",
    ' "expr=%{CONTENT_TYPE} =~ m#text/html#i"',
    ' "expr=%{REQUEST_STATUS} == 200"',
    " env=BROWSER",
  ]);
}

const LOCATIONS = [
  ...[
    '<Location "/app">',
    '<Location "/app/">',
    '<Location "/">',
    '<Location "/page.html">',
    '<Location "/index.html">',
    '<Location "/up">',
  ],
  ...['<LocationMatch "^/app/">', '<LocationMatch "^/(app|docs)/">', '<LocationMatch "^/page\\.html$">', '<LocationMatch "^/$">'],
  ...['<LocationMatch "\\.css$">', '<Location "/down">', '<Location "/nope">', '<Location ~ "^/docs(/|$)">', '<LocationMatch "^/static/">'],
];

function section(random: Random, root: string, depth: number): string {
  const { chance, pick, times } = random;
  const body = () => times(1, 3, () => headerLine(random));
  if (chance(0.35)) {
    const open = pick(LOCATIONS);
    const inner = chance(0.2) && depth < 2 ? [inFolder(random, depth + 2)] : [];
    return [open, ...body(), ...inner.filter((one) => !one.startsWith("<Files")), close(open)].join("\n");
  }
  if (chance(0.3)) {
    const folders = [`<Directory "${root}/app">`, `<Directory "${root}">`, "<Directory />", `<Directory "${root}/docs/">`];
    const open = pick([...folders, `<DirectoryMatch "^${root}/docs/">`, `<DirectoryMatch "^${root}/">`, '<Proxy "*">']);
    const inner = chance(0.3) && depth < 2 ? [inFolder(random, depth + 2)] : [];
    return [open, ...body(), ...inner.filter((one) => !open.startsWith("<Proxy") || !one.startsWith("<Files")), close(open)].join("\n");
  }
  const read = inFolder(random, depth);
  return read.startsWith("<Limit") ? `<Location "/">\n${read}\n</Location>` : read;
}

function inFolder(random: Random, depth: number): string {
  const { chance, pick, times } = random;
  const body = () => times(1, 3, () => headerLine(random));
  if (chance(0.3)) {
    const open = pick([
      '<Files "*.html">',
      '<Files "index.html">',
      '<FilesMatch "\\.css$">',
      '<FilesMatch "\\.(html|php)$">',
      '<FilesMatch ".*">',
      '<Files "*">',
    ]);
    return [open, ...body(), close(open)].join("\n");
  }
  if (chance(0.35) && depth < 3) {
    const open = pick([
      '<If "%{REQUEST_URI} =~ m#^/app/#">',
      "<If \"%{REQUEST_URI} == '/page.html'\">",
      "<If \"%{HTTP_HOST} == 'nobody'\">",
      "<If \"! %{REQUEST_URI} -strmatch '/docs/*'\">",
    ]);
    const elseIf = chance(0.3) ? ['<ElseIf "%{REQUEST_URI} =~ m#^/docs/#">', ...body(), "</ElseIf>"] : [];
    const otherwise = chance(0.4) ? ["<Else>", ...body(), "</Else>"] : [];
    return [open, ...body(), close(open), ...elseIf, ...otherwise].join("\n");
  }
  const open = pick([
    ...["<IfModule mod_headers.c>", "<IfModule !mod_headers.c>", "<IfModule mod_nothing.c>", "<IfModule setenvif_module>"],
    ...["<IfVersion >= 2.4>", "<IfVersion < 2.4>", "<IfDefine VALUE>", "<IfDefine !VALUE>", "<IfDefine NOBODY>"],
    ...["<Limit GET>", "<LimitExcept POST>"],
  ]);
  const inner = chance(0.2) && depth < 3 ? [inFolder(random, depth + 1)] : [];
  return [open, ...body(), ...inner.filter((one) => !open.startsWith("<Limit") && !one.startsWith("<Limit")), close(open)].join("\n");
}

const close = (open: string) => `</${/\w+/.exec(open)?.[0]}>`;
