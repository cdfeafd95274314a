import { describe, expect, it } from "vitest";
import { type ConfigFormat, exportPolicy, parseConfig } from "../../src/export/index.js";
import { definePolicy, type Policy, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

/** The headers everywhere and by path, and notes as `line: message`. */
function read(format: ConfigFormat, text: string) {
  const { policy, routes, notes } = parseConfig(format, text);
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    // What Caddy's remark on letter case says, its own tests say.
    notes: notes
      .filter(({ message, differs }) => differs || !message.startsWith("Caddy ignores letter case"))
      .map(({ line, message }) => `${line}: ${message}`),
  };
}

const stripped = (policy: Policy) => policy.resolved["stripHeaders"];

describe("parseConfig", () => {
  it("returns the line of a note, and its text", () => {
    const { notes } = parseConfig("nginx", "server {\n  add_header X-Frame-Options 'ALLOW-FROM https://a.example' always;\n}");
    expect(notes).toEqual([
      {
        differs: true,
        file: undefined,
        line: 2,
        text: "add_header X-Frame-Options 'ALLOW-FROM https://a.example' always;",
        message: '"X-Frame-Options": "ALLOW-FROM https://a.example" is not one of its values. Write "SAMEORIGIN" or "DENY".',
      },
    ]);
  });

  it("refuses a format that does not exist", () => {
    expect(issuesOf(() => parseConfig("ngnix" as "nginx", ""))).toEqual(['format: "ngnix" is not a format. Did you mean "nginx"?']);
    expect(issuesOf(() => parseConfig("toString" as "nginx", ""))).toEqual([
      'format: "toString" is not a format. Write "_headers", "apache", "caddy", "envoy", "haproxy", "kubernetes-gateway", "netlify-toml", "next-config", "nginx", "traefik" or "vercel".',
    ]);
  });

  it("refuses what is not text", () => {
    expect(issuesOf(() => parseConfig("nginx", 7 as never))).toEqual(['parseConfig: 7 is not text. Write parseConfig("nginx", "…").']);
  });

  it.each<[string, unknown, string]>([
    ["a promise", Promise.resolve(""), "parseConfig: a promise is not text. Write await before it."],
    ["bytes", Buffer.from("a"), 'parseConfig: bytes are not text. Write readFileSync(path, "utf8"), or call .toString().'],
    [
      "a path",
      "/etc/nginx/nginx.conf",
      'parseConfig: "/etc/nginx/nginx.conf" is a path, not the text of a file. Write readFileSync("/etc/nginx/nginx.conf", "utf8").',
    ],
    [
      "a name of a file",
      "vercel.json",
      'parseConfig: "vercel.json" is a path, not the text of a file. Write readFileSync("vercel.json", "utf8").',
    ],
    [
      "a path of Windows",
      "C:\\nginx\\nginx.conf",
      'parseConfig: "C:\\\\nginx\\\\nginx.conf" is a path, not the text of a file. Write readFileSync("C:\\\\nginx\\\\nginx.conf", "utf8").',
    ],
  ])("refuses what is not the text of a file: %s", (_, text, message) => {
    expect(issuesOf(() => parseConfig("nginx", text as string))).toEqual([message]);
  });

  it.each(["example.com", ":8080", "http://example.com", "a{}", ""])("takes the text %j for no path", (text) => {
    expect(parseConfig("caddy", text).routes).toEqual([]);
  });

  it("returns policies that begin with none", () => {
    const { policy } = parseConfig("caddy", "");
    expect(definePolicy("strict", policy).resolved).toEqual(definePolicy("none").resolved);
  });

  it("returns routes that exportPolicy accepts", () => {
    const text = "/*\n  X-Frame-Options: DENY\n\n/embed/*\n  ! X-Frame-Options\n  Referrer-Policy: origin\n";
    const { policy, routes } = parseConfig("_headers", text);
    const options = { policy, routes: routes.map((route) => ({ path: route.path, layers: [route.policy] })) };
    expect(exportPolicy("cloudflare-headers", options).files).toEqual([{ path: "_headers", text }]);
  });

  it("reads an endpoint after the header that reports to it", () => {
    const { all, notes } = read(
      "nginx",
      `add_header Content-Security-Policy "default-src 'self'; report-to csp" always; add_header Reporting-Endpoints 'csp="/r"' always;`,
    );
    expect(notes).toEqual([]);
    expect(all).toEqual({ "Content-Security-Policy": "default-src 'self'; report-to csp", "Reporting-Endpoints": 'csp="/r"' });
  });

  it("reads the rest where one header is broken", () => {
    const { all, notes } = read(
      "vercel",
      JSON.stringify({
        headers: [
          {
            source: "/(.*)",
            headers: [
              { key: "Content-Security-Policy", value: "default-src slef" },
              { key: "Strict-Transport-Security", value: "max-age=x" },
              { key: "Referrer-Policy", value: "origin" },
            ],
          },
        ],
      }),
    );
    expect(all).toEqual({ "Content-Security-Policy": "default-src slef", "Referrer-Policy": "origin" });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("Strict-Transport-Security");
  });

  it("says that a nonce in a file protects nothing", () => {
    const { policy, notes } = parseConfig("_headers", "/*\n  Content-Security-Policy: script-src 'nonce-YWJj'\n");
    expect(renderHeaders(policy, { nonce: "eHl6" })).toEqual({ "Content-Security-Policy": "script-src 'nonce-eHl6'" });
    expect(notes.map(({ message }) => message)).toEqual([
      "has a fixed nonce, which protects nothing: read as the nonce slot, which Portcullis fills",
    ]);
  });

  it("makes one list of several lines of a header without a key", () => {
    expect(read("nginx", "add_header Link '</a>' always; add_header Link '</b>' always;")).toEqual({
      all: { Link: "</a>, </b>" },
      routes: {},
      notes: [],
    });
  });

  it("keeps a header of the connection out, with a note", () => {
    expect(read("_headers", "/*\n  Set-Cookie: a=b\n")).toEqual({
      all: {},
      routes: {},
      notes: ['2: custom["Set-Cookie"]: "Set-Cookie" cannot be part of a policy. Set it per response, for example with res.cookie().'],
    });
  });
});

describe("an nginx configuration", () => {
  it("is read with all kinds of quotes, escapes, comments, and always or not", () => {
    const text = String.raw`
server { # the site
    add_header X-Frame-Options SAMEORIGIN;
    add_header X-Content-Type-Options 'nosniff' always; # add_header X-Old 1;
    add_header Content-Security-Policy "default-src 'self'; img-src * data:" always;
    add_header
        X-Quoted "a \"b\" \\ c#d";
}`;
    expect(read("nginx", text)).toEqual({
      all: {
        "Content-Security-Policy": "default-src 'self'; img-src * data:",
        "X-Frame-Options": "SAMEORIGIN",
        "X-Content-Type-Options": "nosniff",
        "X-Quoted": String.raw`a "b" \ c#d`,
      },
      routes: {},
      notes: ["2: without always nginx does not send these with errors (4xx, 5xx): X-Frame-Options, X-Quoted (lines 3, 6)"],
    });
  });

  it("has the location for a path that nginx takes: regular expressions in their order, and before longer prefixes", () => {
    const text = `server {
  location ~ ^/api/ { add_header X-Frame-Options DENY always; }
  location /api/v1/ { add_header X-Frame-Options SAMEORIGIN always; }
  location ~ ^/docs/ { add_header Referrer-Policy no-referrer always; }
  location ~ ^/docs/open/ { add_header Referrer-Policy unsafe-url always; }
  location ^~ /fast/ { add_header X-A 1 always; }
  location ~ ^/fast/in/ { add_header X-A 2 always; }
  location ^~ /api/fast/ { add_header X-A 3 always; }
}`;
    expect(read("nginx", text)).toEqual({
      all: {},
      routes: {
        "/api/*": { "X-Frame-Options": "DENY" },
        "/docs/*": { "Referrer-Policy": "no-referrer" },
        "/fast/*": { "X-A": "1" },
        "/api/fast/*": { "X-A": "3" },
      },
      notes: [],
    });
  });

  it("notes a regular expression without a path, where it drops headers", () => {
    const text = "server {\n location /admin/ { add_header X-Frame-Options DENY always; }\n location ~ \\.php$ { root /x; }\n}";
    expect(read("nginx", text).notes).toEqual(["3: paths that match it, which no route can express, are sent without X-Frame-Options"]);
  });

  it("takes a regular expression in a location before those around it", () => {
    const text = "server {\n location ^~ /a/ {\n add_header X-A 1 always;\n location ~ ^/a/ { add_header X-A 2 always; }\n }\n}";
    expect(read("nginx", text)).toEqual({ all: {}, routes: { "/a/*": { "X-A": "2" } }, notes: [] });
  });

  it("notes no route where the regular expression sends the same", () => {
    const text = "server { add_header X-A 1 always; location /a/ { root /x; } location ~ \\.php$ { root /y; } }";
    expect(read("nginx", text).notes).toEqual([]);
  });

  it.each([
    ["location ~ ^/eq$ { add_header X-A 1; } location /eq/ { root /x; } location ~ ^/eq$ { add_header X-A 2; }", "1"],
    ["location ~ ^/eq/ { add_header X-A 1; } location /eq/ { add_header X-A 2; }", "1"],
    ["location ~ ^/eq/ { add_header X-A 1; } location ^~ /eq/ { add_header X-A 2; }", "2"],
    ["location = /eq { add_header X-A 1; } location ~ ^/eq$ { add_header X-A 2; }", "1"],
  ])("takes the location for a path that nginx takes: %s", (text, value) => {
    expect(Object.values(read("nginx", text).routes)).toContainEqual({ "X-A": value });
    expect(Object.values(read("nginx", text).routes)).not.toContainEqual({ "X-A": value === "1" ? "2" : "1" });
  });

  it("reads a location with its own header without those of its server", () => {
    const text = `
http {
  add_header X-A http always;
  server {
    add_header Referrer-Policy origin always;
    location /static/ { expires off; }
    location = /embed { add_header X-B 1 always; }
    location ^~ /app/ {
      add_header X-C 1 always;
      location /app/in/ { root /x; }
    }
  }
}`;
    expect(read("nginx", text)).toMatchObject({
      all: { "Referrer-Policy": "origin" },
      routes: { "/embed": { "X-B": "1" }, "/app/*": { "X-C": "1" } },
    });
  });

  it("merges where add_header_inherit says so", () => {
    const text = "server { add_header X-A 1 always; add_header_inherit merge; location /a/ { add_header X-B 2 always; } }";
    expect(read("nginx", text).routes).toEqual({ "/a/*": { "X-A": "1", "X-B": "2" } });
  });

  it("reads the headers of location / as the site's, and those of the server for other locations", () => {
    const text = "server { add_header X-A 1 always; location / { add_header X-B 2 always; } location /static/ { root /x; } }";
    expect(read("nginx", text)).toMatchObject({ all: { "X-B": "2" }, routes: { "/static/*": { "X-A": "1" } } });
  });

  it("says that a location without a slash at its end means more than its path", () => {
    expect(read("nginx", "server {\n location /api { add_header X-A 1 always; }\n}")).toEqual({
      all: {},
      routes: { "/api": { "X-A": "1" }, "/api/*": { "X-A": "1" } },
      notes: ["2: also matches paths that only begin with it, as /apiary with /api: read as the path and all paths below it"],
    });
  });

  it("reads regular expressions that spell a path out, and notes the headers in others", () => {
    const text = String.raw`server {
  location ~ ^/v1\.0/ { add_header X-A 1 always; }
  location ~* \.(?:js|css)$ {
    expires 1y;
    add_header Cache-Control "public" always;
    add_header X-B 1 always;
  }
  location @app { add_header X-B 1; }
}`;
    expect(read("nginx", text)).toEqual({
      all: {},
      routes: { "/v1.0/*": { "X-A": "1" } },
      notes: [
        "3: paths that match it, which no route can express, are sent with Cache-Control, X-B",
        "4: sets Expires and Cache-Control, which are for caches: not read",
      ],
    });
  });

  it("puts constants in the place of variables, and notes those that differ per response", () => {
    const text = `
map $host $permissions { default "camera=()"; }
geo $dollar { default "$"; }
server {
  set $img "img-src 'self'";
  set $img "\${img} https://img.example";
  add_header Content-Security-Policy-Report-Only "default-src 'none'; $img" always;
  add_header Permissions-Policy $permissions always;
  add_header X-Price "5 $dollar" always;
  add_header X-Id $request_id always;
}`;
    expect(read("nginx", text)).toEqual({
      all: {
        "Content-Security-Policy-Report-Only": "default-src 'none'; img-src 'self' https://img.example",
        "Permissions-Policy": "camera=()",
        "X-Price": "5 $",
      },
      routes: {},
      notes: ['10: X-Id has "$request_id" in it, which differs per response: not read'],
    });
  });

  it("notes a header to which a condition assigns another value", () => {
    const text =
      'server {\nset $hsts "max-age=1";\nif ($arg_x) { set $hsts "max-age=2"; }\nadd_header Strict-Transport-Security $hsts always;\n}';
    expect(read("nginx", text)).toEqual({
      all: { "Strict-Transport-Security": "max-age=1" },
      routes: {},
      notes: ["1: requests for which the if holds are sent with another Strict-Transport-Security"],
    });
  });

  it("reads a nonce of the server's as the nonce slot", () => {
    const { policy, notes } = parseConfig("nginx", `add_header Content-Security-Policy "script-src 'nonce-$request_id'" always;`);
    expect(renderHeaders(policy, { nonce: "YWJj" })).toEqual({ "Content-Security-Policy": "script-src 'nonce-YWJj'" });
    expect(notes).toHaveLength(1);
  });

  it("strips what is hidden and not set", () => {
    const text =
      "server { proxy_hide_header X-Powered-By; fastcgi_hide_header X-Runtime; proxy_hide_header X-Frame-Options; more_clear_headers Server; add_header X-Runtime 1; }";
    const { policy } = parseConfig("nginx", text);
    expect(stripped(policy)).toEqual(["X-Powered-By", "Server"]);
    expect(renderHeaders(definePolicy("recommended", { xFrameOptions: "DENY" }, ...policy.layers.slice(1)))).not.toHaveProperty(
      "X-Frame-Options",
    );
  });

  it("reads the directives of headers-more, which are not lost in a location", () => {
    const text = `server {
  more_set_headers "X-Frame-Options: DENY" 'Referrer-Policy: origin';
  more_set_headers -s '404 500' "X-A: 1";
  more_set_headers -t 'text/html' "X-C: 1";
  more_clear_headers 'X-Debug-*';
  location /a/ { add_header X-B 2 always; more_set_headers "X-Frame-Options: SAMEORIGIN"; }
}`;
    expect(read("nginx", text)).toEqual({
      all: { "X-Frame-Options": "DENY", "Referrer-Policy": "origin", "X-C": "1" },
      routes: { "/a/*": { "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "origin", "X-C": "1", "X-B": "2" } },
      notes: [
        "1: errors (4xx, 5xx) are sent with another X-A",
        "1: sent with HTML only (scripts, styles, JSON and images have none), and read as sent with all types: X-C",
        "5: X-Debug-* matches several names: write each of them. Not read",
      ],
    });
  });

  it("notes other files, and what else concerns headers", () => {
    const text = `server {
  include mime.types;
  include snippets/security.conf;
  proxy_set_header Host $host;
  proxy_pass_header Server;
  add_header Content-Security-Policy default-src 'self';
  add_trailer X-Frame-Options DENY;
}`;
    expect(read("nginx", text).notes).toEqual([
      "3: includes another file: read that file too, or pass the output of nginx -T",
      "6: nginx takes a name, one value (quoted if it has spaces) and always: not read",
      "7: affects headers: not read",
    ]);
  });

  it("reads a header once that is sent twice", () => {
    expect(
      read(
        "nginx",
        "add_header X-Frame-Options DENY always;\nadd_header X-Frame-Options DENY always;\nadd_header X-Frame-Options SAMEORIGIN always;",
      ),
    ).toEqual({
      all: { "X-Frame-Options": "DENY" },
      routes: {},
      notes: [
        "2: X-Frame-Options is sent 3 times: that of line 1 is read. Send it once.",
        "3: X-Frame-Options is sent 3 times: that of line 1 is read. Send it once.",
      ],
    });
  });

  it("reads a value over several lines as one line", () => {
    const { all, notes } = read(
      "nginx",
      "add_header Content-Security-Policy \"default-src 'self';\n    img-src *\" always;\nadd_header X-A 1 always;",
    );
    expect(all).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src *", "X-A": "1" });
    expect(notes).toEqual(["1: Content-Security-Policy has line breaks, which a header cannot have: read as one line"]);
  });

  it("passes over Lua", () => {
    expect(read("nginx", "server {\n content_by_lua_block { local t = { a = 'it''s' } }\n add_header X-A 1;\n}").all).toEqual({
      "X-A": "1",
    });
  });

  it.each([
    ["server {\n}\n}", '"}" closes no block', 3],
    ["server {\n location / {\n}", '"server" opens a block that is never closed', 1],
    ["server {\n root /x\n}", '"root" has no ";" after it', 3],
    ['add_header X-A "1;\n', "a quote is not closed, or a backslash escapes nothing", 1],
    ['{ "a": [] }', '"{" has no directive before it', 1],
    ["a b", '"a" has no ";" after it', 1],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("nginx", text))).toEqual([
      `nginx["line ${line}"]: ${message}. Pass the text of an nginx configuration that nginx -t takes.`,
    ]);
  });
});

describe("matchers in handle_path", () => {
  it.each([
    ["header /x/* X-A 1", "/f/x/*"],
    ["header /x X-A 1", "/f/x"],
    ["header X-A 1", "/f/*"],
    ["header / X-A 1", "/f/"],
    ["handle_path /g/* {\n header /x X-A 1\n}", "/f/g/x"],
    ["@m path /x/*\nheader @m X-A 1", "/f/x/*"],
    ["handle /y {\n}\nhandle /x {\n header X-A 1\n}", "/f/x"],
  ])("see the path without its prefix: %s", (inside, path) => {
    const text = `a.example {\n handle_path /f/* {\n ${inside}\n }\n}`;
    expect(read("caddy", text)).toEqual({ all: {}, routes: { [path]: { "X-A": "1" } }, notes: [] });
  });

  it("that fit no path mean nothing", () => {
    const text = "a.example {\n handle_path /f {\n  header /x X-A 1\n }\n}";
    expect(read("caddy", text)).toEqual({ all: {}, routes: {}, notes: [] });
  });
});

describe("a Caddyfile", () => {
  it("is read with snippets, a global block, quotes and backticks", () => {
    const text = String.raw`{
	email a@b.example
}
(security) {
	header {
		# HSTS
		Strict-Transport-Security max-age=31536000;
		X-Frame-Options "{args[0]}"
		Content-Security-Policy ${"`"}default-src 'self'${"`"}
		X-A "a \"b\" \c"
		-Server
		defer
	}
}
(unused) {
	header X-Z 1
}
example.com, www.example.com {
	import security DENY
	import other/*.caddy
	reverse_proxy localhost:8080 {
		header_down -X-Powered-By
		header_up X-Real-IP {remote_host}
	}
}
http://old.example.com {
	redir https://example.com{uri}
}`;
    const { policy } = parseConfig("caddy", text);
    expect(stripped(policy)).toEqual(["X-Powered-By", "Server"]);
    expect(read("caddy", text)).toEqual({
      all: {
        "Strict-Transport-Security": "max-age=31536000",
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": "default-src 'self'",
        "X-A": String.raw`a "b" \c`,
      },
      routes: {},
      notes: [
        "7: Caddy's own error responses lack Strict-Transport-Security, X-Frame-Options, Content-Security-Policy, X-A: set deferred headers in handle_errors too. Read as sent always",
        "8: Caddy before 2.7 does not replace {args[0]}, only {args.0}. Read as replaced",
        "15: is never imported: not read",
        "20: includes another file: read that file too",
      ],
    });
  });

  it("is read without braces around its one site", () => {
    expect(read("caddy", "example.com\n\nheader X-Frame-Options DENY\nfile_server\n").all).toEqual({ "X-Frame-Options": "DENY" });
  });

  it("runs its named routes where they are invoked", () => {
    const text = "&(secure) {\n\theader X-Frame-Options DENY\n}\n:80 {\n\theader X-A 1\n\tinvoke secure\n}\n";
    expect(read("caddy", text)).toEqual({
      all: { "X-A": "1", "X-Frame-Options": "DENY" },
      routes: {},
      notes: [],
    });
  });

  it("is read where it has nothing but snippets", () => {
    expect(read("caddy", "(headers) {\n\theader X-Frame-Options DENY\n}\n").all).toEqual({ "X-Frame-Options": "DENY" });
  });

  // As Caddy 2.6 answers: what is more specific runs first, and what is deferred runs backwards.
  it("lets the last header that runs win", () => {
    const text = `:80 {
	header /a X-Now specific
	header X-Now general
	header /a {
		defer
		X-Late specific
	}
	header {
		defer
		X-Late general
	}
	header /a >X-Mixed specific
	header X-Mixed general
	header {
		+X-Two one
		X-Two two
		X-Gone 1
		-X-Gone
	}
	header ?X-Late default
	header ?X-Default default
	respond ok
}`;
    const same = { "X-Now": "general", "X-Two": "two", "X-Default": "default" };
    expect(read("caddy", text)).toEqual({
      all: { ...same, "X-Late": "general", "X-Mixed": "general" },
      routes: { "/a": { ...same, "X-Late": "specific", "X-Mixed": "specific" } },
      notes: ["12: Caddy before 2.7 does not send X-Mixed with a leading >: write defer in a block. Read as sent"],
    });
  });

  it("keeps the order in a route", () => {
    expect(read("caddy", ":80 {\n\troute {\n\t\theader X-A general\n\t\theader /a X-A specific\n\t}\n}").routes).toEqual({
      "/a": { "X-A": "specific" },
    });
  });

  it("runs only the first handle that fits", () => {
    const text = `:80 {
	handle {
		header X-A rest
	}
	handle /api/* {
		header X-A api
		header /api/in X-B 1
	}
	header X-C all
}`;
    expect(read("caddy", text)).toEqual({
      all: { "X-A": "rest", "X-C": "all" },
      routes: { "/api/*": { "X-A": "api", "X-C": "all" }, "/api/in": { "X-A": "api", "X-B": "1", "X-C": "all" } },
      notes: [],
    });
  });

  it("knows matchers of paths, and notes all others", () => {
    const text = `:80 {
	@docs path /docs/* /help
	@others {
		not path /docs/* /help
	}
	@get method GET
	@ws {
		header Connection *Upgrade*
	}
	header @docs X-A 1
	header @others X-B 1
	header @get X-C 1
	header @ws X-D 1
	header *.css X-E 1
	header /x*y X-F 1
}`;
    expect(read("caddy", text)).toEqual({
      all: { "X-B": "1" },
      routes: { "/help": { "X-A": "1" }, "/docs/*": { "X-A": "1" } },
      notes: [
        "11: Caddy ignores letter case in paths: /DOCS/* is without X-B, and the policy sends it there. Read as written: /docs/*, /help",
        "12: applies under a condition (@get): not read",
        "13: applies under a condition (@ws): not read",
        "14: *.css matches several names: write each of them. Not read",
        "15: matches /x*y, which no Portcullis path can express: not read",
      ],
    });
  });

  it("notes placeholders, edits, wildcards, and what only errors get", () => {
    const text = `:80 {
	header X-Id {http.request.uuid}
	header X-Host "{host} {$ENV} {plain}"
	header Location http:// https://
	header -X-Debug-*
	header X-Frame-Options DENY
	header X-Literal "{plain}"
	header X-E {
		match status 404
	}
	handle_errors {
		header X-Frame-Options DENY
		header X-Error 1
	}
	php_fastcgi localhost:9000 {
		header_down X-G 1
	}
}`;
    expect(read("caddy", text)).toEqual({
      all: { "X-Frame-Options": "DENY", "X-Literal": "{plain}" },
      routes: {},
      notes: [
        '2: X-Id has "{http.request.uuid}" in it, which differs per response: not read',
        '3: X-Host has "{host}" in it, which differs per response: not read',
        "4: edits an existing header, or has a value without quotes: not read",
        "5: -X-Debug-* matches several names: write each that the application sends",
        "8: applies to some responses only (match): not read: X-E",
        "13: Caddy's own error responses have X-Error at /*: set it for other answers too, or take it out of handle_errors. The policy has what other responses have",
        "16: is inside php_fastcgi: not read",
      ],
    });
  });

  it("reads a heredoc", () => {
    expect(
      read("caddy", ":80 {\n\theader Content-Security-Policy <<CSP\n\t\tdefault-src 'self';\n\t\timg-src *\n\t\tCSP\n\theader X-A 1\n}"),
    ).toEqual({
      all: { "Content-Security-Policy": "default-src 'self'; img-src *", "X-A": "1" },
      routes: {},
      notes: ["2: Content-Security-Policy has line breaks, which a header cannot have: read as one line"],
    });
  });

  it.each([
    [":80 {\n\theader X-A 1\n", '":80 {" is never closed', 1],
    [":80 {\n}\n}", '"}" closes no block', 3],
    [':80 {\n\theader X-A "1\n}', "a quote is not closed", 2],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("caddy", text))).toEqual([
      `caddy["line ${line}"]: ${message}. Pass the text of a Caddyfile that caddy adapt takes.`,
    ]);
  });
});

describe("a _headers file", () => {
  it("is read by path; a header that comes again in a rule is joined", () => {
    const text = `# all
/*
  X-Frame-Options: DENY
  Link: </a>
  link: </b>
  ! Server
/embed
X-Frame-Options : SAMEORIGIN

/api/*
  ! X-Frame-Options
  Access-Control-Allow-Origin: *
`;
    expect(stripped(parseConfig("_headers", text).policy)).toEqual(["Server"]);
    expect(read("_headers", text)).toEqual({
      all: { "X-Frame-Options": "DENY", Link: "</a>, </b>" },
      routes: {
        "/api/*": { Link: "</a>, </b>", "Access-Control-Allow-Origin": "*" },
        "/embed": { "X-Frame-Options": "SAMEORIGIN", Link: "</a>, </b>" },
      },
      notes: [
        '8: another matching path has this header too, and the server joins both with a comma: the later one is read. Write it for paths that do not overlap; on Cloudflare, "! Name" above it drops the other',
      ],
    });
  });

  it("notes patterns, hosts, placeholders, passwords, and lines that are not headers", () => {
    const text = `X-Early: 1
/*.png
  Cache-Control: public
  X-A: 1
/users/:name
  X-B: 1
https://site.pages.dev/*
  X-Robots-Tag: noindex
/*
  X-C: to :splat
  Basic-Auth: me:secret
  nonsense
`;
    expect(read("_headers", text)).toEqual({
      all: {},
      routes: {},
      notes: [
        "1: is not below a path: not read",
        "2: is a pattern that no Portcullis path can express: not read; its headers: Cache-Control, X-A",
        "5: is a pattern that no Portcullis path can express: not read; its headers: X-B",
        "7: is a pattern that no Portcullis path can express: not read; its headers: X-Robots-Tag",
        '10: X-C has ":splat" in it, which differs per response: not read',
        "11: sets passwords that Netlify asks for, not a header: not read",
        '12: is neither a path, "Name: value" nor "! Name": not read',
      ],
    });
  });

  it("is refused if it has no path", () => {
    expect(issuesOf(() => parseConfig("_headers", "\nX-Frame-Options: DENY\n"))).toEqual([
      '_headers["line 2"]: is not below a path. Write "/*" above the headers of all paths.',
    ]);
  });
});

describe("a vercel.json", () => {
  it("is read in order: a later rule wins", () => {
    const text = `{
  "cleanUrls": true,
  "headers": [
    { "source": "/(.*)", "headers": [{ "key": "X-Frame-Options", "value": "DENY" }, { "key": "X-A", "value": "\\u0031" }] },
    { "source": "/embed", "headers": [{ "key": "x-frame-options", "value": "SAMEORIGIN" }] },
    { "source": "/api/:path*", "headers": [{ "key": "X-B", "value": "2" }] },
    { "source": "/docs/(.*)", "headers": [{ "key": "X-C", "value": "3" }] },
    { "source": "/((?!_next/|raw$).*)", "headers": [{ "key": "X-D", "value": "4" }] }
  ]
}`;
    const all = { "X-Frame-Options": "DENY", "X-A": "1", "X-D": "4" };
    expect(read("vercel", text)).toEqual({
      all,
      routes: {
        "/raw": { "X-Frame-Options": "DENY", "X-A": "1" },
        "/api": { ...all, "X-B": "2" },
        "/api/*": { ...all, "X-B": "2" },
        "/embed": { ...all, "X-Frame-Options": "SAMEORIGIN" },
        "/docs/*": { ...all, "X-C": "3" },
        "/_next/*": { "X-Frame-Options": "DENY", "X-A": "1" },
      },
      notes: [],
    });
  });

  it("notes conditions, patterns, parts of the path, and old routes", () => {
    const text = `{
  "routes": [{ "src": "/.*", "headers": { "X-A": "1" } }],
  "headers": [
    { "source": "/(.*)", "has": [{ "type": "host", "value": "a" }], "headers": [{ "key": "X-B", "value": "1" }] },
    {
      "source": "/:lang(de|en)/x",
      "headers": [{ "key": "X-C", "value": "1" }]
    },
    { "source": "/(.*)", "headers": [
      { "key": "X-D", "value": "to $1" },
      { "name": "X-E" }
    ] }
  ]
}`;
    expect(read("vercel", text)).toEqual({
      all: {},
      routes: {},
      notes: [
        "2: old routes set headers too: move them to headers. Not read",
        "4: applies under a condition (has): not read; its headers: X-B",
        "6: is a pattern that no Portcullis path can express: not read; its headers: X-C",
        '10: X-D has "$1" in it, which differs per response: not read',
        '11: is not a header: write { "key": "…", "value": "…" }. Not read',
      ],
    });
  });

  it.each([
    ["[]", "is not an object", 1],
    ['{\n"headers": [\n}', '"}" is not JSON', 3],
    ['{\n"headers": []\n', 'the end is where "," belongs', 3],
    ['{ "a": 1 }\n{', '"{" follows the end', 2],
    ["{\n\"a\": 'b' }", '"\'" is not JSON', 2],
    ["", "the text ends too early", 1],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("vercel", text))).toEqual([`vercel["line ${line}"]: ${message}. Pass the text of a vercel.json.`]);
  });
});
