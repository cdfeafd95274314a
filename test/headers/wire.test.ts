import { describe, expect, it } from "vitest";
import {
  cspPath,
  cspPolicies,
  directiveTexts,
  effective,
  firstPolicies,
  governingInlineScripts,
  isAscii,
  isBroad,
  isInertUnderStrictDynamic,
  isProof,
} from "../../src/headers/content-security-policy/wire.js";

const policy = (text: string) => cspPolicies(text)[0] as never;
const pairs = (map: ReadonlyMap<string, readonly string[]> | undefined) => [...(map ?? [])];

describe("the policies of a field value", () => {
  it("end at commas, and are none without a directive", () => {
    expect(cspPolicies("a b, ;,, c").map(({ text }) => text)).toEqual(["a b", "c"]);
  });

  it("have their directives in lower case, as browsers compare them", () => {
    const [read] = cspPolicies("Script-Src 'SELF' HTTPS://A.example/B 'NONCE-aB' 'Sha256-aB'; report-TO Ab;img-src");
    expect(pairs(read?.directives)).toEqual([
      ["script-src", ["'self'", "https://a.example/b", "'NONCE-aB'", "'Sha256-aB'"]],
      ["report-to", ["Ab"]],
      ["img-src", []],
    ]);
  });

  it("have their directives as written", () => {
    const [read] = cspPolicies("Script-Src 'SELF' HTTPS://A.example/B");
    expect(pairs(read?.written)).toEqual([["script-src", ["'SELF'", "HTTPS://A.example/B"]]]);
  });

  it("have the first of a directive that is written twice", () => {
    const [read] = cspPolicies("img-src a; IMG-SRC b; img-src c");
    expect([pairs(read?.directives), pairs(read?.written), read?.twice]).toEqual([
      [["img-src", ["a"]]],
      [["img-src", ["a"]]],
      ["img-src", "img-src"],
    ]);
  });

  it("lose a directive that is not ASCII", () => {
    expect(pairs(cspPolicies("img-src é; font-src a")[0]?.directives)).toEqual([["font-src", ["a"]]]);
  });

  it("are split at ASCII white space, of which a vertical tab is none", () => {
    expect(pairs(cspPolicies("\fimg-src\t\na\r b\x0bc \f;")[0]?.directives)).toEqual([["img-src", ["a", "b\x0bc"]]]);
  });

  it("keep addresses of reports as written", () => {
    expect(pairs(cspPolicies("report-uri /R")[0]?.directives)).toEqual([["report-uri", ["/R"]]]);
  });
});

it("directiveTexts are the directives as written", () => {
  expect(directiveTexts(" a b ;; C\t;")).toEqual(["a b", "C"]);
});

describe("firstPolicies", () => {
  it("are those of all values", () => {
    expect(firstPolicies(["a, b", "c"]).map(({ text }) => text)).toEqual(["a", "b", "c"]);
  });

  it("are at most 65", () => {
    expect(firstPolicies([Array(100).fill("a").join(",")])).toHaveLength(65);
  });

  it("are those in force", () => {
    expect(firstPolicies(["a, b"], (one) => (one.text === "a" ? undefined : one)).map(({ text }) => text)).toEqual(["b"]);
  });
});

it.each([
  ["\0 ~\x7f", true],
  ["\x80", false],
  ["é", false],
])("%j is ASCII: %s", (text, is) => {
  expect(isAscii(text)).toBe(is);
});

describe("the list that governs", () => {
  it.each([
    ["script-src-elem", "default-src a; script-src b; script-src-elem c", ["c"]],
    ["script-src-elem", "default-src a; script-src b", ["b"]],
    ["script-src-elem", "default-src a", ["a"]],
    ["worker-src", "default-src a; script-src b; child-src c", ["c"]],
    ["form-action", "default-src a", undefined],
    ["unheard-of", "unheard-of a", ["a"]],
  ])("%s in %s is %j", (name, text, list) => {
    expect(effective(policy(text), name)).toEqual(list);
  });

  it.each([
    ["default-src 'SELF'", { name: "default-src", sources: ["'SELF'"] }],
    ["default-src a; script-src 'SELF'", { name: "script-src", sources: ["'SELF'"] }],
    ["img-src a", undefined],
    ["", undefined],
  ])("inline scripts in %s is %j", (text, governing) => {
    expect(governingInlineScripts(text)).toEqual(governing);
  });
});

it.each([
  ["'nonce-a'", true],
  ["'sha256-abc'", true],
  ["'self'", false],
  ["nonce-a", false],
  ["https:", false],
])("%s proves an inline script: %s", (source, is) => {
  expect(isProof(source)).toBe(is);
});

it.each([
  ["*", true],
  ["https:", true],
  ["http:", true],
  ["ftp:", true],
  ["data:", false],
  ["https://*", true],
  ["wss://*", false],
  ["*:*", true],
  ["*:443", false],
  ["https://*/", true],
  ["https://*/a", false],
  ["*.example", false],
  ["a.example", false],
  ["'self'", false],
  ["?", false],
])("%s allows all hosts of the web: %s", (source, is) => {
  expect(isBroad(source)).toBe(is);
});

it.each([
  ["'self'", true],
  ["'unsafe-inline'", true],
  ["https:", true],
  ["'nonce-a'", false],
  ["'unsafe-eval'", false],
])("%s is inert beside 'strict-dynamic': %s", (source, is) => {
  expect(isInertUnderStrictDynamic(source)).toBe(is);
});

it.each([
  ["script-src-elem", "contentSecurityPolicy.scriptSrcElem"],
  ["unheard-of", "contentSecurityPolicy"],
])("the key of %s is %s", (name, path) => {
  expect(cspPath(name)).toBe(path);
});
