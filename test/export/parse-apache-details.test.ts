import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";

/** The headers everywhere and by path, and the notes of what differs as `line: message`. All modules that matter are named in line 1. */
function read(text: string) {
  const { policy, routes, notes } = parseConfig("apache", `LoadModule headers_module mod_headers.so\n${text}`);
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    notes: notes.flatMap(({ line, message, differs }) => (differs ? [`${line}: ${message}`] : [])),
  };
}

describe("a configuration of Apache", () => {
  it("ProxyPass with ! names no application", () => {
    expect(read("ProxyPass /x !\nHeader always set X-A 1\n")).toEqual({ all: { "X-A": "1" }, routes: {}, notes: [] });
  });

  it("a variable that is unset behind its setting holds nowhere", () => {
    expect(read("SetEnv x 1\nUnsetEnv x\nHeader always set X-A 1 env=x\n")).toEqual({ all: {}, routes: {}, notes: [] });
  });

  it("a variable that is unset before its setting holds", () => {
    expect(read("UnsetEnv x\nSetEnv x 1\nHeader always set X-A 1 env=x\n")).toEqual({ all: { "X-A": "1" }, routes: {}, notes: [] });
  });

  it("a redirect of the whole server is sent without the headers of a folder, which is noted", () => {
    const text = "DocumentRoot /srv\nRedirect /old /new\n<Directory /srv>\n  Header always set X-A 1\n</Directory>\n";
    expect(read(text)).toEqual({
      all: { "X-A": "1" },
      routes: {},
      notes: ["3: is sent without the headers of <Directory>, <Files> and <If>: set them for the whole server"],
    });
  });

  it.each([
    ["before", "Alias /a/ /var/other/\nDocumentRoot /srv\n"],
    ["behind", "DocumentRoot /srv\nAlias /a/ /var/other/\n"],
  ])("the root's folder does not hold below an Alias that stands %s it", (_, mappings) => {
    expect(read(`${mappings}<Directory /srv>\n  Header always set X-A 1\n</Directory>\n`)).toEqual({
      all: { "X-A": "1" },
      routes: { "/a/*": {} },
      notes: [],
    });
  });

  it.each([
    ["index.html", { "/docs/": { "X-A": "page" }, "/docs/*": { "X-A": "folder" }, "/docs/index.html": { "X-A": "page" } }],
    ["disabled", { "/docs/*": { "X-A": "folder" }, "/docs/index.html": { "X-A": "page" } }],
  ])("a folder ends at its index page, where there is one: DirectoryIndex %s", (index, routes) => {
    const text = `DocumentRoot /srv
DirectoryIndex ${index}
<Location /docs/>
  Header always set X-A folder
</Location>
<LocationMatch ^/docs/index.html$>
  Header always set X-A page
</LocationMatch>
`;
    expect(read(text).routes).toEqual(routes);
  });
});

describe("edit and edit*, as Apache 2.4 sends them", () => {
  it.each([
    ["edit* X-A ^a c", "ccb"],
    ["edit* X-A ^a ca", "cacab"],
    ["edit X-A ^a c", "cab"],
    ['edit X-A "" c', "caab"],
    ["edit X-A ^ c", "caab"],
  ])("%s", (edit, sent) => {
    const { policy, notes } = parseConfig("apache", `Header always set X-A aab\nHeader always ${edit}\n`);
    expect([renderHeaders(policy), notes]).toEqual([{ "X-A": sent }, []]);
  });
});
