import { URLS as ANGULAR } from "csp_evaluator/dist/allowlist_bypasses/angular.js";
import { URLS as JSONP } from "csp_evaluator/dist/allowlist_bypasses/jsonp.js";
import { checkScriptAllowlistBypass as googlesCheck } from "csp_evaluator/dist/checks/security_checks.js";
import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { type Finding, Severity, Type } from "csp_evaluator/dist/finding.js";
import { CspParser } from "csp_evaluator/dist/parser.js";
import { describe, expect, it } from "vitest";
import { checkScriptAllowlistBypass } from "../../src/audit/bypasses.js";
import { audit } from "../../src/audit/index.js";

const CSP = "Content-Security-Policy";
const googles = (text: string): readonly Finding[] => new CspEvaluator(new CspParser(text).csp).evaluate();
const ours = (text: string) => audit({ [CSP]: text }).findings.filter(({ header }) => header === CSP);
const bypasses = (text: string) => ours(text).filter(({ rule }) => rule === "csp-bypass");

/** Written for this test: a policy for each thing that csp_evaluator looks for. */
const VECTORS = [
  "default-src 'self'",
  "script-src 'self'",
  "object-src 'none'",
  "img-src 'self'",
  "default-src 'none'",
  "default-src *",
  "default-src 'unsafe-inline'",
  "script-src 'unsafe-inline'; object-src 'none'",
  "script-src 'unsafe-inline' 'nonce-abcdefgh'; object-src 'none'; base-uri 'none'",
  "script-src 'unsafe-inline' 'strict-dynamic' 'nonce-abcdefgh' https:; object-src 'none'; base-uri 'none'",
  "script-src 'nonce-abcdefgh'; object-src 'none'",
  "script-src 'nonce-abc'; object-src 'none'; base-uri 'none'",
  "script-src 'nonce-ab_-!cdefgh'; object-src 'none'; base-uri 'none'",
  "script-src 'sha256-aLongEnoughDigests'; object-src 'none'",
  "script-src 'sha256-aLongEnoughDigests' 'strict-dynamic'; object-src 'none'",
  "script-src 'unsafe-eval' 'self'; object-src 'none'",
  "script-src 'unsafe-hashes' 'sha256-aLongEnoughDigests'; object-src 'none'",
  "script-src data:; object-src 'none'",
  "script-src https:; object-src 'none'",
  "script-src http:; object-src 'none'",
  "script-src *; object-src 'none'",
  "script-src https://*; object-src 'none'",
  "script-src 'none'; object-src *",
  "script-src 'none'; object-src data:",
  "script-src 'none'; object-src 'self'",
  "script-src 'none'; object-src https://ajax.googleapis.com",
  "script-src https://ajax.googleapis.com; object-src 'none'",
  "script-src https://www.google.com; object-src 'none'",
  "script-src *.google.com; object-src 'none'",
  "script-src https://cdn.jsdelivr.net; object-src 'none'",
  "script-src https://www.googletagmanager.com; object-src 'none'",
  "script-src https://www.googletagmanager.com 'unsafe-eval'; object-src 'none'",
  "script-src https://static.site.example; object-src 'none'",
  "script-src http://static.site.example; object-src 'none'",
  "script-src 127.0.0.1; object-src 'none'",
  "script-src 10.1.2.3:8080; object-src 'none'",
  "default-src 'none'; script-src-elem 'unsafe-inline'",
  "default-src 'none'; script-src-attr 'unsafe-inline'",
  "default-src 'none'; script-src-elem https:",
  "default-src 'none'; img-src http://pictures.example; report-uri http://reports.example",
  "default-src 'none'; base-uri *",
  "default-src 'self' script-src 'self'",
  "default-src 'none'; script-src self",
  "default-src 'none'; script-src nonce-abcdefgh",
  "default-src 'none'; script-src 'slef'",
  "default-src: 'none'",
  "default-src 'none'; scirpt-src 'self'",
  "default-src 'none'; reflected-xss block; referrer origin",
  "SCRIPT-SRC 'UNSAFE-INLINE'; OBJECT-SRC 'NONE'",
];

const keyed: Readonly<Record<string, string>> = {
  "script-src": "contentSecurityPolicy.scriptSrc",
  "script-src-elem": "contentSecurityPolicy.scriptSrcElem",
  "script-src-attr": "contentSecurityPolicy.scriptSrcAttr",
  "object-src": "contentSecurityPolicy.objectSrc",
  "base-uri": "contentSecurityPolicy.baseUri",
  "default-src": "contentSecurityPolicy.defaultSrc",
  "img-src": "contentSecurityPolicy.imgSrc",
  "report-uri": "contentSecurityPolicy.reportUri",
};

/** Of these kinds our own grammar speaks, in the rule broken-value. */
const OF_GRAMMAR = [Type.UNKNOWN_DIRECTIVE, Type.INVALID_KEYWORD];

describe("what csp_evaluator finds is found here", () => {
  it.each(VECTORS)("%s: nothing high or medium is lost", (vector) => {
    const expected = googles(vector)
      .filter(({ severity }) => severity === Severity.HIGH || severity === Severity.MEDIUM)
      .map(({ directive, severity }) => `${severity === Severity.HIGH ? "high" : "medium"} ${keyed[directive]}`);
    const left = bypasses(vector).map(({ path, severity }) => `${severity} ${path}`);
    const lost = expected.filter((one) => {
      const index = left.indexOf(one);
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    });
    expect(lost).toEqual([]);
  });

  it.each(VECTORS)("%s: nothing is high that is not there", (vector) => {
    const high = googles(vector).filter(({ severity }) => severity === Severity.HIGH).length;
    expect(bypasses(vector).filter(({ severity }) => severity === "high")).toHaveLength(high);
  });

  it.each(VECTORS)("%s: every mistake of syntax is told", (vector) => {
    const mistakes = googles(vector).filter(({ severity, type }) => severity === Severity.SYNTAX && OF_GRAMMAR.includes(type));
    expect(
      ours(vector).filter(({ rule }) => rule === "broken-value").length >= new Set(mistakes.map(({ directive }) => directive)).size,
    ).toBe(true);
  });

  it("the vectors reach every check", () => {
    const types = new Set(VECTORS.flatMap((vector) => googles(vector).map(({ type }) => Type[type])));
    expect([...types].sort()).toEqual([
      "DEPRECATED_DIRECTIVE",
      "IGNORED",
      "INVALID_KEYWORD",
      "IP_SOURCE",
      "MISSING_DIRECTIVES",
      "MISSING_SEMICOLON",
      "NONCE_CHARSET",
      "NONCE_LENGTH",
      "OBJECT_ALLOWLIST_BYPASS",
      "PLAIN_URL_SCHEMES",
      "PLAIN_WILDCARD",
      "SCRIPT_ALLOWLIST_BYPASS",
      "SCRIPT_UNSAFE_EVAL",
      "SCRIPT_UNSAFE_HASHES",
      "SCRIPT_UNSAFE_INLINE",
      "SRC_HTTP",
      "UNKNOWN_DIRECTIVE",
    ]);
  });
});

describe("its lists of bypasses, read once", () => {
  const known = [...ANGULAR, ...JSONP].map((url) => url.slice(2));
  /** Sources that mean a place of the lists, nearly mean it, or do not. */
  const near = (place: string): readonly string[] => {
    const [host = "", ...path] = place.split("/");
    const [, ...parents] = host.split(".");
    const wild = `*.${parents.join(".")}`;
    const folder = `${host}/${path.slice(0, -1).join("/")}/`;
    const hosts = [
      host,
      `https://${host}`,
      `//${host}:*`,
      `${host}:443`,
      `${host}:8443`,
      host.toUpperCase(),
      `a.${host}`,
      `${host}.example`,
    ];
    return [
      ...hosts,
      wild,
      `https://${wild}:*`,
      `*.${host}`,
      `${wild}/${path.join("/")}`,
      `${wild}/no`,
      place,
      folder,
      place.slice(0, -1),
      `${place}s`,
      `${host}/no/`,
    ];
  };
  const others =
    "'self' 'unsafe-inline' 'nonce-abcdefgh' https: data: * *.com https://*.co.uk a.*.com *.a *a.com localhost .com 1.2.3.4 a.b:*/c";
  const sources = [...new Set([...known.flatMap(near), ...others.split(" ")])];

  it.each([
    ["script-src", ""],
    ["script-src-elem", " 'unsafe-eval'"],
    ["default-src", ""],
    ["script-src", " 'none'"],
  ])("are theirs for every place in them: %s%s", (directive, also) => {
    const told = ({ type, severity, directive, value }: Finding) => [Type[type], Severity[severity], directive, value].join(" ");
    const { csp } = new CspParser(`${directive} ${sources.join(" ")}${also}`);
    expect(checkScriptAllowlistBypass(csp).map(told)).toEqual(googlesCheck(csp).map(told));
  });

  it("have more than 100 places, and not all sources mean one", () => {
    expect(known.length).toBeGreaterThan(100);
    const { csp } = new CspParser(`script-src ${sources.join(" ")}`);
    const severities = googlesCheck(csp).map(({ severity }) => severity);
    expect(severities.filter((one) => one === Severity.HIGH).length).toBeGreaterThan(800);
    expect(severities.filter((one) => one === Severity.MEDIUM_MAYBE).length).toBeGreaterThan(800);
  });

  it.each([
    ["ajax.googleapis.com", "ajax.googleapis.com serves AngularJS, and answers with JSONP."],
    ["www.google.com", "www.google.com answers with JSONP."],
  ])("are named: %s", (host, what) => {
    expect(bypasses(`script-src ${host}; object-src 'none'`).map(({ message }) => message)).toEqual([
      `${host} in script-src allows a bypass of the policy: ${what}`,
    ]);
  });
});

describe("what is looked for only where some source looks so", () => {
  it.each([
    [
      "default-src 'self' script-src; object-src 'none'",
      '"script-src" is the name of a directive, and is among the sources of default-src.',
    ],
    [
      "default-src 'none'; img-src [feed::cafe]",
      '"[feed::cafe]" in img-src is an IP address: by CSP3 only 127.0.0.1 is matched, and browsers differ.',
    ],
    [
      "default-src 'none'; img-src 10.1.2.3:8080",
      '"10.1.2.3:8080" in img-src is an IP address: by CSP3 only 127.0.0.1 is matched, and browsers differ.',
    ],
  ])("is found: %s", (text, message) => {
    expect(bypasses(text).map((one) => one.message)).toContain(message);
  });
});

describe("its vocabulary is corrected", () => {
  it.each([
    "fenced-frame-src 'self'",
    "script-src 'trusted-types-eval'",
    "script-src 'report-sha256'",
    "connect-src 'unsafe-webtransport-hashes'",
  ])("%s is CSP3, and csp_evaluator calls it a mistake", (directive) => {
    const text = `default-src 'none'; base-uri 'none'; ${directive}`;
    expect(googles(text).some(({ type }) => OF_GRAMMAR.includes(type))).toBe(true);
    expect(ours(text).filter(({ rule, severity }) => rule === "broken-value" || severity === "medium")).toEqual([]);
  });
});

describe("several policies, all enforced", () => {
  it("what one lacks another may have", () => {
    expect(bypasses("script-src 'nonce-abcdefgh', object-src 'none'; base-uri 'none'")).toEqual([]);
  });

  it("the strongest one counts", () => {
    expect(bypasses("default-src *, default-src 'none'")).toEqual([]);
  });

  it("what all of them let in is found", () => {
    expect(bypasses("default-src *, default-src *").map(({ severity }) => severity)).toContain("high");
  });
});

describe("script-src-elem and script-src-attr replace script-src", () => {
  const rest = "default-src 'none'; base-uri 'none'";
  it.each([
    ["script-src-elem 'unsafe-inline'", ["high 'unsafe-inline' in script-src-elem runs every injected script."]],
    ["script-src-attr 'unsafe-inline'", ["high 'unsafe-inline' in script-src-attr runs every injected event handler."]],
    ["script-src 'unsafe-inline'", ["high 'unsafe-inline' in script-src runs every injected script and event handler."]],
    ["script-src 'unsafe-inline'; script-src-elem 'none'", ["high 'unsafe-inline' in script-src runs every injected event handler."]],
    ["script-src 'unsafe-inline'; script-src-attr 'none'", ["high 'unsafe-inline' in script-src runs every injected script."]],
    [
      "script-src 'unsafe-inline'; script-src-attr 'none'; script-src-elem 'none'",
      [
        "low 'unsafe-inline' in script-src has no effect beside script-src-elem and script-src-attr, except in Firefox before 108 and Safari before 15.4.",
      ],
    ],
    ["script-src-elem 'unsafe-eval'", []],
    ["script-src-attr 'unsafe-eval'", []],
    ["script-src-attr https: *", []],
  ])("%s", (text, expected) => {
    expect(bypasses(`${rest}; ${text}`).map(({ severity, message }) => `${severity} ${message}`)).toEqual(expected);
  });
});

describe("what it cannot read", () => {
  it("a source at which it throws does not hide the others", () => {
    const text = "script-src 'unsafe-inline' https://[; object-src 'none'";
    expect(() => googles(text)).toThrow();
    expect(bypasses(text).map(({ message }) => message)).toContain(
      "'unsafe-inline' in script-src runs every injected script and event handler.",
    );
  });

  it("a policy beyond all measure is said not to be judged", () => {
    expect(bypasses(`script-src ${"a.example ".repeat(2000)}`).map(({ message }) => message)).toEqual([
      "The policy has more than 16384 characters, and was not checked for bypasses.",
    ]);
  });
});
