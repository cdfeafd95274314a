import { describe, expect, it } from "vitest";
import { compare } from "../../src/audit/compare.js";
import { audit, explain } from "../../src/audit/index.js";
import { type HeadersInput, parseHeaders } from "../../src/index.js";

/** The findings of at least medium severity about one header. */
const grave = (headers: HeadersInput, name: string) =>
  audit(headers).findings.flatMap(({ header, severity, message }) =>
    header === name && (severity === "high" || severity === "medium") ? [message] : [],
  );
const findings = (headers: HeadersInput, name: string) =>
  audit(headers).findings.flatMap(({ header, rule, severity, message }) =>
    header === name && !["missing-header", "weak-value", "csp-bypass", "csp-weak"].includes(rule) ? [`${severity} ${message}`] : [],
  );
const scored = (headers: HeadersInput, test: string) => audit(headers).score.tests.find((one) => one.test === test)?.result;
const texts = (headers: HeadersInput) => explain(headers).map(({ text }) => text);
const verdict = (before: HeadersInput, after: HeadersInput) => compare(before, after).verdict;

describe("a header of one structured item that is sent twice", () => {
  const IGNORED: readonly (readonly [name: string, value: string])[] = [
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Cross-Origin-Embedder-Policy", "require-corp"],
    ["Document-Isolation-Policy", "isolate-and-require-corp"],
    ["Origin-Agent-Cluster", "?1"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
  ];
  it.each(IGNORED)("%s: the audit says at medium that browsers ignore it", (name, value) => {
    const message = `${name} is sent 2 times: browsers join the values, cannot read the result, and ignore the header.`;
    expect(grave({ [name]: [value, value] }, name)).toEqual([message]);
  });
  it.each(IGNORED)("%s: in one line with a comma, too", (name, value) => {
    expect(grave({ [name]: `${value}, ${value}` }, name)).toEqual([
      `${name} is sent with several values, commas between them: browsers cannot read it, and ignore the header.`,
    ]);
  });
  it.each(IGNORED)("%s: explain says the same of each line", (name, value) => {
    const text = "Sent 2 times: browsers join the values, cannot read the result, and ignore the header.";
    expect(texts({ [name]: [value, value] })).toEqual([text, text]);
  });
  it.each(IGNORED)("%s: compare takes it for absent", (name, value) => {
    expect(verdict({ [name]: value }, { [name]: [value, value] })).toBe("weaker");
    expect(verdict({ [name]: [value, value] }, {})).toBe("same");
  });
  it.each([
    ["Cross-Origin-Opener-Policy", "same-origin", "cross-origin-opener-policy"],
    ["Cross-Origin-Embedder-Policy", "require-corp", "cross-origin-embedder-policy"],
    ["Cross-Origin-Resource-Policy", "same-origin", "cross-origin-resource-policy"],
  ])("%s: the score takes it for invalid", (name, value, test) => {
    expect(scored({ [name]: [value, value] }, test)).toBe("invalid");
  });
  it("a comma inside a parameter is no second value", () => {
    expect(grave({ "Cross-Origin-Opener-Policy": 'same-origin; report-to="a,b"' }, "Cross-Origin-Opener-Policy")).toEqual([]);
  });
});

describe("headers that browsers read though they are sent twice", () => {
  it("X-Frame-Options: equal values count as one", () => {
    expect(verdict({ "X-Frame-Options": ["DENY", "deny"] }, { "X-Frame-Options": "DENY" })).toBe("same");
  });
  it("X-Frame-Options: different values block every frame", () => {
    expect(verdict({ "X-Frame-Options": ["DENY", "SAMEORIGIN"] }, { "X-Frame-Options": "DENY" })).toBe("same");
    expect(verdict({ "X-Frame-Options": "SAMEORIGIN, ALLOWALL" }, { "X-Frame-Options": "DENY" })).toBe("same");
  });
  it("X-Frame-Options: explain says that different values block", () => {
    expect(texts({ "X-Frame-Options": ["DENY", "SAMEORIGIN"] })[1]).toBe(
      "Nobody may show this page in a frame: the values differ, and browsers then block every frame.",
    );
  });
  it("X-Frame-Options: several values of which none is known block nothing", () => {
    expect(verdict({ "X-Frame-Options": "ALLOW-FROM https://a.example, NEVER" }, {})).toBe("same");
  });
  it("X-Content-Type-Options: the first of the list counts", () => {
    expect(verdict({ "X-Content-Type-Options": "nosniff, sniff" }, { "X-Content-Type-Options": "nosniff" })).toBe("same");
    expect(verdict({ "X-Content-Type-Options": ["sniff", "nosniff"] }, {})).toBe("incomparable");
  });
  it("Strict-Transport-Security: the first line counts", () => {
    const twice = { "Strict-Transport-Security": ["max-age=600", "max-age=0"] };
    expect(verdict(twice, { "Strict-Transport-Security": "max-age=600" })).toBe("same");
  });
  it("Permissions-Policy: the lines are one dictionary", () => {
    const twice = { "Permissions-Policy": ["camera=()", "usb=()"] };
    expect(verdict(twice, { "Permissions-Policy": "camera=(), usb=()" })).toBe("same");
  });
});

describe("case and blanks", () => {
  it("Cross-Origin-Resource-Policy is read in exact case", () => {
    const shouted = { "Cross-Origin-Resource-Policy": "SAME-ORIGIN" };
    expect(verdict(shouted, { "Cross-Origin-Resource-Policy": "same-origin" })).toBe("stronger");
    expect(verdict(shouted, {})).toBe("same");
    expect(scored(shouted, "cross-origin-resource-policy")).toBe("invalid");
    expect(texts(shouted)).toEqual(["Browsers cannot read this value, and go on as if it were not there."]);
    expect(grave(shouted, "Cross-Origin-Resource-Policy")).toEqual(['"SAME-ORIGIN" is not one of its values.']);
    expect(() => parseHeaders(shouted)).toThrow('Did you mean "same-origin"?');
  });
  it("Cross-Origin-Opener-Policy is read in exact case", () => {
    expect(verdict({ "Cross-Origin-Opener-Policy": "Same-Origin" }, {})).toBe("same");
    expect(texts({ "Cross-Origin-Opener-Policy": "Same-Origin" })).toEqual([
      "Browsers cannot read this value, and go on as if it were not there.",
    ]);
  });
  it("X-Frame-Options and X-Content-Type-Options are read in any case", () => {
    expect(
      verdict(
        { "X-Frame-Options": "deny", "X-Content-Type-Options": "NoSniff" },
        { "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff" },
      ),
    ).toBe("same");
  });
  it.each(["\f", "\v", "\u00a0", "\u2003"])("%j around a value is not white space", (char) => {
    for (const [name, value] of [
      ["X-Frame-Options", "DENY"],
      ["X-Content-Type-Options", "nosniff"],
      ["Cross-Origin-Resource-Policy", "same-origin"],
      ["Cross-Origin-Opener-Policy", "same-origin"],
      ["Strict-Transport-Security", "max-age=31536000"],
      ["Referrer-Policy", "no-referrer"],
    ] as const) {
      const headers = { [name]: `${char}${value}${char}` };
      expect([name, findings(headers, name).length]).toEqual([name, 1]);
      expect([name, texts(headers)]).toEqual([name, ["Browsers cannot read this value, and go on as if it were not there."]]);
    }
  });
  it("blanks and tabs are", () => {
    expect(verdict({ "X-Frame-Options": " \tDENY\t " }, { "X-Frame-Options": "DENY" })).toBe("same");
  });
});

describe("Origin-Agent-Cluster", () => {
  it("with a parameter is in effect", () => {
    expect(verdict({ "Origin-Agent-Cluster": "?1;x" }, { "Origin-Agent-Cluster": "?1" })).toBe("same");
    expect(findings({ "Origin-Agent-Cluster": "?1;x" }, "Origin-Agent-Cluster")).toEqual([]);
    expect(texts({ "Origin-Agent-Cluster": "?1; x=2" })).toEqual(["The origin asks for a process of its own."]);
  });
  it("without its mark is not", () => {
    expect(grave({ "Origin-Agent-Cluster": "1" }, "Origin-Agent-Cluster")).toEqual([]);
    expect(findings({ "Origin-Agent-Cluster": "1" }, "Origin-Agent-Cluster")).toEqual(['low "1" is not one of its values.']);
  });
});

describe("Strict-Transport-Security", () => {
  const hsts = (value: string) => ({ "Strict-Transport-Security": value });
  const year = hsts("max-age=31536000; includeSubDomains");

  it("with an unknown directive is in effect", () => {
    const odd = hsts("max-age=31536000; includeSubDomains; foo=bar; includeSubdomain");
    expect(verdict(odd, year)).toBe("same");
    expect(scored(odd, "strict-transport-security")).toBe("at-least-six-months");
    expect(texts(odd)).toEqual([
      'For a year browsers use only https on this host, and on all its subdomains. "foo=bar" is not known, and browsers ignore it. "includeSubdomain" is not known, and browsers ignore it.',
    ]);
  });
  it("each unknown directive is a finding, and low", () => {
    expect(findings(hsts("max-age=31536000; foo=bar; includeSubDomains; max-stale"), "Strict-Transport-Security")).toEqual([
      'low "foo=bar" is not known, and browsers ignore it.',
      'low "max-stale" is not known, and browsers ignore it.',
    ]);
  });
  it("with a huge max-age is in effect", () => {
    const huge = hsts("max-age=99999999999999999999; includeSubDomains");
    expect(scored(huge, "strict-transport-security")).toBe("at-least-six-months");
    expect(verdict(huge, year)).toBe("weaker");
    expect(grave(huge, "Strict-Transport-Security")).toEqual([]);
  });
  it.each(["max-age=", "max-age=-1", "includeSubDomains", "max-age=1; max-age=2", "max-age=1; includeSubDomains=1", "max-age=1 2"])(
    "%s is not in effect",
    (value) => {
      expect(verdict(hsts(value), {})).toBe("same");
      expect(scored(hsts(value), "strict-transport-security")).toBe("invalid");
    },
  );
  it("somebody who writes an unknown directive is told so", () => {
    expect(() => parseHeaders(hsts("max-age=300; foo"))).toThrow('"foo" has no place here');
  });
});

describe("Document-Policy", () => {
  it("keeps 2.0 as it is written", () => {
    const policy = parseHeaders({ "Document-Policy": "oversized-images=2.0" });
    expect(compare(policy, { "Document-Policy": "oversized-images=2.0" }).headers[0]?.before).toBe("oversized-images=2.0");
  });
  it("keeps 2.5 as it is written", () => {
    const policy = parseHeaders({ "Document-Policy": "oversized-images=2.5" });
    expect(compare(policy, {}).headers[0]?.before).toBe("oversized-images=2.5");
  });
});

describe("members that browsers do not know are ignored one by one", () => {
  it("a feature: the others count", () => {
    const odd = { "Permissions-Policy": "camera=(), interest-rates=(), usb=()" };
    expect(verdict(odd, { "Permissions-Policy": "camera=(), interest-rates=()" })).toBe("weaker");
    expect(findings(odd, "Permissions-Policy")).toEqual(['low "interest-rates" is not a feature.']);
    expect(texts(odd)).toEqual(["Nobody here may use camera and usb. interest-rates: not known here."]);
  });
  it("a feature that is not known has no order against its absence", () => {
    expect(verdict({ "Permissions-Policy": "camera=(), interest-rates=()" }, { "Permissions-Policy": "camera=()" })).toBe("incomparable");
  });
  it("a feature that is not known has an order between two lists", () => {
    expect(verdict({ "Permissions-Policy": "interest-rates=()" }, { "Permissions-Policy": "interest-rates=(self)" })).toBe("weaker");
  });
  it("a member of an allowlist: the others count", () => {
    expect(verdict({ "Permissions-Policy": "camera=(self 'none')" }, {})).toBe("same");
    expect(
      verdict(
        { "Permissions-Policy": 'camera=(self none "https://a.example")' },
        { "Permissions-Policy": 'camera=(self "https://a.example")' },
      ),
    ).toBe("same");
  });
  it("a dictionary that is broken is no policy at all", () => {
    expect(verdict({ "Permissions-Policy": "camera=(" }, {})).toBe("same");
  });
  it("a word of Referrer-Policy", () => {
    expect(verdict({ "Referrer-Policy": "no-referrer, invented" }, { "Referrer-Policy": "no-referrer" })).toBe("same");
  });
  it("an endpoint", () => {
    const headers = { "Content-Security-Policy": "img-src *; report-to csp", "Reporting-Endpoints": 'csp="/r", old=s' };
    expect(audit(headers).findings.some(({ rule }) => rule === "report-endpoint")).toBe(false);
  });
  it("a destination of Integrity-Policy", () => {
    const known = { "Integrity-Policy": "blocked-destinations=(script)" };
    expect(verdict({ "Integrity-Policy": "blocked-destinations=(script worker), mode=(strict)" }, known)).toBe("same");
  });
  it("a kind of data of Clear-Site-Data", () => {
    expect(verdict({ "Clear-Site-Data": '"cache", "credits"' }, { "Clear-Site-Data": '"cache"' })).toBe("same");
  });
  it("a point of Document-Policy", () => {
    expect(verdict({ "Document-Policy": "sync-xhr=?0, invented" }, { "Document-Policy": "sync-xhr=?0" })).toBe("incomparable");
  });
});
