import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AuditContext, audit } from "../../src/audit/index.js";
import { definePolicy, type HeadersInput, nonce, type PresetName, perRequest, reportOnly } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const list = (name: PresetName) => audit(definePolicy(name)).findings.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);

describe("presets", () => {
  it("strictDynamic has no findings", () => {
    expect(list("strictDynamic")).toEqual([]);
  });

  it("strict trusts every file of its own site", () => {
    expect(list("strict")).toEqual(["low csp-bypass contentSecurityPolicy.scriptSrc", "info missing-header crossOriginEmbedderPolicy"]);
  });

  it("recommended allows inline styles", () => {
    expect(list("recommended")).toEqual([
      "low csp-bypass contentSecurityPolicy.scriptSrc",
      "low csp-weak contentSecurityPolicy.styleSrc",
      "info missing-header crossOriginEmbedderPolicy",
    ]);
  });

  it("streamlit has what Streamlit needs", () => {
    expect(list("streamlit").filter((one) => /^(?:high|medium)/.test(one))).toEqual([
      "high csp-bypass contentSecurityPolicy.scriptSrc",
      "medium csp-bypass contentSecurityPolicy.scriptSrc",
    ]);
  });

  it("a finding is all there", () => {
    expect(audit(definePolicy("none")).findings.find(({ header }) => header === "X-Frame-Options")).toEqual({
      rule: "missing-header",
      severity: "medium",
      header: "X-Frame-Options",
      path: "xFrameOptions",
      message: "Any site may show this page in a frame and trick visitors into clicking its buttons.",
      fix: "Send Content-Security-Policy: frame-ancestors 'self', and X-Frame-Options: SAMEORIGIN for old browsers.",
      owasp: "A01:2021",
      cwe: "CWE-1021",
      reference: "https://www.rfc-editor.org/rfc/rfc7034",
    });
  });

  it.each([
    ["X-Frame-Options", "A01:2021", "CWE-1021"],
    ["X-Content-Type-Options", "A04:2021", "CWE-79"],
    ["Strict-Transport-Security", "A02:2021", "CWE-319"],
    ["Content-Security-Policy", "A03:2021", "CWE-79"],
  ])("%s answers to %s, %s", (header, owasp, cwe) => {
    expect(audit({}).findings.find((one) => one.header === header)).toMatchObject({ owasp, cwe });
  });
});

describe("a policy", () => {
  it("on plain http is audited as it goes out there", () => {
    const { findings } = audit(definePolicy("strict"), { url: "http://site.example/" });
    expect(findings.flatMap(({ rule, severity }) => (rule === "insecure-transport" ? [severity] : []))).toEqual(["high"]);
  });

  it("with a perRequest slot says what was left out", () => {
    const slot = perRequest(() => "https://tenant.example");
    const policy = definePolicy({ contentSecurityPolicy: { imgSrc: [slot], scriptSrc: [nonce, slot] } });
    expect(audit(policy).findings.map(({ rule }) => rule)).toContain("per-request-slot");
  });

  it("in report-only is not enforced", () => {
    expect(audit(reportOnly(definePolicy("strict"))).findings[0]).toMatchObject({ severity: "high", header: "Content-Security-Policy" });
  });

  it("and the headers that it renders to have the same score", () => {
    const pairs = [["x-frame-options", "DENY"]] as const;
    expect(audit(pairs).score).toEqual(audit(definePolicy("none", { xFrameOptions: "DENY" })).score);
  });
});

describe("headers as they come", () => {
  const deny = audit({ "X-Frame-Options": "DENY" });

  it.each<[string, HeadersInput]>([
    ["in another case", { "x-frame-options": "DENY" }],
    ["as a list", { "X-FRAME-OPTIONS": ["DENY"] }],
    ["as pairs", [["X-Frame-Options", "DENY"]]],
    ["as a Fetch Headers", new Headers({ "X-Frame-Options": "DENY" }) as unknown as HeadersInput],
    ["with blanks around", { "X-Frame-Options": "  DENY\t" }],
    ["beside what is not there", { "X-Frame-Options": "DENY", "Referrer-Policy": undefined }],
  ])("%s are the same", (_, headers) => {
    expect(audit(headers)).toEqual(deny);
  });

  it("the result is frozen, and the worst comes first", () => {
    const { findings, score } = audit({ server: "nginx/1.2", "x-xss-protection": "1" });
    expect([findings, findings[0], score, score.tests, score.tests[0]].every(Object.isFrozen)).toBe(true);
    const order = ["high", "medium", "low", "info"];
    const ranks = findings.map(({ severity }) => order.indexOf(severity));
    expect(ranks).toEqual([...ranks].sort());
  });
});

describe("what is refused", () => {
  it("is what is no set of headers", () => {
    expect(issuesOf(() => audit(null as unknown as HeadersInput))).toEqual([
      "audit: null is not a policy or a set of headers. Write a policy, a Headers, pairs, or an object of strings.",
    ]);
  });

  it("is a promise, which would be a set without headers", () => {
    expect(issuesOf(() => audit(Promise.resolve({}) as never))).toEqual([
      "audit: a promise is not a policy or a set of headers. Write await before it.",
    ]);
  });

  it("is a context that does not fit, all of it at once", () => {
    const context = { url: "site.example", cookies: "a=1", htlm: "" } as unknown as AuditContext;
    expect(issuesOf(() => audit({}, context))).toEqual([
      'audit.url: "site.example" is not an absolute URL. Write an absolute URL, such as "https://site.example/".',
      'audit.cookies: "a=1" is not a list. Write the list of Set-Cookie values; [] for none.',
      'audit.htlm: unknown option. Did you mean "html"?',
    ]);
  });
});

describe("hostile input", () => {
  const NAMES = [
    "Content-Security-Policy",
    "content-security-policy-report-only",
    "Strict-Transport-Security",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Resource-Policy",
    "Reporting-Endpoints",
    "Report-To",
    "Integrity-Policy",
    "Document-Policy",
    "Cache-Control",
    "Clear-Site-Data",
    "X-XSS-Protection",
    "Access-Control-Allow-Origin",
    "Set-Cookie",
    "Content-Type",
    "Server",
    "__proto__",
    "constructor",
  ];
  const WORDS = [
    "default-src script-src object-src 'self' 'none' 'unsafe-inline' 'strict-dynamic' 'nonce-a' https: https://[ //x * *.a :* report-to toString __proto__",
    'max-age=1 max-age=99999999999999999999 preload DENY nosniff ALLOW-FROM ; , = () ( " \' \\ \0 \r\n é \ud800 {} [{"group":1}] null no-store public ?1',
  ].flatMap((line) => line.split(" "));
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(" ")),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join("")),
  );
  const value = fc.oneof(text, fc.array(text, { maxLength: 3 }));

  it("in headers never throws, and scores 0 or more", () => {
    const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), text), value), { maxLength: 6 });
    fc.assert(
      fc.property(pairs, (headers) => {
        const { findings, score } = audit(headers as unknown as HeadersInput);
        return score.points >= 0 && score.tests.length + score.unseen.length === 12 && findings.every(({ message, fix }) => message && fix);
      }),
      { numRuns: 1500 },
    );
  });

  it("in cookies, redirects and pages never throws", () => {
    const tags = [
      "<script src=",
      "<meta http-equiv=content-security-policy content=",
      "<base href=",
      "<meta name=referrer content=",
      ">",
      "<a",
      "http://[",
    ];
    const html = fc.array(fc.oneof(fc.constantFrom(...tags), text), { maxLength: 10 }).map((parts) => parts.join(" "));
    const redirects = fc.array(fc.record({ url: fc.oneof(text, fc.constantFrom("http://a.example", "https://a.example")) }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(html, fc.array(text, { maxLength: 3 }), redirects, (page, cookies, hops) => {
        audit({}, { html: page, cookies, redirects: hops });
      }),
      { numRuns: 500 },
    );
  });

  it("a page nested a hundred thousand deep", () => {
    const html = `${"<div>".repeat(100_000)}<script src="https://cdn.example/a.js"></script>`;
    expect(audit({}, { html }).findings.map(({ rule }) => rule)).toContain("missing-integrity");
  });

  it.each([
    ["policies of a header", { "Content-Security-Policy": "a,".repeat(30_000) }, {}],
    ["policies of a page", {}, { html: `<meta http-equiv="Content-Security-Policy" content="${"a,".repeat(400_000)}">` }],
    ["elements that a page leaves open", {}, { html: Array.from({ length: 8_000 }, (_, index) => `<font a=${index}><p>`).join("") }],
  ])(
    "too many %s are not judged, and that is said",
    (_, headers, context) => {
      expect(audit(headers, context).findings.map(({ rule }) => rule)).toContain("not-judged");
    },
    20_000,
  );

  it("values that are no text are findings", () => {
    const headers = { "X-Frame-Options": { toString: "x" }, "Referrer-Policy": [null] } as unknown as HeadersInput;
    expect(audit(headers).findings.filter(({ message }) => message === "The value is not text.")).toHaveLength(2);
  });
});
