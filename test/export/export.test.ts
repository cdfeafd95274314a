import { describe, expect, it } from "vitest";
import { type ExportOptions, type ExportRoute, exportPolicy } from "../../src/export/index.js";
import { append, definePolicy, nonce, perRequest } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const site = definePolicy("none", {
  xFrameOptions: "DENY",
  contentSecurityPolicy: { defaultSrc: ["self"] },
  stripHeaders: ["X-Powered-By"],
});

/** The text of one file of those that are printed. */
function printed(options: Partial<ExportOptions>, path: string): string | undefined {
  return exportPolicy("nginx", { policy: site, ...options }).files.find((file) => file.path === path)?.text;
}

describe("headers for nginx, to be included", () => {
  it("replace what the upstream sends, and go out with errors too", () => {
    expect(printed({}, "portcullis/headers.conf")).toBe(
      `# For the top of the server block, above any rewrite, return or if, and again for every location that has an add_header or
# a proxy_hide_header of its own: nginx would drop all of these there.
# With fastcgi_pass, add a fastcgi_hide_header for each proxy_hide_header. The same applies to uwsgi_pass, scgi_pass and grpc_pass.

proxy_hide_header Content-Security-Policy;
proxy_hide_header X-Frame-Options;
proxy_hide_header X-Powered-By;
add_header Content-Security-Policy "default-src 'self'" always;
add_header X-Frame-Options "DENY" always;
`,
    );
  });

  const routes = [
    { path: "/embed", layers: [{ xFrameOptions: false as const }] },
    { path: "/api/*", layers: [{ custom: { "X-Robots-Tag": "noindex" } }] },
  ];

  it("are looked up by the path of the client's first request where they differ", () => {
    expect(printed({ routes }, "portcullis/http.conf")).toBe(
      `# For the http block.
# $upstream_http_... is the application's own header.
# The narrowest first: nginx uses the first match.
map $uri $portcullis_route {
    default site;
    ~^/embed\\z embed;
    ~^/api/ api-all;
}

map $portcullis_route $portcullis_x_frame_options {
    default "DENY";
    embed "";
}

map $portcullis_route $portcullis_x_robots_tag {
    default $upstream_http_x_robots_tag;
    api-all "noindex";
}
`,
    );
  });

  it("are in one file for all routes", () => {
    expect(printed({ routes }, "portcullis/headers.conf")).toContain(`
# Finds the route now: a map is evaluated once per request, and try_files, index, rewrite and error_page may change the path later.
set $portcullis_place $portcullis_route;
# With an encoded slash next to dots, nginx sees another path than an application that does not decode it: /admin/..%2Fembed.
if ($request_uri ~* "^[^?]*(?:%(?:2f|5c)(?:[.]|%2e){2}(?:[/?]|%2f|%5c|$)|/(?:[.]|%2e){2}%(?:2f|5c))") { return 400; }

proxy_hide_header Content-Security-Policy;
proxy_hide_header X-Frame-Options;
proxy_hide_header X-Powered-By;
proxy_hide_header X-Robots-Tag;
add_header Content-Security-Policy "default-src 'self'" always;
add_header X-Frame-Options $portcullis_x_frame_options always;
add_header X-Robots-Tag $portcullis_x_robots_tag always;
`);
  });

  it("need no map where a route is all of the site", () => {
    const all = exportPolicy("nginx", { policy: site, routes: [{ path: "/*", layers: [{ xFrameOptions: "SAMEORIGIN" }] }] });
    expect(all.files.map(({ path }) => path)).toEqual(["portcullis/headers.conf"]);
    expect(all.files[0]?.text).toContain('add_header X-Frame-Options "SAMEORIGIN" always;');
  });

  it("have variables with a mark of the site, where it has a name", () => {
    const text = printed({ routes, serverName: "app.example.org" }, "portcullis/http.conf");
    expect(text).toContain("# 47b338 identifies app.example.org: each site in the same nginx has its own variables.\n");
    expect(text).toContain("map $uri $portcullis_47b338_route {");
  });

  it.each([
    [{ path: "/embed", override: {} }, ['routes[0].override: "override" is not a key of a route. Write layers: [{ … }].']],
    [{ path: "/embed", layers: "strict" }, ['routes[0].layers: "strict" is not a list of layers. Write layers: ["strict"].']],
    [{ path: "/embed", layers: [], layer: [] }, ['routes[0].layer: "layer" is not a key of a route. Did you mean "layers"?']],
    ["/embed", ['routes[0]: "/embed" is not a route. Write { path: "/embed", layers: [{ … }] }.']],
    [null, ['routes[0]: null is not a route. Write { path: "/embed", layers: [{ … }] }.']],
  ])("refuses a route that is none: %j", (route, issues) => {
    expect(issuesOf(() => exportPolicy("nginx", { policy: ["strict"], routes: [route as never] }))).toEqual(issues);
  });

  it("escape quotes, and keep what nginx would expand in constants", () => {
    const policy = [site, { custom: { "X-A": 'say "$host" \\ now' } }];
    expect(printed({ policy }, "portcullis/http.conf")).toBe(
      `# For the http block.
# Literal texts: nginx would interpret a $ in a value, and limits a parameter to 4 kB.
geo $portcullis_x_a_text { default "say \\"$host\\" \\\\ now"; }
`,
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: nginx's, not ours
    expect(printed({ policy }, "portcullis/headers.conf")).toContain('\nadd_header X-A "${portcullis_x_a_text}" always;\n');
  });
});

describe("routes", () => {
  const policyOn = (path: string) => {
    const routes: ExportRoute[] = [
      { path: "/api/admin", layers: [{ contentSecurityPolicy: { imgSrc: append("https://c.example") } }] },
      { path: "/api/*", layers: [{ contentSecurityPolicy: { imgSrc: append("https://b.example") } }] },
      { path: "/*", layers: [{ contentSecurityPolicy: { imgSrc: ["https://a.example"] } }] },
      { path: "/apiary", layers: [{ xFrameOptions: "SAMEORIGIN" }] },
    ];
    return new RegExp(`content_security_policy {[^}]* ${path} "([^"]*)";`).exec(printed({ routes }, "portcullis/http.conf") ?? "")?.[1];
  };

  it.each([
    ["default", "default-src 'self'; img-src https://a.example"],
    ["api-all", "default-src 'self'; img-src https://a.example https://b.example"],
    ["api-admin", "default-src 'self'; img-src https://a.example https://b.example https://c.example"],
  ])("lie on the broader ones that mean their path too, in whatever order they come: %s", (path, expected) => {
    expect(policyOn(path)).toBe(expected);
  });
});

describe("what cannot be printed is refused", () => {
  it.each<[string, () => unknown, string[]]>([
    [
      "a nonce, with its directive",
      () => exportPolicy("nginx", { policy: [site, { contentSecurityPolicy: { scriptSrc: ["self", nonce] } }] }),
      [
        'contentSecurityPolicy.scriptSrc: differs per response, but printed values are static. Write hashes instead: see hashesOf in "portcullis/hashes".',
      ],
    ],
    [
      "a perRequest of a route",
      () =>
        exportPolicy("nginx", {
          policy: site,
          routes: [{ path: "/a", layers: [{ contentSecurityPolicy: { imgSrc: ["self", perRequest(() => [])] } }] }],
        }),
      [
        'contentSecurityPolicy.imgSrc: differs per response, but printed values are static. Write hashes instead: see hashesOf in "portcullis/hashes".',
      ],
    ],
    [
      "an unknown target",
      () => exportPolicy("ngnix" as "nginx", { policy: site }),
      ['target: "ngnix" is not a target. Did you mean "nginx"?'],
    ],
    [
      "paths that are none",
      () =>
        exportPolicy("nginx", {
          policy: site,
          routes: [
            { path: "embed", layers: [] },
            { path: "/a*b", layers: [] },
            { path: "/a;b", layers: [] },
          ],
        }),
      [
        'routes[0].path: "embed" is not a path. Write "/embed".',
        'routes[1].path: "/a*b" has a star that is not at the end after a slash. Write "/a/*" for every path below "/a".',
        'routes[2].path: "/a;b" has ";", which servers interpret differently. Write letters, digits, "/" and any of -._~!+,:@=.',
      ],
    ],
    [
      "options that do not fit",
      () =>
        exportPolicy("nginx", {
          policy: site,
          upstream: "http://a/b",
          serverName: "a b",
          httpPort: 0,
          healthPath: "x",
          certificate: "a\nb",
          httpPorts: 1,
        } as never),
      [
        'exportPolicy.upstream: "http://a/b" is not an origin. Write "http://127.0.0.1:8501": scheme, host and port, without a path.',
        'exportPolicy.serverName: "a b" is not a host name. Write "www.example.com": a name or an IPv4 address, without scheme and port.',
        "exportPolicy.httpPort: 0 is not a whole number from 1 to 65535. Write a port, such as 80.",
        'exportPolicy.healthPath: "x" is not a path. Write "/x".',
        'exportPolicy.certificate: "a\\nb" is not a plain file path. Write the path of a file with letters, digits, spaces and /._-+@~: only, with slashes on Windows too.',
        'exportPolicy.httpPorts: unknown option. Did you mean "httpPort"?',
      ],
    ],
  ])("%s", (_, call, expected) => {
    expect(issuesOf(call)).toEqual(expected);
  });
});

it("a route's preset does not change the settings of the whole site, by the sixth rule of overriding", () => {
  const { files } = exportPolicy("netlify", {
    policy: ["none", { strictTransportSecurity: { maxAge: 300 } }],
    routes: [{ path: "/api/*", layers: ["api"] }],
  });
  const text = files.map((file) => file.text).join("");
  expect([text.match(/Strict-Transport-Security[^\n]*/g)?.length, text.includes("31536000")]).toEqual([2, false]);
});
