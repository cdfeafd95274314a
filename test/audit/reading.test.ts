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
      `${name} is sent with several values, separated by commas: browsers cannot read it, and ignore the header.`,
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
    expect(texts({ "X-Frame-Options": ["DENY", "SAMEORIGIN"] })[1]).toBe("The values differ, and browsers block every frame.");
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
    expect(texts(shouted)).toEqual(["Browsers cannot read this value, and ignore the header."]);
    expect(grave(shouted, "Cross-Origin-Resource-Policy")).toEqual(['"SAME-ORIGIN" is not one of its values.']);
    expect(() => parseHeaders(shouted)).toThrow('Did you mean "same-origin"?');
  });
  it("Cross-Origin-Opener-Policy is read in exact case", () => {
    expect(verdict({ "Cross-Origin-Opener-Policy": "Same-Origin" }, {})).toBe("same");
    expect(texts({ "Cross-Origin-Opener-Policy": "Same-Origin" })).toEqual(["Browsers cannot read this value, and ignore the header."]);
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
      expect([name, texts(headers)]).toEqual([name, ["Browsers cannot read this value, and ignore the header."]]);
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
    expect(texts({ "Origin-Agent-Cluster": "?1; x=2" })).toEqual(["The origin requests its own process."]);
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
      'For a year, browsers use only https for this host and all its subdomains. "foo=bar" is not known, and browsers ignore it. "includeSubdomain" is not known, and browsers ignore it.',
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
    expect(() => parseHeaders(hsts("max-age=300; foo"))).toThrow('"foo" is not a directive of Strict-Transport-Security');
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
    expect(texts(odd)).toEqual(["Blocked: camera and usb. interest-rates: not known here."]);
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
    expect(verdict({ "Referrer-Policy": "invented, no-referrer" }, { "Referrer-Policy": "no-referrer" })).toBe("same");
  });
  it.each([
    ["no-referrer", "no-referrer, future-leak", "incomparable"],
    ["no-referrer, future-leak", "no-referrer", "incomparable"],
    ["no-referrer, future-leak", "unsafe-url, future-leak", "weaker"],
    ["no-referrer", "no-referrer, <future>", "same"],
  ])("a word of Referrer-Policy behind the others, which a browser may know: %s → %s", (before, after, expected) => {
    expect(verdict({ "Referrer-Policy": before }, { "Referrer-Policy": after })).toBe(expected);
  });
  it("a word of Referrer-Policy alone, against no header", () => {
    expect(verdict({}, { "Referrer-Policy": "future-leak" })).toBe("incomparable");
  });
  it("an endpoint", () => {
    const headers = { "Content-Security-Policy": "img-src *; report-to csp", "Reporting-Endpoints": 'csp="/r", old=s' };
    expect(audit(headers).findings.some(({ rule }) => rule === "report-endpoint")).toBe(false);
  });
  it.each(["blocked-destinations=(script worker)", "blocked-destinations=(script), mode=(strict)"])(
    "a destination or a member of Integrity-Policy, which a browser may know: %s",
    (text) => {
      const known = { "Integrity-Policy": "blocked-destinations=(script)" };
      expect(verdict({ "Integrity-Policy": text }, known)).toBe("incomparable");
      expect(verdict(known, { "Integrity-Policy": text })).toBe("incomparable");
      expect(verdict({ "Integrity-Policy": text }, { "Integrity-Policy": text })).toBe("same");
    },
  );
  it("a kind of data of Clear-Site-Data, which a browser may know", () => {
    expect(verdict({ "Clear-Site-Data": '"cache", "credits"' }, { "Clear-Site-Data": '"cache"' })).toBe("incomparable");
    expect(verdict({ "Clear-Site-Data": '"cache"' }, { "Clear-Site-Data": '"cache", "credits"' })).toBe("incomparable");
    expect(verdict({ "Clear-Site-Data": '"credits"' }, {})).toBe("incomparable");
  });
  it("a kind of data without its quotes, which no browser reads", () => {
    expect(verdict({ "Clear-Site-Data": '"cache", credits' }, { "Clear-Site-Data": '"cache"' })).toBe("same");
  });
  it("names what is not known", () => {
    expect(compare({ "Referrer-Policy": "no-referrer" }, { "Referrer-Policy": "no-referrer, future-leak" }).headers[0]?.message).toBe(
      "Cannot be compared: what future-leak does is not known here.",
    );
    const integrity = (text: string) => ({ "Integrity-Policy": text });
    expect(compare(integrity("blocked-destinations=(script)"), integrity("blocked-destinations=(script worker)")).headers[0]?.message).toBe(
      'Cannot be compared: what "worker" of blocked-destinations does is not known here.',
    );
  });
  it("a point of Document-Policy", () => {
    expect(verdict({ "Document-Policy": "sync-xhr=?0, invented" }, { "Document-Policy": "sync-xhr=?0" })).toBe("incomparable");
  });
});

describe("a Content-Security-Policy that was sent", () => {
  const csp = (value: string) => ({ "Content-Security-Policy": value });
  const broken = (value: string) =>
    audit(csp(value)).findings.flatMap(({ rule, severity, path, message }) =>
      rule === "broken-value" ? [`${severity} ${path} ${message}`] : [],
    );
  const told = (value: string) =>
    explain(csp(value)).map(({ value, text, directives }) => [value, text, ...directives.map((one) => `${one.directive}: ${one.text}`)]);

  it("a directive whose first source is broken gets findings for the others", () => {
    expect(broken("img-src https:/a.example 'slef' https://b.example 'strict-dynamic'; font-src 'slef'")).toEqual([
      'medium contentSecurityPolicy.imgSrc[0] "https:/a.example" is not a source.',
      "medium contentSecurityPolicy.imgSrc[1] \"'slef'\" is not a keyword.",
      'medium contentSecurityPolicy.imgSrc[3] "strict-dynamic" has no meaning in imgSrc.',
      "medium contentSecurityPolicy.fontSrc[0] \"'slef'\" is not a keyword.",
    ]);
  });
  it("parseHeaders names all of them, too", () => {
    expect(() => parseHeaders(csp("img-src https:/a.example 'slef'"))).toThrow(/imgSrc\[0\][\s\S]*imgSrc\[1\]/);
  });
  it("sources on trial are a note, not a mistake", () => {
    expect(broken("script-src 'self' 'url-sha256-YWJj' 'eval-sha256-YWJj' 'strict-dynamic-url'")).toEqual([]);
    expect(
      findings(
        csp("default-src 'none'; script-src 'url-sha256-YWJj'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        "Content-Security-Policy",
      ),
    ).toEqual([
      "info 'url-sha256-YWJj' in script-src is on trial in Chromium: there it replaces hosts, and other browsers allow no script by it.",
    ]);
  });
  it("a host with a trailing dot, and treat-as-public-address, are right", () => {
    expect(broken("img-src https://a.example.; treat-as-public-address")).toEqual([]);
  });
  it("explain says what sources on trial do", () => {
    expect(told("script-src 'self' 'url-sha256-YWJj' 'eval-sha256-YWJj' 'strict-dynamic-url'")[0]?.[2]).toBe(
      "script-src: Scripts: from this site. On trial in Chromium: scripts with a URL that has this hash run, and hosts are ignored. On trial in Chromium: eval() accepts text that has this hash, and 'unsafe-eval' is ignored. On trial in Chromium: scripts that run may load others.",
    );
  });
  it("explain says which sources are ignored, and which are not known", () => {
    expect(told("img-src 'self' https:/a 'moon'")[0]?.[2]).toBe(
      "img-src: Images: from this site. 'moon' is not known here. Ignored: https:/a.",
    );
  });
  it("explain of several policies in one field is one row each", () => {
    expect(told("img-src 'self', font-src *")).toEqual([
      [
        "img-src 'self'",
        "One of 2 policies, all of which have to allow a request. What a page may load, run, frame and send:",
        "img-src: Images: from this site.",
      ],
      [
        "font-src *",
        "One of 2 policies, all of which have to allow a request. What a page may load, run, frame and send:",
        "font-src: Fonts: from any site.",
      ],
    ]);
  });
  it("explain says that a directive that stands twice is ignored", () => {
    expect(told("img-src 'self'; img-src *")[0]?.[3]).toBe("img-src: Ignored: the first directive of this name counts.");
  });
  it("explain says which sinks and names Trusted Types are about", () => {
    expect(told("require-trusted-types-for 'script'; trusted-types dompurify")[0]?.slice(2)).toEqual([
      "require-trusted-types-for: innerHTML, eval(), script.src, setTimeout() with a string and other sinks accept only values made by a Trusted Types policy. Use textContent for plain text; trusted-types says which policies trustedTypes.createPolicy() may create.",
      "trusted-types: Trusted Types policies may only have the name dompurify.",
    ]);
  });
  it("the audit says what Trusted Types ask of the scripts", () => {
    const found = (value: string) =>
      audit(csp(value)).findings.flatMap(({ rule, severity, message }) => (rule === "trusted-types" ? [`${severity} ${message}`] : []));
    expect(found("require-trusted-types-for 'script'")).toEqual([
      "low Trusted Types are required, but any script may create a policy of any name: trusted-types is missing.",
    ]);
    expect(found("trusted-types dompurify")).toEqual([
      "low trusted-types names policies, but no sink requires them: require-trusted-types-for is missing.",
    ]);
    expect(found("require-trusted-types-for 'script'; trusted-types default dompurify")).toEqual([]);
    expect(found("require-trusted-types-for 'script', trusted-types 'none'")).toEqual([]);
  });
});

describe("the platform", () => {
  it.each([
    ["Service-Worker-Allowed", "/", "A service worker loaded from here may control every URL below /."],
    ["Timing-Allow-Origin", "*", "Every site may measure how long this response took, and how large it is."],
    ["Timing-Allow-Origin", "https://a.example", "https://a.example may measure how long this response took, and how large it is."],
    ["X-Robots-Tag", "noindex", "Instructions for search engines: noindex."],
    ["NEL", '{"report_to":"nel","max_age":86400}', "Chromium reports requests to this site that failed on the network."],
    ["Speculation-Rules", '"/rules.json"', 'Which links browsers may load in advance is defined in "/rules.json".'],
    ["Supports-Loading-Mode", "credentialed-prerender", "The page also supports these ways of loading: credentialed-prerender."],
    ["No-Vary-Search", "params", "Parts of the query that the browser's cache ignores: params."],
    [
      "Activate-Storage-Access",
      "load",
      "In a frame of another site, the page may use its own cookies where the visitor allowed that: load.",
    ],
    ["Set-Login", "logged-in", "Tells the browser whether the visitor is logged in here as an identity provider: logged-in."],
    [
      "Secure-Session-Registration",
      '(ES256);path="start"',
      "Asks the browser to bind the session to a key that does not leave the device.",
    ],
    [
      "Connection-Allowlist",
      '(response-origin "https://*.a.example/*");report-to=x',
      "Connections of every kind are allowed only to this response's origin and https://*.a.example/*; redirects and WebRTC are blocked. Only Chromium reads this header.",
    ],
    [
      "Connection-Allowlist",
      "(); webrtc=allow;redirects=allow",
      "Connections of every kind are blocked; redirects and WebRTC are allowed. Only Chromium reads this header.",
    ],
    [
      "Connection-Allowlist-Report-Only",
      "()",
      "Connections of every kind are blocked; redirects and WebRTC are blocked. Only Chromium reads this header. Report-only: nothing is blocked.",
    ],
    ["Connection-Allowlist", "self", "Browsers cannot read this value, and ignore the header."],
    [
      "Integrity-Policy",
      "blocked-destinations=(script)",
      "Blocked: every <script src> without an integrity attribute, the site's own too. Add one to each element in the HTML.",
    ],
    ["Permissions-Policy", "local-network=(), loopback-network=(self)", "Blocked: local-network. loopback-network: allowed to this site."],
    [
      "Permissions-Policy",
      "ch-dpr=*, ch-ua=*",
      "ch-dpr: requests to every origin may carry it. ch-ua: requests to every origin may carry it.",
    ],
    [
      "Permissions-Policy",
      'camera=(), ch-dpr=(), ch-ua=(self "https://a.example"), ch-width=()',
      "Blocked: camera. No request of the page carries ch-dpr and ch-width. ch-ua: requests to this site and https://a.example may carry it.",
    ],
  ])("explains %s: %s", (name, value, text) => {
    expect(texts({ [name]: value })).toEqual([text]);
  });

  const found = (rule: string, headers: HeadersInput) =>
    audit(headers).findings.flatMap((one) => (one.rule === rule ? [`${one.severity} ${one.header}: ${one.message}`] : []));

  it("Timing-Allow-Origin: * is a finding", () => {
    expect(found("timing-universal", { "Timing-Allow-Origin": "*" })).toEqual([
      "low Timing-Allow-Origin: Every site may measure how long this response took, and how large it is: that can reveal facts about a visitor.",
    ]);
    expect(found("timing-universal", { "Timing-Allow-Origin": "https://a.example, *" })).toHaveLength(1);
    expect(found("timing-universal", { "Timing-Allow-Origin": "https://a.example" })).toEqual([]);
  });
  it("a Connection-Allowlist that cannot be read is a finding", () => {
    expect(found("connection-allowlist", { "Connection-Allowlist": "self" })).toEqual([
      'medium Connection-Allowlist: "self" is not a list in parentheses, so nothing is limited.',
    ]);
  });
  it("a Connection-Allowlist is experimental", () => {
    expect(found("connection-allowlist", { "Connection-Allowlist": "(response-origin)" })).toEqual([
      "info Connection-Allowlist: Only Chromium supports Connection-Allowlist; connect-src and the other directives of the CSP apply in every browser.",
    ]);
  });
  it("each pattern of a Connection-Allowlist that Chromium ignores is a finding", () => {
    expect(found("connection-allowlist", { "Connection-Allowlist": "(self response-origin), ()" }).slice(0, 2)).toEqual([
      'low Connection-Allowlist: "self" is neither a pattern in double quotes nor response-origin, and Chromium ignores it.',
      "low Connection-Allowlist: It has 2 lists, and Chromium reads only the first one.",
    ]);
  });
  it("a header over 8 kB is a finding", () => {
    const long = `img-src ${"https://aaaaaaaaaaaaaaaaaaa.example ".repeat(300)}`;
    expect(found("large-header", { "Content-Security-Policy": long })).toEqual([
      "low Content-Security-Policy: The value has 10807 bytes, and many servers and proxies refuse more than 8192 bytes of header.",
    ]);
    expect(found("large-header", { "X-Other": "x".repeat(8193) })).toEqual([
      "low X-Other: The value has 8193 bytes, and many servers and proxies refuse more than 8192 bytes of header.",
    ]);
    expect(found("large-header", { "X-Other": "x".repeat(8192) })).toEqual([]);
  });
});
