import { describe, expect, it } from "vitest";
import { type ConfigFormat, parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";

/** The headers everywhere and by path; notes that say what differs as `line: message`, remarks with a star. */
function read(format: ConfigFormat, text: string) {
  const { policy, routes, notes } = parseConfig(format, text);
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    notes: notes.map(({ line, message, differs }) => `${line}${differs ? "" : "*"}: ${message}`),
  };
}

const AS_SENT =
  '2: matches the path as the client sent it: "//admin/" and "/%61dmin/" do not match /admin/. Read as if they did: put http-request normalize-uri first';

describe("HAProxy", () => {
  it("a backend with headers that no frontend names is a note", () => {
    const text = `frontend f
  http-after-response set-header X-A a
  default_backend b
backend b
backend c
  http-after-response set-header X-C c
`;
    expect(read("haproxy", text)).toEqual({
      all: { "X-A": "a" },
      routes: {},
      notes: ["6: no frontend names the backend c: not read"],
    });
  });

  it("a backend without headers that no frontend names is not noted", () => {
    const text = "frontend f\n  http-after-response set-header X-A a\nbackend c\n  server s 127.0.0.1:1\n";
    expect(read("haproxy", text).notes).toEqual([]);
  });

  it("a header under a path of the response is in no policy", () => {
    expect(read("haproxy", "frontend f\n  http-after-response set-header X-A a if { path /x }\n")).toEqual({
      all: {},
      routes: {},
      notes: ["2*: never matches: a response has no path and no req variables. Save the path in txn.path with http-request set-var."],
    });
  });

  it("a path in any case is a note", () => {
    const text = `frontend f
  http-request set-var(txn.path) path
  acl api var(txn.path) -m beg -i /api/
  http-after-response set-header X-A a if api
`;
    expect(read("haproxy", text)).toEqual({
      all: {},
      routes: { "/api/*": { "X-A": "a" } },
      notes: [AS_SENT, "3: matches the path in any letter case: read as written"],
    });
  });

  it("a backend that is chosen by path_beg -i is a note", () => {
    const text = `frontend f
  use_backend api if { path_beg -i /api/ }
backend api
  http-after-response set-header X-A a
`;
    expect(read("haproxy", text)).toEqual({
      all: {},
      routes: { "/api/*": { "X-A": "a" } },
      notes: ["2: matches the path in any letter case: read as written", AS_SENT],
    });
  });

  it("a path that was set before it is asked for is not the client's", () => {
    const text = `frontend f
  acl old path /old
  http-request set-path /x
  http-request set-var(txn.old) bool(true) if old
  http-after-response set-header X-A a if { var(txn.old) -m bool }
`;
    expect(read("haproxy", text)).toEqual({
      all: {},
      routes: {},
      notes: ["5: X-A under a condition that depends on the request: not read"],
    });
  });

  it("a frontend takes the rules of the defaults that it names, and not of the last ones", () => {
    const text = `defaults a
  http-after-response set-header X-A a
defaults b
  http-after-response set-header X-B b
defaults c
  http-after-response set-header X-C c
frontend f from b
  bind :80
`;
    expect(read("haproxy", text)).toEqual({ all: { "X-B": "b" }, routes: {}, notes: [] });
  });
});

describe("Traefik", () => {
  const routers = (second: string) => `http:
  routers:
    one:
      rule: PathPrefix(\`/a/\`)
      priority: 5
      middlewares: [m]
      service: s
    two:
      rule: ${second}
      priority: 5
      middlewares: [n]
      service: s
  middlewares:
    m: { headers: { customResponseHeaders: { X-A: one } } }
    n: { headers: { customResponseHeaders: { X-A: two } } }
`;

  it("two routers of one priority for the same path are a note", () => {
    expect(read("traefik", routers("PathPrefix(`/a/`)")).notes).toEqual([
      "8: has the priority of the router in line 3 for the same paths: that one is read",
    ]);
  });

  it("two routers of one priority for other paths are none", () => {
    expect(read("traefik", routers("PathPrefix(`/b/`)")).notes).toEqual([]);
  });
});

describe("Envoy", () => {
  const host = (match: string, more: string) => `domains: ["*"]
routes:
  - match: ${match}
    ${more}
  - match: { prefix: "/" }
    route: { cluster: app }
    response_headers_to_add: [{ header: { key: X-A, value: all }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }]
`;

  it("a path in any case is a note", () => {
    expect(read("envoy", host("{ path: /a, case_sensitive: false }", "route: { cluster: app }"))).toEqual({
      all: { "X-A": "all" },
      routes: { "/a": {} },
      notes: ["3: matches the path in any letter case: read as written"],
    });
  });

  it("a path in its own case is none", () => {
    expect(read("envoy", host("{ path: /a, case_sensitive: true }", "route: { cluster: app }")).notes).toEqual([]);
  });

  it("a refusal of paths that is not the printed one is a note", () => {
    const foreign = host('{ safe_regex: { regex: "/(?:a|b)+[.]php" } }', "direct_response: { status: 400 }");
    expect(read("envoy", foreign).notes).toEqual(["3: is a pattern that no Portcullis path can express: not read; its headers: none"]);
  });

  it("a page of the printed refusal's pattern that is no refusal is a note", () => {
    const page = host('{ safe_regex: { regex: ".*[.][.].*x" } }', "direct_response: { status: 200 }");
    expect(read("envoy", page).notes).toEqual(["3: is a pattern that no Portcullis path can express: not read; its headers: none"]);
  });
});

describe("The Gateway API of Kubernetes", () => {
  const route = (match: string) => `kind: HTTPRoute
spec:
  rules:
    - matches: [${match}]
      filters: [{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: X-A, value: a }] } }]
`;

  it.each([
    ["queryParams", "[{ name: a, value: b }]"],
    ["headers", "[{ name: a, value: b }]"],
    ["method", "POST"],
  ])("%s beside a path are a condition", (key, value) => {
    expect(read("kubernetes-gateway", route(`{ path: { type: PathPrefix, value: / }, ${key}: ${value} }`))).toEqual({
      all: {},
      routes: {},
      notes: [`4: applies under a condition (${key}): not read; its headers: X-A`],
    });
  });
});

describe("next.config", () => {
  const config = (more: string, rule = "") => `module.exports = {
  ${more}
  headers: async () => [
    { source: "/(.*)", ${rule} headers: [{ key: "X-A", value: "a" }] },
  ],
};
`;

  it.each([
    [
      "i18n",
      config('i18n: { locales: ["en"], defaultLocale: "en" },'),
      "2: each header path also applies below each locale: read without locales",
    ],
    ["basePath", config('basePath: "/docs",'), "2: header paths are relative to basePath: read without it. Prefix the routes with it"],
    ["basePath: false", config("", "basePath: false,"), "4: has basePath: false: its source is read like all others"],
    ["locale: false", config("", "locale: false,"), "4: has locale: false: its source is read like all others"],
  ])("%s is a note", (_, text, note) => {
    expect(read("next-config", text)).toEqual({ all: { "X-A": "a" }, routes: {}, notes: [note] });
  });

  it("what Object.assign has changed is not known under its first name", () => {
    const text = `const x = { headers: async () => [{ source: "/(.*)", headers: [{ key: "X-A", value: "a" }] }] };
const y = Object.assign(x, require("./more"));
module.exports = x;
`;
    expect(read("next-config", text)).toEqual({
      all: {},
      routes: {},
      notes: ['3: "x" is not plain data: not read; no header is read'],
    });
  });
});
