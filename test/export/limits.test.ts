import { describe, expect, it } from "vitest";
import { type ConfigFormat, parseConfig } from "../../src/export/index.js";
import { LIMITS } from "../../src/export/parse/limits.js";
import { PolicyError, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const parsing = (format: ConfigFormat, text: string) => () => parseConfig(format, text);
const repeat = (times: number, make: (index: number) => string) => Array.from({ length: times }, (_, index) => make(index)).join("");
/** What is refused, as one line. */
const refusal = (format: ConfigFormat, text: string) => issuesOf(parsing(format, text)).join("; ");

describe("a text that is longer than a configuration", () => {
  it("is refused with its length", () => {
    expect(issuesOf(parsing("nginx", " ".repeat(LIMITS.text + 1)))).toEqual([
      "nginx: the text has 1048577 characters, and at most 1048576 are read. Pass the part that sets headers.",
    ]);
  });

  it("is read up to the limit", () => {
    expect(parseConfig("nginx", " ".repeat(LIMITS.text)).notes).toEqual([]);
  });
});

describe.each([
  ["nginx", (depth: number) => "a {".repeat(depth) + "}".repeat(depth)],
  ["nginx", (depth: number) => `server {${"limit_except GET {".repeat(depth - 1)}}${"}".repeat(depth - 1)}`],
  ["apache", (depth: number) => "<IfModule a>\n".repeat(depth) + "</IfModule>\n".repeat(depth)],
  ["caddy", (depth: number) => "route {\n".repeat(depth) + "}\n".repeat(depth)],
  ["vercel", (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`],
] as const)("blocks in blocks, %s", (format, nested) => {
  it("are read up to the limit", () => {
    expect(parseConfig(format, nested(LIMITS.depth)).routes).toEqual([]);
  });

  it.each([LIMITS.depth + 1, 20_000])("are refused when they are %i deep", (depth) => {
    expect(refusal(format, nested(depth))).toMatch(/line \d+"?\]?: blocks are nested more than 100 deep\. /);
  });
});

describe("a NUL", () => {
  it("is refused with its line", () => {
    expect(refusal("nginx", "a;\nadd_header A \0b;")).toBe(
      'nginx["line 2"]: it has a NUL character, which is not allowed in configurations. Pass the file as text.',
    );
  });
});

describe("a byte order mark", () => {
  it.each([
    ["nginx", "\ufeffadd_header X-Frame-Options DENY;"],
    ["apache", "\ufeffHeader set X-Frame-Options DENY\r\n"],
    ["caddy", "\ufeffa.example {\r\n header X-Frame-Options DENY\r\n}\r\n"],
    ["vercel", '\ufeff{"headers":[{"source":"/(.*)","headers":[{"key":"X-Frame-Options","value":"DENY"}]}]}'],
    ["_headers", "\ufeff/*\r\n  X-Frame-Options: DENY\r\n"],
  ] as const)("is no part of the text, %s", (format, text) => {
    expect(renderHeaders(parseConfig(format, text).policy)).toEqual({ "X-Frame-Options": "DENY" });
  });
});

describe("what a refusal says of the text", () => {
  it.each([
    ["nginx", "\u202e\u009b\ud800x", 'nginx["line 1"]: "\\u{202e}\\u{9b}\\ud800x" has no ";" after it'],
    ["nginx", "a\u202e {", 'nginx["line 1"]: "a\\u{202e}" opens a block that is never closed'],
    ["apache", "\u202e\u009b\n", 'apache["line 1"]: "\\u{202e}\\u{9b}" is not a directive'],
    ["caddy", "a {\n} \u202e\n", 'caddy["line 2"]: "\\u{202e}" follows "}"'],
    ["caddy", "\u202e {", 'caddy["line 1"]: "\\u{202e} {" is never closed'],
  ] as const)("is quoted, %s %#", (format, text, message) => {
    expect(refusal(format, text)).toContain(message);
  });
});

describe("snippets that import each other", () => {
  it.each([
    ["twice", "(a) {\n import a\n import a\n}\na.example {\n import a\n}\n"],
    [
      "by another",
      `${repeat(15, (n) => `(s${n}) {\n${`import s${n + 1}\n`.repeat(4)}}\n`)}(s15) {\n header A b\n}\na.example {\n import s0\n}\n`,
    ],
    ["in blocks", "(a) {\n route {\n import a\n }\n route {\n import a\n }\n}\na.example {\n import a\n}\n"],
  ])("%s are refused when they come to too much", (_, text) => {
    expect(refusal("caddy", text)).toMatch(/more than 50000 directives/);
  });

  it("are refused when their arguments double", () => {
    const text = `${repeat(18, (n) => `(s${n}) {\nimport s${n + 1} {args[0]}{args[0]}{args[0]}{args[0]}\n}\n`)}a.example {\n import s0 xxxxxxxx\n}\n`;
    expect(refusal("caddy", text)).toMatch(/variables expand to more than 4194304 characters/);
  });
});

describe("variables that double", () => {
  const doubled = "variables expand to more than 4194304 characters";
  it.each([
    ["nginx", `set $a0 xxxxxxxx;${repeat(40, (n) => `set $a${n + 1} "$a${n}$a${n}";`)}add_header X-A $a40;`],
    ["nginx", `map $b $a0 { default xxxxxxxx; }${repeat(40, (n) => `map $b $a${n + 1} { default "$a${n}$a${n}"; }`)}add_header X-A $a40;`],
    ["apache", `Define a0 xxxxxxxx\n${repeat(40, (n) => `Define a${n + 1} \${a${n}}\${a${n}}\n`)}`],
    [
      "caddy",
      `a.example {\nvars a0 xxxxxxxx\n${repeat(5, (n) => `vars a${n + 1} ${`{vars.a${n}}`.repeat(40)}\n`)}header X-A {vars.a5}\n}\n`,
    ],
  ] as const)("are refused, %s", (format, text) => {
    expect(refusal(format, text)).toContain(doubled);
  });

  it("are refused if a long one occurs often", () => {
    expect(refusal("nginx", `set $a ${"x".repeat(100_000)};add_header X-A "${"$a".repeat(60_000)}";`)).toContain(doubled);
  });
});

describe("values of Apache that are computed", () => {
  const long = "makes X longer than 65536 characters, which no server sends. Set the resulting value.";
  it.each([
    ["edit* that doubles", "Header always edit* X a aa\n", 25, 15],
    ["edit of the whole value that doubles", "Header always edit X (.*) $1$1\n", 26, 15],
    ["append of long texts", `Header always append X ${"b".repeat(9_990)}\n`, 50, 8],
  ])("are refused before they are made: %s", (_, line, times, at) => {
    expect(refusal("apache", `Header always set X aaaaaaaa\n${line.repeat(times)}`)).toBe(`apache["line ${at}"]: ${long}`);
  });

  it("are refused where all of them are too long together", () => {
    const text = `Header always set X ${"a".repeat(60_000)}\n${"Header always edit X b c\n".repeat(100)}`;
    expect(refusal("apache", text)).toContain("more than 4194304 characters");
  });

  it("are refused where one path has too many of them", () => {
    expect(refusal("apache", "Header always add X a\n".repeat(40_000))).toContain("more than 200 headers");
  });

  it("may be long", () => {
    const text = `Header always set X aaaaaaaa\n${"Header always edit* X a aa\n".repeat(10)}`;
    expect(renderHeaders(parseConfig("apache", text).policy)).toEqual({ X: "a".repeat(8_192) });
  });
});

describe("much of everything", () => {
  const many = 40_000;
  it.each([
    ["nginx", "a;".repeat(60_000), /more than 50000 directives/],
    ["apache", "a\n".repeat(60_000), /more than 50000 directives/],
    ["caddy", "a\n".repeat(60_000), /more than 50000 directives/],
    ["vercel", `{"a":[${"1,".repeat(60_000)}1]}`, /more than 50000 directives/],
    ["_headers", "/*\n".repeat(60_000), /more than 50000 directives/],
    ["nginx", repeat(2_100, (n) => `location = /a${n} { add_header A b${n}; }`), /more than 2000 paths/],
    [
      "vercel",
      `{"headers":[${repeat(2_100, (n) => `{"source":"/a${n}","headers":[{"key":"A","value":"b"}]},`).slice(0, -1)}]}`,
      /more than 2000 paths/,
    ],
    ["nginx", repeat(300, (n) => `add_header X-${n} b;`), /more than 200 headers/],
    ["caddy", `a.example {\n${repeat(many / 2, (n) => `handle /a${n} {\n}\n`)}}\n`, /more than 2000 paths/],
    ["caddy", `a.example {\n${`handle ${"/a ".repeat(3)} {\n`.repeat(90)}${"}\n".repeat(90)}}\n`, undefined],
    ["caddy", `a.example {\n@m path ${"/a* ".repeat(many)}\n${"handle @m {\n".repeat(9)}header A b\n${"}\n".repeat(9)}}\n`, undefined],
    ["nginx", `${repeat(9_000, (n) => `set $a${n} b;`)}${repeat(900, (n) => `location = /a${n} { add_header A b; }`)}`, undefined],
    [
      "nginx",
      `${"add_header A b;".repeat(9_000)}${repeat(900, (n) => `location = /a${n} { add_header_inherit merge; add_header A b; }`)}`,
      /work/,
    ],
    ["nginx", `${"grpc_hide_header a;".repeat(9_000)}${repeat(9_000, (n) => `location /${n}{}`)}`, /more than 2000 paths/],
    ["caddy", `(s) {\nheader A \`${"{".repeat(500_000)}\`\n}\na.example {\n${"import s\n".repeat(5_000)}}\n`, /work/],
    ["caddy", `(s) {\nfoo${" a".repeat(200_000)}\n}\na.example {\n${"import s\n".repeat(5_000)}}\n`, /work/],
    ["caddy", `a.example {\n${repeat(9_000, (n) => `@m${n} path /a\n`)}${"route {\n@n path /b\n}\n".repeat(9_000)}}\n`, /work/],
    ["apache", `${"Header set A b\n".repeat(9_000)}${"<VirtualHost *>\n</VirtualHost>\n".repeat(9_000)}`, /work/],
    ["nginx", `more_clear_headers ${"A ".repeat(300_000)};`, undefined],
    ["nginx", "if ($a) { set $b c; }".repeat(10_000), undefined],
    ["nginx", `location ~ ${"x".repeat(500_000)} { ${"add_header A b;".repeat(many / 2)} }`, undefined],
    ["apache", `<Location ~ ${"x".repeat(500_000)}>\n${"Header set A b\n".repeat(many / 2)}</Location>\n`, undefined],
    [
      "apache",
      `<Macro m $a>\n${"$a ".repeat(90)}\n</Macro>\n${`Use m ${"x".repeat(100)}\n`.repeat(9_000)}`,
      /more than 4194304 characters/,
    ],
    ["apache", `<If "${"(".repeat(500_000)}">\nHeader set A b\n</If>\n`, undefined],
    ["apache", `Header set A b "expr=${"!".repeat(500_000)}true"\n`, undefined],
    [
      "apache",
      repeat(4_000, (n) => `SetEnv a${n} 1\nSetEnv b ${n}\n`) + "Header set A b \"expr=reqenv('b') == '1'\"\n".repeat(4_000),
      undefined,
    ],
    ["apache", repeat(900, (n) => `Alias /a${n} /b${n}\n<Directory /b${n}>\nHeader set A b${n}\n</Directory>\n`), /work/],
    [
      "apache",
      `${repeat(900, (n) => `<Location /a${n}>\nHeader set A b${n}\n</Location>\n`)}${repeat(900, (n) => `ErrorDocument 404 /b${n}\n`)}`,
      /work/,
    ],
    ["nginx", "expires 1d;".repeat(many), undefined],
    ["nginx", `add_header Content-Security-Policy "img-src ${"a.example ".repeat(90_000)}";`, undefined],
    ["apache", "Header append A bbbbbbbb\n".repeat(many), undefined],
    [
      "apache",
      repeat(990, (n) => `<Location /a${n}>\nHeader set Content-Security-Policy "img-src ${"a.example ".repeat(90)}${n}"\n</Location>\n`),
      undefined,
    ],
    [
      "apache",
      `DocumentRoot /w\nFallbackResource /index.html\n${repeat(900, (n) => `<Location /p${n}>\nHeader always set Y a\n</Location>\n`)}${repeat(14, (n) => `Header always set X-${n} ${"b".repeat(60_000)}\n`)}`,
      /work/,
    ],
    ["_headers", repeat(990, (n) => `/a${n}\n X-A: b${n}\n`), undefined],
    ["_headers", repeat(990, (n) => `/a${n}\n${repeat(20, (m) => ` X-${m}: b${n}\n`)}`), undefined],
    ["apache", "${".repeat(60_000), undefined],
    ["nginx", "${".repeat(60_000), undefined],
    ["nginx", `a ${"${a".repeat(300_000)};`, undefined],
    ["caddy", `a.example {\nheader A ${"{http.".repeat(100_000)}\n}`, undefined],
    ["apache", `Header set A "${"'nonce-%{a".repeat(60_000)}"`, undefined],
    ["apache", `Header set A "${"%{a".repeat(300_000)}"`, undefined],
    ["caddy", `a.example {\nheader Content-Security-Policy "${"'nonce-{http.'nonce-}".repeat(40_000)}"\n}`, undefined],
    ["vercel", `{"headers":[{"source":"${"/((?!".repeat(150_000)}","headers":[]}]}`, undefined],
    ["vercel", `{"headers":[{"source":"/${"a/".repeat(400_000)}:b","headers":[]}]}`, undefined],
    ["nginx", `location ~ ^${"/a|^".repeat(200_000)} { }`, undefined],
    ["caddy", `a <<${"E".repeat(500_000)}\n${"\n ".repeat(200_000)}`, undefined],
    ["caddy", `a "${"\\".repeat(500_000)}`, undefined],
    ["apache", `a "${"\\".repeat(500_000)}`, undefined],
    ["nginx", `a "${"\\".repeat(500_000)}`, undefined],
    ["nginx", `a_by_lua_block {${"{".repeat(500_000)}`, undefined],
    ["_headers", `/*\nA: ${" \t".repeat(400_000)}b\u0001`, undefined],
    ["_headers", `/*\n${"! ".repeat(400_000)}`, undefined],
    [
      "apache",
      `<If "%{X} == 'a'">\nHeader set A b\n</If>\n${repeat(6_000, (n) => `<ElseIf "%{X} == '${n}'">\nHeader set A b\n</ElseIf>\n`)}`,
      undefined,
    ],
    [
      "apache",
      `SetEnvIf Request_URI ^/x a0\nSetEnvIf User-Agent y a0\n${repeat(24, (n) => `SetEnvIfExpr "-n reqenv('a${n}') && -n reqenv('a${n}')" a${n + 1}\n`)}Header set A b env=a24\n`,
      undefined,
    ],
    ["apache", "<Macro a>\n</Macro>\n".repeat(many), undefined],
    ["apache", "SetEnv a 1\n".repeat(45_000), undefined],
    ["apache", repeat(8_000, (n) => `Alias /a${n} /b\n`), /work/],
    ["next-config", `const a = [];\nexport default { headers: async () => [] };\nx${".a()".repeat(3_000)};`, undefined],
    ["nginx", `server { ${"rewrite ^ /a;".repeat(15_000)} }`, /more than 500 conditions and rewrites apply to one request/],
    ["nginx", `server { ${"if ($scheme = http) { set $a b; }".repeat(10_000)} }`, undefined],
    ["nginx", 'server { location ~ "(((){99}){9999}){9999}" { add_header A b; } }', undefined],
    ["nginx", repeat(12_000, (n) => `# configuration file ${n}:\n`), /more than 10000 of its lines/],
    ["nginx", `http { index ${"a ".repeat(1_000)}; server { ${"location /a {}".repeat(20_000)} } }`, undefined],
    [
      "nginx",
      `server { server_name ${repeat(1_500, (n) => `a${n}.example `)}; ${repeat(1_500, (n) => `listen ${n + 1};`)} add_header A b; } server { server_name b; add_header A c; }`,
      /work/,
    ],
    [
      "traefik",
      `http:\n  routers:\n${repeat(5, (n) => `    h${n}:\n      rule: "${repeat(60, (i) => `${i === 0 ? "" : " || "}Host(\`h${n}x${i}\`)`)}"\n`)}${repeat(4_000, (n) => `    r${n}:\n      rule: "PathPrefix(\`/x\`)"\n`)}`,
      /work/,
    ],
    [
      "traefik",
      `http:\n  middlewares:\n    m:\n      headers:\n        customResponseHeaders:\n${repeat(3_000, (n) => `          A${n}: b\n`)}  routers:\n${repeat(2_000, (n) => `    r${n}:\n      rule: "PathPrefix(\`/x\`)"\n      middlewares: [m]\n`)}`,
      /work/,
    ],
    [
      "caddy",
      `${repeat(4_000, (n) => `${n === 0 ? "" : ","}a${n}.example`)} {\n@m host ${repeat(4_000, (n) => `b${n}.example `)}\nheader @m A b\n}\n`,
      /work/,
    ],
    [
      "haproxy",
      `defaults\n${" http-response set-header A b\n".repeat(4_000)}${repeat(3_000, (n) => `frontend f${n}\n bind :80\n`)}`,
      /work/,
    ],
    [
      "haproxy",
      `frontend a\n${repeat(900, (n) => ` acl b${n} path /b${n}\n`)} http-response set-header A b if { path_beg ${"/a ".repeat(30_000)} }\n`,
      /work/,
    ],
  ] as const)("is read or refused in bounded work: %s, case %#", { timeout: 20_000 }, (format, text, why) => {
    expect(text.length).toBeLessThanOrEqual(LIMITS.text);
    let said = "";
    try {
      parseConfig(format, text);
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      said = error.message;
    }
    expect(said).toMatch(why ?? "");
  });
});
