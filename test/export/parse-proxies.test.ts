import { describe, expect, it } from "vitest";
import { type ConfigFormat, parseConfig } from "../../src/export/index.js";
import { PolicyError, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

/** The headers everywhere and by path, and notes as `line: message`. */
function read(format: ConfigFormat, text: string) {
  const { policy, routes, notes } = parseConfig(format, text);
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    notes: notes.filter(({ differs }) => differs).map(({ line, message }) => `${line}: ${message}`),
  };
}

const NEVER = "never matches: a response has no path and no req variables. Save the path in txn.path with http-request set-var.";
const AS_SENT =
  'matches the path as the client sent it: "//admin/" and "/%61dmin/" do not match /admin/. Read as if they did: put http-request normalize-uri first';

describe("HAProxy", () => {
  it("sends what the backend sets, and what the frontend sets after it", () => {
    const text = `frontend f
  bind :443 ssl crt x
  http-after-response set-header X-A front
  default_backend b
backend b
  http-after-response set-header X-A back
  http-after-response set-header X-B back
`;
    expect(read("haproxy", text)).toEqual({ all: { "X-A": "front", "X-B": "back" }, routes: {}, notes: [] });
  });

  it("has routes where a variable keeps the path", () => {
    const text = `frontend f
  http-request set-var(txn.path) path
  acl embed var(txn.path) -m str /embed
  http-after-response set-header X-Frame-Options DENY unless embed
  http-after-response set-header Referrer-Policy origin if { var(txn.path) -m beg /api/ }
`;
    expect(read("haproxy", text)).toEqual({
      all: { "X-Frame-Options": "DENY" },
      routes: { "/api/*": { "X-Frame-Options": "DENY", "Referrer-Policy": "origin" }, "/embed": {} },
      notes: [`2: ${AS_SENT}`],
    });
  });

  it("sends nothing under a condition on the path of a response, which HAProxy never has", () => {
    const { notes, policy } = parseConfig("haproxy", "frontend f\n  http-after-response set-header X-A a if { path_beg /x/ }\n");
    expect(renderHeaders(policy)).toEqual({});
    expect(notes.map(({ differs, message }) => [differs, message])).toEqual([[false, NEVER]]);
  });

  it.each([
    ["http-after-response set-header X-A a if { src 10.0.0.0/8 }", "X-A under a condition that depends on the request: not read"],
    ["http-after-response replace-header X-A (.*) b", "X-A is rewritten by a pattern: not read. Set it as a whole."],
    ["http-after-response del-header X- -m beg", "removes headers by a pattern: not read"],
    ["http-after-response lua.add", "a script may change headers: not read"],
    ["http-after-response set-header X-A %[src]", 'X-A has "%[src]" in it, which differs per response: not read'],
    ['http-after-response set-header X-A "$' + 'HOME"', 'X-A has "$HOME" in it, which differs per response: not read'],
  ])("notes what it does not understand: %s", (line, message) => {
    expect(read("haproxy", `frontend f\n  ${line}\n`)).toEqual({ all: {}, routes: {}, notes: [`2: ${message}`] });
  });

  it("cuts words as HAProxy does", () => {
    const text = String.raw`frontend f
  http-after-response set-header X-A a\ b\#c%%d # a comment
  http-after-response set-header X-B 'x "y" $z'" \"q\""
`;
    expect(read("haproxy", text).all).toEqual({ "X-A": "a b#c%d", "X-B": 'x "y" $z "q"' });
  });

  it("has rules of defaults before those of a proxy, and passes a frontend over that only redirects", () => {
    const text = `defaults base
  http-after-response set-header X-A default
frontend plain
  bind :80
  http-request redirect scheme https unless { ssl_fc }
frontend f from base
  bind :443 ssl crt x
  http-after-response set-header X-B b
`;
    expect(read("haproxy", text)).toEqual({ all: { "X-A": "default", "X-B": "b" }, routes: {}, notes: [] });
  });

  const inFrontend = (...lines: readonly string[]) => read("haproxy", `frontend f\n${lines.map((line) => `  ${line}\n`).join("")}`);
  const NORMALIZERS = ["percent-decode-unreserved", "path-merge-slashes", "path-strip-dot", "path-strip-dotdot full"];
  const normalizing = NORMALIZERS.map((one) => `http-request normalize-uri ${one}`);
  const ROUTED = ["http-request set-var(txn.p) path", "http-after-response set-header X-A a if { var(txn.p) -m beg /api/ }"];

  it("does not note spellings of a path that is normalized first", () => {
    expect(inFrontend(...normalizing, ...ROUTED)).toEqual({ all: {}, routes: { "/api/*": { "X-A": "a" } }, notes: [] });
  });

  it.each([0, 1, 2, 3])("notes that the path is asked for as it was sent, with one of four ways to normalize left out: %i", (left) => {
    expect(inFrontend(...normalizing.filter((_, index) => index !== left), ...ROUTED).notes).toEqual([`5: ${AS_SENT}`]);
  });

  it("notes that the path is asked for as it was sent where it is normalized too late", () => {
    expect(inFrontend(...ROUTED, ...normalizing).notes).toEqual([`2: ${AS_SENT}`]);
  });

  it("notes that a backend is chosen by the path as it was sent", () => {
    const text = `frontend f
  use_backend api if { path_beg /api/ }
backend api
  http-after-response set-header X-A a
`;
    expect(read("haproxy", text)).toEqual({ all: {}, routes: { "/api/*": { "X-A": "a" } }, notes: [`2: ${AS_SENT}`] });
  });

  it("does not note the path if no header depends on it", () => {
    expect(inFrontend("http-request deny if { path_beg /private/ }", "http-after-response set-header X-A a").notes).toEqual([]);
  });

  it("has the default backend's headers where a backend is chosen by a value of the request", () => {
    const text = `frontend f
  use_backend %[req.hdr(host),lower]
  default_backend d
backend d
  http-after-response set-header X-A a
`;
    expect(read("haproxy", text)).toEqual({
      all: { "X-A": "a" },
      routes: {},
      notes: ["2: selects another backend by a value of the request, with or without its own headers: not read"],
    });
  });

  it("has no variables of the request any more in a response", () => {
    const lines = ["http-request set-var(req.p) path", "http-after-response set-header X-A a if { var(req.p) -m beg /api/ }"];
    expect(inFrontend(...lines)).toEqual({ all: {}, routes: {}, notes: [] });
    const { notes } = parseConfig("haproxy", `frontend f\n${lines.join("\n")}\n`);
    expect(notes.map(({ line, message }) => [line, message])).toEqual([[3, NEVER]]);
  });

  it("says so of a path behind a named ACL too", () => {
    const { notes } = parseConfig("haproxy", "frontend f\nacl api path_beg /api/\nhttp-after-response set-header X-A a if api\n");
    expect(notes.map(({ line, message }) => [line, message])).toEqual([[3, NEVER]]);
  });

  it("has one note for all headers that HAProxy's own answers do not have, those of backends too", () => {
    const text = `frontend f
  http-response set-header X-A a
  http-response del-header Server
  use_backend b if { hdr(host) b.example }
  default_backend c
backend b
  http-response add-header X-B b
backend c
  http-response set-header X-C c
`;
    expect(read("haproxy", text).notes).toEqual([
      "2: http-response does not apply to HAProxy's own responses, such as its 503: write http-after-response (and so lines 7, 9)",
      "4: selects another backend under a condition, with or without its own headers: not read",
    ]);
  });

  it("does not note headers that are only removed, which HAProxy's own responses do not have", () => {
    expect(inFrontend("http-response del-header Server").notes).toEqual([]);
  });

  it.each([
    "http-request return status 200 hdr X-A a if { path /x }",
    "http-request deny deny_status 403 hdr X-A a",
    "http-error status 503 content-type text/plain string x hdr X-A a",
  ])("notes an answer of HAProxy's own with headers: %s", (line) => {
    expect(inFrontend(line).notes).toEqual(["2: is a response with its own headers (X-A): not read"]);
  });

  it("is refused where it is something else", () => {
    expect(issuesOf(() => parseConfig("haproxy", "a b c"))).toEqual([
      'haproxy["line 1"]: has no HAProxy section. Pass the text of a haproxy.cfg.',
    ]);
  });
});

const TRAEFIK = `http:
  routers:
    site:
      rule: Host(\`a.example\`)
      middlewares: [secure@file, own]
      service: app
    api:
      rule: Host(\`a.example\`) && (Path(\`/api\`) || PathPrefix(\`/api/\`))
      service: app
      middlewares: [own]
  middlewares:
    secure:
      headers:
        stsSeconds: 600
        stsIncludeSubdomains: true
        frameDeny: true
        contentTypeNosniff: true
        browserXssFilter: true
        referrerPolicy: origin
        featurePolicy: x
    own:
      headers:
        customResponseHeaders:
          X-Frame-Options: SAMEORIGIN
          X-Powered-By: ""
          X-Number: 7
`;

describe("Traefik", () => {
  it("sends for each option what Traefik 3.7 sends; the first middleware has the last word", () => {
    expect(read("traefik", TRAEFIK)).toEqual({
      all: {
        "Strict-Transport-Security": "max-age=600; includeSubDomains",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "origin",
        "X-XSS-Protection": "1; mode=block",
        "X-Number": "7",
      },
      routes: {
        "/api": { "X-Frame-Options": "SAMEORIGIN", "X-Number": "7" },
        "/api/*": { "X-Frame-Options": "SAMEORIGIN", "X-Number": "7" },
      },
      notes: [],
    });
  });

  it("is read out of the labels of a Compose file, as a list or a map", () => {
    const labels = (list: boolean) =>
      [
        ["traefik.http.routers.app.rule", "PathPrefix(`/`)"],
        ["traefik.http.routers.app.middlewares", "one, two"],
        ["traefik.http.middlewares.one.headers.customresponseheaders.X-A", "a $$b"],
        ["traefik.http.middlewares.two.headers.frameDeny", "true"],
      ]
        .map(([name, value]) => `      ${list ? `- "${name}=${value}"` : `${name}: "${value}"`}\n`)
        .join("");
    for (const list of [true, false]) {
      expect(read("traefik", `services:\n  app:\n    labels:\n${labels(list)}`)).toEqual({
        all: { "X-A": "a $b", "X-Frame-Options": "DENY" },
        routes: {},
        notes: [],
      });
    }
  });

  it.each([
    ["rule: Headers(`X`, `y`)", "the rule of r matches on more than hosts and paths: not read; its headers: X-A"],
    ["rule: PathPrefix(`/`) && !Path(`/x`)", "the rule of r matches on more than hosts and paths: not read; its headers: X-A"],
  ])("notes a rule that it does not understand: %s", (rule, message) => {
    const text = `http:\n  routers:\n    r:\n      ${rule}\n      middlewares: [m]\n  middlewares:\n    m: { headers: { customResponseHeaders: { X-A: b } } }\n`;
    expect(read("traefik", text)).toEqual({ all: {}, routes: {}, notes: [`4: ${message}`] });
  });

  const guarded = (middlewares: string, guard: string) => `http:
  routers:
    r:
      rule: PathPrefix(\`/\`)
      middlewares: ${middlewares}
  middlewares:
    guard: { ${guard}: {} }
    sec: { headers: { frameDeny: true } }
    both: { chain: { middlewares: [guard, sec] } }
`;

  it.each([
    ...["basicAuth", "digestAuth", "forwardAuth", "ipAllowList", "ipWhiteList", "rateLimit", "inFlightReq"],
    ...["redirectRegex", "buffering", "circuitBreaker"],
  ])("notes what may answer before the headers: %s", (kind) => {
    const message = `guard (${kind}) may respond without the headers of later middlewares: put the headers first`;
    expect(read("traefik", guarded("[guard, sec]", kind)).notes).toEqual([`5: ${message}`]);
    expect(read("traefik", guarded("[both]", kind)).notes).toEqual([`9: ${message}`]);
  });

  it("does not note it if the headers are first", () => {
    expect(read("traefik", guarded("[sec, guard]", "basicAuth")).notes).toEqual([]);
  });

  it("notes what may answer before the headers in labels of Compose", () => {
    const label = (name: string, value: string) => `      - "traefik.http.${name}=${value}"\n`;
    const labels = [
      label("routers.a.rule", "PathPrefix(`/`)"),
      label("routers.a.middlewares", "guard,sec"),
      label("middlewares.guard.basicauth.users", "a:b"),
      label("middlewares.sec.headers.framedeny", "true"),
    ];
    expect(read("traefik", `services:\n  app:\n    labels:\n${labels.join("")}`).notes).toEqual([
      "5: guard (basicAuth) may respond without the headers of later middlewares: put the headers first",
    ]);
  });

  it("notes a rule that only Traefik 2 takes", () => {
    const text = (more: string) => `http:
  routers:
    r:
      rule: PathPrefix(\`/api/\`, \`/docs/\`)
      middlewares: [sec]${more}
  middlewares:
    sec: { headers: { frameDeny: true } }
`;
    const message = "the rule of r has several values in one matcher, and Traefik 3 routes nothing by it: write a || b";
    expect(read("traefik", text("")).notes).toEqual([`4: ${message}`]);
    expect(read("traefik", text("\n      ruleSyntax: v2")).notes).toEqual([]);
  });

  it("notes a middleware that is not here", () => {
    const text = "http:\n  routers:\n    r:\n      rule: PathPrefix(`/`)\n      middlewares: [other@docker]\n";
    expect(read("traefik", text).notes).toEqual(["5: the middleware other@docker is not in this text: not read"]);
  });
});

const host = (level: string) =>
  `- name: x\n  domains: ["*"]\n  routes:\n    - match: { prefix: / }\n      route: { cluster: app }\n${level}`;

describe("Envoy", () => {
  it("removes, then sets, then adds, in any order of the lines", () => {
    const text = host(`  response_headers_to_add:
    - { header: { key: X-A, value: added } }
    - { header: { key: X-A, value: "100%%" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
  response_headers_to_remove: [X-A, X-B]
`);
    expect(read("envoy", text)).toEqual({ all: { "X-A": "100%, added" }, routes: {}, notes: [] });
  });

  it.each([
    [
      "{ header: { key: X-A, value: a }, append_action: ADD_IF_ABSENT }",
      "X-A depends on whether the application sends it (ADD_IF_ABSENT): not read",
    ],
    ['{ header: { key: X-A, value: "%START_TIME%" } }', 'X-A has "%START_TIME%" in it, which differs per response: not read'],
  ])("notes what differs: %s", (header, message) => {
    expect(read("envoy", host(`  response_headers_to_add:\n    - ${header}\n`)).notes).toEqual([`7: ${message}`]);
  });

  const managed = (lines: string, routes = "{ match: { path: /x } }, { match: { prefix: / } }") =>
    `http_filters: []\n${lines}route_config:\n  virtual_hosts:\n  - domains: ["*"]\n    routes: [${routes}]\n`;

  it.each(["", "normalize_path: true\n", "mergeSlashes: true\n", "normalize_path: false\nmerge_slashes: true\n"])(
    "notes a connection manager that matches paths as they were sent: %j",
    (lines) => {
      expect(read("envoy", managed(lines)).notes).toEqual([
        '1: matches paths as the client sent them: "//admin/" and "/%61dmin/" do not match /admin/. Read as if they did: set normalize_path and merge_slashes',
      ]);
    },
  );

  it("does not note a connection manager that normalizes, or that has one route for all", () => {
    expect(read("envoy", managed("normalizePath: true\nmerge_slashes: true\n")).notes).toEqual([]);
    expect(read("envoy", managed("", "{ match: { prefix: / } }")).notes).toEqual([]);
  });

  it("notes a match on more than the path", () => {
    const text =
      "domains: ['*']\nroutes:\n  - match: { prefix: /, headers: [{ name: x }] }\n    response_headers_to_add: [{ header: { key: X-A, value: a } }]\n";
    expect(read("envoy", text).notes).toEqual(["3: applies under a condition (headers): not read; its headers: X-A"]);
  });

  it("is refused without a virtual host", () => {
    expect(issuesOf(() => parseConfig("envoy", "a: 1"))).toEqual([
      'envoy["line 1"]: has no virtual host. Pass an Envoy configuration in YAML or JSON, or its virtual hosts.',
    ]);
  });
});

describe("an HTTPRoute", () => {
  const route = (rules: string) => `kind: Service\n---\nkind: HTTPRoute\nspec:\n  hostnames: [a.example]\n  rules:\n${rules}`;
  const filter = (name: string) =>
    `filters: [{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: ${name}, value: a }] } }]`;

  it("has the longest prefix of whole segments", () => {
    const text = route(`  - ${filter("X-A")}\n  - matches: [{ path: { type: PathPrefix, value: /api } }]\n    ${filter("X-B")}\n`);
    expect(read("kubernetes-gateway", text)).toEqual({
      all: { "X-A": "a" },
      routes: { "/api": { "X-B": "a" }, "/api/*": { "X-B": "a" } },
      notes: [],
    });
  });

  it("notes a match on more than the path", () => {
    const text = route(`  - matches: [{ method: GET }]\n    ${filter("X-A")}\n`);
    expect(read("kubernetes-gateway", text).notes).toEqual(["7: applies under a condition (method): not read; its headers: X-A"]);
  });
});

describe("YAML that is not as it should be", () => {
  const outcome = (text: string, format: ConfigFormat = "envoy") => {
    try {
      return parseConfig(format, text).notes.length;
    } catch (error) {
      return error instanceof PolicyError ? error.message.slice(0, 300) : error;
    }
  };

  it("is refused where aliases come to very much", () => {
    const lines = [
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
      ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${"*aN, ".repeat(9).replaceAll("N", String(n))}x]`),
    ];
    expect(outcome(lines.join("\n"))).toContain("reading it takes more than 20000000 steps of work");
  });

  const DEEP: readonly (readonly [string, (depth: number) => string])[] = [
    ["[", (depth) => "[".repeat(depth)],
    ["[ that are closed", (depth) => "[".repeat(depth) + "]".repeat(depth)],
    ["{a: ", (depth) => "{a: ".repeat(depth)],
    ["[a: ", (depth) => "[a: ".repeat(depth)],
    ["- ", (depth) => "- ".repeat(depth)],
    ["? ", (depth) => "? ".repeat(depth)],
    ["- [", (depth) => "- [".repeat(depth)],
    ["maps below each other", (depth) => Array.from({ length: Math.min(depth, 1_000) }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
  ];

  it.each(DEEP)("is refused where it is deep, before Node runs out of stack: %s", (_, text) => {
    for (const depth of [101, 500, 1_000, 5_000, 100_000]) {
      for (const format of ["traefik", "envoy", "traefik", "envoy"] as const) {
        expect(outcome(text(depth), format)).toMatch(/"line \d+"\]: blocks are nested more than 100 deep/);
      }
    }
  });

  it("is read where it is 90 deep", () => {
    const text = (open: string, close: string) => `a: ${open.repeat(90)}${close.repeat(90)}\n${TRAEFIK}`;
    for (const each of [text("[", "]"), text("{a: ", "}")]) expect(outcome(each, "traefik")).toEqual(expect.any(Number));
  });

  it("is refused where an alias means itself", () => {
    expect(outcome("a: &a [*a]")).toContain("blocks are nested more than 100 deep");
  });

  it.each([
    ["deep lists", "[".repeat(20_000)],
    ["deep maps", Array.from({ length: 300 }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
    ["a key twice", "a: 1\na: 2"],
    ["no YAML", "a: [1"],
    ["a key that is a list", "? [a]\n: b"],
    ["an alias of nothing", "a: *b"],
  ])("is refused, with the line: %s", (_, text) => {
    expect(outcome(text)).toContain("line ");
  });

  it("has keys that mean nothing to objects", () => {
    const text = host(
      "  response_headers_to_add:\n    - { header: { key: X-A, value: a, __proto__: 1 }, __proto__: { append_action: x }, constructor: 2 }\n",
    );
    expect(read("envoy", text)).toEqual({ all: { "X-A": "a" }, routes: {}, notes: [] });
    expect(({} as Record<string, unknown>)["constructor"]).toBe(Object);
  });
});
