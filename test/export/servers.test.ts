import { describe, expect, it } from "vitest";
import { type Exported, type ExportOptions, exportPolicy, type TargetName } from "../../src/export/index.js";
import { definePolicy, type Layer } from "../../src/index.js";
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

const CADDY = String.raw`# For a site: import portcullis/headers.caddy
# Texts in which Caddy would interpret {…} or a backtick.
vars portcullis-open '{http.vars.portcullis-nothing}{'
vars portcullis-tick "'"
@portcullis-0 {
	not path_regexp '^/api/'
}
@portcullis-1 {
	path_regexp '^/api/'
	not path_regexp '^/api/v1\.0$'
}
@portcullis-2 {
	path_regexp '^/api/v1\.0$'
}
# Headers that are set at once also apply to error responses of Caddy and to handle_errors.
# Deferred, they replace what an application sends.
header @portcullis-0 {
	X-Frame-Options 'DENY'
	X-A '100% "a" \ {http.vars.portcullis-open}b} {http.vars.portcullis-tick}c{http.vars.portcullis-tick} @{http.vars.portcullis-open}d}'
}
header @portcullis-0 {
	defer
	-Server
	X-Frame-Options 'DENY'
	X-A '100% "a" \ {http.vars.portcullis-open}b} {http.vars.portcullis-tick}c{http.vars.portcullis-tick} @{http.vars.portcullis-open}d}'
}
header @portcullis-1 {
	Referrer-Policy 'origin'
}
header @portcullis-1 {
	defer
	Referrer-Policy 'origin'
}
header @portcullis-2 {
	Referrer-Policy 'origin'
}
header @portcullis-2 {
	defer
	-X-Frame-Options
	Referrer-Policy 'origin'
}
# "/admin/..%2Fembed" is /embed in Caddy, but may be another page of the application: refused with 400.
# Of all that answers, redir comes first; a status that is no redirect it takes from a variable only.
vars portcullis-refused 400
@portcullis-ambiguous expression '{http.request.orig_uri}.matches(r"(?i)^[^?]*(%2f|%5c|\\)") && {http.request.orig_uri.path}.matches(r"(^|[/\\])[.][.]([/\\]|$)")'
redir @portcullis-ambiguous / {http.vars.portcullis-refused}
handle_errors {
	header @portcullis-0 -Server
}
`;

const HAPROXY_GLOBAL = `# Load it before your own configuration: haproxy -f portcullis/global.cfg -f haproxy.cfg
# Debian's systemd unit adds EXTRAOPTS last: copy these lines into the global section of haproxy.cfg instead.
global
    # For normalize-uri, which is experimental.
    expose-experimental-directives
    # Room for the headers in the buffer of a response.
    tune.bufsize 17461
    tune.maxrewrite 1077
    # Without these lines, HAProxy sends the names in lower case.
    h1-case-adjust x-frame-options X-Frame-Options
    h1-case-adjust x-a X-A
    h1-case-adjust referrer-policy Referrer-Policy
`;

const HAPROXY = String.raw`# HAProxy cannot include files: copy these lines to the top of a frontend. They apply to all its hosts.
# With an http-request above them that responds or rewrites ("deny", "return", "set-path"), a path would get the headers of another one.
# Routes are matched against a normalized copy of the path: "//admin/", "/%61dmin/" and "/x/../admin/" are /admin/.
http-request deny deny_status 400 if { path -m sub -i %2f } { path -m reg -i (?:[.]|%2e){2}(?:/|%2f|$) }
http-request deny deny_status 400 if { path -m sub %00 }
http-request set-var(txn.portcullis_url) url
http-request set-path %[path,regsub(%2f,/,gi)]
http-request normalize-uri percent-decode-unreserved
http-request normalize-uri path-merge-slashes
http-request normalize-uri path-strip-dot
http-request normalize-uri path-strip-dotdot full
http-request set-var(txn.portcullis_path) path
http-request set-var(txn.portcullis_path) path,url_dec
# The application gets the path as it was sent.
http-request set-uri %[var(txn.portcullis_url)]
http-request set-var(txn.portcullis) int(1) if { var(txn.portcullis_path) -m beg /api/ }
http-request set-var(txn.portcullis) int(2) if { var(txn.portcullis_path) -m str /api/v1.0 }
http-after-response del-header Server if !{ var(txn.portcullis) -m found }
http-after-response set-header X-Frame-Options "DENY" if !{ var(txn.portcullis) -m found }
http-after-response set-header X-A "100%% \"a\" \\ {b} 'c' \@{d}" if !{ var(txn.portcullis) -m found }
http-after-response set-header Referrer-Policy "origin" if { var(txn.portcullis) -m int 1 }
http-after-response del-header X-Frame-Options if { var(txn.portcullis) -m int 2 }
http-after-response set-header Referrer-Policy "origin" if { var(txn.portcullis) -m int 2 }
`;

const OTHERS = "HAProxy sends the names of all other headers in lower case. Header names are case-insensitive.";

/** The texts above cannot hold a backtick, nor a dollar before a brace: `'` and `@` stand there for them. */
const literal = (text: string) => text.replaceAll("'", "`").replaceAll("@{", "${");

describe("headers to include are printed", () => {
  it("for Caddy, at once for its errors, and deferred", () => {
    expect(print("caddy")).toEqual({ files: [{ path: "portcullis/headers.caddy", text: literal(CADDY) }], warnings: [] });
  });

  it("for HAProxy, with the route kept in a variable", () => {
    expect(print("haproxy")).toEqual({
      files: [
        { path: "portcullis/global.cfg", text: HAPROXY_GLOBAL },
        { path: "portcullis/headers.cfg", text: literal(HAPROXY) },
      ],
      warnings: [
        OTHERS,
        "Load portcullis/global.cfg before your own configuration: haproxy -f portcullis/global.cfg -f haproxy.cfg.",
        "Copy portcullis/headers.cfg to the top of your frontend, above all its other http-request lines. It applies to all hosts of the frontend.",
        'Add "option h1-case-adjust-bogus-client" to the frontend.',
      ],
    });
  });
});

const linesOf = (exported: Exported, sought: RegExp) =>
  exported.files.flatMap(({ text }) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => sought.test(line)),
  );

describe("a complete server", () => {
  it("of HAProxy asks an upstream over TLS, and checks its certificate", () => {
    expect(linesOf(print("haproxy", { upstream: "https://a.example" }), /^server/)).toEqual([
      "server app a.example:443 ssl verify required ca-file @system-ca sni str(a.example)",
    ]);
  });

  it("of HAProxy says where it looks for the key", () => {
    expect(print("haproxy", { upstream: "http://a", certificate: "/c.pem", certificateKey: "/k.pem" }).warnings).toEqual([
      OTHERS,
      "HAProxy looks for the key in /c.pem itself, or in /c.pem.key: /k.pem is not read.",
    ]);
  });

  it.each([["/c.pem"], ["/c.pem.key"]])("of HAProxy prints no warning for a key that it finds: %s", (certificateKey) => {
    expect(print("haproxy", { upstream: "http://a", certificate: "/c.pem", certificateKey }).warnings).toEqual([OTHERS]);
  });

  it("of Caddy listens on the ports of the site", () => {
    const options = { upstream: "http://a", httpsPort: 8443, httpPort: 8080 };
    expect(linesOf(print("caddy", options), /^https?:|^redir https/)).toEqual([
      "http://example.com:8080 {",
      "redir https://example.com:8443{uri} 301",
      "https://example.com:8443 {",
    ]);
  });

  it("of Caddy listens on the addresses of --listen, on both ports", () => {
    const { files } = print("caddy", { upstream: "http://a", listen: ["127.0.0.1", "::1"] });
    expect(files[0]?.text.match(/^\tbind .*/gm)).toEqual(["\tbind 127.0.0.1 ::1", "\tbind 127.0.0.1 ::1"]);
  });

  it.each([
    [undefined, 300, 3600],
    [60, 60, 3600],
    [7200, 7200, 7320],
  ])("of Caddy waits for the begin of an answer, and longer for what is silent: %s", (readTimeout, begin, silence) => {
    expect(linesOf(print("caddy", { upstream: "http://a", readTimeout }), /_timeout/)).toEqual([
      `response_header_timeout ${begin}s`,
      `read_timeout ${silence}s`,
    ]);
  });

  it("of Caddy has nothing for the rest of a site that a route takes as a whole", () => {
    const { files } = print("caddy", { policy: ["api"], routes: [{ path: "/*", layers: ["none", { xFrameOptions: "DENY" }] }] });
    expect(files[0]?.text).not.toContain("no-referrer");
  });

  it("of Caddy takes away what Caddy sends of itself, from its errors too", () => {
    const policy: readonly Layer[] = ["none", { stripHeaders: ["Server", "X-Powered-By"] }];
    expect(print("caddy", { policy, routes: [] }).files[0]?.text.replace(/^[\s\S]*handle_errors/, "handle_errors")).toBe(
      "handle_errors {\n\theader -Server\n}\n",
    );
  });
});

it("Caddy's spelling of names, and the headers that it adds, are warnings", () => {
  expect(print("caddy", { policy: ["streamlit"], upstream: "http://a" }).warnings).toEqual([
    "Caddy sends X-XSS-Protection as X-Xss-Protection. Header names are case-insensitive.",
    "Caddy adds its own Alt-Svc header for HTTP/3.",
  ]);
});

it("names are refused that mean more than a name to a server", () => {
  const routes = [{ path: "/a", layers: [{ stripHeaders: ["X*"] }] }];
  expect(issuesOf(() => print("caddy", { policy: ["none", { custom: { "X#A": "1" } }], routes }))).toEqual([
    '"X#A": is a header name that not every server accepts, for the site. Write letters, digits and hyphens.',
    '"X#A": is a header name that not every server accepts, for /a. Write letters, digits and hyphens.',
    '"X*": is a header name that not every server accepts, for /a. Write letters, digits and hyphens.',
  ]);
});

it("a path that comes twice is printed once, with the layers of both", () => {
  const routes = [
    { path: "/a", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] },
    { path: "/a", layers: [{ referrerPolicy: "origin" as const }] },
  ];
  expect(linesOf(print("haproxy", { policy: ["none"], routes }), /^http-.* if .*var/)).toEqual([
    "http-request set-var(txn.portcullis) int(1) if { var(txn.portcullis_path) -m str /a }",
    'http-after-response set-header X-Frame-Options "SAMEORIGIN" if { var(txn.portcullis) -m int 1 }',
    'http-after-response set-header Referrer-Policy "origin" if { var(txn.portcullis) -m int 1 }',
  ]);
});
