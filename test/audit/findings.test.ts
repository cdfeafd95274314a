import { describe, expect, it } from "vitest";
import { type AuditContext, audit } from "../../src/audit/index.js";
import type { HeadersInput } from "../../src/index.js";

const CSP = "Content-Security-Policy";

/** What one rule says, and what it advises. */
const words = (rule: string, headers: HeadersInput, context?: AuditContext) =>
  audit(headers, context).findings.flatMap((one) => (one.rule === rule ? [[one.message, one.fix]] : []));

it.each([
  [
    "X-XSS-Protection",
    "1",
    "X-XSS-Protection switches on a filter of old browsers that caused vulnerabilities.",
    "Send X-XSS-Protection: 0, or remove it; a Content-Security-Policy protects better.",
  ],
  [
    "Public-Key-Pins",
    "max-age=1",
    "No browser supports key pinning any more; in those that did, a lost key locked visitors out.",
    "Remove Public-Key-Pins.",
  ],
  ["Public-Key-Pins-Report-Only", "max-age=1", "No browser supports key pinning any more.", "Remove Public-Key-Pins-Report-Only."],
  ["Expect-CT", "max-age=1", "Browsers require Certificate Transparency by default, and no longer read Expect-CT.", "Remove Expect-CT."],
  [
    "Feature-Policy",
    "camera 'none'",
    "Browsers read Permissions-Policy instead, in another syntax.",
    "Send Permissions-Policy: geolocation=(), microphone=(), camera=().",
  ],
  [
    "X-Content-Security-Policy",
    "default-src 'self'",
    "Only browsers of 2013 read X-Content-Security-Policy, and with errors.",
    "Send Content-Security-Policy.",
  ],
  ["X-WebKit-CSP", "default-src 'self'", "Only browsers of 2013 read X-WebKit-CSP, and with errors.", "Send Content-Security-Policy."],
  [
    "Report-To",
    "{}",
    "Reporting-Endpoints has replaced Report-To.",
    "Send Reporting-Endpoints; keep Report-To only for Network Error Logging.",
  ],
  [
    "X-Permitted-Cross-Domain-Policies",
    "master-only",
    "Only Adobe's plugins, which no browser runs any more, read X-Permitted-Cross-Domain-Policies.",
    "Remove it, or send none, as OWASP advises.",
  ],
  ["X-Download-Options", "noopen", "Only Internet Explorer reads X-Download-Options.", "Remove it."],
  ["X-UA-Compatible", "IE=edge", "Only Internet Explorer reads X-UA-Compatible.", "Remove it."],
  ["P3P", 'CP="a"', "Only Internet Explorer reads P3P.", "Remove it."],
])("deprecated-header on %s: %s", (header, value, message, fix) => {
  expect(words("deprecated-header", { [header]: value })).toEqual([[message, fix]]);
});

it.each<[HeadersInput, string, string]>([
  [
    { "Cross-Origin-Opener-Policy": "unsafe-none" },
    "unsafe-none is the default: windows of other sites keep a handle on this one.",
    "Send Cross-Origin-Opener-Policy: same-origin.",
  ],
  [
    { "Cross-Origin-Embedder-Policy": "unsafe-none" },
    "unsafe-none is the default: the page is not cross-origin isolated.",
    "Send Cross-Origin-Embedder-Policy: require-corp.",
  ],
  [
    { "Cross-Origin-Resource-Policy": "cross-origin" },
    "cross-origin lets any site load this response.",
    "Send Cross-Origin-Resource-Policy: same-origin, except for files that other sites embed.",
  ],
  [
    { "X-Permitted-Cross-Domain-Policies": "all" },
    "all lets any file on the site decide who may read its data.",
    "Send X-Permitted-Cross-Domain-Policies: none.",
  ],
  [{ "Origin-Agent-Cluster": "?0" }, "?0 requests a process shared with the site's other subdomains.", "Send Origin-Agent-Cluster: ?1."],
  [
    { "Referrer-Policy": "unsafe-url" },
    "unsafe-url sends every site the whole URL, over plain http too.",
    "Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer.",
  ],
  [
    { "Referrer-Policy": "no-referrer-when-downgrade" },
    "no-referrer-when-downgrade sends every https site the whole URL, with its query.",
    "Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer.",
  ],
  [
    { "Referrer-Policy": "origin" },
    "origin sends the origin over plain http too.",
    "Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer.",
  ],
  [
    { "Referrer-Policy": "origin-when-cross-origin" },
    "origin-when-cross-origin sends the origin over plain http too.",
    "Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer.",
  ],
  [
    { "Permissions-Policy": "camera=*" },
    'camera=* sets no limit: every frame with allow="camera" can ask for it.',
    "Write camera=(self), add the origins that need it, or camera=() for nobody.",
  ],
  [
    { "Strict-Transport-Security": "max-age=0" },
    "max-age=0 makes browsers forget that the site is https only.",
    "Raise max-age to 31536000 once the whole site is known to work over https.",
  ],
  [
    { "Strict-Transport-Security": "max-age=15551999; includeSubDomains" },
    "max-age=15551999 is less than six months: visitors who return later than that are not protected.",
    "Raise max-age to 31536000 once the whole site is known to work over https.",
  ],
  [
    { "Strict-Transport-Security": "max-age=15552000" },
    "Subdomains are not included: one of them over http can set cookies for the whole site.",
    "Add includeSubDomains once every subdomain is known to work over https.",
  ],
])("weak-value on %j", (headers, message, fix) => {
  expect(words("weak-value", headers)).toEqual([[message, fix]]);
});

describe("csp-bypass", () => {
  const NONCES = "Give each script a nonce or a hash, and add 'strict-dynamic'.";

  it.each([
    [
      "default-src 'none'; script-src 'unsafe-inline'",
      "'unsafe-inline' in script-src runs every injected script and event handler.",
      "Give inline scripts a nonce or a hash, and remove 'unsafe-inline'.",
    ],
    [
      "default-src 'none'; script-src 'unsafe-eval'",
      "'unsafe-eval' in script-src lets text become code through eval() and similar functions.",
      "Remove it; for WebAssembly write 'wasm-unsafe-eval'.",
    ],
    [
      "default-src 'none'; script-src 'unsafe-hashes'",
      "'unsafe-hashes' in script-src lets a script with an allowed hash run as an event handler too, wherever it is injected.",
      "Write addEventListener in a script instead of onclick, and remove 'unsafe-hashes'.",
    ],
    ["default-src 'none'; script-src https:", "https: in script-src allows scripts from everywhere.", NONCES],
    ["default-src 'none'; script-src data:", "data: in script-src runs every script that is written in a data: URL.", NONCES],
    ["default-src 'none'; script-src HTTPS:", "https: in script-src allows scripts from everywhere.", NONCES],
    ["default-src 'none'; script-src *", "* in script-src allows every host.", NONCES],
    [
      "script-src 'none'",
      "object-src is missing, and so is default-src: nothing limits what it would control.",
      "Write object-src 'none'.",
    ],
    [
      "default-src 'none'; script-src 'nonce-abcdefghijkl'",
      "base-uri is missing: an injected <base> makes relative script URLs point to another site.",
      "Write base-uri 'none'.",
    ],
    [
      "default-src 'none'; script-src a.example",
      "a.example in script-src is only as safe as every file there: JSONP, AngularJS or an upload would bypass the policy.",
      NONCES,
    ],
    [
      "default-src 'none'; script-src accounts.google.com",
      "accounts.google.com in script-src allows a bypass of the policy: accounts.google.com answers with JSONP.",
      NONCES,
    ],
    ["default-src 'none'; object-src a.example", "a.example in object-src allows plugins.", "Write object-src 'none'."],
    [
      "default-src 'none'; base-uri 'none'; script-src 'nonce-abc'",
      "The nonce is so short that it can be guessed.",
      "Generate 128 random bits for every response.",
    ],
    [
      "default-src 'none'; img-src 10.1.2.3",
      '"10.1.2.3" in img-src is an IP address: by CSP3 only 127.0.0.1 is matched, and browsers differ.',
      "Give the server a host name.",
    ],
    [
      "default-src 'none'; report-uri http://a.example/r",
      '"http://a.example/r" in report-uri is loaded over plain http, where anyone on the network can change it.',
      "Write https.",
    ],
    [
      "default-src 'none' script-src 'none'",
      '"script-src" is the name of a directive, and is among the sources of default-src.',
      "Write a semicolon before it.",
    ],
  ])("on %s", (policy, message, fix) => {
    expect(words("csp-bypass", { [CSP]: policy })).toContainEqual([message, fix]);
  });

  it("on a policy that is too long", () => {
    expect(words("csp-bypass", { [CSP]: `img-src ${"a".repeat(16_377)}` })).toEqual([
      ["The policy has more than 16384 characters, and was not checked for bypasses.", "Write fewer sources."],
    ]);
  });

  it("on a policy that is too long, though another one lacks nothing", () => {
    const weak = "default-src 'none'; base-uri 'none'; script-src 'unsafe-inline'";
    expect(words("csp-bypass", { [CSP]: `img-src ${"a".repeat(16_377)}, ${weak}` })).toEqual([
      ["The policy has more than 16384 characters, and was not checked for bypasses.", "Write fewer sources."],
    ]);
  });

  it.each([
    ["'self' is only as safe as its files", "'self'", ["low"]],
    ["a host of no known bypass", "a.example", ["low"]],
    ["a host that serves AngularJS", "cdnjs.cloudflare.com", ["high"]],
    ["a host that answers with JSONP", "accounts.google.com", ["high"]],
    ["a host below a wildcard that answers with JSONP", "*.google.com", ["high"]],
    ["another path of a host that answers with JSONP", "accounts.google.com/other", ["low"]],
    ["nothing but 'none'", "'none'", []],
  ])("rates %s", (_, source, severities) => {
    const found = audit({ [CSP]: `default-src 'none'; base-uri 'none'; script-src ${source}` }).findings;
    expect(found.flatMap(({ rule, severity }) => (rule === "csp-bypass" ? [severity] : []))).toEqual(severities);
  });
});

describe("broken-value", () => {
  it.each<[name: string, value: string, message: string, fix: string]>([
    [
      "X-Frame-Options",
      "ALLOW-FROM https://partner.example/path",
      "Browsers do not support ALLOW-FROM in X-Frame-Options and ignore the header: any site may show this page in a frame.",
      "Send Content-Security-Policy: frame-ancestors https://partner.example instead.",
    ],
    [
      "X-Frame-Options",
      "Allow-From partner",
      "Browsers do not support ALLOW-FROM in X-Frame-Options and ignore the header: any site may show this page in a frame.",
      "Send Content-Security-Policy: frame-ancestors https://partner.example instead.",
    ],
    [
      "X-Frame-Options",
      "ALLOWALL",
      "Browsers do not support ALLOWALL in X-Frame-Options and ignore the header: any site may show this page in a frame.",
      "Write SAMEORIGIN or DENY, or remove the header if every site may frame the page.",
    ],
    [
      "Permissions-Policy",
      "camera 'none'",
      `"camera 'none'" is not a structured field.`,
      'Write each feature with = and a list in parentheses: camera=(), geolocation=(self "https://maps.example").',
    ],
    ["Cross-Origin-Opener-Policy", "same origin", '"same origin" is not a structured field.', "Write one word, such as same-origin."],
    ["Cross-Origin-Embedder-Policy", "require corp", '"require corp" is not a structured field.', "Write one word, such as require-corp."],
    ["Document-Isolation-Policy", "a b", '"a b" is not a structured field.', "Write one word, such as isolate-and-require-corp."],
    ["Origin-Agent-Cluster", "?2", '"?2" is not a structured field.', "Write ?1."],
    ["Integrity-Policy", "a b", '"a b" is not a structured field.', "Write blocked-destinations=(script)."],
    [
      "Reporting-Endpoints",
      "csp=/r",
      '"csp=/r" is not a structured field.',
      'Write each endpoint with its URL in double quotes: default="/reports".',
    ],
    ["Document-Policy", "a b", '"a b" is not a structured field.', "Write each configuration point with its value: document-write=?0."],
  ])("on %s: %s", (name, value, message, fix) => {
    expect(words("broken-value", { [name]: value })).toEqual([[message, fix]]);
  });
});

describe("csp-weak on inline styles", () => {
  const base = "script-src 'self'; base-uri 'none'; form-action 'none'";
  const OPEN = "Inline styles are allowed: injected markup can cover the page, and read it by selectors.";
  it.each([
    [base, `style-src and default-src are missing. ${OPEN}`, "Write style-src 'self', and give inline styles a nonce or a hash."],
    [
      `${base}; default-src 'self' 'unsafe-inline'`,
      OPEN,
      "Write style-src 'self', and give inline styles a nonce or a hash. It replaces default-src for styles.",
    ],
    [`${base}; style-src 'unsafe-inline'`, OPEN, "Remove 'unsafe-inline' from style-src, or give styles a nonce or a hash."],
  ])("of %s", (value, message, fix) => {
    expect(words("csp-weak", { [CSP]: value })).toEqual([[message, fix]]);
  });
});

describe("insecure-transport", () => {
  const via = (...urls: string[]) => ({ redirects: urls.map((url) => ({ url })) });

  it("on a page over plain http", () => {
    expect(words("insecure-transport", {}, { url: "http://site.example/" })).toEqual([
      [
        "The page came over plain http: anyone on the network can read and change it.",
        "Serve it over https, and redirect http there with 301.",
      ],
    ]);
  });

  it("on Strict-Transport-Security over plain http", () => {
    expect(words("insecure-transport", { "Strict-Transport-Security": "max-age=300" }, { url: "http://site.example/" })[1]).toEqual([
      "Strict-Transport-Security came over http, where browsers ignore it and servers must not send it.",
      "Send it only over https.",
    ]);
  });

  it("on Strict-Transport-Security over plain http from this machine, where Portcullis sends it for a proxy in front", () => {
    expect(words("insecure-transport", { "Strict-Transport-Security": "max-age=300" }, { url: "http://localhost:3000/" })).toEqual([
      [
        "Strict-Transport-Security came over http from this machine, where browsers ignore it. Behind a proxy that speaks https, it takes effect.",
        "Nothing to change here: check the deployed site over https.",
      ],
    ]);
  });

  it("on a certificate that is not valid", () => {
    expect(
      words("insecure-transport", {}, { redirects: [{ url: "http://a.example/" }, { url: "https://a.example/", fault: "certificate" }] }),
    ).toEqual([["A certificate on the way to the page is not valid.", "Renew it, for every name that redirects."]]);
  });

  it("on a first redirect that leads to another http address", () => {
    expect(words("insecure-transport", {}, via("http://a.example/", "http://www.a.example/", "https://www.a.example/"))).toEqual([
      ["The first redirect leads to another http address, and only a later one to https.", "Redirect to https on the same host first."],
    ]);
  });

  it.each([
    [["http://a.example/", "https://a.example/"]],
    [["http://a.example/", "https://a.example/", "http://a.example/"]],
    [["http://a.example/", "http://www.a.example/"]],
    [["http://a.example/", "http://www.a.example/", "http://www.a.example/home"]],
  ])("not on %j, where no later redirect leads to https", (urls) => {
    expect(words("insecure-transport", {}, via(...urls))).toEqual([]);
  });
});

it.each<[string, HeadersInput, string, string]>([
  [
    "preload-refused",
    { "Strict-Transport-Security": "max-age=300; preload" },
    "preload is set, but the preload lists refuse this policy.",
    "Send max-age=31536000; includeSubDomains; preload, or remove preload.",
  ],
  [
    "preload-refused",
    { "Strict-Transport-Security": "max-age=315360001" },
    "max-age=315360001 is more than ten years.",
    "Send max-age=63072000.",
  ],
  [
    "duplicate-header",
    { "Permissions-Policy": ["camera=()", "usb=()"] },
    "Permissions-Policy is sent 2 times; browsers read the values as one list.",
    "Send it once.",
  ],
  [
    "duplicate-header",
    { "X-Content-Type-Options": "nosniff, nosniff" },
    "X-Content-Type-Options has several values, joined with a comma, each time the same.",
    "Send it once: from the server, the proxy or the application, not from two of them.",
  ],
  [
    "duplicate-header",
    { "X-Frame-Options": ["DENY", "SAMEORIGIN"] },
    "X-Frame-Options is sent 2 times, with values that contradict each other: browsers block every frame.",
    "Send it once: from the server, the proxy or the application, not from two of them.",
  ],
  [
    "duplicate-header",
    { [CSP]: "img-src 'self', img-src 'none'" },
    "Content-Security-Policy has 2 policies, and browsers enforce all of them: each one has to allow a request.",
    "Send one policy, unless this is intended.",
  ],
  [
    "cors-universal",
    { "Access-Control-Allow-Origin": "null", "Access-Control-Allow-Credentials": "true" },
    "null with credentials lets every site read this response with the visitor's cookies, from a sandboxed frame.",
    "Write the one origin that may read it, such as https://app.example, or remove Access-Control-Allow-Credentials. Do not copy the Origin of every request.",
  ],
  [
    "cors-universal",
    { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true" },
    "Browsers refuse * together with credentials: no other site can read the response to a request with cookies.",
    "Write the one origin that may read it, such as https://app.example, or remove Access-Control-Allow-Credentials. Do not copy the Origin of every request.",
  ],
  [
    "embedder-without-resource-policy",
    { "Cross-Origin-Embedder-Policy": "require-corp" },
    "Cross-Origin-Embedder-Policy: require-corp is sent without Cross-Origin-Resource-Policy: files of this site are blocked on pages of its own subdomains.",
    "Send Cross-Origin-Resource-Policy: same-origin or same-site with everything the site serves.",
  ],
  [
    "nonce-cached",
    { [CSP]: "script-src 'nonce-abcdefghijkl'", "Cache-Control": "public" },
    "The response has a nonce, and caches may store it: every visitor gets the same nonce, and attackers can read it.",
    "Send Cache-Control: no-store with every response that has a nonce.",
  ],
  [
    "nonce-cached",
    { [CSP]: "script-src 'nonce-abcdefghijkl'" },
    "The response has a nonce, and nothing prevents caches from storing it.",
    "Send Cache-Control: no-store with every response that has a nonce.",
  ],
  [
    "nonce-cached",
    { [CSP]: "script-src 'nonce-abcdefghijkl'", "Cache-Control": "no-cache", ETag: '"1"' },
    "The response has a nonce, and an ETag or Last-Modified: a 304 response with another nonce blocks the scripts of the cached page.",
    "Send Cache-Control: no-store with every response that has a nonce.",
  ],
  [
    "large-header",
    { "X-Large": "a".repeat(8_193) },
    "The value has 8193 bytes, and many servers and proxies refuse more than 8192 bytes of header.",
    "Write fewer sources: one host for many files, or a nonce with 'strict-dynamic'.",
  ],
])("%s on %j", (rule, headers, message, fix) => {
  expect(words(rule, headers)).toEqual([[message, fix]]);
});

it("a header of 8192 bytes is not large", () => {
  expect(words("large-header", { "X-Large": "a".repeat(8_192) })).toEqual([]);
});

it.each([
  [200, true],
  [204, false],
  [299, true],
  [300, false],
  [304, false],
  [399, false],
  [400, true],
  [undefined, true],
])("a response of status %s without a type counts as a page: %s", (status, page) => {
  const context = status === undefined ? {} : { status };
  expect(words("missing-header", {}, context).some(([message]) => message?.startsWith("Any site may show this page"))).toBe(page);
});

it("not-judged says how a page is read whole", () => {
  const html = Array.from({ length: 3_000 }, (_, index) => `<font a=${index}><p>`).join("");
  expect(words("not-judged", {}, { html }).map(([, fix]) => fix)).toEqual(["Close elements such as <font>, <b> and <a> where they end."]);
});

it.each<[HeadersInput, string]>([
  [{ [CSP]: "img-src 'slef'" }, "A03:2021 CWE-79 https://www.w3.org/TR/CSP3/"],
  [{ [`${CSP}-Report-Only`]: "img-src 'slef'" }, "A03:2021 CWE-79 https://www.w3.org/TR/CSP3/#cspro-header"],
  [{ "Strict-Transport-Security": "soon" }, "A02:2021 CWE-319 https://www.rfc-editor.org/rfc/rfc6797"],
  [{ "X-Frame-Options": "NEVER" }, "A01:2021 CWE-1021 https://www.rfc-editor.org/rfc/rfc7034"],
  [{ "X-Content-Type-Options": "sniff" }, "A04:2021 CWE-79 https://fetch.spec.whatwg.org/#x-content-type-options-header"],
  [{ "Referrer-Policy": "nobody" }, "A01:2021 CWE-200 https://www.w3.org/TR/referrer-policy/"],
  [{ "Permissions-Policy": "camera 'none'" }, "A05:2021 CWE-359 https://www.w3.org/TR/permissions-policy/"],
  [
    { "Cross-Origin-Opener-Policy": "same origin" },
    "A01:2021 CWE-668 https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies",
  ],
  [{ "Cross-Origin-Embedder-Policy": "all" }, "A01:2021 CWE-668 https://html.spec.whatwg.org/multipage/browsers.html#coep"],
  [{ "Cross-Origin-Resource-Policy": "none" }, "A01:2021 CWE-668 https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"],
  [{ "X-Permitted-Cross-Domain-Policies": "some" }, "A05:2021 CWE-942 https://owasp.org/www-project-secure-headers/"],
  [{ "Reporting-Endpoints": "csp=/r" }, "A09:2021 CWE-778 https://www.w3.org/TR/reporting-1/"],
])("a broken value in %j is classified as %s", (headers, classes) => {
  const [finding] = audit(headers).findings.filter(({ rule }) => rule === "broken-value");
  expect(`${finding?.owasp} ${finding?.cwe} ${finding?.reference}`).toBe(classes);
});

it.each<[string, HeadersInput, AuditContext, string]>([
  [
    "connection-allowlist",
    { "Connection-Allowlist": "(response-origin)" },
    {},
    "A05:2021 CWE-923 https://w3c.github.io/connection-allowlists/",
  ],
  [
    "csp-weak",
    { [CSP]: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *" },
    {},
    "A01:2021 CWE-1021 https://www.w3.org/TR/CSP3/#directive-frame-ancestors",
  ],
  ["duplicate-header", { "X-Frame-Options": "DENY, DENY" }, {}, "A05:2021 CWE-436 https://www.rfc-editor.org/rfc/rfc9110#section-5.3"],
  ["insecure-transport", {}, { url: "http://a.example/" }, "A02:2021 CWE-319 https://www.rfc-editor.org/rfc/rfc6797#section-7"],
  ["preload-refused", { "Strict-Transport-Security": "max-age=1; preload" }, {}, "A02:2021 CWE-319 https://hstspreload.org/"],
  ["nonce-cached", { [CSP]: "script-src 'nonce-abcdefghijkl'" }, {}, "A02:2021 CWE-323 https://www.w3.org/TR/CSP3/#security-nonces"],
  ["information-leak", { Server: "x" }, {}, "A05:2021 CWE-200 https://owasp.org/www-project-secure-headers/#div-bestpractices"],
  ["deprecated-header", { P3P: "x" }, {}, "A05:2021 CWE-477 https://owasp.org/www-project-secure-headers/#div-headers"],
  ["report-endpoint", { [CSP]: "report-to csp" }, {}, "A09:2021 CWE-778 https://www.w3.org/TR/reporting-1/"],
  ["missing-integrity", {}, { html: '<script src="https://cdn.example/a.js"></script>' }, "A08:2021 CWE-353 https://www.w3.org/TR/SRI/"],
  [
    "cors-universal",
    { "Access-Control-Allow-Origin": "null", "Access-Control-Allow-Credentials": "true" },
    {},
    "A05:2021 CWE-942 https://fetch.spec.whatwg.org/#http-cors-protocol",
  ],
])("%s on %j is classified", (rule, headers, context, classes) => {
  const [finding] = audit(headers, context).findings.filter((one) => one.rule === rule);
  expect(`${finding?.owasp} ${finding?.cwe} ${finding?.reference}`).toBe(classes);
});

it.each<[HeadersInput, string]>([
  [{ [CSP]: "report-to csp" }, "contentSecurityPolicy.reportTo"],
  [{ "Cross-Origin-Opener-Policy": 'same-origin; report-to="csp"' }, "crossOriginOpenerPolicy"],
])("report-endpoint on %j is at %s", (headers, path) => {
  expect(audit(headers).findings.flatMap((one) => (one.rule === "report-endpoint" ? [one.path] : []))).toEqual([path]);
});
