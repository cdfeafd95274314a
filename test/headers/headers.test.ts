import { describe, expect, it } from "vitest";
import { append, definePolicy, type Patch, parseHeaders, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const wire = (patch: unknown) => renderHeaders(definePolicy("none", patch as Patch)) as Record<string, string>;

/** key, what is written, header, what goes out. */
const values: [key: string, value: unknown, name: string, text: string][] = [
  ["strictTransportSecurity", true, "Strict-Transport-Security", "max-age=31536000; includeSubDomains"],
  ["strictTransportSecurity", { maxAge: 0 }, "Strict-Transport-Security", "max-age=0"],
  ["strictTransportSecurity", { maxAge: 300, includeSubDomains: false }, "Strict-Transport-Security", "max-age=300"],
  [
    "strictTransportSecurity",
    { maxAge: 31536000, includeSubDomains: true, preload: true },
    "Strict-Transport-Security",
    "max-age=31536000; includeSubDomains; preload",
  ],
  ["xFrameOptions", true, "X-Frame-Options", "SAMEORIGIN"],
  ["xFrameOptions", "DENY", "X-Frame-Options", "DENY"],
  ["xContentTypeOptions", true, "X-Content-Type-Options", "nosniff"],
  ["referrerPolicy", true, "Referrer-Policy", "strict-origin-when-cross-origin"],
  ["referrerPolicy", ["no-referrer", "strict-origin"], "Referrer-Policy", "no-referrer, strict-origin"],
  ["permissionsPolicy", true, "Permissions-Policy", "geolocation=(), microphone=(), camera=()"],
  [
    "permissionsPolicy",
    { camera: "*", geolocation: [], payment: ["self", "https://a.com"] },
    "Permissions-Policy",
    'camera=*, geolocation=(), payment=(self "https://a.com")',
  ],
  [
    "permissionsPolicy",
    { browsingTopics: [], chUaHighEntropyValues: ["self"] },
    "Permissions-Policy",
    "browsing-topics=(), ch-ua-high-entropy-values=(self)",
  ],
  [
    "permissionsPolicy",
    { camera: ["https://*.a.com"], usb: { allow: ["self"] } },
    "Permissions-Policy",
    'camera=("https://*.a.com"), usb=(self)',
  ],
  ["permissionsPolicyReportOnly", { camera: [] }, "Permissions-Policy-Report-Only", "camera=()"],
  ["crossOriginOpenerPolicy", true, "Cross-Origin-Opener-Policy", "same-origin"],
  ["crossOriginOpenerPolicy", "noopener-allow-popups", "Cross-Origin-Opener-Policy", "noopener-allow-popups"],
  [
    "crossOriginOpenerPolicyReportOnly",
    { policy: "same-origin-allow-popups" },
    "Cross-Origin-Opener-Policy-Report-Only",
    "same-origin-allow-popups",
  ],
  ["crossOriginEmbedderPolicy", true, "Cross-Origin-Embedder-Policy", "require-corp"],
  ["crossOriginEmbedderPolicy", "credentialless", "Cross-Origin-Embedder-Policy", "credentialless"],
  ["crossOriginResourcePolicy", true, "Cross-Origin-Resource-Policy", "same-origin"],
  ["crossOriginResourcePolicy", "cross-origin", "Cross-Origin-Resource-Policy", "cross-origin"],
  ["originAgentCluster", true, "Origin-Agent-Cluster", "?1"],
  ["documentIsolationPolicy", true, "Document-Isolation-Policy", "isolate-and-require-corp"],
  [
    "documentIsolationPolicyReportOnly",
    "isolate-and-credentialless",
    "Document-Isolation-Policy-Report-Only",
    "isolate-and-credentialless",
  ],
  ["documentPolicy", { oversizedImages: false }, "Document-Policy", "oversized-images=?0"],
  [
    "documentPolicy",
    { oversizedImages: 2, syncXhr: false, jsProfiling: true },
    "Document-Policy",
    "oversized-images=2.0, sync-xhr=?0, js-profiling",
  ],
  ["documentPolicy", { oversizedImages: 0.125 }, "Document-Policy", "oversized-images=0.125"],
  ["documentPolicy", { oversizedImages: 2.5 }, "Document-Policy", "oversized-images=2.5"],
  ["integrityPolicy", true, "Integrity-Policy", "blocked-destinations=(script)"],
  [
    "integrityPolicyReportOnly",
    { blockedDestinations: ["script", "style"], sources: ["inline"] },
    "Integrity-Policy-Report-Only",
    "blocked-destinations=(script style), sources=(inline)",
  ],
  ["xDnsPrefetchControl", true, "X-DNS-Prefetch-Control", "off"],
  ["xDnsPrefetchControl", "on", "X-DNS-Prefetch-Control", "on"],
  ["xDownloadOptions", true, "X-Download-Options", "noopen"],
  ["xPermittedCrossDomainPolicies", true, "X-Permitted-Cross-Domain-Policies", "none"],
  ["xPermittedCrossDomainPolicies", "by-content-type", "X-Permitted-Cross-Domain-Policies", "by-content-type"],
  ["xXssProtection", true, "X-XSS-Protection", "0"],
  ["xXssProtection", "1; mode=block", "X-XSS-Protection", "1; mode=block"],
  ["cacheControl", true, "Cache-Control", "no-store"],
  ["cacheControl", 'private="a, b", max-age=60', "Cache-Control", 'private="a, b", max-age=60'],
  ["clearSiteData", ["cache", "cookies"], "Clear-Site-Data", '"cache", "cookies"'],
  ["clearSiteData", ["*"], "Clear-Site-Data", '"*"'],
  ["reportingEndpoints", { csp: "/r", other: "https://r.example/x" }, "Reporting-Endpoints", 'csp="/r", other="https://r.example/x"'],
  [
    "reportingEndpoints",
    { local: "http://localhost:3000/r", loop: "http://127.0.0.1/r" },
    "Reporting-Endpoints",
    'local="http://localhost:3000/r", loop="http://127.0.0.1/r"',
  ],
  ["custom", { "X-Robots-Tag": "noindex, nofollow" }, "X-Robots-Tag", "noindex, nofollow"],
];

describe("what goes out", () => {
  it.each(values)("%s: %j is %s: %s", (key, value, name, text) => {
    expect(wire({ [key]: value })).toEqual({ [name]: text });
  });

  it.each(values.filter(([key]) => key !== "custom"))("%s: %j is read back as the same header", (_key, _value, name, text) => {
    expect(renderHeaders(parseHeaders({ [name]: text }))).toEqual({ [name]: text });
  });
});

const endpoint = "names no endpoint, so that nothing is reported";
const relative = "is a relative URL, and browsers report nothing there";

/** what is written, what it says. */
const refusals: [patch: unknown, ...said: string[]][] = [
  [{ strictTransportSecurity: { maxAge: -1 } }, "strictTransportSecurity.maxAge: -1 is negative. Write 0 or more."],
  [
    { strictTransportSecurity: { maxAge: 1.5 } },
    "strictTransportSecurity.maxAge: 1.5 is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
  ],
  [
    { strictTransportSecurity: { maxAge: Number.POSITIVE_INFINITY } },
    "strictTransportSecurity.maxAge: Infinity is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
  ],
  [
    { strictTransportSecurity: { maxAge: 1e300 } },
    "strictTransportSecurity.maxAge: 1e+300 is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
  ],
  [
    { strictTransportSecurity: { maxAge: "300" } },
    'strictTransportSecurity.maxAge: "300" is not a whole number of seconds. Write 300, without quotes.',
  ],
  [
    { strictTransportSecurity: { maxAge: null } },
    "strictTransportSecurity.maxAge: null is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
  ],
  [{ strictTransportSecurity: { maxage: 5 } }, 'strictTransportSecurity.maxage: unknown option. Did you mean "maxAge"?'],
  [
    { strictTransportSecurity: { preload: true } },
    "strictTransportSecurity.maxAge: is missing. Write maxAge, or false to switch the whole header off.",
    "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
  ],
  [
    { strictTransportSecurity: { maxAge: 31535999, includeSubDomains: true, preload: true } },
    "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
  ],
  [
    { strictTransportSecurity: { maxAge: 31536000, preload: true } },
    "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
  ],
  [
    { strictTransportSecurity: { maxAge: 5, includeSubDomains: 1 } },
    "strictTransportSecurity.includeSubDomains: 1 is not true or false. Write true or false.",
  ],
  [{ strictTransportSecurity: "max-age=5" }, 'strictTransportSecurity: "max-age=5" is not an object. Write { maxAge: 5 }.'],
  [
    { strictTransportSecurity: [] },
    "strictTransportSecurity: a list is not an object. Write { maxAge: 31536000 }, or false to switch it off.",
  ],
  [
    { xFrameOptions: "ALLOW-FROM https://a.com" },
    'xFrameOptions: "ALLOW-FROM https://a.com" is not one of its values. Browsers ignore it: write contentSecurityPolicy: { frameAncestors: ["https://a.com"] }.',
  ],
  [
    { xFrameOptions: "allow-from" },
    'xFrameOptions: "allow-from" is not one of its values. Browsers ignore it: write contentSecurityPolicy: { frameAncestors: ["https://partner.example"] }.',
  ],
  [{ xFrameOptions: "deny" }, 'xFrameOptions: "deny" is not one of its values. Did you mean "DENY"?'],
  [{ xFrameOptions: 5 }, 'xFrameOptions: 5 is not one of its values. Write "SAMEORIGIN" or "DENY".'],
  [{ xContentTypeOptions: "nosnif" }, 'xContentTypeOptions: "nosnif" is not one of its values. Did you mean "nosniff"?'],
  [{ xContentTypeOptions: {} }, 'xContentTypeOptions: an object is not one of its values. Write "nosniff".'],
  [{ referrerPolicy: "no-referer" }, 'referrerPolicy: "no-referer" is not one of its values. Did you mean "no-referrer"?'],
  [{ referrerPolicy: [] }, "referrerPolicy: an empty list says nothing. Write at least one, or false for no header."],
  [
    { referrerPolicy: ["origin", "x"] },
    'referrerPolicy[1]: "x" is not one of its values. Write "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin" or "unsafe-url".',
  ],
  [
    { permissionsPolicy: { camera: true } },
    'permissionsPolicy.camera: true is not an allowlist. Write ["self"] for this site, or "*" for every site.',
  ],
  [{ permissionsPolicy: { camera: false } }, "permissionsPolicy.camera: false is not an allowlist. Write [] for nobody."],
  [
    { permissionsPolicy: { camera: "'self' https://a.com" } },
    `permissionsPolicy.camera: "'self' https://a.com" is not an allowlist. Write ["self", "https://a.com"].`,
  ],
  [{ permissionsPolicy: { camera: "'none'" } }, `permissionsPolicy.camera: "'none'" is not an allowlist. Write [] for nobody.`],
  [{ permissionsPolicy: { camera: "()" } }, 'permissionsPolicy.camera: "()" is not an allowlist. Write [] for nobody.'],
  [
    { permissionsPolicy: { camera: "what" } },
    'permissionsPolicy.camera: "what" is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
  ],
  [{ permissionsPolicy: { camera: ["'self'"] } }, `permissionsPolicy.camera[0]: "'self'" is spelt as in Feature-Policy. Write "self".`],
  [
    { permissionsPolicy: { camera: ["none", "*", "src"] } },
    'permissionsPolicy.camera[0]: "none" is spelt as in Feature-Policy. Write [] for nobody.',
    'permissionsPolicy.camera[1]: "*" cannot be a member of a list. Write "*" instead of the list.',
    'permissionsPolicy.camera[2]: "src" belongs to the allow attribute of a frame. Write "self", or origins.',
  ],
  [
    { permissionsPolicy: { camera: ["https://a.com/x", "a.com", "https://*.a.com/"] } },
    'permissionsPolicy.camera[0]: "https://a.com/x" is not an origin. Write "https://a.com".',
    'permissionsPolicy.camera[1]: "a.com" is not an origin. Write "https://a.com".',
    'permissionsPolicy.camera[2]: "https://*.a.com/" is not an origin. Write "https://*.a.com".',
  ],
  [{ permissionsPolicy: { camra: [] } }, 'permissionsPolicy.camra: unknown feature. Did you mean "camera"?'],
  [
    { permissionsPolicy: { "browsing-topics": [] } },
    'permissionsPolicy["browsing-topics"]: features are written in camelCase. Write browsingTopics.',
  ],
  [
    { permissionsPolicy: { camera: { allow: [], reportTo: "x" } } },
    `permissionsPolicy.camera.reportTo: "x" ${endpoint}. Write reportingEndpoints: { x: "/csp-report" }, or just reporting: "/csp-report".`,
  ],
  [
    { permissionsPolicy: { camera: { allow: {} } } },
    'permissionsPolicy.camera.allow: an object is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
  ],
  [{ permissionsPolicy: { camera: { alow: [], allow: [] } } }, 'permissionsPolicy.camera.alow: unknown option. Did you mean "allow"?'],
  [
    { permissionsPolicy: { camera: { allow: [], reportTo: "a b" } } },
    'permissionsPolicy.camera.reportTo: "a b" is not the name of an endpoint. Write the name of a key of reportingEndpoints.',
  ],
  [
    { crossOriginOpenerPolicy: "same-orgin" },
    'crossOriginOpenerPolicy: "same-orgin" is not one of its values. Did you mean "same-origin"?',
  ],
  [
    { crossOriginOpenerPolicy: { policy: "same-orgin" } },
    'crossOriginOpenerPolicy.policy: "same-orgin" is not one of its values. Did you mean "same-origin"?',
  ],
  [
    { crossOriginOpenerPolicy: { policy: "same-origin", reportTo: "x" } },
    `crossOriginOpenerPolicy.reportTo: "x" ${endpoint}. Write reportingEndpoints: { x: "/csp-report" }, or just reporting: "/csp-report".`,
  ],
  [
    { crossOriginOpenerPolicy: { reportTo: "x" }, reportingEndpoints: { x: "/r" } },
    "crossOriginOpenerPolicy.policy: is missing. Write policy, or false to switch the whole header off.",
  ],
  [
    { crossOriginOpenerPolicy: 5 },
    'crossOriginOpenerPolicy: 5 is not a string or an object. Write "same-origin", or false to switch it off.',
  ],
  [
    { integrityPolicy: { blockedDestinations: [] } },
    "integrityPolicy.blockedDestinations: an empty list says nothing. Write at least one, or false for no header.",
  ],
  [
    { integrityPolicy: { blockedDestinations: ["scripts"] } },
    'integrityPolicy.blockedDestinations[0]: "scripts" is not one of its values. Did you mean "script"?',
  ],
  [
    { integrityPolicy: { blockedDestinations: ["script"], endpoints: ["a", "b"] }, reportingEndpoints: { a: "/a" } },
    `integrityPolicy.endpoints[1]: "b" ${endpoint}. Did you mean "a"?`,
  ],
  [
    { integrityPolicy: { endpoints: ["a"] }, reportingEndpoints: { a: "/a" } },
    "integrityPolicy.blockedDestinations: is missing. Write blockedDestinations, or false to switch the whole header off.",
  ],
  [
    { documentPolicy: { oversizedImages: "no" } },
    'documentPolicy.oversizedImages: "no" is not true, false or a number. Write true, false, or a ratio such as 2.0.',
  ],
  [
    { documentPolicy: { oversizedImages: 0.0001 } },
    "documentPolicy.oversizedImages: a header has at most three digits after the decimal point. Write for example 0.125.",
  ],
  [
    { documentPolicy: { oversizedImages: 2.0005 } },
    "documentPolicy.oversizedImages: a header has at most three digits after the decimal point. Write for example 0.125.",
  ],
  [{ documentPolicy: { oversizedImages: -1 } }, "documentPolicy.oversizedImages: -1 is negative. Write 0 or more."],
  [
    { documentPolicy: { "oversized-images": false } },
    'documentPolicy["oversized-images"]: configuration points are written in camelCase. Write oversizedImages.',
  ],
  [{ clearSiteData: ["cokies"] }, 'clearSiteData[0]: "cokies" is not one of its values. Did you mean "cookies"?'],
  [{ clearSiteData: true }, 'clearSiteData: true needs a default, and this key has none. Write ["*"].'],
  [{ cacheControl: "no-sotre" }, 'cacheControl: "no-sotre" has "no-sotre", which no cache knows. Did you mean "no-store"?'],
  [{ cacheControl: "max-age" }, 'cacheControl: "max-age" has max-age without a number of seconds. Write max-age=3600.'],
  [{ cacheControl: "max-age=x" }, 'cacheControl: "max-age=x" has max-age without a number of seconds. Write max-age=3600.'],
  [{ cacheControl: "no store" }, 'cacheControl: "no store" is not a list of cache directives. Write for example "no-store".'],
  [
    { cacheControl: "no-store\n" },
    'cacheControl: "no-store\\n" is not a field value. Write visible ASCII on one line, without blanks around it.',
  ],
  [
    { reportingEndpoints: { csp: "http://r.example" } },
    'reportingEndpoints.csp: "http://r.example" is not trustworthy, and browsers report nothing there. Write "https://r.example".',
  ],
  [
    { reportingEndpoints: { csp: "csp-report" } },
    `reportingEndpoints.csp: "csp-report" ${relative}. Write "/csp-report", or an https URL.`,
  ],
  ...[
    ["csp-report", 'Write "/csp-report", or an https URL.'],
    ["./r", 'Write "/r", or an https URL.'],
    ["//x.example/r", 'Write "https://x.example/r".'],
    ["/\\x.example/r", 'Write "https://x.example/r".'],
    ["?r", 'Write "/?r", or an https URL.'],
    ["#r", 'Write "/#r", or an https URL.'],
    ["https:r.example/r", 'Write "https://r.example/r".'],
  ].map(([text, hint]): [Patch, string] => [{ reporting: text }, `reporting.default: ${JSON.stringify(text)} ${relative}. ${hint}`]),
  [{ reporting: { csp: "r" } }, `reporting.csp: "r" ${relative}. Write "/r", or an https URL.`],
  [
    { reporting: "/r;default-src" },
    'reporting.default: "/r;default-src" does not fit into report-uri, where ";" and "," end the value. Write them as %3B and %2C.',
  ],
  [
    { reporting: { csp: "https://r.example/a,b" } },
    'reporting.csp: "https://r.example/a,b" does not fit into report-uri, where ";" and "," end the value. Write them as %3B and %2C.',
  ],
  [
    { reportingEndpoints: { csp: "/a b" } },
    'reportingEndpoints.csp: "/a b" is not a URL. Write a path such as "/reports", or an https URL.',
  ],
  [{ reportingEndpoints: { Csp: "/r" } }, "reportingEndpoints.Csp: an endpoint cannot have this name. Write csp."],
  [
    { reporting: "http://r.example/" },
    'reporting.default: "http://r.example/" is not trustworthy, and browsers report nothing there. Write "https://r.example/".',
  ],
  [{ reporting: { cps: "/r" } }, 'reporting.cps: unknown option. Did you mean "csp"?'],
  [{ reporting: true }, 'reporting: true needs a default, and this key has none. Write "/csp-report".'],
  [
    { reporting: "/a", reportingEndpoints: { default: "/b" } },
    'reportingEndpoints.default: "/b" differs from the URL of reporting. Write the endpoint in one of the two places.',
  ],
  [{ custom: { "x-frame-options": "DENY" } }, 'custom["x-frame-options"]: "x-frame-options" has a key of its own. Write xFrameOptions.'],
  [
    { custom: { "Content-Security-Policy-Report-Only": "x" } },
    'custom["Content-Security-Policy-Report-Only"]: "Content-Security-Policy-Report-Only" has a key of its own. Write contentSecurityPolicyReportOnly.',
  ],
  [
    { custom: { "Set-Cookie": "a=b" } },
    'custom["Set-Cookie"]: "Set-Cookie" cannot be part of a policy. Set it per response, for example with res.cookie().',
  ],
  [
    { custom: { "Transfer-Encoding": "chunked" } },
    'custom["Transfer-Encoding"]: "Transfer-Encoding" cannot be part of a policy. The server sets it: take it out.',
  ],
  [
    { custom: { "content-length": "5" } },
    'custom["content-length"]: "content-length" cannot be part of a policy. The server sets it: take it out.',
  ],
  [{ custom: { "X A": "b" } }, 'custom["X A"]: "X A" is not the name of a header. Write letters, digits and hyphens.'],
  [
    { custom: { "X-A": "b\r\nSet-Cookie: c" } },
    'custom["X-A"]: "b\\r\\nSet-Cookie: c" is not a field value. Write visible ASCII on one line, without blanks around it.',
  ],
  [{ custom: { "X-A": " b" } }, 'custom["X-A"]: " b" is not a field value. Write visible ASCII on one line, without blanks around it.'],
  [{ custom: { "X-A": 5 } }, 'custom["X-A"]: 5 is not a string. Write "5", in quotes.'],
  [{ custom: { "X-A": "b", "x-a": "c" } }, 'custom["x-a"]: "x-a" is written twice, in two spellings. Write it once.'],
  [{ stripHeaders: ["x-frame-options"] }, 'stripHeaders[0]: "x-frame-options" has a key of its own. Write xFrameOptions: false.'],
  [{ stripHeaders: ["Content-Length"] }, 'stripHeaders[0]: "Content-Length" cannot be part of a policy. The server sets it: take it out.'],
  [{ stripHeaders: ["a b"] }, 'stripHeaders[0]: "a b" is not the name of a header. Write letters, digits and hyphens.'],
  [{ stripHeaders: ["X-A"], custom: { "x-a": "b" } }, 'stripHeaders[0]: "X-A" is set under custom. Take it out in one of the two places.'],
  [{ stripHeaders: "Server" }, 'stripHeaders: "Server" is not a list. Write ["Server"].'],
  [{ stripHeaders: [5] }, "stripHeaders[0]: 5 is not a string. Write a string."],
  [{ xFrameOptions: null }, "xFrameOptions: null is not one of its values. Leave the key out, or write false."],
  [
    { hsts: true },
    'hsts: unknown header. This is a helmet option: write strictTransportSecurity: true, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  ...[
    ["noSniff", "xContentTypeOptions: true"],
    ["dnsPrefetchControl", "xDnsPrefetchControl: true"],
    ["ieNoOpen", "xDownloadOptions: true"],
    ["frameguard", "xFrameOptions: true"],
    ["permittedCrossDomainPolicies", "xPermittedCrossDomainPolicies: true"],
    ["xssFilter", "xXssProtection: true"],
    ["hidePoweredBy", 'stripHeaders: ["X-Powered-By"]'],
    ["xPoweredBy", 'stripHeaders: ["X-Powered-By"]'],
  ].map(([name, key]): [object, string] => [
    { [name as string]: true },
    `${name}: unknown header. This is a helmet option: write ${key}, or wrap helmet options in fromHelmet() from "portcullis/helmet".`,
  ]),
  [{ expectCt: {} }, "expectCt: unknown header. Take it out: browsers have removed Expect-CT."],
  [{ featurePolicy: {} }, "featurePolicy: unknown header. Permissions-Policy replaces it: write permissionsPolicy: { camera: [] }."],
  [{ csp: {} }, "csp: unknown header. Write contentSecurityPolicy."],
  [
    { directives: {} },
    'directives: unknown header. Write the directives into contentSecurityPolicy: { … }, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [{ scriptSrc: [] }, "scriptSrc: unknown header. This is a directive: write contentSecurityPolicy: { scriptSrc: … }."],
  [{ "script-src": [] }, '"script-src": unknown header. This is a directive: write contentSecurityPolicy: { scriptSrc: … }.'],
  [{ geolocation: [] }, "geolocation: unknown header. This is a feature: write permissionsPolicy: { geolocation: … }."],
  [
    { includeSubDomains: true },
    "includeSubDomains: unknown header. This is an option: write strictTransportSecurity: { includeSubDomains: … }.",
  ],
  [
    { contentSecurityPolicy: { directives: { scriptSrc: ["'self'"] } } },
    'contentSecurityPolicy.directives: unknown directive. Directives are written directly: contentSecurityPolicy: { scriptSrc: ["self"] }. Or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    { permissionsPolicy: { geolocation: append("self") } },
    "permissionsPolicy.geolocation: append(…) works on directives of contentSecurityPolicy only. Write the whole value.",
  ],
  [
    { contentSecurityPolicy: { scriptSrc: ["self", append("https://a.example")] } },
    'contentSecurityPolicy.scriptSrc[1]: append(…) cannot be a member of a list. Write it instead of the list: scriptSrc: append("https://cdn.example").',
  ],
  [{ contentSecurityPolicy: { scriptSrc: "self" } }, 'contentSecurityPolicy.scriptSrc: "self" is not a list. Write ["self"].'],
  [
    { contentSecurityPolicy: { scriptSrc: ["https://a.example; script-src *"] } },
    "contentSecurityPolicy.scriptSrc[0]: \"https://a.example; script-src *\" holds a ';', which ends a directive. Write each directive under its own key; in a path, %3B.",
  ],
  [
    { strictTransportSecurity: "max-age=300; includeSubDomains" },
    'strictTransportSecurity: "max-age=300; includeSubDomains" is not an object. Write { maxAge: 300, includeSubDomains: true }.',
  ],
  [{ xFrameOptoins: "DENY" }, 'xFrameOptoins: unknown header. Did you mean "xFrameOptions"?'],
  [{ "x-frame-options": "DENY" }, '"x-frame-options": headers are written in camelCase. Write xFrameOptions.'],
  [{ "X-DNS-Prefetch-Control": "on" }, '"X-DNS-Prefetch-Control": headers are written in camelCase. Write xDnsPrefetchControl.'],
  [
    { somethingElseEntirely: 1 },
    'somethingElseEntirely: unknown header. For a header without a key of its own write custom: { "Something-Else-Entirely": "…" }.',
  ],
];

describe("what is refused", () => {
  it.each(refusals)("%j", (patch, ...said) => {
    expect(issuesOf(() => wire(patch))).toEqual(said);
  });
});

describe("reading headers that exist", () => {
  const broken: [headers: Record<string, string | string[]>, said: string][] = [
    [
      { "Strict-Transport-Security": "max-age=5; max-age=6" },
      '"Strict-Transport-Security": "max-age=6" is not a directive of Strict-Transport-Security. Did you mean "max-age"?',
    ],
    [
      { "Strict-Transport-Security": "max-age=1=2" },
      '"Strict-Transport-Security": "max-age=1=2" is not a directive of Strict-Transport-Security. Did you mean "max-age"?',
    ],
    [
      { "Strict-Transport-Security": "includeSubDomains=1; max-age=1" },
      '"Strict-Transport-Security": "includeSubDomains=1" is not a directive of Strict-Transport-Security. Did you mean "includeSubDomains"?',
    ],
    [
      { "Strict-Transport-Security": "includeSubDomains" },
      '"Strict-Transport-Security".maxAge: max-age is missing. Write max-age=31536000.',
    ],
    [
      { "Strict-Transport-Security": "max-age=1, max-age=2" },
      '"Strict-Transport-Security": "max-age=1, max-age=2" is not a directive of Strict-Transport-Security. Did you mean "max-age"?',
    ],
    [{ "X-Frame-Options": "BOGUS" }, '"X-Frame-Options": "BOGUS" is not one of its values. Write "SAMEORIGIN" or "DENY".'],
    [{ "X-Frame-Options": ["DENY", "SAMEORIGIN"] }, '"X-Frame-Options": occurs 2 times. Send it once.'],
    [{ "Permissions-Policy": "camera 'none'" }, `"Permissions-Policy": "camera 'none'" is not a structured field. See RFC 9651.`],
    [
      { "Permissions-Policy": "camera=(none)" },
      '"Permissions-Policy".camera: "none" is not an origin. Write self, or an origin in double quotes.',
    ],
    [{ "Permissions-Policy": "camra=()" }, '"Permissions-Policy": "camra" is not a feature. Did you mean "camera"?'],
    [
      { "Cross-Origin-Opener-Policy": '"same-origin"' },
      '"Cross-Origin-Opener-Policy": "\\"same-origin\\"" is not one of its values. Did you mean "same-origin"?',
    ],
    [{ "Clear-Site-Data": "cookies" }, '"Clear-Site-Data": "cookies" is not a kind of data. Write it in double quotes: "cookies".'],
    [
      { "Integrity-Policy": 'blocked-destinations=(script), endpoints=("a")' },
      '"Integrity-Policy".endpoints: "\\"a\\"" is not one of its values. Write endpoints=(name).',
    ],
    [
      { "Document-Policy": "oversized-image=?0" },
      '"Document-Policy": "oversized-image" is not a configuration point. Did you mean "oversized-images"?',
    ],
    [{ "Document-Policy": "sync-xhr=5" }, '"Document-Policy".syncXhr: "sync-xhr=5" has a value that it does not take. Write ?0 or ?1.'],
    [
      { "Integrity-Policy": "blocked-destinations=(image)" },
      '"Integrity-Policy".blockedDestinations: "image" is not one of its values. Write blocked-destinations=(script).',
    ],
    [
      { "Integrity-Policy": "sources=(inline)" },
      '"Integrity-Policy".blockedDestinations: blocked-destinations is missing. Write blocked-destinations=(script). It takes "script" or "style".',
    ],
    [{ "Integrity-Policy": "constructor=(x)" }, '"Integrity-Policy": "constructor" is not a member of Integrity-Policy. Take it out.'],
    [{ "Cache-Control": "no store" }, '"Cache-Control": "no store" is not a list of cache directives. Write for example "no-store".'],
    [{ "Reporting-Endpoints": "csp=5" }, '"Reporting-Endpoints".csp: 5 is not a string. Write a quoted URL.'],
  ];

  it.each(broken)("%j is refused", (headers, said) => {
    expect(issuesOf(() => parseHeaders(headers))).toEqual([said]);
  });

  const normalised: [name: string, text: string, same: string][] = [
    ["Strict-Transport-Security", 'MAX-AGE="31536000" ;preload;; INCLUDESUBDOMAINS', "max-age=31536000; includeSubDomains; preload"],
    ["Strict-Transport-Security", "Max-Age = 300 ; includesubdomains", "max-age=300; includeSubDomains"],
    ["X-Frame-Options", " deny ", "DENY"],
    ["X-XSS-Protection", "1;mode=block", "1; mode=block"],
    ["Referrer-Policy", "No-Referrer,origin", "no-referrer, origin"],
    ["Permissions-Policy", "camera=self,usb=(*)", "camera=(self), usb=*"],
    ["Origin-Agent-Cluster", "?1", "?1"],
  ];

  it.each(normalised)("%s: %s is %s", (name, text, same) => {
    expect(renderHeaders(parseHeaders({ [name]: text }))).toEqual({ [name]: same });
  });

  it("takes pairs, a Fetch Headers and what Node gives, and passes other headers over", () => {
    const expected = { "X-Frame-Options": "DENY" };
    expect(
      renderHeaders(
        parseHeaders([
          ["x-frame-options", "DENY"],
          ["Content-Type", "text/html"],
        ]),
      ),
    ).toEqual(expected);
    expect(renderHeaders(parseHeaders(new Headers({ "X-Frame-Options": "DENY", Date: "now" })))).toEqual(expected);
    expect(
      renderHeaders(parseHeaders({ "x-frame-options": "DENY", "content-length": 5, "set-cookie": ["a=b", "c=d"], etag: undefined })),
    ).toEqual(expected);
  });

  it("says so of what is no set of headers", () => {
    expect(issuesOf(() => parseHeaders(null as never))).toEqual([
      'parseHeaders: null is not a set of headers. Pass a Headers, pairs, or an object such as { "X-Frame-Options": "DENY" }.',
    ]);
    expect(issuesOf(() => parseHeaders(Promise.resolve({}) as never))).toEqual([
      "parseHeaders: a promise is not a set of headers. Write await before it.",
    ]);
    expect(issuesOf(() => parseHeaders({ a: Symbol("x") } as never))).toEqual([
      "parseHeaders.a: its value is not a string. Pass a string, or a list of strings.",
    ]);
  });
});
