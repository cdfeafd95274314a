import { describe, expect, it } from "vitest";
import { definePolicy, renderHeaders } from "../../src/index.js";
import {
  byBreadth,
  contains,
  faultOf,
  isPath,
  normalised,
  ownerOf,
  patternOf,
  patternOfAll,
  policyOfRoute,
  type RoutePath,
  readPath,
  readRoutePath,
  within,
} from "../../src/middleware/routes.js";

const at = (text: string) => readPath(text) as RoutePath;

it.each<[unknown, boolean]>([
  ["/", true],
  ["/embed", true],
  ["/a/", true],
  ["/-._~!+,:@=0Zz", true],
  ["/.well-known", true],
  ["/..a", true],
  ["/a:b", true],
  ["/:1", true],
  ["", false],
  ["a", false],
  ["//a", false],
  ["/a//b", false],
  ["/.", false],
  ["/..", false],
  ["/./a", false],
  ["/../a", false],
  ["/a/..", false],
  ["/:id", false],
  ["/a/:id", false],
  ["/a b", false],
  ["/a?b", false],
  ["/%41", false],
  ["/é", false],
  ["/a\n", false],
  [1, false],
  [undefined, false],
])("%j is a path: %s", (text, is) => {
  expect(isPath(text)).toBe(is);
});

it.each<[unknown, RoutePath | undefined]>([
  ["/embed", { path: "/embed", below: false }],
  ["/api/", { path: "/api/", below: false }],
  ["/api/*", { path: "/api/", below: true }],
  ["/*", { path: "/", below: true }],
  ["/api*", undefined],
  ["*", undefined],
  [["/api/*"], undefined],
])("the path of the route %j is %j", (text, read) => {
  expect(readPath(text)).toEqual(read);
});

describe("readRoutePath", () => {
  const reported = (text: unknown) => {
    const issues: unknown[] = [];
    const read = readRoutePath(text, ({ path, message, hint }) => issues.push([path.join("."), message, hint]), 3);
    return { read, issues };
  };

  it("reads a path", () => {
    expect(reported("/a")).toEqual({ read: { path: "/a", below: false }, issues: [] });
  });

  it("reports what is not one", () => {
    expect(reported("a")).toEqual({ read: undefined, issues: [["routes.3.path", '"a" is not a path', 'Write "/a".']] });
  });

  it("asks for await where it is a promise", () => {
    expect(reported(Promise.resolve("/a")).issues).toEqual([["routes.3.path", "a promise is not a path", "Write await before it."]]);
  });

  it("shows an example for another value", () => {
    expect(reported(1).issues).toEqual([["routes.3.path", "1 is not a path", 'Write "/embed", or "/api/*" for every path below it.']]);
  });
});

const LETTERS = 'Write letters, digits, "/" and any of -._~!+,:@=.';

it.each<[unknown, string, string]>([
  [1, "is not a path", 'Write "/x".'],
  ["", "is not a path", 'Write "/x".'],
  ["a b", "is not a path", 'Write "/x".'],
  ["api/*", "is not a path", 'Write "/api/*".'],
  ["HTTPS://a.example/b?c", "is not a path", 'Write "/b".'],
  ["http://a.example/b%20c", "is not a path", LETTERS],
  ["https:", "is not a path", 'Write "/https:".'],
  ["/a?b", "has a query or a fragment, and routes match the path alone", 'Write "/a".'],
  ["/a#b", "has a query or a fragment, and routes match the path alone", 'Write "/a".'],
  ["/a b?c", "has a query or a fragment, and routes match the path alone", LETTERS],
  ["/a*", "has a star that is not at the end after a slash", 'Write "/a/*" for every path below "/a".'],
  ["/a/*/b", "has a star that is not at the end after a slash", 'Write "/a/*" for every path below "/a".'],
  ["/*/b", "has a star that is not at the end after a slash", 'Write "/*" for every path below "/".'],
  ["/*/*", "has a star that is not at the end after a slash", 'Write "/*" for every path below "/".'],
  ["/a//b", 'is another way to write "/a/b"', 'Write "/a/b".'],
  ["/%61/../b", 'is another way to write "/b"', 'Write "/b".'],
  ["/:id", 'has ":id", and routes have no parameters', 'Write "/*" for every path below "/".'],
  ["/a/:id/b/:c", 'has ":id", and routes have no parameters', 'Write "/a/*" for every path below "/a".'],
  ["/a%20b", 'has "%20", which servers interpret differently', LETTERS],
  ["/a b", 'has " ", which servers interpret differently', LETTERS],
  ["/a😀", String.raw`has "\u{1f600}", which servers interpret differently`, LETTERS],
])("%j %s", (text, message, hint) => {
  expect(faultOf(text, '"/x"')).toEqual([message, hint]);
});

it.each([
  ["/a/*", "/a/b", true],
  ["/a/*", "/a/", true],
  ["/a/*", "/a/b/*", true],
  ["/a/*", "/a/*", true],
  ["/a/*", "/a", false],
  ["/a/*", "/ab", false],
  ["/a/b/*", "/a/*", false],
  ["/a", "/a", true],
  ["/a", "/ab", false],
  ["/a/", "/a/*", false],
])("%s contains %s: %s", (one, other, is) => {
  expect(contains(at(one), at(other))).toBe(is);
});

it("byBreadth sorts the broadest first", () => {
  expect(["/a/b", "/a/", "/a/*", "/*", "/b/"].map(at).sort(byBreadth)).toEqual(["/*", "/a/*", "/a/", "/b/", "/a/b"].map(at));
});

describe("places of a site", () => {
  interface Place {
    readonly path?: RoutePath;
  }
  const place = (text: string): Place => ({ path: at(text) });
  const all: Place = {};
  const [api, users, one, embed] = [place("/api/*"), place("/api/users/*"), place("/api/users/1"), place("/embed")];
  const later = place("/embed");
  const site = { all, routes: [api, users, one, embed, later] };

  it("lose paths to narrower ones", () => {
    expect(within(site, api)).toEqual([users, one]);
  });

  it("lose their path to a later one for the same", () => {
    expect(within(site, embed)).toEqual([later]);
  });

  it("lose paths to all routes where they are the whole site", () => {
    expect(within(site, all)).toEqual([api, users, one, embed, later]);
  });

  it("do not lose paths to the whole site", () => {
    const routes = [api, all, users];
    expect(within({ routes }, api)).toEqual([users]);
  });

  it.each([
    ["/api/users/1", one],
    ["/api/users/2", users],
    ["/api/", api],
    ["/embed", later],
    ["/", all],
  ])("%s belongs to the narrowest", (path, owner) => {
    expect(ownerOf(site, path)).toBe(owner);
  });

  it("do not own a path without having one", () => {
    expect(ownerOf({ all: api, routes: [all] }, "/x")).toBe(api);
  });

  it("have one pattern, without paths that a broader one matches", () => {
    expect(patternOfAll([api, all, users, embed])).toBe("^/api/|^/embed$");
  });
});

it.each([
  ["/a.b+c", "^/a\\.b\\+c$"],
  ["/a.b/*", "^/a\\.b/"],
])("the pattern of %s is %s", (text, pattern) => {
  expect(patternOf(at(text))).toBe(pattern);
});

describe("the policy of a route", () => {
  const layers = (layer: object) => [layer];
  const routes = [
    { path: at("/a/*"), layers: layers({ xFrameOptions: "SAMEORIGIN", referrerPolicy: "no-referrer" }) },
    { path: at("/b/*"), layers: layers({ xFrameOptions: false }) },
    { path: at("/a/b"), layers: layers({ xFrameOptions: "DENY" }) },
    { path: at("/a/b/c"), layers: layers({ xFrameOptions: false }) },
  ];

  it("is the site's, then those of broader routes, then its own", () => {
    const policy = policyOfRoute(definePolicy("none", { xContentTypeOptions: true }), routes, routes[2] as never);
    expect(renderHeaders(policy)).toEqual({
      "X-Frame-Options": "DENY",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    });
  });
});

it.each([
  ["/a/b", "/a/b"],
  ["/%61%2D%2f%20", "/a-%2f%20"],
  ["/a//b///c", "/a/b/c"],
  ["/a/./b/.", "/a/b/"],
  ["/a/b/../c/..", "/a/"],
  ["/../a", "/a"],
  ["/..", "/"],
  ["/a//", "/a/"],
  ["/%2e%2E/a", "/a"],
  ["/a/.b", "/a/.b"],
])("%s is to servers %s", (path, same) => {
  expect(normalised(path)).toBe(same);
});
