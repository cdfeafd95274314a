import { describe, expect, it } from "vitest";
import { type ExportRoute, exportPolicy, parseConfig } from "../../src/export/index.js";
import { budgetOf, type Note } from "../../src/export/parse/limits.js";
import { nginx } from "../../src/export/parse/nginx/index.js";
import { renderHeaders } from "../../src/index.js";

/** The headers everywhere and by path, notes as `file:line: message`, and remarks apart. */
function read(text: string, files?: Readonly<Record<string, string>>) {
  const options = files === undefined ? {} : { file: "nginx.conf", files: (name: string) => found(files, name) };
  const { policy, routes, notes } = parseConfig("nginx", text, options);
  const told = (differs: boolean) =>
    notes
      .filter((one) => one.differs === differs)
      .map(({ file, line, message }) => `${file === undefined ? "" : `${file}:`}${line}: ${message}`);
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    notes: told(true),
    remarks: told(false),
  };
}

const found = (files: Readonly<Record<string, string>>, name: string) => {
  const text = files[name];
  return text === undefined ? [] : [{ path: name, text }];
};

const nothing = { routes: {}, notes: [], remarks: [] };

describe("what nginx -T prints", () => {
  const DUMP = `# configuration file /etc/nginx/nginx.conf:
events {}
http {
    include mime.types;
    add_header X-Content-Type-Options nosniff always;
    include /etc/nginx/sites-enabled/*;
}

# configuration file /etc/nginx/mime.types:
types { text/html html; }

# configuration file /etc/nginx/sites-enabled/site:
server {
    include "snippets/headers.conf";
    location = /embed {
        add_header Content-Security-Policy "frame-ancestors *" always;
    }
}

# configuration file /etc/nginx/snippets/headers.conf:
add_header X-Frame-Options DENY;
add_header X-Content-Type-Options nosniff always;
`;

  it("is read as the files that its headings name", () => {
    expect(read(DUMP)).toMatchObject({
      all: { "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff" },
      routes: { "/embed": { "Content-Security-Policy": "frame-ancestors *" } },
    });
  });

  it("writes notes with the file and its own line", () => {
    expect(read(DUMP).notes).toEqual([
      "/etc/nginx/sites-enabled/site:1: without always nginx does not send these with errors (4xx, 5xx): X-Frame-Options (line 1 of /etc/nginx/snippets/headers.conf)",
    ]);
  });

  it("names each of several lines with its file", () => {
    const dump = DUMP.replaceAll("nosniff always;", "nosniff;");
    expect(read(dump).notes.join()).toContain(
      "(line 1 of /etc/nginx/snippets/headers.conf and line 2 of /etc/nginx/snippets/headers.conf)",
    );
  });

  it("hands headers of the http block down", () => {
    const text =
      "# configuration file /n.conf:\nhttp {\nadd_header X-A 1 always;\ninclude /s.conf;\n}\n# configuration file /s.conf:\nserver { }\n";
    expect(read(text)).toEqual({ ...nothing, all: { "X-A": "1" } });
  });

  it("may have what nginx -t says above it", () => {
    const said = "nginx: the configuration file /n.conf syntax is ok\nnginx: configuration file /n.conf test is successful\n";
    expect(read(`${said}# configuration file /n.conf:\nhttp { server { add_header X-A 1 always; } }\n`).all).toEqual({ "X-A": "1" });
  });

  it("is noted if nothing includes a file", () => {
    const text = "# configuration file /n.conf:\nhttp { server { } }\n# configuration file /other.conf:\nadd_header X-A 1;\n";
    expect(read(text).notes).toEqual(["/other.conf:1: /other.conf is not included: not read"]);
  });

  it("is noted if a file is missing", () => {
    const text = "# configuration file /n.conf:\nhttp { server {\ninclude gone.conf; } }\n";
    expect(read(text).notes).toEqual(["/n.conf:2: gone.conf is not in this text: not read"]);
  });

  it.each([
    ["conf.d/*.conf", true],
    ["conf.d/?.conf", true],
    ["conf.d/[a-c].conf", true],
    ["conf.d/[!a-c].conf", false],
    ["*/b.conf", true],
    ["*.conf", false],
    ["./conf.d/../conf.d/b.conf", true],
  ])("has the files that a pattern means: %s", (pattern, isMeant) => {
    const text = `# configuration file /e/n.conf:\nserver { include ${pattern}; }\n# configuration file /e/conf.d/b.conf:\nadd_header X-A 1 always;\n`;
    expect(read(text).all).toEqual(isMeant ? { "X-A": "1" } : {});
  });

  it("includes a file twice that is printed once", () => {
    const text =
      "# configuration file /n.conf:\nserver { include h;\nlocation /a/ { add_header X-B 1 always; include h; } }\n# configuration file /h:\nadd_header X-A 1 always;\n";
    expect(read(text)).toEqual({ ...nothing, all: { "X-A": "1" }, routes: { "/a/*": { "X-B": "1", "X-A": "1" } } });
  });
});

describe("an include", () => {
  it("is replaced by the directives of its file, in a map too", () => {
    const files = { "headers.conf": "add_header X-A $a always;", "map.conf": "default one;" };
    expect(read("map $host $a { include map.conf; } server { include headers.conf; }", files)).toEqual({
      ...nothing,
      all: { "X-A": "one" },
    });
  });

  it("of itself is noted", () => {
    expect(read("server { include a.conf; }", { "a.conf": "include a.conf; add_header X-A 1 always;" })).toEqual({
      ...nothing,
      all: { "X-A": "1" },
      notes: ["a.conf:1: includes a file that includes this one: not read"],
    });
  });
});

describe("internal redirects of nginx", () => {
  it("give a single-page application the headers of its page", () => {
    const text = `server {
  add_header X-Frame-Options DENY always;
  location / { try_files $uri $uri/ /index.html; }
  location = /index.html { add_header Cache-Control no-cache always; }
}`;
    expect(read(text)).toEqual({
      all: { "Cache-Control": "no-cache" },
      routes: {},
      notes: ["3: files that exist, which end here, are sent without Cache-Control, with X-Frame-Options"],
      remarks: [
        "4: responses of location = /index.html have no X-Frame-Options: its own add_header drops those of the blocks around it. To send them, repeat them here, or write add_header_inherit merge (nginx 1.29.3 and newer)",
      ],
    });
  });

  it("are not noted if both ends send the same", () => {
    const text =
      "server { add_header X-A 1 always; location / { try_files $uri $uri/ /index.html; } location = /index.html { expires off; } }";
    expect(read(text)).toEqual({ ...nothing, all: { "X-A": "1" } });
  });

  it("lead from a folder to its index page", () => {
    const text = "server { add_header X-A 1 always; location = /index.html { add_header X-A 2 always; } }";
    expect(read(text)).toEqual({ ...nothing, all: { "X-A": "1" }, routes: { "/": { "X-A": "2" }, "/index.html": { "X-A": "2" } } });
  });

  it("lead errors to a page with other headers, which is noted", () => {
    const text =
      "server {\nadd_header X-A 1 always;\nerror_page 404 /404.html;\nlocation = /404.html { internal; add_header X-B 1 always; }\n}";
    expect(read(text).notes).toEqual([
      "4: error pages, which end here, are sent without X-A (its own add_header drops those around it: repeat them here), with X-B",
    ]);
  });

  it("follow rewrites and named locations", () => {
    const text = `server {
  location /old/ { rewrite ^/old/(.*)$ /new/$1 last; }
  location /new/ { add_header X-A new always; }
  location /app/ { try_files /none @app; }
  location @app { add_header X-A app always; proxy_pass http://127.0.0.1:1; }
}`;
    expect(read(text).routes).toEqual({ "/old/*": { "X-A": "new" }, "/new/*": { "X-A": "new" }, "/app/*": { "X-A": "app" } });
  });
});

describe("the most common mistake in nginx", () => {
  it("is noted once for a location: an add_header drops those around it", () => {
    const text = `server {
  add_header Content-Security-Policy "default-src 'self'" always;
  location ~* \\.(css|js)$ { add_header Cache-Control public always; }
}`;
    expect(read(text).notes).toEqual([
      "3: paths that match it, which no route can express, are sent without Content-Security-Policy (its own add_header drops those around it: repeat them here), with Cache-Control",
    ]);
  });

  it("is a remark for a location that becomes a route, with both ways to mend it", () => {
    const text = `server {
  add_header X-Frame-Options DENY always;
  add_header X-Content-Type-Options nosniff always;
  location / { root /var/www; }
  location /static/ { add_header X-A 1 always; }
}`;
    expect(read(text)).toEqual({
      all: { "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff" },
      routes: { "/static/*": { "X-A": "1" } },
      notes: [],
      remarks: [
        "5: responses of location /static/ have no X-Frame-Options, X-Content-Type-Options: its own add_header drops those of the blocks around it. To send them, repeat them here, or write add_header_inherit merge (nginx 1.29.3 and newer)",
      ],
    });
  });

  it("is not to be mended by merging where the location replaces a header, which would be sent twice", () => {
    const text = `server {
  add_header X-Frame-Options DENY always;
  add_header X-Content-Type-Options nosniff always;
  location = /embed { add_header X-Frame-Options SAMEORIGIN always; }
}`;
    expect(read(text).remarks).toEqual([
      "4: responses of location = /embed have no X-Content-Type-Options: its own add_header drops those of the blocks around it. To send them, repeat them here",
    ]);
  });

  it("is a remark for a server in an http block that adds headers", () => {
    const text = "http {\nadd_header X-A 1 always;\nserver {\nadd_header X-B 1 always;\n}\n}";
    expect(read(text).remarks).toEqual([
      "3: responses of this server have no X-A: its own add_header drops those of the blocks around it. To send them, repeat them here, or write add_header_inherit merge (nginx 1.29.3 and newer)",
    ]);
  });

  it("is not made by a location that repeats all headers, merges them, or drops a header for caches only", () => {
    const text = `server {
  add_header X-A 1 always;
  add_header Cache-Control no-cache always;
  location /repeated/ { add_header x-a 1 always; add_header X-B 1 always; }
  location /merged/ { add_header_inherit merge; add_header X-B 1 always; }
}`;
    expect(read(text)).toMatchObject({ notes: [], remarks: [] });
  });

  it("is not noted if only cache headers differ", () => {
    const text = "server { location ~* \\.css$ { add_header Cache-Control public always; } }";
    expect(read(text)).toMatchObject({
      notes: [],
      remarks: ["1: paths that match it, which no route can express, are sent with Cache-Control"],
    });
  });
});

describe("variables of nginx", () => {
  it("by the type of the response are read as for HTML, with a note that others have none", () => {
    const text = `map $sent_http_content_type $xfo { default ""; ~*text/html DENY; }
server { add_header X-Frame-Options $xfo always; }`;
    expect(read(text)).toEqual({
      ...nothing,
      all: { "X-Frame-Options": "DENY" },
      notes: ["2: sent with HTML only (scripts, styles, JSON and images have none), and read as sent with all types: X-Frame-Options"],
    });
  });

  it("by the type without its charset are noted", () => {
    const text = `map $sent_http_content_type $xfo { text/html DENY; }
server { add_header X-Frame-Options $xfo always; }`;
    expect(read(text).notes).toEqual([
      '2: X-Frame-Options is sent with some HTML only, by its charset: match "~^text/html" in the map',
      "2: sent with HTML only (scripts, styles, JSON and images have none), and read as sent with all types: X-Frame-Options",
    ]);
  });

  it("by the path are routes", () => {
    const text = `map $uri $a { default site; "~^/api/" api; "~^/(?:x|y)/" xy; "~^/embed\\z" embed; /one one; }
server { set $early $a; add_header X-A $a always; }`;
    expect(read(text)).toEqual({
      ...nothing,
      all: { "X-A": "site" },
      routes: {
        "/one": { "X-A": "one" },
        "/x/*": { "X-A": "xy" },
        "/y/*": { "X-A": "xy" },
        "/api/*": { "X-A": "api" },
        "/embed": { "X-A": "embed" },
      },
      notes: ["1: a map finds /one in other letter case too, as /ONE: read as this path alone. Write ~^/one\\z"],
    });
  });

  it("by a path that no route can express are noted", () => {
    const text = 'map $uri $a { default site; "/my docs" docs; /caf\u00e9 caf; /same+& site; }\nserver { add_header X-A $a always; }';
    expect(read(text)).toEqual({
      ...nothing,
      all: { "X-A": "site" },
      notes: ["1: applies to paths that no route can express: not read"],
    });
  });

  it("looked up before an internal redirect keep their value", () => {
    const text = `map $uri $a { default site; "~^/api/" api; }
server { set $early $a; add_header X-A $a always; location / { try_files $uri /index.html; } }`;
    expect(read(text)).toEqual({ ...nothing, all: { "X-A": "site" }, routes: { "/api/*": { "X-A": "api" } } });
  });

  it("by the path, as the response has it, are those of the page", () => {
    const text = `map $uri $a { default site; "~^/api/" api; }
server { add_header X-A $a always; location / { try_files /none /index.html; } }`;
    expect(read(text).routes).toEqual({});
  });

  it.each([
    'map $request_uri $a { "~^/api/" api; default site; }\nserver { add_header X-A $a always; }',
    'server { set $a site;\nif ($request_uri ~ "^/api/") { set $a api; }\nadd_header X-A $a always; }',
  ])("by what the client wrote are routes, with a note: %s", (text) => {
    const { all, routes, notes } = read(text);
    expect([all, routes, notes.length]).toEqual([{ "X-A": "site" }, { "/api/*": { "X-A": "api" } }, 1]);
    expect(notes[0]).toContain("//a, /%61 and /a?b do not match /a");
  });

  it("by a quoted expression that ends in a bracket are routes", () => {
    const text = 'server { set $a site; if ($uri ~ "^/x(/|$)") { set $a x; } add_header X-A $a always; }';
    expect(read(text)).toEqual({ ...nothing, all: { "X-A": "site" }, routes: { "/x": { "X-A": "x" }, "/x/*": { "X-A": "x" } } });
  });

  it("by https set HSTS if the server has TLS", () => {
    const text = `map $https $hsts { on max-age=1; default ""; }
server { listen 80; listen 443 ssl; add_header Strict-Transport-Security $hsts always; }`;
    expect(read(text)).toEqual({ ...nothing, all: { "Strict-Transport-Security": "max-age=1" } });
  });

  it("by https, of another header, are noted", () => {
    const text = `map $https $a { on tls; default plain; }
server { listen 80; listen 443 ssl; add_header X-A $a always; }`;
    expect(read(text).notes).toEqual(["2: differs between http and https, and is read as for https: X-A"]);
  });

  it("by the host are those of the server's names", () => {
    const text =
      "map $host $a { hostnames; default other; .a.example own; } server { server_name a.example www.a.example; add_header X-A $a always; }";
    expect(read(text)).toEqual({ ...nothing, all: { "X-A": "own" } });
  });

  it("that set sets elsewhere are empty", () => {
    const text = "server { add_header X-A $a always; location /b/ { set $a 1; } }";
    expect(read(text)).toEqual({ ...nothing, all: {}, routes: { "/b/*": { "X-A": "1" } } });
  });

  it("of the application's own header leave it, where it is hidden", () => {
    const text = "server { proxy_hide_header X-A; add_header X-A $upstream_http_x_a always; add_header X-B 1 always; }";
    expect(read(text)).toEqual({ ...nothing, all: { "X-B": "1" } });
  });

  it("of geo are literal", () => {
    expect(read('geo $a { default "$host"; } server { add_header X-A $a always; }').all).toEqual({ "X-A": "$host" });
  });
});

describe("headers that nginx hides", () => {
  const stripped = (text: string) => parseConfig("nginx", text).policy.resolved["stripHeaders"];

  it("are those of the module that asks the application", () => {
    const text = "server { proxy_hide_header X-A; fastcgi_hide_header X-B; location / { fastcgi_pass 127.0.0.1:1; } }";
    expect(stripped(text)).toEqual(["X-B"]);
  });

  it("are not those that are passed on", () => {
    expect(
      stripped("server { proxy_hide_header X-A; proxy_hide_header X-B; proxy_pass_header X-A; location / { proxy_pass http://a; } }"),
    ).toEqual(["X-B"]);
  });
});

describe("paths that no route can express", () => {
  it.each(['"/my docs/"', "/caf\u00e9/", '= "/a b"', "^~ /caf\u00e9"])("are noted if they have other headers: location %s", (path) => {
    const text = `server {\nadd_header X-A 1 always;\nlocation ${path} { add_header X-A 2 always; }\n}`;
    expect(read(text)).toEqual({
      ...nothing,
      all: { "X-A": "1" },
      notes: ["3: paths that match it, which no route can express, are sent with another X-A"],
    });
  });

  it("are not noted if they have the same headers", () => {
    expect(read('server { add_header X-A 1 always; location "/my docs/" { root /x; } }')).toEqual({ ...nothing, all: { "X-A": "1" } });
  });

  it("are those in other letter case, where a regular expression has a star", () => {
    const text = "server {\nlocation ~* ^/ADMIN/ { add_header X-A 1 always; }\n}";
    expect(read(text)).toEqual({
      ...nothing,
      all: {},
      routes: { "/ADMIN/*": { "X-A": "1" } },
      notes: ["2: paths that match it in other letter case, as /API does with /api, are sent with X-A"],
    });
  });
});

describe("merge_slashes off", () => {
  const NOTE = "2: with merge_slashes off, //admin/ has the headers of the site and not those of /admin/: read as with merge_slashes on";

  it("is noted if there are routes", () => {
    expect(read("server { location /a/ { add_header X-A 1 always; }\nmerge_slashes off; }").notes).toEqual([NOTE]);
  });

  it("is noted in the http block too", () => {
    expect(read("http {\nmerge_slashes off; server { location /a/ { add_header X-A 1 always; } } }").notes).toEqual([NOTE]);
  });

  it("is not noted without routes", () => {
    expect(read("server { add_header X-A 1 always;\nmerge_slashes off; location /a/ { root /x; } }").notes).toEqual([]);
  });
});

describe("error_page 404 of a location that asks an application", () => {
  const text = (more: string) => `server {
    error_page 404 /404.html; ${more}
    location / { add_header X-A 1 always; proxy_pass http://a; }
    location = /404.html { add_header X-B 1 always; internal; }
  }`;

  it("is for no answer of the application", () => {
    expect(read(text("")).notes).toEqual([]);
  });

  it("is for those of the application with proxy_intercept_errors", () => {
    expect(read(text("proxy_intercept_errors on;")).notes).toEqual(["4: error pages, which end here, are sent without X-A, with X-B"]);
  });
});

it("headers that are printed to be included are read without a note", () => {
  const routes = [{ path: "/embed", layers: [{ custom: { "X-A": "1" } }] }];
  const { files } = exportPolicy("nginx", { policy: ["none", { xFrameOptions: "DENY" }], routes });
  const text = `${files[0]?.text}server {\n${files[1]?.text}location / { proxy_pass http://a; }\n}`;
  expect(read(text)).toEqual({
    ...nothing,
    all: { "X-Frame-Options": "DENY" },
    routes: { "/embed": { "X-Frame-Options": "DENY", "X-A": "1" } },
  });
});

it("error_page 404 is for what memcached has not", () => {
  const text =
    "server {\nerror_page 404 /e; location / { add_header X-A 1 always; memcached_pass a; }\nlocation = /e { add_header X-B 1 always; }\n}";
  expect(read(text).notes).toEqual(["3: error pages, which end here, are sent without X-A, with X-B"]);
});

describe("a complete server that is printed", () => {
  const read = (routes: readonly ExportRoute[]) => {
    const { files } = exportPolicy("nginx", { policy: ["none", { xFrameOptions: "DENY" }], routes, upstream: "http://app:1" });
    const { routes: paths, notes } = parseConfig("nginx", files[0]?.text ?? "");
    return [paths.map(({ path }) => path), notes.filter(({ differs }) => differs)];
  };

  it("has no route for its health check, where that has the headers of its place", () => {
    expect(read([{ path: "/embed", layers: [{ custom: { "X-A": "1" } }] }])).toEqual([["/embed"], []]);
  });

  it("has none where the application's own header passes elsewhere", () => {
    expect(
      read([
        { path: "/api/*", layers: [{ custom: { "X-A": "1" } }] },
        { path: "/b/*", layers: [{ xFrameOptions: false }] },
      ]),
    ).toEqual([["/b/*", "/api/*"], []]);
  });
});

it("Lua that sets a header is noted with its name", () => {
  const text = 'server { header_filter_by_lua_block { ngx.header["X-Frame-Options"] = "DENY"; ngx.header.X_A = 1 } }';
  expect(read(text).notes).toEqual(["1: Lua sets X-Frame-Options, X-A: not read. Write add_header"]);
});

it("a server that only redirects is not offered as a choice", () => {
  const text = "server { listen 80; return 301 https://$host$request_uri; }\nserver { listen 443 ssl; add_header X-A 1 always; }";
  expect(read(text)).toEqual({ ...nothing, all: { "X-A": "1" } });
});

describe("a server of several", () => {
  const note = Object.assign(() => undefined, { ...budgetOf("nginx"), remark: () => undefined }) as unknown as Note;
  const site = (inside: string) => nginx.read({ path: undefined, text: `server {\n${inside}\n}`, first: 1 }, note)[0];

  it.each([
    ["server_name a.example *.b.example ~^c;", ["a.example", "*.b.example", "~^c"]],
    ["server_name _;", []],
    ["listen 80 default_server;", []],
  ])("has its names as they stand: %s", (inside, names) => {
    expect(site(inside)?.names).toEqual(names);
  });

  it.each([
    ["listen 443 ssl; listen [::]:443 ssl;", ["443"]],
    ["listen 127.0.0.1:8080; listen *:81; listen localhost; listen unix:/run/s;", ["8080", "81", "80"]],
    ["root /x;", ["80"]],
  ])("has its ports: %s", (inside, ports) => {
    expect(site(inside)?.ports).toEqual(ports);
  });

  it("has its first and last line", () => {
    expect([site("root /x;")?.line, site("root /x;")?.end]).toEqual([1, 3]);
  });

  it.each([
    ["return 301 https://a.example$request_uri;", true],
    ["return 444;", true],
    ["rewrite ^ https://a.example$request_uri? permanent;", true],
    ["location /.well-known/acme-challenge/ { root /x; } location / { return 301 https://a.example/; }", true],
    ["if ($host = a.example) { return 301 https://a.example/; } return 404;", true],
    ["location /old { return 301 /new; } location / { root /x; }", false],
    ["return 404;", false],
    ["root /x;", false],
  ])("answers nothing but redirects, or does: %s", (inside, redirects) => {
    expect(site(inside)?.redirects).toBe(redirects);
  });
});
