import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";

/** The headers everywhere and by path, names that are taken away, and the notes of what differs as `line: message`. */
function read(text: string) {
  const { policy, routes, notes } = parseConfig("nginx", text);
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    removed: policy.resolved["stripHeaders"],
    notes: notes.flatMap(({ line, message, differs }) => (differs ? [`${line}: ${message}`] : [])),
  };
}

describe("a configuration of nginx", () => {
  it("files of a star are read in the order of their names, whatever the order in which nginx -T prints them", () => {
    const file = (name: string) => `# configuration file /etc/nginx/parts/${name}.conf:\nset $part ${name};\n`;
    const main = "# configuration file /etc/nginx/nginx.conf:\nserver {\n  include parts/*.conf;\n  add_header X-Part $part always;\n}\n";
    expect(read(`${main}${file("c")}${file("a")}${file("b")}`).all).toEqual({ "X-Part": "c" });
  });

  it("a header that is hidden and added again as it came is not taken away", () => {
    const text = `server {
  proxy_hide_header X-A;
  add_header X-A $upstream_http_x_a always;
  location / { proxy_pass http://app; }
}
`;
    expect(read(text)).toEqual({ all: {}, routes: {}, removed: undefined, notes: [] });
  });

  it("a header that is hidden alone is taken away", () => {
    const text = "server {\n  proxy_hide_header X-A;\n  location / { proxy_pass http://app; }\n}\n";
    expect(read(text)).toEqual({ all: {}, routes: {}, removed: ["X-A"], notes: [] });
  });

  it("two policies of which errors lack one are a note", () => {
    const text = `server {
  add_header Content-Security-Policy "default-src 'self'" always;
  add_header Content-Security-Policy "img-src *";
}
`;
    expect(read(text).notes).toContain("1: errors (4xx, 5xx) are sent with another Content-Security-Policy");
  });

  it.each([
    ["off, where a folder ends at its index page", "off", { "/": { "X-A": "page" }, "/index.html": { "X-A": "page" } }],
    ["on, where Passenger is asked for the folder", "on", { "/index.html": { "X-A": "page" } }],
  ])("passenger_enabled %s", (_, value, routes) => {
    const text = `server {
  add_header X-A site always;
  location / { passenger_enabled ${value}; }
  location = /index.html { add_header X-A page always; }
}
`;
    const { all, routes: found } = read(text);
    expect([all, found]).toEqual([{ "X-A": "site" }, routes]);
  });

  it.each([
    ["without hostnames, *.a.io is a literal key", "*.a.io own;", "other"],
    ["with hostnames, *.a.io is a mask", "hostnames; *.a.io own;", "own"],
    ["a mask that ends with a star is the last choice", "hostnames; www.long.a.* own; *.io late;", "late"],
    ["* is a literal key, and not the default", "* own;", "other"],
  ])("in a map %s", (_, entries, value) => {
    const map = `map $host $a { ${entries} default other; }`;
    expect(read(`${map} server { server_name www.long.a.io; add_header X-A $a always; }`).all).toEqual({ "X-A": value });
  });

  it("names of variables are compared without letter case", () => {
    expect(
      read("map $host $Own { default other; a.example own; } server { server_name a.example; add_header X-A $oWN always; }").all,
    ).toEqual({
      "X-A": "own",
    });
  });

  it("several index directives of one block are one list", () => {
    const text = `server {
  index a.html;
  index b.html;
  location = /a.html { add_header X-A first always; }
  location = /b.html { add_header X-A second always; }
}
`;
    expect(read(text).routes["/"]).toEqual({ "X-A": "first" });
  });

  it("the brackets of a condition may be words", () => {
    const text = `server {
  location / {
    add_header X-A page always;
    if ( $uri = /a ) { add_header X-A own always; }
  }
}
`;
    expect(read(text)).toMatchObject({ all: { "X-A": "page" }, routes: { "/a": { "X-A": "own" } } });
  });
});
