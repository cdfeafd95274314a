import { describe, expect, it } from "vitest";
import { audit, compare, explain } from "../../src/audit/index.js";
import { issuesOf } from "../messages.js";

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = {
  get "X-Frame-Options"(): string {
    throw new Error("no");
  },
};

const WRONG: readonly (readonly [name: string, make: () => unknown])[] = [
  ["nothing", () => undefined],
  ["null", () => null],
  ["true", () => true],
  ["false", () => false],
  ["0", () => 0],
  ["NaN", () => Number.NaN],
  ["a bigint", () => 1n],
  ["a symbol", () => Symbol("x")],
  ["an empty text", () => ""],
  ["a preset's name", () => "strict"],
  ["a function", () => () => ({})],
  ["a class", () => class {}],
  ["a promise", () => Promise.resolve({})],
  ["a revoked proxy", revoked],
  ["a getter that throws", () => throwing],
  ["a list of numbers", () => [1, 2, 3]],
  ["a list of one text", () => ["X-Frame-Options"]],
  ["a list of objects", () => [{}]],
  ["a list of null", () => [null]],
  ["a set of texts", () => new Set(["a"])],
  [
    "an iterator that throws",
    () => ({
      [Symbol.iterator]: () => ({
        next: () => {
          throw new Error("no");
        },
      }),
    }),
  ],
  ["an iterator that is not a function", () => ({ [Symbol.iterator]: 1 })],
  ["an iterator of texts", () => ["ab"].values()],
  ["a pair of a symbol", () => [Symbol("x"), "y"]],
  [
    "an endless list of pairs",
    () =>
      (function* () {
        for (;;) yield ["a", "b"];
      })(),
  ],
];

describe.each(WRONG)("%s instead of headers is a PolicyError", (_, make) => {
  it("of audit", () => {
    expect(issuesOf(() => audit(make() as never))[0]).toMatch(/^audit: /);
  });
  it("of explain", () => {
    expect(issuesOf(() => explain(make() as never))[0]).toMatch(/^explain: /);
  });
  it("of compare, on either side", () => {
    expect(issuesOf(() => compare(make() as never, {}))[0]).toMatch(/^compare\.before: /);
    expect(issuesOf(() => compare({}, make() as never))[0]).toMatch(/^compare\.after: /);
  });
});

describe("something else instead of a context is a PolicyError", () => {
  it.each([[null], [true], [0], [1n], ["https://site.example/"], [[]], [() => ({})], [Symbol("x")]])("%s", (context) => {
    expect(issuesOf(() => audit({}, context as never))[0]).toMatch(/^audit: .* is not an object of options\./);
  });
});

describe("an option of the context that does not fit", () => {
  it.each([
    ["url", 1, 'audit.url: 1 is not an absolute URL. Write an absolute URL, such as "https://site.example/".'],
    ["url", "/page", 'audit.url: "/page" is not an absolute URL. Write an absolute URL, such as "https://site.example/".'],
    [
      "redirects",
      "http://site.example/",
      'audit.redirects: "http://site.example/" is not a list of addresses. Write a list such as [{ url: "http://site.example/", status: 301 }, { url: "https://site.example/" }].',
    ],
    ["redirects", [{ url: 1 }], 'audit.redirects[0].url: 1 is not a URL. Write a URL, such as "https://site.example/".'],
    ["cookies", [1], "audit.cookies[0]: 1 is not a string. Write a Set-Cookie value."],
    ["html", 1, "audit.html: 1 is not a string. Write the text of the page."],
    ["html", Promise.resolve(""), "audit.html: a promise is not a string. Write await before it."],
    ["status", "200", 'audit.status: "200" is not a status code. Write a number such as 200.'],
    ["status", 1.5, "audit.status: 1.5 is not a status code. Write a number such as 200."],
    ["preloaded", "yes", 'audit.preloaded: "yes" is not true or false. Write true or false.'],
  ])("%s: %j", (option, value, issue) => {
    expect(issuesOf(() => audit({}, { [option]: value } as never))).toEqual([issue]);
  });
});

it("a preset's name is answered with what to write", () => {
  expect(issuesOf(() => explain("strict" as never))).toEqual([
    'explain: "strict" is not a policy or a set of headers. Write definePolicy("strict") for a preset, or an object of headers.',
  ]);
});
