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
    notes: notes.map(({ line, message }) => `${line}: ${message}`),
  };
}

const stripped = (policy: Policy) => policy.resolved["stripHeaders"];

describe("parseConfig", () => {
  it("gives the line of a note, and what stands there", () => {
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
    expect(issuesOf(() => parseConfig("ngnix" as "nginx", ""))).toEqual(['format: "ngnix" is no format. Did you mean "nginx"?']);
    expect(issuesOf(() => parseConfig("toString" as "nginx", ""))).toEqual([
      'format: "toString" is no format. Write "nginx", "apache", "caddy", "_headers", "vercel", "haproxy", "traefik", "envoy" or "kubernetes-gateway".',
    ]);
  });

  it("refuses what is no text", () => {
    expect(issuesOf(() => parseConfig("nginx", 7 as never))).toEqual(['parseConfig: 7 is no text. Write parseConfig("nginx", "…").']);
  });

  it("gives policies that begin with none", () => {
    const { policy } = parseConfig("caddy", "");
    expect(definePolicy("strict", policy).resolved).toEqual(definePolicy("none").resolved);
  });

  it("gives routes that exportPolicy takes", () => {
    const text = "/*\n  X-Frame-Options: DENY\n\n/embed/*\n  ! X-Frame-Options\n  Referrer-Policy: origin\n";
    const { policy, routes } = parseConfig("_headers", text);
    const options = { policy, routes: routes.map((route) => ({ path: route.path, layers: [route.policy] })) };
    expect(exportPolicy("cloudflare-headers", options).files).toEqual([{ path: "_headers", text }]);
  });

  it("reads an endpoint that stands behind the header that reports to it", () => {
    const { all, notes } = read(
      "nginx",
      `add_header Content-Security-Policy "default-src 'self'; report-to csp"; add_header Reporting-Endpoints 'csp="/r"';`,
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
      "has a nonce that never changes, and that protects nothing: read as the nonce slot, which Portcullis fills",
    ]);
  });

  it("makes one list of several lines of a header without a key", () => {
    expect(read("nginx", "add_header Link '</a>'; add_header Link '</b>';")).toEqual({
      all: { Link: "</a>, </b>" },
      routes: {},
      notes: [],
    });
  });

  it("keeps a header of the connection out, with a note", () => {
    expect(read("_headers", "/*\n  Set-Cookie: a=b\n")).toEqual({
      all: {},
      routes: {},
      notes: ['2: custom["Set-Cookie"]: "Set-Cookie" is not a policy\'s to write. Leave it to the server.'],
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
      notes: [],
    });
  });

  it("notes each route that nginx may give to a regular expression instead", () => {
    const text = `server {
  location ~ ^/api/ { add_header X-Frame-Options DENY; }
  location /api/v1/ { add_header X-Frame-Options SAMEORIGIN; }
  location ~ ^/docs/ { add_header Referrer-Policy no-referrer; }
  location ~ ^/docs/open/ { add_header Referrer-Policy unsafe-url; }
  location ^~ /fast/ { add_header X-A 1; }
  location ~ ^/fast/in/ { add_header X-A 2; }
  location ^~ /api/fast/ { add_header X-A 3; }
}`;
    expect(read("nginx", text).notes).toEqual([
      "3: nginx takes the location of line 2 instead where both fit: read as if this one had its paths",
      "5: nginx takes the location of line 4 instead where both fit: read as if this one had its paths",
      "7: nginx takes the location of line 6 instead where both fit: read as if this one had its paths",
    ]);
  });

  it("notes a route that a regular expression without a path may take", () => {
    const text = "server {\n location /admin/ { add_header X-Frame-Options DENY; }\n location ~ \\.php$ { root /x; }\n}";
    expect(read("nginx", text).notes).toEqual([
      "2: nginx takes the location of line 3 instead where both fit: read as if this one had its paths",
    ]);
  });

  it("notes a location whose own regular expression means all of it", () => {
    const text = "server {\n location ^~ /a/ {\n add_header X-A 1;\n location ~ ^/a/ { add_header X-A 2; }\n }\n}";
    expect(read("nginx", text).notes).toEqual([
      "2: nginx takes the location of line 4 instead where both fit: read as if this one had its paths",
    ]);
  });

  it("notes no route where the regular expression sends the same", () => {
    const text = "server { add_header X-A 1; location /a/ { root /x; } location ~ \\.php$ { root /y; } }";
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

  it("gives a location with a header of its own none of its server's", () => {
    const text = `
http {
  add_header X-A http;
  server {
    add_header Referrer-Policy origin;
    location /static/ { expires off; }
    location = /embed { add_header X-B 1; }
    location ^~ /app/ {
      add_header X-C 1;
      location /app/in/ { root /x; }
    }
  }
}`;
    expect(read("nginx", text)).toEqual({
      all: { "Referrer-Policy": "origin" },
      routes: { "/embed": { "X-B": "1" }, "/app/*": { "X-C": "1" } },
      notes: [],
    });
  });

  it("merges where add_header_inherit says so", () => {
    const text = "server { add_header X-A 1; add_header_inherit merge; location /a/ { add_header X-B 2; } }";
    expect(read("nginx", text).routes).toEqual({ "/a/*": { "X-A": "1", "X-B": "2" } });
  });

  it("takes what location / has for the site, and gives the server's to the others", () => {
    const text = "server { add_header X-A 1; location / { add_header X-B 2; } location /static/ { root /x; } }";
    expect(read("nginx", text)).toEqual({ all: { "X-B": "2" }, routes: { "/static/*": { "X-A": "1" } }, notes: [] });
  });

  it("says that a location without a slash at its end means more than its path", () => {
    expect(read("nginx", "server {\n location /api { add_header X-A 1; }\n}")).toEqual({
      all: {},
      routes: { "/api": { "X-A": "1" }, "/api/*": { "X-A": "1" } },
      notes: ["2: also means paths that only begin so, as /apiary does with /api: read as the path and all below it"],
    });
  });

  it("reads regular expressions that spell a path out, and notes the headers in others", () => {
    const text = String.raw`server {
  location ~ ^/v1\.0/ { add_header X-A 1; }
  location ~* \.(?:js|css)$ {
    expires 1y;
    add_header Cache-Control "public";
  }
  location @app { add_header X-B 1; }
}`;
    expect(read("nginx", text)).toEqual({
      all: {},
      routes: { "/v1.0/*": { "X-A": "1" } },
      notes: [
        "4: sets Cache-Control: not read",
        String.raw`5: stands in location ~* \.(?:js|css)$, which no path of Portcullis can say: not read`,
        "7: stands in location @app, which no path of Portcullis can say: not read",
      ],
    });
  });

  it("puts constants in the place of variables, and notes those that differ per response", () => {
    const text = `
map $sent_http_content_type $csp { default ""; ~html "default-src 'self'"; }
map $host $permissions { default "camera=()"; }
geo $dollar { default "$"; }
server {
  set $img "img-src 'self'";
  set $img "\${img} https://img.example";
  add_header Content-Security-Policy-Report-Only "default-src 'none'; $img";
  add_header Permissions-Policy $permissions;
  add_header X-Price "5 $dollar";
  add_header Content-Security-Policy $csp;
  add_header X-Id $request_id;
}`;
    expect(read("nginx", text)).toEqual({
      all: {
        "Content-Security-Policy-Report-Only": "default-src 'none'; img-src 'self' https://img.example",
        "Permissions-Policy": "camera=()",
        "X-Price": "5 $",
      },
      routes: {},
      notes: [
        '11: Content-Security-Policy has "$csp" in it, which differs per response: not read',
        '12: X-Id has "$request_id" in it, which differs per response: not read',
      ],
    });
  });

  it("does not trust a variable that a condition sets", () => {
    const text = 'server {\nset $hsts "max-age=1";\nif ($https) { set $hsts "max-age=2"; }\nadd_header Strict-Transport-Security $hsts;\n}';
    expect(read("nginx", text).notes).toEqual(['4: Strict-Transport-Security has "$hsts" in it, which differs per response: not read']);
  });

  it("reads a nonce of the server's as the nonce slot", () => {
    const { policy, notes } = parseConfig("nginx", `add_header Content-Security-Policy "script-src 'nonce-$request_id'";`);
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
  more_set_headers -s '404' "X-A: 1";
  more_clear_headers 'X-Debug-*';
  location /a/ { add_header X-B 2; more_set_headers "X-Frame-Options: SAMEORIGIN"; }
}`;
    expect(read("nginx", text)).toEqual({
      all: { "X-Frame-Options": "DENY", "Referrer-Policy": "origin" },
      routes: { "/a/*": { "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "origin", "X-B": "2" } },
      notes: [
        "3: holds for some responses only, by status or type: not read",
        "4: X-Debug-* means several names: write each of them. Not read",
      ],
    });
  });

  it("notes conditions, other files, and what else concerns headers", () => {
    const text = `server {
  include mime.types;
  include snippets/security.conf;
  if ($scheme = https) { add_header Strict-Transport-Security max-age=1; }
  proxy_set_header Host $host;
  proxy_pass_header Server;
  add_header Content-Security-Policy default-src 'self';
  add_trailer X-Frame-Options DENY;
}`;
    expect(read("nginx", text).notes).toEqual([
      "3: another file: read it too",
      "4: holds under a condition (if): not read",
      "6: concerns headers, and was not read",
      "7: nginx takes a name, one value (in quotes where it has blanks) and always: not read",
      "8: concerns headers, and was not read",
    ]);
  });

  it("reads several servers as one, and says where they differ", () => {
    const text = `server { listen 80; return 301 https://$host$request_uri; }
server { add_header X-Frame-Options DENY; add_header X-A 1; }
server {
  add_header X-Frame-Options SAMEORIGIN;
  add_header X-B 2;
}
server { listen 81; }`;
    expect(read("nginx", text)).toEqual({
      all: { "X-Frame-Options": "DENY", "X-A": "1", "X-B": "2" },
      routes: {},
      notes: [
        "2: another server says more, which is read as said for all: X-B",
        "3: another server says more, which is read as said for all: X-A",
        "4: another server does not have the same X-Frame-Options: that of line 2 is read",
        "7: this server sends no headers of its own, and another one does: read as if it did",
      ],
    });
  });

  it("reads a header once that is sent twice", () => {
    expect(
      read("nginx", "add_header X-Frame-Options DENY;\nadd_header X-Frame-Options DENY;\nadd_header X-Frame-Options SAMEORIGIN;"),
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
      "add_header Content-Security-Policy \"default-src 'self';\n    img-src *\" always;\nadd_header X-A 1;",
    );
    expect(all).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src *", "X-A": "1" });
    expect(notes).toEqual(["1: Content-Security-Policy stands on several lines, which no header can: read as one"]);
  });

  it("passes over Lua", () => {
    expect(read("nginx", "server {\n content_by_lua_block { local t = { a = 'it''s' } }\n add_header X-A 1;\n}").all).toEqual({
      "X-A": "1",
    });
  });

  it.each([
    ["server {\n}\n}", '"}" closes nothing', 3],
    ["server {\n location / {\n}", '"server" opens a block that nothing closes', 1],
    ["server {\n root /x\n}", '"root" has no ";" behind it', 3],
    ['add_header X-A "1;\n', "a quote or a backslash stands alone", 1],
    ['{ "headers": [] }', '"{" has no directive before it', 1],
    ["a b", '"a" has no ";" behind it', 1],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("nginx", text))).toEqual([
      `nginx["line ${line}"]: ${message}. Give the text of an nginx configuration that nginx -t takes.`,
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

  it("that fit no path become a note", () => {
    const text = "a.example {\n handle_path /f {\n  header /x X-A 1\n }\n}";
    expect(read("caddy", text)).toEqual({ all: {}, routes: {}, notes: ["3: no path of the handle_path around it fits: not read"] });
  });
});

describe("an Apache configuration", () => {
  it("is read with its quotes, formats and continued lines", () => {
    const text = String.raw`
# Header set X-Old 1
<IfModule mod_headers.c>
    header always set X-Frame-Options: SAMEORIGIN
    Header set Content-Security-Policy "default-src 'self'; \
        img-src *"
    Header onsuccess set X-A '100%% "a"'
    Header setifempty X-A no
</IfModule>
<IfModule !mod_headers.c>
    Header set X-B 1
</IfModule>`;
    expect(read("apache", text)).toEqual({
      all: { "Content-Security-Policy": "default-src 'self'; img-src *", "X-Frame-Options": "SAMEORIGIN", "X-A": '100% "a"' },
      routes: {},
      notes: ["11: stands in <ifmodule !mod_headers.c>: not read"],
    });
  });

  it("lays sections on each other: folders, then locations", () => {
    const text = `
<VirtualHost *:443>
  DocumentRoot "/var/www/html/"
  <Location "/admin">
    Header always set X-Frame-Options DENY
  </Location>
  <Directory "/var/www/html/admin/">
    Header always set X-Frame-Options SAMEORIGIN
    Header always set X-A 1
  </Directory>
  <Directory /var/www>
    Header always set Referrer-Policy origin
  </Directory>
  <LocationMatch "^/(a|b)/">
    Header always set X-B 1
  </LocationMatch>
  <Files "*.html">
    Header always set X-C 1
  </Files>
</VirtualHost>`;
    expect(read("apache", text)).toEqual({
      all: { "Referrer-Policy": "origin" },
      routes: {
        "/admin": { "Referrer-Policy": "origin", "X-Frame-Options": "DENY", "X-A": "1" },
        "/admin/*": { "Referrer-Policy": "origin", "X-Frame-Options": "DENY", "X-A": "1" },
      },
      notes: [
        "15: stands in <locationmatch ^/(a|b)/>, which no path of Portcullis can say: not read",
        "18: stands in <files *.html>, which no path of Portcullis can say: not read",
      ],
    });
  });

  it("takes a header back by unset where the same table has it", () => {
    const text = `Header always set X-Frame-Options DENY
Header set X-A 1
<Location /embed/>
  Header always unset X-Frame-Options
  Header unset X-A
</Location>
<Location /other/>
  Header unset X-Frame-Options
</Location>`;
    expect(read("apache", text)).toMatchObject({ all: { "X-Frame-Options": "DENY", "X-A": "1" }, routes: { "/embed/*": {} }, notes: [] });
  });

  it("strips what is unset and was never set", () => {
    const { policy } = parseConfig("apache", "Header unset X-Powered-By\nHeader always unset X-Powered-By\nHeader always unset Server");
    expect(stripped(policy)).toEqual(["X-Powered-By", "Server"]);
  });

  it("joins what is appended, and says so where nothing was set", () => {
    expect(read("apache", "Header set Vary Origin\nHeader append Vary Accept\nHeader merge X-A 1")).toEqual({
      all: { Vary: "Origin, Accept", "X-A": "1" },
      routes: {},
      notes: ["3: appends to what the application sends: read as the whole value"],
    });
  });

  it("notes conditions, edits, and what differs per response; HTTPS is no condition of HSTS", () => {
    const text = `Header always set Strict-Transport-Security "max-age=31536000" env=HTTPS
Header always set X-Frame-Options DENY "expr=%{REQUEST_STATUS} == 200"
Header edit Set-Cookie ^(.*)$ $1;Secure
Header set X-Id "%{UNIQUE_ID}e"
Header set X-B \${B}
Header set Content-Security-Policy default-src 'self'
<If "%{HTTP_HOST} == 'a'">
Header set X-C 1
</If>
Include conf/headers.conf
<Macro Headers>
  Header set X-C 1
</Macro>
Use Headers`;
    expect(read("apache", text)).toEqual({
      all: { "Strict-Transport-Security": "max-age=31536000" },
      routes: {},
      notes: [
        "2: holds under a condition (expr=%{REQUEST_STATUS} == 200): not read",
        "3: Header edit changes what others send: not read",
        '4: X-Id has "%{UNIQUE_ID}e" in it, which differs per response: not read',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Apache's, not ours
        '5: X-B has "${B}" in it, which differs per response: not read',
        "6: holds under a condition (self): not read",
        "8: stands in <if %{HTTP_HOST} == 'a'>, which no path of Portcullis can say: not read",
        "10: another file: read it too",
        "12: stands in <macro Headers>, which no path of Portcullis can say: not read",
        "14: a macro: write its lines out. Not read",
      ],
    });
  });

  it("says where both tables have a header", () => {
    expect(read("apache", "Header set X-Frame-Options DENY\nHeader always set X-Frame-Options DENY")).toEqual({
      all: { "X-Frame-Options": "DENY" },
      routes: {},
      notes: ["1: X-Frame-Options is sent twice, and read once"],
    });
  });

  it.each([
    ["<Location />\nHeader set A 1\n", "<location> is closed nowhere", 1],
    ["Header set A 1\n</If>", "</If> closes nothing", 2],
    ["<If a>\n</Location>", "</Location> stands where </if> belongs", 2],
    ['{\n"headers": []}', '"{" is no directive', 1],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("apache", text))).toEqual([
      `apache["line ${line}"]: ${message}. Give the text of a configuration that apachectl -t takes.`,
    ]);
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
      notes: ["15: is imported nowhere: not read", "20: another file: read it too"],
    });
  });

  it("is read without braces around its one site", () => {
    expect(read("caddy", "example.com\n\nheader X-Frame-Options DENY\nfile_server\n").all).toEqual({ "X-Frame-Options": "DENY" });
  });

  it("has its named routes noted where they are invoked", () => {
    const text = "&(secure) {\n\theader X-Frame-Options DENY\n}\n:80 {\n\theader X-A 1\n\tinvoke secure\n}\n";
    expect(read("caddy", text)).toEqual({
      all: { "X-A": "1" },
      routes: {},
      notes: ["6: a named route: write its lines out. Not read"],
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
}`;
    const same = { "X-Now": "general", "X-Two": "two", "X-Default": "default" };
    expect(read("caddy", text)).toEqual({
      all: { ...same, "X-Late": "general", "X-Mixed": "general" },
      routes: { "/a": { ...same, "X-Late": "specific", "X-Mixed": "specific" } },
      notes: [],
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
        "12: holds under a condition (@get): not read",
        "13: holds under a condition (@ws): not read",
        "14: *.css means several names: write each of them. Not read",
        "15: holds for /x*y, which no path of Portcullis can say: not read",
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
        "4: edits what others send, or has a value without quotes: not read",
        "5: -X-Debug-* means several names: write each of them. Not read",
        "8: holds for some responses only (match): not read",
        "13: holds for errors only: not read",
        "16: stands in php_fastcgi: not read",
      ],
    });
  });

  it("reads a heredoc", () => {
    expect(
      read("caddy", ":80 {\n\theader Content-Security-Policy <<CSP\n\t\tdefault-src 'self';\n\t\timg-src *\n\t\tCSP\n\theader X-A 1\n}"),
    ).toEqual({
      all: { "Content-Security-Policy": "default-src 'self'; img-src *", "X-A": "1" },
      routes: {},
      notes: ["2: Content-Security-Policy stands on several lines, which no header can: read as one"],
    });
  });

  it.each([
    [":80 {\n\theader X-A 1\n", '":80 {" is closed nowhere', 1],
    [":80 {\n}\n}", '"}" closes nothing', 3],
    [':80 {\n\theader X-A "1\n}', "a quote stands alone", 2],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("caddy", text))).toEqual([
      `caddy["line ${line}"]: ${message}. Give the text of a Caddyfile that caddy adapt takes.`,
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
      notes: ["8: another path that fits has this header too, and the server joins both by a comma: the later one is read"],
    });
  });

  it("notes patterns, hosts, placeholders, passwords, and what is no header", () => {
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
        "1: stands under no path: not read",
        "2: is a pattern that no path of Portcullis can say: not read, with its headers Cache-Control, X-A",
        "5: is a pattern that no path of Portcullis can say: not read, with its headers X-B",
        "7: is a pattern that no path of Portcullis can say: not read, with its headers X-Robots-Tag",
        '10: X-C has ":splat" in it, which differs per response: not read',
        "11: are passwords that Netlify asks for, and no header: not read",
        '12: is neither a path, "Name: value" nor "! Name": not read',
      ],
    });
  });

  it("is refused where no path stands in it", () => {
    expect(issuesOf(() => parseConfig("_headers", "\nX-Frame-Options: DENY\n"))).toEqual([
      '_headers["line 2"]: no path stands above it, nor anywhere. Write "/*" above the headers of all paths.',
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
        "4: holds under a condition (has): not read, with its headers X-B",
        "6: is a pattern that no path of Portcullis can say: not read, with its headers X-C",
        '10: X-D has "$1" in it, which differs per response: not read',
        '11: is no header: write { "key": "…", "value": "…" }. Not read',
      ],
    });
  });

  it.each([
    ["[]", "is no object", 1],
    ['{\n"headers": [\n}', '"}" is no JSON', 3],
    ['{\n"headers": []\n', 'the end stands where "," belongs', 3],
    ['{ "a": 1 }\n{', '"{" stands behind the end', 2],
    ["{\n\"a\": 'b' }", '"\'" is no JSON', 2],
    ["", "the text ends too early", 1],
  ])("is refused where it is none: %j", (text, message, line) => {
    expect(issuesOf(() => parseConfig("vercel", text))).toEqual([`vercel["line ${line}"]: ${message}. Give the text of a vercel.json.`]);
  });
});
