// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Apache's, not ours
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { type Policy, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

/** The headers everywhere and by path; notes as `line: message`, and remarks with a star. */
function read(text: string, files: Readonly<Record<string, string>> = {}) {
  const own = (pattern: string) => (pattern in files ? [{ path: pattern, text: files[pattern] as string }] : [`${pattern} is not there`]);
  const { policy, routes, notes } = parseConfig(
    "apache",
    text,
    Object.keys(files).length === 0 ? {} : { file: "apache2.conf", files: own },
  );
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    notes: notes.map(({ line, message, differs }) => `${line}${differs ? "" : "*"}: ${message}`),
  };
}

const stripped = (policy: Policy) => policy.resolved["stripHeaders"];

/** All modules that matter are named: nothing else writes headers. */
const WHOLE = "LoadModule headers_module mod_headers.so\n";

const ERRORS = "is not sent with Apache's own errors and redirects, where Portcullis sends it: write Header always set";

describe("a Header line of Apache", () => {
  it("is read with its quotes, formats and continued lines", () => {
    const text = String.raw`
# Header always set X-Old 1
<IfModule mod_headers.c>
    header always set X-Frame-Options: SAMEORIGIN
    Header always set Content-Security-Policy "default-src 'self'; \
        img-src *"
    Header always set X-A '100%% "a"'
    Header always setifempty X-A no
</IfModule>`;
    expect(read(text)).toEqual({
      all: { "Content-Security-Policy": "default-src 'self'; img-src *", "X-Frame-Options": "SAMEORIGIN", "X-A": '100% "a"' },
      routes: {},
      notes: [],
    });
  });

  it("without always has a note, one for all such lines", () => {
    expect(read("Header set X-A 1\nHeader always set X-B 1\nHeader onsuccess set X-C 1")).toEqual({
      all: { "X-A": "1", "X-B": "1", "X-C": "1" },
      routes: {},
      notes: [`1: ${ERRORS} (also line 3)`],
    });
  });

  it.each([
    ["set replaces", "Header always set X-A 1\nHeader always add X-A 2\nHeader always set X-A 3", "3"],
    ["add sends one more", "Header always set X-A 1\nHeader always add X-A 2", "1, 2"],
    ["append joins", "Header always set X-A 1\nHeader always append X-A 1", "1, 1"],
    ["merge adds what is not there", "Header always set X-A 1\nHeader always merge X-A 2", "1, 2"],
    ["merge leaves what is there", 'Header always set X-A "1, 2"\nHeader always merge X-A 2', "1, 2"],
    ["merge looks for whole members", "Header always set X-A 12\nHeader always merge X-A 2", "12, 2"],
    ["setifempty leaves what is there", "Header always set X-A 1\nHeader always setifempty X-A 2", "1"],
    ["edit replaces the first", "Header always set X-A b1b\nHeader always edit X-A b c", "c1b"],
    ["edit* replaces all", "Header always set X-A b1b\nHeader always edit* X-A b c", "c1c"],
    ["edit has anchors", "Header always set X-A b1b\nHeader always edit X-A b$ c", "b1c"],
    ["edit takes a whole value", "Header always set X-A 1\nHeader always edit X-A ^(.*)$ $1;2", "1;2"],
    ["note changes nothing", "Header always set X-A 1\nHeader always note X-A a", "1"],
    ["always runs before onsuccess and apart", "Header always set X-A 1\nHeader onsuccess unset X-A", "1"],
    ["a string expression is its text", String.raw`Header always set X-A "expr=a \\$\\{b} 5\\%"`, "a ${b} 5%"],
  ])("%s", (_, text, value) => {
    expect(read(WHOLE + text)).toEqual({ all: { "X-A": value }, routes: {}, notes: [] });
  });

  it("in one table does not see the other, which is sent beside it", () => {
    expect(read(`${WHOLE}Header always set X-A 1\nHeader setifempty X-A 2`)).toEqual({
      all: { "X-A": "1, 2" },
      routes: {},
      notes: [`3: ${ERRORS}`],
    });
  });

  it("in both tables is sent twice", () => {
    expect(read("Header set X-Frame-Options DENY\nHeader always set X-Frame-Options DENY").notes).toContain(
      "1: X-Frame-Options is sent twice: read once",
    );
  });

  it("strips what is unset and was never set", () => {
    const { policy } = parseConfig("apache", "Header unset X-Powered-By\nHeader always unset X-Powered-By\nHeader always unset Server");
    expect(stripped(policy)).toEqual(["X-Powered-By", "Server"]);
  });

  it("takes a header back by unset where the same table has it", () => {
    const text = `Header always set X-Frame-Options DENY
<Location /embed/>
  Header always unset X-Frame-Options
</Location>
<Location /other/>
  Header unset X-Frame-Options
</Location>`;
    expect(read(text)).toMatchObject({ all: { "X-Frame-Options": "DENY" }, routes: { "/embed/*": {} }, notes: [] });
  });

  it.each([
    ["append", "appends to what the application sends: read as the whole value"],
    ["merge", "appends to what the application sends: read as the whole value"],
    ["setifempty", "keeps what the application sends: read as replacing it"],
  ])("%s on what an application may send has a note", (action, message) => {
    expect(read(`Header always ${action} X-A 1`)).toEqual({ all: { "X-A": "1" }, routes: {}, notes: [`1: ${message}`] });
  });

  it.each([
    ["Header edit Set-Cookie ^(.*)$ $1;Secure", "1: edits the Set-Cookie of the application: not read"],
    ["Header always edit X-B (a|b)+ c", "1: edits the X-B of the application: not read"],
    ["Header echo ^X-", "1: Header echo sends a value of the request: not read"],
    ['Header always set X-Id "%{UNIQUE_ID}e"', '1: X-Id has "%{UNIQUE_ID}e" in it, which differs per response: not read'],
    ["Header always set X-B ${B}", '1: X-B has "${B}" in it, which differs per response: not read'],
    [
      "Header always set Content-Security-Policy default-src 'self'",
      "1: Apache takes a name, one value (quoted if it has spaces) and one condition: not read",
    ],
    ['Header always set X-A "expr=%{REQUEST_URI}"', '1: X-A has "expr=%{REQUEST_URI}" in it, which differs per response: not read'],
  ])("is noted where it is not known: %s", (text, note) => {
    expect(read(text)).toEqual({ all: {}, routes: {}, notes: [note] });
  });
});

describe("a condition of Apache", () => {
  it.each([
    ["no https for HSTS", 'Header always set Strict-Transport-Security "max-age=31536000" env=HTTPS', []],
    ["no https for HSTS as an expression", `Header always set Strict-Transport-Security "max-age=31536000" "expr=%{HTTPS} == 'on'"`, []],
    ["a note for others", "Header always set X-Frame-Options DENY env=HTTPS", ["1: is sent over https only: read as always sent"]],
    ["none where the host is", "SSLEngine on\nHeader always set X-Frame-Options DENY env=HTTPS", []],
    [
      "HTML alone",
      String.raw`Header always set X-Frame-Options DENY "expr=%{CONTENT_TYPE} =~ m#text\/html#i"`,
      ["1: applies to HTML only: read as for all responses"],
    ],
    ["an expression that is always true", 'Header always set X-Frame-Options DENY "expr=true && ! false"', []],
  ])("is %s", (_, text, notes) => {
    expect(read(text).notes).toEqual(notes);
    expect(Object.keys(read(text).all)).toHaveLength(1);
  });

  it.each(["expr=%{REQUEST_STATUS} == 200", "env=SOMEWHERE", "expr=%{HTTP_HOST} == 'a'"])(
    "is noted where it is about anything else: %s",
    (condition) => {
      const { all, notes } = read(`Header always set X-A 1 "${condition}"`);
      expect(all).toEqual({});
      expect(notes).toEqual([expect.stringMatching(/^1: applies under a condition \(.*\): not read$/)]);
    },
  );

  it.each([
    ['Header always set X-A 1 "expr=%{REQUEST_URI} =~ m#^/app/#"'],
    ['SetEnvIf Request_URI "^/app/" APP\nHeader always set X-A 1 env=APP'],
    ['SetEnvIf Request_URI "^/app/" APP\nHeader always set X-A 1 "expr=-n reqenv(\'APP\')"'],
    ["SetEnvIf Request_URI \"^/app/\" P=app\nHeader always set X-A 1 \"expr=reqenv('P') == 'app'\""],
    ["<If \"%{REQUEST_URI} -strmatch '/app/*'\">\nHeader always set X-A 1\n</If>"],
    ['<If "%{REQUEST_URI} !~ m#^/app/#">\n</If>\n<Else>\nHeader always set X-A 1\n</Else>'],
    ["<LocationMatch ^/app/>\nHeader always set X-A 1\n</LocationMatch>"],
    ["<Location /app/>\nHeader always set X-A 1\n</Location>"],
    ["DocumentRoot /srv\n<Directory /srv/app>\nHeader always set X-A 1\n</Directory>"],
    ["DocumentRoot /srv\nAlias /app/ /opt/app/\n<Directory /opt/app>\nHeader always set X-A 1\n</Directory>"],
    ["ProxyPass /app/ http://127.0.0.1:1/\n<Proxy *>\nHeader onsuccess unset X-A\nHeader always set X-A 1\n</Proxy>"],
  ])("is a route where it is about a path: %j", (text) => {
    const { all, routes, notes } = read(text);
    expect({ all, route: routes["/app/*"], notes }).toEqual({ all: {}, route: { "X-A": "1" }, notes: [] });
  });

  it("for all but a path leaves that out", () => {
    const text = 'Header always set X-A 1 "expr=! %{REQUEST_URI} =~ m#^/app/#"';
    expect(read(text)).toEqual({ all: { "X-A": "1" }, routes: { "/app/*": {} }, notes: [] });
  });
});

describe("sections of Apache", () => {
  it("are merged in order: folders, then files, then locations, then conditions", () => {
    const text = `DocumentRoot /srv
<If "true">
  Header always set X-A if
</If>
<Location />
  Header always set X-A location
  Header always set X-B location
</Location>
<FilesMatch ".*">
  Header always set X-B files
  Header always set X-C files
</FilesMatch>
<DirectoryMatch ^/srv/>
  Header always set X-C match
  Header always set X-D match
</DirectoryMatch>
<Directory /srv>
  Header always set X-D folder
  Header always set X-E folder
</Directory>
Header always set X-E server`;
    expect(read(text)).toEqual({
      all: { "X-E": "folder", "X-D": "match", "X-C": "files", "X-B": "location", "X-A": "if" },
      routes: {},
      notes: [],
    });
  });

  it("of folders are merged by their depth", () => {
    const text = `DocumentRoot /srv/www
<Directory /srv/www>
  Header always set X-A narrow
</Directory>
<Directory /srv>
  Header always set X-A broad
</Directory>`;
    expect(read(text).all).toEqual({ "X-A": "narrow" });
  });

  it("of folders say nothing of what is proxied", () => {
    const text = `DocumentRoot /srv
ProxyPass /app http://127.0.0.1:1
<Directory /srv>
  Header always set X-A 1
</Directory>`;
    expect(read(text)).toMatchObject({ all: { "X-A": "1" }, routes: { "/app": {}, "/app/*": {} } });
  });

  it("are read with words in brackets", () => {
    const text = "<LocationMatch ^/(a|b)/>\nHeader always set X-B 1\n</LocationMatch>";
    expect(read(text)).toEqual({ all: {}, routes: { "/a/*": { "X-B": "1" }, "/b/*": { "X-B": "1" } }, notes: [] });
  });

  it("of HTML files are read as for everything, and those of others are noted", () => {
    const text = String.raw`<FilesMatch "\.(html|php)$">
  Header always set X-A 1
</FilesMatch>
<FilesMatch "\.(css|js)$">
  Header always unset X-A
</FilesMatch>`;
    expect(read(text)).toEqual({
      all: { "X-A": "1" },
      routes: {},
      notes: [
        "2: applies to HTML only: read as for all responses",
        String.raw`5: applies under a condition (<filesmatch \.(css|js)$>): not read`,
      ],
    });
  });

  it.each([
    ["<IfModule !mod_headers.c>", []],
    ["<IfVersion < 2.4>", []],
    ["<IfDefine A>", ["1: read as if Apache was started without -D A: write Define A where it is not"]],
    ["<IfModule !mod_lua.c>", ["1: read as if mod_lua.c was loaded: check it with apachectl -M"]],
  ])("that do not hold are not read: %s", (open, notes) => {
    const close = `</${/\w+/.exec(open)?.[0]}>`;
    expect(read(`${open}\nHeader always set X-A 1\n${close}`)).toEqual({ all: {}, routes: {}, notes });
  });

  it.each(["<IfModule mod_setenvif.c>", "<IfModule headers_module>", "<IfVersion >= 2.4.10>", "<Limit GET>", "<RequireAll>"])(
    "that hold for all are read: %s",
    (open) => {
      const close = `</${/\w+/.exec(open)?.[0]}>`;
      expect(read(`<Location />\n${open}\nHeader always set X-A 1\n${close}\n</Location>`).all).toEqual({ "X-A": "1" });
    },
  );

  it("of modules are known where the text loads them", () => {
    const text = `${WHOLE}<IfModule mod_ssl.c>\nHeader always set X-A 1\n</IfModule>\n<IfModule !mod_ssl.c>\nHeader always set X-B 1\n</IfModule>`;
    expect(read(text)).toEqual({ all: { "X-B": "1" }, routes: {}, notes: [] });
  });
});

describe("internal redirects of Apache", () => {
  const section = "<Location /app>\nHeader always set X-A 1\n</Location>\n";

  it.each([
    ["FallbackResource /index.html"],
    ["ErrorDocument 404 /index.html"],
    ["RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ index.html [L]"],
  ])("are noted where a path has headers of its own: %s", (lines) => {
    expect(read(`${section}${lines}`).notes).toEqual([
      expect.stringMatching(
        /: requests that are redirected to \/index\.html get its headers instead of those of \/app, \/app\/\*: set them for \/index\.html too$/,
      ),
    ]);
  });

  it.each([["FallbackResource /index.html"], ["ErrorDocument 404 /index.html"], ["RewriteEngine On\nRewriteRule ^(.*)$ index.php/$1 [L]"]])(
    "mean nothing where all paths have the same: %s",
    (lines) => {
      expect(read(`Header always set X-A 1\n${lines}`).notes).toEqual([]);
    },
  );

  it("to the file of a folder apply the file's headers to the folder", () => {
    expect(read("<Location /index.html>\nHeader always set X-A 1\n</Location>")).toEqual({
      all: {},
      routes: { "/": { "X-A": "1" }, "/index.html": { "X-A": "1" }, "/index.html/*": { "X-A": "1" } },
      notes: ["2*: / is internally redirected to /index.html and gets its headers"],
    });
  });

  it("of single-page applications apply the file's headers to all pages", () => {
    const text = "FallbackResource /index.html\n<Location /index.html>\nHeader always set X-A 1\n</Location>";
    expect(read(text)).toMatchObject({ all: { "X-A": "1" }, routes: {} });
    expect(read(text).notes).toContain("3: /* is internally redirected to /index.html and gets its headers: existing files do not");
  });

  it("do not matter where a variable keeps the path that was asked for", () => {
    const text = `<Location "/">
    SetEnvIf Request_URI "(.*)" kept=$1
    SetEnvIfExpr "reqenv('SCRIPT_URL') =~ m#(.+)#" kept=$1
    SetEnvIfExpr "reqenv('REDIRECT_kept') =~ m#(.+)#" kept=$1
    SetEnvIfExpr "reqenv('kept') =~ m#^/app/#" route=/app/*
</Location>
ErrorDocument 404 /404.html
FallbackResource /index.html
Header always set X-A 1 env=!route
Header always set X-A 2 "expr=reqenv('route') == '/app/*'"`;
    expect(read(text)).toEqual({ all: { "X-A": "1" }, routes: { "/app/*": { "X-A": "2" } }, notes: [] });
  });
});

describe("a <Directory> with a star", () => {
  const noteOf = (glob: string) => [`3: applies under a condition (<directory ${glob}>): not read`];
  const inside = (glob: string) => read(`DocumentRoot /var/www\n<Directory ${glob}>\nHeader always set X-A 1\n</Directory>`);
  it.each(["/var/www/*", "/var/www/d*", "/var/www/*/x", "/var/www/doc?", "/var/w*"])(
    "is noted where it means folders that are not named: %s",
    (glob) => {
      expect(inside(glob)).toEqual({ all: {}, routes: {}, notes: noteOf(glob) });
    },
  );

  it.each(["/var/*", "/*", "/*/www"])("matches the whole site where it means a folder above: %s", (glob) => {
    expect(inside(glob)).toEqual({ all: { "X-A": "1" }, routes: {}, notes: [] });
  });

  it("does not apply to a site in another folder", () => {
    expect(inside("/srv/app*")).toEqual({ all: {}, routes: {}, notes: [] });
  });
});

describe("an application behind Apache", () => {
  it("may send a header beside that of Apache", () => {
    expect(read("ProxyPass / http://127.0.0.1:1/\nHeader always set X-A 1").notes).toEqual([
      "2*: is sent beside the application's own header, if it sends one: add Header onsuccess unset for the same name",
    ]);
  });

  it("sends none beside it where that is taken away", () => {
    expect(read("ProxyPass / http://127.0.0.1:1/\nHeader onsuccess unset X-A\nHeader always set X-A 1").notes).toEqual([]);
  });

  it("keeps what is unset in the other table", () => {
    expect(read("ProxyPass / http://127.0.0.1:1/\nHeader always unset X-Powered-By").notes).toEqual([
      "2: does not remove what the proxied application sends: write Header onsuccess unset",
    ]);
  });

  it("of FastCGI keeps what is unset without always", () => {
    expect(read('<FilesMatch ".php$">\nSetHandler "proxy:fcgi://127.0.0.1:9000"\n</FilesMatch>\nHeader unset X-Powered-By').notes).toEqual([
      "4: does not remove what a CGI or FastCGI application sends: write Header always unset",
    ]);
  });
});

describe("what Apache works out while it reads", () => {
  it("has variables, which can be taken back", () => {
    const text = "Define A 1\nHeader always set X-A ${A}\nUnDefine A\nHeader always set X-B ${A}";
    expect(read(text)).toEqual({
      all: { "X-A": "1" },
      routes: {},
      notes: ['4: X-B has "${A}" in it, which differs per response: not read'],
    });
  });

  it("has macros", () => {
    const text = "<Macro Secure $name $value>\nHeader always set $name $value\n</Macro>\nUse secure X-A 1\nUse Secure X-B 2";
    expect(read(text)).toEqual({ all: { "X-A": "1", "X-B": "2" }, routes: {}, notes: [] });
  });

  it("notes a macro that is not there", () => {
    expect(read("Use Headers a").notes).toEqual(['1: "Headers" is not a macro with 1 arguments defined above: not read']);
  });

  it("has includes, relative to ServerRoot", () => {
    const text = "ServerRoot /etc/apache2\nInclude conf/a.conf";
    expect(read(text, { "/etc/apache2/conf/a.conf": "Header always set X-A 1" })).toEqual({ all: { "X-A": "1" }, routes: {}, notes: [] });
  });

  it("notes included files that are missing", () => {
    expect(read("IncludeOptional conf/*.conf").notes).toEqual(["1: includes another file: read that file too"]);
  });

  it("refuses files that include themselves", () => {
    expect(issuesOf(() => read("Include a", { a: "Include a" }))).toEqual([
      'apache.a["line 1"]: files and macros are nested more than 20 deep, which Apache refuses. Pass the text of a configuration that apachectl -t takes.',
    ]);
  });

  it.each([
    ["<Location />\nHeader set A 1\n", "<location> is never closed", 1],
    ["Header set A 1\n</If>", "</If> closes no block", 2],
    ["<If a>\n</Location>", "</Location> is where </if> belongs", 2],
    ['{\n"a": []}', '"{" is not a directive', 1],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("apache", text))).toEqual([
      `apache["line ${line}"]: ${message}. Pass the text of a configuration that apachectl -t takes.`,
    ]);
  });
});
