import { describe, expect, it } from "vitest";
import { exportPolicy, parseConfig } from "../../src/export/index.js";
import { type Layer, renderHeaders } from "../../src/index.js";

/** The headers everywhere and by path, and notes as `line: message`; remarks in brackets. */
function read(text: string, files: Readonly<Record<string, string>> = {}) {
  const { policy, routes, notes } = parseConfig("caddy", text, {
    file: "Caddyfile",
    files: (pattern) => {
      const found = Object.entries(files).filter(
        ([name]) => name === pattern || (pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1))),
      );
      return found.length === 0 && !pattern.includes("*") ? [`${pattern} is not there`] : found.map(([path, text]) => ({ path, text }));
    },
  });
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    // What the remark on letter case says, its own tests say.
    notes: notes
      .filter(({ message, differs }) => differs || !message.startsWith("Caddy ignores letter case"))
      .map(({ file, line, message, differs }) => `${file === "Caddyfile" ? "" : file}${differs ? line : `(${line})`}: ${message}`),
  };
}

const quiet = (all: object, routes: object = {}) => ({ all, routes, notes: [] });

describe("what is read out of a Caddyfile", () => {
  it("ends where a block responds: later directives do not run", () => {
    expect(read(":80 {\n route {\n  respond ok\n  header X-A 1\n }\n}")).toEqual(quiet({}));
  });

  it("is not sent twice by two handles with one matcher, of which the first answers", () => {
    expect(read(":80 {\n handle /a {\n  header X-A 1\n  respond ok\n }\n handle /a {\n  header X-A 2\n }\n respond ok\n}")).toEqual(
      quiet({}, { "/a": { "X-A": "1" } }),
    );
  });

  it("has what both of two handles with one matcher set, if none answers", () => {
    expect(read(":80 {\n handle /a {\n  header X-A 1\n }\n handle /a {\n  header X-B 2\n }\n respond ok\n}")).toEqual(
      quiet({}, { "/a": { "X-A": "1", "X-B": "2" } }),
    );
  });

  it("sorts a named matcher of one path by its length too", () => {
    const text = ":80 {\n @long path /a/bb\n header /a/* X-A short\n header @long X-A long\n respond ok\n}";
    expect(read(text).routes).toEqual({ "/a/*": { "X-A": "short" } });
  });

  it("follows a rewrite: matchers behind it see the new path", () => {
    const text = ":80 {\n rewrite /old /new\n handle /new {\n  header X-A 1\n  respond ok\n }\n respond ok\n}";
    expect(read(text)).toEqual(quiet({}, { "/new": { "X-A": "1" }, "/old": { "X-A": "1" } }));
  });

  it("follows a prefix that is put before the path", () => {
    const text = ":80 {\n rewrite /v1/* /api{uri}\n handle /api/v1/x {\n  header X-A 1\n  respond ok\n }\n respond ok\n}";
    expect(read(text).routes).toEqual({ "/api/v1/x": { "X-A": "1" }, "/v1/x": { "X-A": "1" } });
  });

  it("follows strip_prefix", () => {
    const text = ":80 {\n route {\n  uri strip_prefix /app\n  header /x X-A 1\n  respond ok\n }\n}";
    expect(read(text).routes).toEqual({ "/app/x": { "X-A": "1" }, "/x": { "X-A": "1" } });
  });

  it("notes a header whose path try_files may have changed", () => {
    const text = ":80 {\n route {\n  try_files {path} /index.html\n  header /index.html X-A 1\n  file_server\n }\n}";
    expect(read(text).notes).toEqual(["4: matches /index.html, but the path may have changed by then: not read"]);
  });

  it("is not noted if try_files is after all headers, as in single-page applications", () => {
    expect(read(":80 {\n header X-A 1\n try_files {path} /index.html\n file_server\n}")).toEqual(quiet({ "X-A": "1" }));
  });

  it("notes that deferred headers are not sent with Caddy's own errors", () => {
    expect(read(":80 {\n header {\n  -Server\n  X-A 1\n }\n file_server\n}").notes).toEqual([
      "4: Caddy's own error responses lack X-A: set deferred headers in handle_errors too. Read as sent always",
    ]);
  });

  it("is quiet where handle_errors sends them too", () => {
    const text = ":80 {\n header {\n  defer\n  X-A 1\n }\n file_server\n handle_errors {\n  header X-A 1\n }\n}";
    expect(read(text)).toEqual(quiet({ "X-A": "1" }));
  });

  it("notes > before a name, which old versions do not know", () => {
    expect(read(":80 {\n header >X-A 1\n respond ok\n}").notes).toEqual([
      "2: Caddy before 2.7 does not send X-A with a leading >: write defer in a block. Read as sent",
    ]);
  });

  it("notes headers in one of several handle_errors", () => {
    const text = ":80 {\n file_server\n handle_errors {\n  header X-A 1\n }\n handle_errors {\n  respond oops\n }\n}";
    expect(read(text).notes).toEqual(["4: is in one of several handle_errors: not read"]);
  });

  it("notes headers of a handle_errors for some statuses", () => {
    expect(read(":80 {\n file_server\n handle_errors 404 {\n  header X-A 1\n }\n}").notes).toEqual([
      "4: applies to some errors only: not read",
    ]);
  });

  it("notes an answer that some get before a header is set", () => {
    const text = ":80 {\n route {\n  @post method POST\n  respond @post ok\n  header X-A 1\n  respond ok\n }\n}";
    expect(read(text).notes).toEqual(["4: may respond without X-A: read as always sent"]);
  });

  it("takes several ? of a block together: all have to be absent", () => {
    const text = ":80 {\n header X-A 1\n header {\n  ?X-A 2\n  ?X-B 2\n }\n respond ok\n}";
    expect(read(text)).toEqual(quiet({ "X-A": "1" }));
  });

  it("takes away what a wildcard means, and says that there may be more", () => {
    expect(read(":80 {\n header X-A 1\n header -X-*\n header Y 1\n respond ok\n}")).toEqual({
      all: { Y: "1" },
      routes: {},
      notes: ["3: -X-* matches several names: write each that the application sends"],
    });
  });

  it("adds the headers of header_down to existing headers", () => {
    const text = ":80 {\n header X-A 1\n reverse_proxy localhost:1 {\n  header_down X-A 2\n }\n}";
    expect(read(text).all).toEqual({ "X-A": "1, 2" });
  });

  it("follows the global option order", () => {
    const text = "{\n order header last\n}\n:80 {\n header X-A 1\n respond ok\n}";
    expect(read(text)).toEqual(quiet({}));
  });

  it("notes a directive that is not Caddy's own", () => {
    expect(read(":80 {\n header X-A 1\n cors *\n respond ok\n}").notes).toEqual([
      '3: "cors" is not a standard directive of Caddy: its effect on headers is unknown',
    ]);
  });

  it("takes a placeholder that map sets for what it is", () => {
    const text = ":80 {\n map {path} {policy} {\n  default one\n }\n header X-A {policy}\n respond ok\n}";
    expect(read(text).notes).toEqual(['5: X-A has "{policy}" in it, which differs per response: not read']);
  });

  it("replaces a variable of the header's block", () => {
    const text =
      ":80 {\n vars v all\n handle /a {\n  vars v one\n  header X-A {vars.v}\n  respond ok\n }\n header X-B {vars.v}\n respond ok\n}";
    expect(read(text)).toEqual(quiet({ "X-B": "all" }, { "/a": { "X-A": "one", "X-B": "all" } }));
  });

  it("reads a path that ends with or without a slash as both", () => {
    expect(read(":80 {\n @m path_regexp ^/a/?$\n header @m X-A 1\n respond ok\n}").routes).toEqual({
      "/a": { "X-A": "1" },
      "/a/": { "X-A": "1" },
    });
  });

  it("notes a block that matches more paths than a route can express, if headers follow it", () => {
    const text = ":80 {\n handle /api* {\n  respond ok\n }\n handle {\n  header X-A 1\n  respond ok\n }\n}";
    expect(read(text).notes).toEqual([
      "3: may respond without X-A: read as always sent",
      "6: Caddy ignores letter case in paths: /API is without X-A, and the policy sends it there. Read as written: /api, /api/*",
    ]);
  });

  it("reads the hosts of a wildcard site that its matchers distinguish, each as a separate site", () => {
    const text = "*.a.example {\n @x host x.a.example\n handle @x {\n  header X-A 1\n  respond x\n }\n header X-B 1\n respond ok\n}";
    const headersOf = (server: string) => renderHeaders(parseConfig("caddy", text, { server }).policy);
    expect([headersOf("x.a.example"), headersOf("*.a.example")]).toEqual([{ "X-A": "1", "X-B": "1" }, { "X-B": "1" }]);
  });
});

describe("what is printed for Caddy", () => {
  it("refuses no path where there is one place only", () => {
    expect(exportPolicy("caddy", { policy: "recommended" }).files[0]?.text).not.toContain("portcullis-refused");
  });
});

describe("letter case in the paths of a Caddyfile", () => {
  const notesOf = (lines: string) =>
    parseConfig("caddy", `:80 {\n${lines}\n respond ok\n}`).notes.map(
      ({ line, message, differs }) => `${differs ? line : `(${line})`}: ${message}`,
    );

  it("is one remark for all routes that only add headers", () => {
    expect(notesOf(" handle /admin/* {\n  header X-A 1\n }\n header /b X-B 1")).toEqual([
      "(1): Caddy ignores letter case in paths: /B has the headers of /b, which no route can express. Read as written: /b, /admin/*",
    ]);
  });

  it("is a note where a route takes a header away", () => {
    expect(notesOf(" header X-A 1\n header /embed -X-A")).toContain(
      "3: Caddy ignores letter case in paths: /EMBED is without X-A, and the policy sends it there. Read as written: /embed",
    );
  });

  it("is a note where all but one path get a header", () => {
    expect(notesOf(" @other not path /embed\n header @other X-A 1")).toContain(
      "3: Caddy ignores letter case in paths: /EMBED is without X-A, and the policy sends it there. Read as written: /embed",
    );
  });

  it("counts in a pattern, which tells it apart", () => {
    expect(notesOf(" @a path_regexp ^/admin/\n header @a X-A 1")).toEqual([]);
  });

  it("does not matter where a path has the headers of the site", () => {
    expect(notesOf(" header X-A 1\n handle /api/* {\n  respond ok\n }")).toEqual([]);
  });

  it("does not matter in a path without letters", () => {
    expect(notesOf(" header /1/* X-A 1")).toEqual([]);
  });
});

describe("a backslash before a brace in a Caddyfile", () => {
  it.each([
    ["a\\}b\\{c", "a}b{c"],
    ['\\{"a":1\\}', '{"a":1}'],
    ["a\\{", "a{"],
    ["{a\\}", "{a}"],
    ["a\\b\\}{x\\}", "a\\b}{x}"],
  ])("is not sent: %s", (written, sent) => {
    expect(read(`:80 {\n header X-A \`${written}\`\n respond ok\n}`)).toEqual(quiet({ "X-A": sent }));
  });

  it("is noted where versions differ", () => {
    expect(read(":80 {\n header X-A `a\\}`\n respond ok\n}")).toEqual({
      all: { "X-A": "a}" },
      routes: {},
      notes: ["2: has \\} without a {: Caddy 2.6 sends the backslash, and 2.11 removes it. Read as in 2.11"],
    });
  });

  it("is noted before a placeholder", () => {
    expect(read(":80 {\n header X-A `\\{host}`\n respond ok\n}").notes).toEqual([
      '2: X-A has "\\\\{host}" in it, which differs per response: not read',
    ]);
  });

  it("is noted in a variable", () => {
    expect(read(":80 {\n vars v `\\{a\\}`\n header X-A {vars.v}\n respond ok\n}").notes).toEqual([
      '3: X-A has "\\\\{a\\\\}" in it, which differs per response: not read',
    ]);
  });
});

describe("headers of errors alone", () => {
  it("are noted with what to do, where a path takes them away", () => {
    expect(read(":80 {\n header /embed -X-A\n header X-A 1\n file_server\n}").notes).toContain(
      "3: Caddy's own error responses still have X-A at /embed: take it away in handle_errors too. The policy has what other responses have",
    );
  });
});

describe("what a Caddyfile imports", () => {
  it("is read from files, with their snippets", () => {
    const files = { "sites/a": "(s) {\n header X-A {args[0]}\n}\n", "sites/b": "b.example {\n import s one\n respond ok\n}\n" };
    expect(read("import sites/*\n", files)).toMatchObject({ all: { "X-A": "one" }, routes: {} });
  });

  it("notes arguments that old versions do not fill in", () => {
    expect(read("(s) {\n header X-A {args[0]}\n}\n:80 {\n import s one\n respond ok\n}").notes).toEqual([
      "2: Caddy before 2.7 does not replace {args[0]}, only {args.0}. Read as replaced",
    ]);
  });

  it("does not note those of directives that set no headers", () => {
    expect(read("(s) {\n reverse_proxy {args[0]}\n}\n:80 {\n import s localhost:1\n}").notes).toEqual([]);
  });

  it("writes file and line of a note", () => {
    const files = { "in.caddy": "# first\nheader X-A {host}\n" };
    expect(read(":80 {\n import in.caddy\n respond ok\n}\n", files).notes).toEqual([
      'in.caddy2: X-A has "{host}" in it, which differs per response: not read',
    ]);
  });

  it("is noted where it is not to be read", () => {
    expect(read(":80 {\n import gone.caddy\n respond ok\n}\n").notes).toEqual(["2: gone.caddy is not there"]);
  });

  it("is noted outside of all sites too", () => {
    expect(read("import gone.caddy\n:80 {\n header X-A 1\n respond ok\n}\n").notes).toEqual(["1: gone.caddy is not there"]);
  });

  it("has no end where files import each other, and is refused or noted", () => {
    expect(read(":80 {\n import loop\n}\n", { loop: "import loop\n" }).notes).toEqual([
      "loop1: imports are nested more than 20 deep: not read",
    ]);
  });

  it("hands its block and all its arguments over", () => {
    const text =
      "(s) {\n header {\n  {block}\n }\n @m path {args[:]}\n header @m X-B 1\n}\n:80 {\n import s /a /b {\n  X-A 1\n }\n respond ok\n}";
    expect(read(text)).toMatchObject({
      all: { "X-A": "1" },
      routes: { "/a": { "X-A": "1", "X-B": "1" }, "/b": { "X-A": "1", "X-B": "1" } },
    });
  });
});

describe("a policy that is printed for Caddy and read again", () => {
  const ROUTES = [
    { path: "/api/*", layers: ["api"] },
    { path: "/api/v1/*", layers: [{ referrerPolicy: "origin" }] },
    { path: "/embed", layers: [{ xFrameOptions: false }] },
  ] as const;
  const POLICIES: readonly (readonly [
    string,
    readonly Layer[],
    readonly { readonly path: string; readonly layers: readonly Layer[] }[],
  ])[] = [
    ["recommended", ["recommended"], []],
    ["recommended with routes", ["recommended"], ROUTES],
    ["strict", ["strict"], ROUTES],
    ["api", ["api"], [{ path: "/docs/*", layers: ["recommended"] }]],
    ["streamlit", ["streamlit"], ROUTES],
    ["none with one header", ["none", { xFrameOptions: "DENY" }], [{ path: "/embed", layers: [{ xFrameOptions: false }] }]],
    ["nothing but a route", ["none"], [{ path: "/a/*", layers: [{ xContentTypeOptions: true }] }]],
    ["braces and backticks", ["none", { custom: { "X-A": '{"a":{"b":"`c`"}} {host} {$ENV}' } }], []],
    ["names that are taken away", ["none", { stripHeaders: ["Server", "X-Powered-By"], xFrameOptions: "DENY" }], ROUTES],
    ["a health check of its own", ["recommended"], [{ path: "/health", layers: ["none"] }]],
    ["odd paths", ["recommended"], [{ path: "/a.b+c/d~e", layers: ["api"] }]],
  ];

  it.each(
    POLICIES.flatMap(([name, ...rest]) => [
      [`${name}, headers only`, undefined, ...rest] as const,
      [`${name}, complete`, "http://a", ...rest] as const,
    ]),
  )("is the same: %s", (_, upstream, policy, routes) => {
    const printed = exportPolicy("caddy", { policy, routes, upstream });
    const { notes, ...found } = parseConfig("caddy", printed.files[0]?.text ?? "");
    expect(notes).toEqual([]);
    const again = { policy: found.policy, routes: found.routes.map((route) => ({ path: route.path, layers: [route.policy] })) };
    const sent = (options: object) => exportPolicy("netlify", { ...options } as never).files[0]?.text;
    expect(sent(again)).toBe(sent({ policy, routes }));
  });
});
