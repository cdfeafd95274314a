import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const headersOf = (text: string, server?: string) => renderHeaders(parseConfig("nginx", text, { server }).policy);

const TWO = `server { listen 80; server_name a.example b.example; return 301 https://$host$request_uri; }
server {
  listen 443 ssl; server_name a.example b.example;
  add_header X-Frame-Options DENY always;
}
server {
  listen 443 ssl; server_name *.c.example;
  add_header X-Frame-Options SAMEORIGIN always;
  add_header X-Own $host always;
}
server {
  listen 127.0.0.1:8443 ssl; server_name a.example;
  add_header X-Frame-Options DENY always;
}
`;

describe("Several servers", () => {
  it("are refused where they do not send the same, with what to choose from", () => {
    expect(issuesOf(() => parseConfig("nginx", TWO))).toEqual([
      'nginx.server: 3 servers send different headers. Choose one of "b.example", "*.c.example", "a.example:8443".',
    ]);
  });

  it("are one policy where they send the same", () => {
    const text = "server { server_name a; add_header X-A 1 always; }\nserver { server_name b; add_header X-A 1 always; }";
    expect(headersOf(text)).toEqual({ "X-A": "1" });
  });

  it("that only redirect do not count", () => {
    const text = "server { return 301 https://a.example/; add_header X-A 2 always; }\nserver { add_header X-A 1 always; }";
    expect(headersOf(text)).toEqual({ "X-A": "1" });
  });

  it("that only redirect are read if there are no others", () => {
    expect(headersOf("server { return 301 https://a.example/; add_header X-A 2 always; }")).toEqual({ "X-A": "2" });
  });

  it("are not one where a header is sent by one alone", () => {
    const text = "server { server_name a; add_header X-A 1 always; }\nserver { server_name b; }";
    expect(issuesOf(() => parseConfig("nginx", text))).toEqual(['nginx.server: 2 servers send different headers. Choose one of "a", "b".']);
  });

  it("are not one where their routes differ", () => {
    const text =
      "server { server_name a; location = /x { add_header X-A 1 always; } }\nserver { server_name b; location = /y { add_header X-A 1 always; } }";
    expect(issuesOf(() => parseConfig("nginx", text))).toHaveLength(1);
  });

  it.each([
    ["b.example", "DENY"],
    ["B.EXAMPLE", "DENY"],
    ["b.example:443", "DENY"],
    ["*.c.example", "SAMEORIGIN"],
    ["www.c.example", "SAMEORIGIN"],
    ["www.c.example:443", "SAMEORIGIN"],
    ["a.example:8443", "DENY"],
    [":8443", "DENY"],
    ["line 6", "SAMEORIGIN"],
  ])("are chosen from by %s", (server, value) => {
    expect(headersOf(TWO, server)["X-Frame-Options"]).toBe(value);
  });

  it("of one name that send the same need no choice", () => {
    expect(headersOf(TWO, "a.example")).toEqual({ "X-Frame-Options": "DENY" });
  });

  it.each(["c.example", "www.c.example:8443", "x.example"])("are listed if %s is not one of them", (server) => {
    expect(issuesOf(() => parseConfig("nginx", TWO, { server }))).toEqual([
      `nginx.server: ${JSON.stringify(server)} is not one of its servers. Choose one of "a.example:80", "a.example:443", "*.c.example", "a.example:8443".`,
    ]);
  });

  it("have notes of the chosen one alone", () => {
    expect(parseConfig("nginx", TWO, { server: "b.example:443" }).notes).toEqual([]);
  });

  it("have the notes of the chosen one", () => {
    expect(parseConfig("nginx", TWO, { server: "*.c.example" }).notes.map(({ line }) => line)).toEqual([9]);
  });
});

describe("Notes of another server", () => {
  it.each([
    [
      "apache",
      "<VirtualHost *:80>\nServerName a.example\nHeader always set X-A %t\n</VirtualHost>\n<VirtualHost *:80>\nServerName b.example\nHeader always set X-B %t\n</VirtualHost>\n",
      7,
    ],
    ["caddy", "a.example {\n  header X-A {host}\n  respond ok\n}\nb.example {\n  header X-B {host}\n  respond ok\n}\n", 6],
    [
      "nginx",
      "server {\n  server_name a.example;\n  add_header X-A $host always;\n  add_header X-C 1 always; }\nserver {\n  server_name b.example;\n  add_header X-B $remote_addr always;\n}\n",
      7,
    ],
  ] as const)("are left out: %s", (format, text, line) => {
    expect(parseConfig(format, text, { server: "b.example" }).notes.map((note) => note.line)).toEqual([line]);
  });
});

describe("A part that a header cannot have", () => {
  it.each<[string, string, Record<string, string>, string]>([
    [
      "an obsolete directive",
      `Content-Security-Policy "default-src 'self'; block-all-mixed-content; img-src *"`,
      { "Content-Security-Policy": "default-src 'self'; img-src *" },
      'Content-Security-Policy is read without "block-all-mixed-content": ',
    ],
    [
      "a source",
      `Content-Security-Policy "default-src 'self' ~bad; img-src *"`,
      { "Content-Security-Policy": "default-src 'self'; img-src *" },
      'Content-Security-Policy is read without "default-src ~bad": ',
    ],
    [
      "the only source of a list, which allows nothing then",
      `Content-Security-Policy "default-src 'self'; script-src self"`,
      { "Content-Security-Policy": "default-src 'self'; script-src 'none'" },
      'Content-Security-Policy is read without "script-src self": ',
    ],
    [
      "a directive that stands twice: browsers take the first",
      `Content-Security-Policy "script-src 'self'; script-src b.example"`,
      { "Content-Security-Policy": "script-src 'self'" },
      'Content-Security-Policy is read without "script-src b.example": ',
    ],
    [
      "a group of reports without endpoints",
      `Content-Security-Policy "default-src 'self'; report-to csp"`,
      { "Content-Security-Policy": "default-src 'self'" },
      'Content-Security-Policy is read without "report-to csp": ',
    ],
    [
      "a feature that is gone",
      'Permissions-Policy "camera=(), battery=(self), geolocation=(self)"',
      { "Permissions-Policy": "camera=(), geolocation=(self)" },
      'Permissions-Policy is read without "battery=(self)": ',
    ],
    [
      "a member of an allowlist",
      'Permissions-Policy "camera=(self foo), geolocation=()"',
      { "Permissions-Policy": "camera=(self), geolocation=()" },
      'Permissions-Policy is read without "camera foo": ',
    ],
    [
      "a preload that the lists refuse",
      'Strict-Transport-Security "max-age=3600; preload"',
      { "Strict-Transport-Security": "max-age=3600" },
      'Strict-Transport-Security is read without "preload": ',
    ],
    [
      "a value that browsers pass over",
      'Referrer-Policy "no-referrer, foo"',
      { "Referrer-Policy": "no-referrer" },
      'Referrer-Policy is read without "foo": ',
    ],
    [
      "a parameter",
      'Cross-Origin-Opener-Policy "same-origin; report-to=\\"x\\""',
      { "Cross-Origin-Opener-Policy": "same-origin" },
      'Cross-Origin-Opener-Policy is read without "report-to=\\"x\\"": ',
    ],
  ])("does not cost the header: %s", (_, written, headers, start) => {
    const { policy, notes } = parseConfig("nginx", `add_header ${written} always;`);
    expect(renderHeaders(policy)).toEqual(headers);
    expect(notes.map(({ message, differs }) => [message.slice(0, start.length), differs])).toEqual([[start, true]]);
  });

  it("does not cost the headers after it", () => {
    const text = `add_header Content-Security-Policy "default-src 'self'; block-all-mixed-content" always;\nadd_header X-Frame-Options DENY always;`;
    expect(headersOf(text)).toEqual({ "Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "DENY" });
  });

  it.each([
    ["a list that is no structured field", `Permissions-Policy "camera=(), geolocation 'none'"`],
    ["a value that is none", "X-Frame-Options ALLOWALL"],
  ])("costs it where browsers drop all of it: %s", (_, written) => {
    const { policy, notes } = parseConfig("nginx", `add_header ${written} always;\nadd_header X-A 1 always;`);
    expect([renderHeaders(policy), notes.length]).toEqual([{ "X-A": "1" }, 1]);
  });
});

describe("Files", () => {
  const files = (pattern: string) =>
    pattern === "sub/*.conf"
      ? [
          { path: "sub/a.conf", text: "add_header X-A 1 always;\n" },
          { path: "sub/b.conf", text: "\nadd_header X-Frame-Options ALLOWALL always;\n" },
        ]
      : ["/etc/other.conf lies outside"];

  it("that are included name their own lines in notes", () => {
    const { notes } = parseConfig("nginx", "server {\n  include sub/*.conf;\n}\n", { file: "main.conf", files });
    expect(notes.map(({ file, line }) => [file, line])).toEqual([["sub/b.conf", 2]]);
  });

  it("that are not read say why", () => {
    const { notes } = parseConfig("nginx", "server {\n  include /etc/other.conf;\n}\n", { file: "main.conf", files });
    expect(notes.map(({ file, line, message, differs }) => [file, line, message, differs])).toEqual([
      ["main.conf", 2, "/etc/other.conf lies outside", true],
    ]);
  });

  it("have a name in the errors of their grammar", () => {
    const broken = () => [{ path: "sub/a.conf", text: "\n}" }];
    expect(issuesOf(() => parseConfig("nginx", "include sub/a.conf;", { files: broken }))[0]).toMatch(
      /^nginx\["sub\/a\.conf"\]\["line 2"\]: /,
    );
  });

  it("are as many as 1,000", () => {
    const many = () => Array.from({ length: 1_001 }, (_, index) => ({ path: `${index}.conf`, text: "" }));
    expect(issuesOf(() => parseConfig("nginx", "include *;", { files: many }))).toEqual([
      "nginx: it has more than 1000 files. Pass the part that sets headers.",
    ]);
  });
});
