import { describe, expect, it } from "vitest";
import { type Exported, type ExportOptions, exportPolicy, type TargetName } from "../../src/export/index.js";
import { definePolicy } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const policy = definePolicy("none", {
  xFrameOptions: "DENY",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: no template is meant
  custom: { "X-A": '100% "a" \\ {b} `c` ${d}' },
  stripHeaders: ["Server"],
});
const routes = [
  { path: "/api/*", layers: ["none" as const, { referrerPolicy: "origin" as const, stripHeaders: false as const }] },
  { path: "/api/v1.0", layers: [{ xFrameOptions: false as const }] },
];

function print(target: TargetName, options: Partial<ExportOptions> = {}): Exported {
  return exportPolicy(target, { policy, routes, ...options });
}

const VARIABLES = String.raw`# The path that the client requested, before a RewriteRule with [PT].
SetEnvIf Request_URI "(.*)" portcullis_path=$1
SetEnvIfExpr "reqenv('SCRIPT_URL') =~ m#(.+)#" portcullis_path=$1
# After an internal redirect: the path before it.
SetEnvIfExpr "reqenv('REDIRECT_STATUS') =~ m#.#" !portcullis_path
SetEnvIfExpr "reqenv('REDIRECT_SCRIPT_URL') =~ m#(.+)#" portcullis_path=$1
SetEnvIfExpr "reqenv('REDIRECT_portcullis_path') =~ m#(.+)#" portcullis_path=$1
# Its route, the narrowest last.
SetEnvIfExpr "reqenv('portcullis_path') =~ m#^/api/#" portcullis=/api/*
SetEnvIfExpr "reqenv('portcullis_path') =~ m#^/api/v1\.0$#" portcullis=/api/v1.0
`;

const HEADERS = String.raw`# "onsuccess unset" removes the application's header; "always" applies to errors too.

# Paths without a route.
Header onsuccess unset X-Frame-Options env=!portcullis
Header onsuccess unset X-A env=!portcullis
Header onsuccess unset Server env=!portcullis
Header always unset Server env=!portcullis
Header always set X-Frame-Options "DENY" env=!portcullis
Header always set X-A "expr=100\\% \"a\" \\\\ \\{b} ~c~ \\$\\{d}" env=!portcullis

# /api/*
Header onsuccess unset Referrer-Policy "expr=reqenv('portcullis') == '/api/*'"
Header always set Referrer-Policy "origin" "expr=reqenv('portcullis') == '/api/*'"

# /api/v1.0
Header onsuccess unset Referrer-Policy "expr=reqenv('portcullis') == '/api/v1.0'"
Header onsuccess unset X-Frame-Options "expr=reqenv('portcullis') == '/api/v1.0'"
Header always unset X-Frame-Options "expr=reqenv('portcullis') == '/api/v1.0'"
Header always set Referrer-Policy "origin" "expr=reqenv('portcullis') == '/api/v1.0'"
`.replaceAll("~", "`");

const SERVER = "Apache always sends its own Server header with its own answers; ServerTokens Prod removes its version.";

const CHECK =
  "Check a response: with AllowOverride None, Apache ignores the .htaccess; without FileInfo or the modules, it responds with 500.";

const indented = (text: string) => text.replace(/^(?=.)/gm, "    ");

/** Directives without their comments. */
const linesOf = ({ files }: Exported, sought: RegExp) =>
  files.flatMap(({ text }) => text.split("\n").map((line) => line.trim())).filter((line) => sought.test(line));

describe("headers for Apache", () => {
  it("are conditions on the path that was asked for, and exclude each other", () => {
    const head = "# For the server or a <VirtualHost>. Modules: a2enmod headers setenvif\n";
    const text = `${head}\n<Location "/">\n${indented(VARIABLES)}</Location>\n\n${HEADERS}`;
    expect(print("apache")).toEqual({ files: [{ path: "portcullis/headers.conf", text }], warnings: [SERVER] });
  });

  it("are the same in a .htaccess, without a section", () => {
    const head = "# For the .htaccess of the DocumentRoot. Needs AllowOverride FileInfo; modules: headers and setenvif.\n";
    const text = `${head}\n${VARIABLES}\n${HEADERS}`;
    expect(print("htaccess")).toEqual({ files: [{ path: ".htaccess", text }], warnings: [SERVER, CHECK] });
  });

  it.each(["apache", "htaccess"] as const)("have no conditions without routes: %s", (target) => {
    expect(linesOf(print(target, { routes: [] }), /^[^#]/)).toEqual([
      "Header onsuccess unset X-Frame-Options",
      "Header onsuccess unset X-A",
      "Header onsuccess unset Server",
      "Header always unset Server",
      'Header always set X-Frame-Options "DENY"',
      String.raw`Header always set X-A "expr=100\\% \"a\" \\\\ \\{b} ~c~ \\$\\{d}"`.replaceAll("~", "`"),
    ]);
  });

  it("are written once where all places have them", () => {
    const own = [{ path: "/a", layers: [{ referrerPolicy: "origin" as const }] }];
    const printed = print("apache", { policy: ["none", { xFrameOptions: "DENY", referrerPolicy: "no-referrer" }], routes: own });
    expect(linesOf(printed, /^Header/)).toEqual([
      "Header onsuccess unset X-Frame-Options",
      "Header onsuccess unset Referrer-Policy",
      'Header always set X-Frame-Options "DENY"',
      'Header always set Referrer-Policy "no-referrer" env=!portcullis',
      `Header always set Referrer-Policy "origin" "expr=reqenv('portcullis') == '/a'"`,
    ]);
  });

  it.each(["apache", "htaccess"] as const)("are not printed if the policy has none: %s", (target) => {
    expect(linesOf(print(target, { policy: ["none"], routes: [] }), /^[^#]/)).toEqual([]);
  });

  it("are string expressions where they begin as one", () => {
    const printed = print("apache", { policy: ["none", { custom: { "X-A": "EXPR=%{HTTP_HOST}" } }], routes: [] });
    expect(linesOf(printed, /set/)).toContain(String.raw`Header always set X-A "expr=EXPR=\\%\\{HTTP_HOST}"`);
  });

  it.each(["apache", "htaccess"] as const)("are refused where a string expression is too long: %s", (target) => {
    const long = `${"x".repeat(7_999)}\${`;
    expect(issuesOf(() => print(target, { policy: ["none", { custom: { "X-A": long } }], routes: [] }))).toEqual([
      '"X-A": has 8001 characters, and the maximum of Apache for a value with "${" is 8000. Shorten it.',
    ]);
  });

  it.each(["Date", "Location"])("are refused where every answer has another: %s", (name) => {
    expect(issuesOf(() => print("apache", { policy: ["none", { custom: { [name]: "x" } }], routes: [] }))).toEqual([
      `custom.${name}: differs per response, but printed values are static. Remove it: the application or its server sets it.`,
    ]);
  });
});

it("a .htaccess has no upstream", () => {
  expect(print("htaccess", { policy: ["none"], routes: [], upstream: "http://a" }).warnings).toEqual([
    "The upstream is not printed: a .htaccess applies to files.",
    CHECK,
  ]);
});

describe("a virtual host of Apache", () => {
  const host = (options: Partial<ExportOptions>) => print("apache", { upstream: "http://a:1", routes: [], ...options });

  it("listens where nothing else lets it", () => {
    expect(linesOf(host({ httpsPort: 8443 }), /^Listen|^<Virtual|^RewriteRule/)).toEqual([
      "Listen 8443",
      "<VirtualHost *:80>",
      'RewriteRule "^" "https://example.com:8443%1" [R=301,NE,L]',
      "<VirtualHost *:8443>",
    ]);
  });

  it("listens once for all sites", () => {
    expect(print("apache", { upstream: "http://a:1", routes: [], httpsPort: 8443, httpPort: 80 }).files[0]?.text).toContain(`
# Listen 80 and Listen 443 are in Apache's own configuration.
# Applied once, even if several sites have these lines.
<IfDefine !portcullis_listen_8443>
    Define portcullis_listen_8443
    Listen 8443
</IfDefine>
`);
  });

  it("listens only on the addresses of --listen", () => {
    expect(linesOf(host({ listen: ["127.0.0.1", "::1"] }), /Listen|^<Virtual/)).toEqual([
      "# Remove Listen 80 and Listen 443 from Apache's own configuration, which listens on all addresses.",
      "Listen 127.0.0.1:80",
      "Listen [::1]:80",
      "Listen 127.0.0.1:443",
      "Listen [::1]:443",
      "<VirtualHost 127.0.0.1:80 [::1]:80>",
      "<VirtualHost 127.0.0.1:443 [::1]:443>",
    ]);
  });

  it.each([
    [undefined, 300, 3600],
    [20, 20, 3600],
    [7200, 7200, 7200],
  ])("waits for an answer as long as it is told, and for a WebSocket an hour at least: %s", (readTimeout, answer, socket) => {
    expect(linesOf(host({ readTimeout }), /Timeout/)).toEqual([`ProxyTimeout ${answer}`, `Timeout ${socket}`]);
  });

  it("asks an upstream over TLS", () => {
    expect(linesOf(host({ upstream: "https://a" }), /^SSLProxy|https:\/\/a/)).toEqual([
      "SSLProxyEngine on",
      'ProxyPass "/" "https://a/" nocanon retry=0 upgrade=websocket',
      'ProxyPassReverse "/" "https://a/"',
    ]);
  });
});
