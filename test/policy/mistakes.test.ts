import { describe, expect, it } from "vitest";
import * as portcullis from "../../src/index.js";
import { presets } from "../../src/presets/index.js";
import { issuesOf } from "../messages.js";

/** A call, and every issue of its error: `path: message. hint`. */
type Mistake = readonly [make: () => unknown, ...said: string[]];

function refuses(what: string, mistakes: readonly Mistake[]): void {
  describe(what, () => {
    it.each(mistakes.map(([make, ...said]) => [String(make).replace(/\s+/g, " "), make, said] as const))("%s", (_call, make, said) => {
      expect(issuesOf(make)).toEqual(said);
    });
  });
}

/** The exports without their types, which refuse most of these calls. */
type Untyped = (...given: unknown[]) => unknown;
const { append, definePolicy, observe, override, parseHeaders, perRequest, remove, reportOnly, securityHeaders, source } =
  portcullis as unknown as Readonly<
    Record<
      | "append"
      | "definePolicy"
      | "observe"
      | "override"
      | "parseHeaders"
      | "perRequest"
      | "remove"
      | "reportOnly"
      | "securityHeaders"
      | "source",
      Untyped
    >
  >;
const { nonce } = portcullis;

refuses("options of helmet", [
  [
    () => securityHeaders({ hsts: { maxAge: 31536000 } }),
    'hsts: unknown header. This is a helmet option: write strictTransportSecurity, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ hsts: false }),
    'hsts: unknown header. This is a helmet option: write strictTransportSecurity: false, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ noSniff: true }),
    'noSniff: unknown header. This is a helmet option: write xContentTypeOptions: true, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ frameguard: { action: "deny" } }),
    'frameguard: unknown header. This is a helmet option: write xFrameOptions: "DENY", or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ frameguard: { action: "sameorigin" } }),
    'frameguard: unknown header. This is a helmet option: write xFrameOptions: "SAMEORIGIN", or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ frameguard: false }),
    'frameguard: unknown header. This is a helmet option: write xFrameOptions: false, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ frameguard: true }),
    'frameguard: unknown header. This is a helmet option: write xFrameOptions: true, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ hidePoweredBy: true }),
    'hidePoweredBy: unknown header. This is a helmet option: write stripHeaders: ["X-Powered-By"], or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ xPoweredBy: false }),
    'xPoweredBy: unknown header. This is a helmet option: write stripHeaders: ["X-Powered-By"], or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ ieNoOpen: true }),
    'ieNoOpen: unknown header. This is a helmet option: write xDownloadOptions: true, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ dnsPrefetchControl: { allow: true } }),
    'dnsPrefetchControl: unknown header. This is a helmet option: write xDnsPrefetchControl: "on", or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ dnsPrefetchControl: false }),
    'dnsPrefetchControl: unknown header. This is a helmet option: write xDnsPrefetchControl: false, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ permittedCrossDomainPolicies: { permittedPolicies: "none" } }),
    'permittedCrossDomainPolicies: unknown header. This is a helmet option: write xPermittedCrossDomainPolicies, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ xssFilter: true }),
    'xssFilter: unknown header. This is a helmet option: write xXssProtection: true, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ noCache: true }),
    'noCache: unknown header. This is a helmet option: write cacheControl: "no-store", or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [() => securityHeaders({ expectCt: { maxAge: 86400 } }), "expectCt: unknown header. Take it out: browsers have removed Expect-CT."],
  [
    () => securityHeaders({ featurePolicy: { features: { camera: ["'none'"] } } }),
    "featurePolicy: unknown header. Permissions-Policy replaces it: write permissionsPolicy: { camera: [] }.",
  ],
  [
    () => securityHeaders({ hpkp: { maxAge: 1, sha256s: [] } }),
    "hpkp: unknown header. Take it out: browsers have removed Public-Key-Pins.",
  ],
  [() => securityHeaders({ publicKeyPins: {} }), "publicKeyPins: unknown header. Take it out: browsers have removed Public-Key-Pins."],
  [
    () => securityHeaders({ directives: { defaultSrc: ["'self'"] } }),
    'directives: unknown header. Write the directives into contentSecurityPolicy: { … }, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ useDefaults: false }),
    'useDefaults: unknown header. Write the directives into contentSecurityPolicy: { … }, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ reportOnly: true }),
    "reportOnly: unknown header. Write contentSecurityPolicyReportOnly, or wrap the policy: reportOnly(definePolicy(…)).",
  ],
  [
    () => securityHeaders({ crossdomain: true }),
    'crossdomain: unknown header. This is a helmet option: write xPermittedCrossDomainPolicies: true, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ enableCSPNonces: true }),
    'enableCSPNonces: unknown header. Write the nonce slot into a list: contentSecurityPolicy: { scriptSrc: ["self", nonce] }.',
  ],
]);

refuses("values as helmet writes them", [
  [
    () => securityHeaders({ contentSecurityPolicy: { directives: { defaultSrc: ["'self'"] } } }),
    'contentSecurityPolicy.directives: unknown directive. Directives are written directly: contentSecurityPolicy: { scriptSrc: ["self"] }. Or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { useDefaults: true, directives: { scriptSrc: ["'self'"] } } }),
    'contentSecurityPolicy.useDefaults: unknown directive. This is a helmet option: take it out, or wrap helmet options in fromHelmet() from "portcullis/helmet". securityHeaders("none", …) starts without defaults.',
    'contentSecurityPolicy.directives: unknown directive. Directives are written directly: contentSecurityPolicy: { scriptSrc: ["self"] }. Or wrap helmet options in fromHelmet() from "portcullis/helmet".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { useDefaults: false } }),
    'contentSecurityPolicy.useDefaults: unknown directive. This is a helmet option: take it out, or wrap helmet options in fromHelmet() from "portcullis/helmet". securityHeaders("none", …) starts without defaults.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportOnly: true } }),
    "contentSecurityPolicy.reportOnly: unknown directive. Write the directives under contentSecurityPolicyReportOnly.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { loose: true } }),
    "contentSecurityPolicy.loose: unknown directive. helmet has removed this option: take it out.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { setAllHeaders: false } }),
    "contentSecurityPolicy.setAllHeaders: unknown directive. helmet has removed this option: take it out.",
  ],
  [() => securityHeaders({ xFrameOptions: { action: "deny" } }), 'xFrameOptions: an object is not one of its values. Write "DENY".'],
  [
    () => securityHeaders({ xFrameOptions: { action: "sameorigin" } }),
    'xFrameOptions: an object is not one of its values. Write "SAMEORIGIN".',
  ],
  [
    () => securityHeaders({ referrerPolicy: { policy: "no-referrer" } }),
    'referrerPolicy: an object is not one of its values. Write "no-referrer".',
  ],
  [
    () => securityHeaders({ referrerPolicy: { policy: ["no-referrer", "same-origin"] } }),
    'referrerPolicy: an object is not one of its values. Write ["no-referrer", "same-origin"].',
  ],
  [
    () => securityHeaders({ crossOriginResourcePolicy: { policy: "cross-origin" } }),
    'crossOriginResourcePolicy: an object is not one of its values. Write "cross-origin".',
  ],
  [
    () => securityHeaders({ crossOriginOpenerPolicy: { policy: "same-origin-allow-popus" } }),
    'crossOriginOpenerPolicy.policy: "same-origin-allow-popus" is not one of its values. Did you mean "same-origin-allow-popups"?',
  ],
  [
    () => securityHeaders({ crossOriginOpenerPolicy: { policy: "unsafe-nonee" } }),
    'crossOriginOpenerPolicy.policy: "unsafe-nonee" is not one of its values. Did you mean "unsafe-none"?',
  ],
  [() => securityHeaders({ xDnsPrefetchControl: { allow: true } }), 'xDnsPrefetchControl: an object is not one of its values. Write "on".'],
  [
    () => securityHeaders({ xDnsPrefetchControl: { allow: false } }),
    'xDnsPrefetchControl: an object is not one of its values. Write "off".',
  ],
  [
    () => securityHeaders({ xPermittedCrossDomainPolicies: { permittedPolicies: "by-content-type" } }),
    'xPermittedCrossDomainPolicies: an object is not one of its values. Write "by-content-type".',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 31536000, includeSubdomains: true } }),
    'strictTransportSecurity.includeSubdomains: unknown option. Did you mean "includeSubDomains"?',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 31536000, setIf: () => true } }),
    "strictTransportSecurity.setIf: unknown option. It takes maxAge, includeSubDomains and preload.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 31536000, force: true } }),
    "strictTransportSecurity.force: unknown option. It takes maxAge, includeSubDomains and preload.",
  ],
  [
    () =>
      securityHeaders({
        strictTransportSecurity: { includeSubDomains: true },
        contentSecurityPolicy: false,
        strictTransportSecurityReportOnly: true,
      }),
    "strictTransportSecurityReportOnly: unknown header. This header has no report-only form.",
  ],
]);

refuses("Strict-Transport-Security", [
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 2592000000 } }),
    "strictTransportSecurity.maxAge: 2592000000 seconds are 82 years. Is this in milliseconds? Write 2592000.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 315361000 } }),
    "strictTransportSecurity.maxAge: 315361000 seconds are 10 years. Is this in milliseconds? Write 315361.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 31536000000 } }),
    "strictTransportSecurity.maxAge: 31536000000 seconds are more than 100 years. If it is milliseconds, write 31536000.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 15552000000 } }),
    "strictTransportSecurity.maxAge: 15552000000 seconds are more than 100 years. If it is milliseconds, write 15552000.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 63072000000, includeSubDomains: true } }),
    "strictTransportSecurity.maxAge: 63072000000 seconds are more than 100 years. If it is milliseconds, write 63072000.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: "31536000" } }),
    'strictTransportSecurity.maxAge: "31536000" is not a whole number of seconds. Write 31536000, without quotes.',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: "1y" } }),
    'strictTransportSecurity.maxAge: "1y" is not a whole number of seconds. Write seconds, such as 31536000 for one year.',
  ],
  [() => securityHeaders({ strictTransportSecurity: { maxAge: -1 } }), "strictTransportSecurity.maxAge: -1 is negative. Write 0 or more."],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 0.5 } }),
    "strictTransportSecurity.maxAge: 0.5 is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: NaN } }),
    "strictTransportSecurity.maxAge: NaN is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { maxAge: 300, preload: true } }),
    "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { max_age: 300 } }),
    'strictTransportSecurity.max_age: unknown option. Did you mean "maxAge"?',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { "max-age": 300 } }),
    'strictTransportSecurity["max-age"]: unknown option. Did you mean "maxAge"?',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: { includeSubDomains: "true", maxAge: 300 } }),
    'strictTransportSecurity.includeSubDomains: "true" is not true or false. Write true, without quotes.',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: "max-age=31536000; includeSubDomains" }),
    'strictTransportSecurity: "max-age=31536000; includeSubDomains" is not an object. Write { maxAge: 31536000, includeSubDomains: true }.',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: "max-age=31536000; includeSubDomains; preload" }),
    'strictTransportSecurity: "max-age=31536000; includeSubDomains; preload" is not an object. Write { maxAge: 31536000, includeSubDomains: true, preload: true }.',
  ],
  [
    () => securityHeaders({ strictTransportSecurity: 31536000 }),
    "strictTransportSecurity: 31536000 is not an object. Write { maxAge: 31536000 }, or false to switch it off.",
  ],
  [
    () => securityHeaders({ strictTransportSecurity: null }),
    "strictTransportSecurity: null is not an object. Leave the key out, or write false.",
  ],
]);

refuses("names of headers", [
  [
    () => securityHeaders({ "Strict-Transport-Security": "max-age=300" }),
    '"Strict-Transport-Security": headers are written in camelCase. Write strictTransportSecurity.',
  ],
  [() => securityHeaders({ "X-Frame-Options": "DENY" }), '"X-Frame-Options": headers are written in camelCase. Write xFrameOptions.'],
  [() => securityHeaders({ "x-frame-options": "DENY" }), '"x-frame-options": headers are written in camelCase. Write xFrameOptions.'],
  [
    () => securityHeaders({ "content-security-policy": "default-src 'self'" }),
    '"content-security-policy": headers are written in camelCase. Write contentSecurityPolicy.',
  ],
  [
    () => securityHeaders({ "Content-Security-Policy-Report-Only": "default-src 'self'" }),
    '"Content-Security-Policy-Report-Only": headers are written in camelCase. Write contentSecurityPolicyReportOnly.',
  ],
  [() => securityHeaders({ csp: { scriptSrc: ["self"] } }), "csp: unknown header. Write contentSecurityPolicy."],
  [
    () => securityHeaders({ contentSecurityPolicyReportOnlyy: {} }),
    'contentSecurityPolicyReportOnlyy: unknown header. Did you mean "contentSecurityPolicyReportOnly"?',
  ],
  [() => securityHeaders({ xFrameOption: "DENY" }), 'xFrameOption: unknown header. Did you mean "xFrameOptions"?'],
  [() => securityHeaders({ x_frame_options: "DENY" }), "x_frame_options: headers are written in camelCase. Write xFrameOptions."],
  [
    () => securityHeaders({ x_content_type_options: "nosniff" }),
    "x_content_type_options: headers are written in camelCase. Write xContentTypeOptions.",
  ],
  [
    () => securityHeaders({ content_security_policy: {} }),
    "content_security_policy: headers are written in camelCase. Write contentSecurityPolicy.",
  ],
  [() => securityHeaders({ frame_options: "SAMEORIGIN" }), "frame_options: unknown header. Write xFrameOptions."],
  [() => securityHeaders({ frameOptions: "DENY" }), "frameOptions: unknown header. Write xFrameOptions."],
  [() => securityHeaders({ contentTypeOptions: "nosniff" }), 'contentTypeOptions: unknown header. Did you mean "xContentTypeOptions"?'],
  [() => securityHeaders({ contentTypeNosniff: true }), "contentTypeNosniff: unknown header. Write xContentTypeOptions: true."],
  [() => securityHeaders({ xssProtection: "0" }), 'xssProtection: unknown header. Did you mean "xXssProtection"?'],
  [
    () => securityHeaders({ browserXssFilter: true }),
    'browserXssFilter: unknown header. Write xXssProtection: "0": browsers have removed their filters.',
  ],
  [() => securityHeaders({ refererPolicy: "no-referrer" }), 'refererPolicy: unknown header. Did you mean "referrerPolicy"?'],
  [
    () => securityHeaders({ "feature-policy": "camera 'none'" }),
    '"feature-policy": unknown header. Permissions-Policy replaces it: write permissionsPolicy: { camera: [] }.',
  ],
  [() => securityHeaders({ "Expect-CT": "max-age=0" }), '"Expect-CT": unknown header. Take it out: browsers have removed Expect-CT.'],
  [() => securityHeaders({ coop: "same-origin" }), "coop: unknown header. Write crossOriginOpenerPolicy."],
  [
    () => securityHeaders({ defaultSrc: ["self"] }),
    "defaultSrc: unknown header. This is a directive: write contentSecurityPolicy: { defaultSrc: … }.",
  ],
  [
    () => securityHeaders({ "default-src": ["self"] }),
    '"default-src": unknown header. This is a directive: write contentSecurityPolicy: { defaultSrc: … }.',
  ],
  [
    () => securityHeaders({ scriptSrc: ["self"] }),
    "scriptSrc: unknown header. This is a directive: write contentSecurityPolicy: { scriptSrc: … }.",
  ],
  [() => securityHeaders({ camera: [] }), "camera: unknown header. This is a feature: write permissionsPolicy: { camera: … }."],
  [() => securityHeaders({ maxAge: 300 }), "maxAge: unknown header. This is an option: write strictTransportSecurity: { maxAge: … }."],
  [
    () => securityHeaders({ includeSubDomains: true }),
    "includeSubDomains: unknown header. This is an option: write strictTransportSecurity: { includeSubDomains: … }.",
  ],
  [() => securityHeaders({ server: false }), 'server: unknown header. To remove a header write stripHeaders: ["Server"].'],
  [() => securityHeaders({ "X-Powered-By": false }), '"X-Powered-By": unknown header. Write stripHeaders: ["X-Powered-By"].'],
  [
    () => securityHeaders({ "X-Robots-Tag": "noindex" }),
    '"X-Robots-Tag": unknown header. For a header without a key of its own write custom: { "X-Robots-Tag": "…" }.',
  ],
  [
    () => securityHeaders({ reportUri: "/csp" }),
    'reportUri: unknown header. Write reporting: "/csp-report", which every header that reports follows.',
  ],
  [
    () => securityHeaders({ reportTo: "csp" }),
    'reportTo: unknown header. Write reporting: "/csp-report", which every header that reports follows.',
  ],
  [
    () => securityHeaders({ "report-uri": "/csp" }),
    '"report-uri": unknown header. Write reporting: "/csp-report", which every header that reports follows.',
  ],
  [() => securityHeaders({ preset: "strict" }), 'preset: unknown header. Write the preset as a layer: securityHeaders("strict", { … }).'],
  [() => securityHeaders({ forceHttps: true }), "forceHttps: unknown header. Mount httpsRedirect() before securityHeaders()."],
  [
    () => securityHeaders({ sessionCookieSecure: true }),
    "sessionCookieSecure: unknown header. Mount secureCookies() before securityHeaders().",
  ],
  [() => securityHeaders({ cors: { origin: "*" } }), "cors: unknown header. CORS headers depend on the request: use the cors package."],
  [
    () => securityHeaders({ accessControlAllowOrigin: "*" }),
    "accessControlAllowOrigin: unknown header. CORS headers depend on the request: use the cors package.",
  ],
  [
    () => securityHeaders({ nonce: true }),
    'nonce: unknown header. Write the nonce slot into a list: contentSecurityPolicy: { scriptSrc: ["self", nonce] }.',
  ],
  [
    () => securityHeaders({ overrides: {} }),
    "overrides: unknown header. Write a key such as xFrameOptions; other headers are written under custom.",
  ],
]);

refuses("directives", [
  [
    () => securityHeaders({ contentSecurityPolicy: { "script-src": ["self"] } }),
    'contentSecurityPolicy["script-src"]: directives are written in camelCase. Write scriptSrc.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { script_src: ["self"] } }),
    "contentSecurityPolicy.script_src: directives are written in camelCase. Write scriptSrc.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSource: ["self"] } }),
    'contentSecurityPolicy.scriptSource: unknown directive. Did you mean "scriptSrc"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptsrc: ["self"] } }),
    'contentSecurityPolicy.scriptsrc: unknown directive. Did you mean "scriptSrc"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imageSrc: ["self"] } }),
    'contentSecurityPolicy.imageSrc: unknown directive. Did you mean "imgSrc"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { frameAncestor: ["none"] } }),
    'contentSecurityPolicy.frameAncestor: unknown directive. Did you mean "frameAncestors"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { baseUrl: ["self"] } }),
    'contentSecurityPolicy.baseUrl: unknown directive. Did you mean "baseUri"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { baseURI: ["self"] } }),
    'contentSecurityPolicy.baseURI: unknown directive. Did you mean "baseUri"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { blockAllMixedContent: true } }),
    "contentSecurityPolicy.blockAllMixedContent: this directive is deprecated. Browsers block mixed content by themselves; use upgradeInsecureRequests: true.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { blockAllMixedContent: [] } }),
    "contentSecurityPolicy.blockAllMixedContent: this directive is deprecated. Browsers block mixed content by themselves; use upgradeInsecureRequests: true.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { upgradeInsecureRequests: [] } }),
    "contentSecurityPolicy.upgradeInsecureRequests: an empty list is not true or false. Write true.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { upgradeInsecureRequests: append("https://cdn.example") } }),
    "contentSecurityPolicy.upgradeInsecureRequests: append(…) edits a list, and this is not a list. Write true or false.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { upgradeInsecureRequests: append() } }),
    "contentSecurityPolicy.upgradeInsecureRequests: append(…) edits a list, and this is not a list. Write true or false.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { webrtc: remove("https://cdn.example") } }),
    'contentSecurityPolicy.webrtc: remove(…) edits a list, and this is not a list. Write "allow", "block", "\'allow\'" or "\'block\'".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { upgradeInsecureRequests: null } }),
    "contentSecurityPolicy.upgradeInsecureRequests: null is not true or false. Leave the key out, or write false.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { pluginTypes: ["application/pdf"] } }),
    'contentSecurityPolicy.pluginTypes: this directive is deprecated. No browser has plugins any more; use objectSrc: ["none"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reflectedXss: "block" } }),
    "contentSecurityPolicy.reflectedXss: this directive is deprecated. Use the key xXssProtection.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { default: ["self"] } }),
    'contentSecurityPolicy.default: unknown directive. Did you mean "defaultSrc"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { script: ["self"] } }),
    'contentSecurityPolicy.script: unknown directive. Did you mean "scriptSrc"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { preset: "strict" } }),
    "contentSecurityPolicy.preset: unknown directive. See reference/directives in the documentation.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: ["default-src 'self'"] }),
    'contentSecurityPolicy: a list is not a string or an object. Write { defaultSrc: ["self"] }, or false to switch it off.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: append("https://cdn.example") }),
    'contentSecurityPolicy: append(…) edits a directive, not a header. Write it at a directive: { scriptSrc: append("https://cdn.example") }.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: null }),
    "contentSecurityPolicy: null is not a string or an object. Leave the key out, or write false.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: () => ({}) }),
    'contentSecurityPolicy: a function is not a string or an object. Write { defaultSrc: ["self"] }, or false to switch it off.',
  ],
]);

refuses("sources", [
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: "'self'" } }),
    `contentSecurityPolicy.scriptSrc: "'self'" is not a list. Write ["self"].`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: "'self' 'unsafe-inline' https://cdn.example" } }),
    `contentSecurityPolicy.scriptSrc: "'self' 'unsafe-inline' https://cdn.example" is not a list. Write ["self", "unsafe-inline", "https://cdn.example"].`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: "self" } }),
    'contentSecurityPolicy.scriptSrc: "self" is not a list. Write ["self"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: nonce } }),
    'contentSecurityPolicy.scriptSrc: an object is not a list. Write ["self", nonce].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: null } }),
    "contentSecurityPolicy.scriptSrc: null is not a list. Leave the key out, or write false.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: { self: true } } }),
    'contentSecurityPolicy.scriptSrc: an object is not a list. Write a list such as ["self", "https://cdn.example"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: new Set(["self"]) } }),
    "contentSecurityPolicy.scriptSrc: an instance of Set is not plain data. Spread it: [...set].",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: () => ["self"] } }),
    'contentSecurityPolicy.scriptSrc: a function is not a list. Write ["self", perRequest((req) => …)].',
  ],
  [
    () =>
      securityHeaders({
        contentSecurityPolicy: {
          scriptSrc: ["self", (_req: unknown, res: { locals: { cspNonce: string } }) => `'nonce-${res.locals.cspNonce}'`],
        },
      }),
    'contentSecurityPolicy.scriptSrc[1]: a function is not a source. Write perRequest((req) => …), or for a nonce the slot: import { nonce } from "portcullis".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'self' https://cdn.example"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'self' https://cdn.example" contains a space. Write one source per string: "'self'", "https://cdn.example".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'self'; object-src 'none'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'self'; object-src 'none'" contains a ';', which ends a directive. Write each directive under its own key; in a path, %3B.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'self', https://cdn.example"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'self', https://cdn.example" contains a ',', which ends a policy. Write each source as its own string; in a path, %2C.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["slef"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "slef" is not a source. Did you mean "self"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'slef'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'slef'" is not a keyword. Did you mean "self"?`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["SELF"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "SELF" is not a source. Write "self".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["unsafeInline"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "unsafeInline" is not a source. Did you mean "unsafe-inline"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["unsafe_inline"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "unsafe_inline" is not a source. Did you mean "unsafe-inline"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'unsafeEval'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'unsafeEval'" is not a keyword. Did you mean "unsafe-eval"?`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["inline"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "inline" is not a source. Did you mean "unsafe-inline"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["eval"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "eval" is not a source. Did you mean "unsafe-eval"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["strictDynamic", nonce] } }),
    'contentSecurityPolicy.scriptSrc[0]: "strictDynamic" is not a source. Did you mean "strict-dynamic"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ['"self"'] } }),
    'contentSecurityPolicy.scriptSrc[0]: "\\"self\\"" is misquoted. Write "self".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["‘self’"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "\\u{2018}self\\u{2019}" is misquoted. Write "self".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'self"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'self" is misquoted. Write "self".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["nonce"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "nonce" is a string, not the nonce slot. Use the slot: import { nonce } from "portcullis".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'nonce'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'nonce'" is a string, not the nonce slot. Use the slot: import { nonce } from "portcullis".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'nonce-abc123'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'nonce-abc123'" is a nonce written as text, the same on every response. Use the slot: import { nonce } from "portcullis".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["nonce-abc123"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "nonce-abc123" is a nonce written as text, the same on every response. Use the slot: import { nonce } from "portcullis".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'nonce-{random}'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'nonce-{random}'" is a nonce written as text, the same on every response. Use the slot: import { nonce } from "portcullis".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'nonce-$request_id'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'nonce-$request_id'" is a nonce written as text, the same on every response. Use the slot: import { nonce } from "portcullis".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self", "none"] } }),
    'contentSecurityPolicy.scriptSrc[1]: "none" has no effect beside other sources. Write ["none"] alone, or take it out.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'none'", "https://cdn.example"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "none" has no effect beside other sources. Write ["none"] alone, or take it out.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [] } }),
    'contentSecurityPolicy.scriptSrc: an empty list says nothing. Write ["none"] to allow nothing, or false to fall back.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [""] } }),
    'contentSecurityPolicy.scriptSrc[0]: "" is not a source. Leave it out.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [["self", "https://cdn.example"]] } }),
    "contentSecurityPolicy.scriptSrc[0]: a list is not a source. Spread it: ...sources, or ...hosts.map(source) for strings that are not literals.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [append("https://cdn.example")] } }),
    'contentSecurityPolicy.scriptSrc[0]: append(…) cannot be a member of a list. Write it instead of the list: scriptSrc: append("https://cdn.example").',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [undefined] } }),
    "contentSecurityPolicy.scriptSrc[0]: undefined is not a source. Take it out, or check it with source(…): is the environment variable set?",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [false] } }),
    "contentSecurityPolicy.scriptSrc[0]: false is not a source. Take it out: ...(condition ? [source] : []) adds a source on a condition.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [/cdn/] } }),
    "contentSecurityPolicy.scriptSrc[0]: an instance of RegExp is not plain data. Use plain objects, lists and strings.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: [new URL("https://cdn.example/")] } }),
    "contentSecurityPolicy.scriptSrc[0]: an instance of URL is not plain data. Write url.origin for the host, or url.href for one file.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["data"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "data" is not a source. Did you mean "data:"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https" is not a source. Did you mean "https:"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["'data:'"], defaultSrc: ["self"] } }),
    `contentSecurityPolicy.imgSrc[0]: "'data:'" is quoted; only keywords, nonces and hashes are. Write "data:".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["'https://img.example'"], defaultSrc: ["self"] } }),
    `contentSecurityPolicy.imgSrc[0]: "'https://img.example'" is quoted; only keywords, nonces and hashes are. Write "https://img.example".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn.*.example.com"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://cdn.*.example.com" is not a source: "*" stands for the first labels of a host only. Write each host, or "https://*.example.com" for all below example.com.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://*example.com"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://*example.com" is not a source: "*" stands for the first labels of a host only. Write each host, or "https://*.example.com" for all below example.com.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["*.*.example.com"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "*.*.example.com" is not a source: "*" stands for the first labels of a host only. Write each host, or "*.example.com" for all below example.com.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://example.*"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://example.*" is not a source: "*" stands for the first labels of a host only. Write each host.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["*://example.com"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "*://example.com" is not a source: a scheme cannot be a wildcard. Leave the scheme out: "example.com".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["//cdn.example"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "//cdn.example" is not a source. Write "https://cdn.example".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https:/cdn.example"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https:/cdn.example" is not a source. Write scheme://host, for example "https://cdn.example".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://" names no host. Write "https:" for the whole scheme, or scheme://host.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn.example?v=1"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://cdn.example?v=1" is not a source: a source ends with its path. Write "https://cdn.example".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn.example/#a"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://cdn.example/#a" is not a source: a source ends with its path. Write "https://cdn.example/".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://user@cdn.example"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://user@cdn.example" is not a source: it cannot contain a user name. Write "https://cdn.example".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://[::1]:3000"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://[::1]:3000" is not a source: CSP cannot name an IPv6 address. Give the server a host name.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://bücher.example"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://b\\u{fc}cher.example" is not ASCII; browsers drop the whole directive. Write the host in Punycode, "xn--bcher-kva.example", and a path with %XX.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn.example:99999"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://cdn.example:99999" is not a source: the highest port is 65535. Write a smaller port.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn_1.example"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://cdn_1.example" is not a source: a host has letters, digits and hyphens. Use a host name without an underscore.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["/images"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "/images" is not a source: a path needs its host. Write "self", or "https://site.example/images".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["intranet"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "intranet" is not a source. For a host of that name write source("intranet").',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn.example "], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https://cdn.example " contains a space. Write "https://cdn.example".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: [" https://cdn.example"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: " https://cdn.example" contains a space. Write "https://cdn.example".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn.example;"], defaultSrc: ["self"] } }),
    `contentSecurityPolicy.imgSrc[0]: "https://cdn.example;" contains a ';', which ends a directive. Write "https://cdn.example".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://cdn.example,"], defaultSrc: ["self"] } }),
    `contentSecurityPolicy.imgSrc[0]: "https://cdn.example," contains a ',', which ends a policy. Write "https://cdn.example".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["unsafe-inline"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.imgSrc[0]: "unsafe-inline" has no meaning in imgSrc. It belongs in defaultSrc, scriptSrc, scriptSrcElem, scriptSrcAttr, styleSrc, styleSrcElem, styleSrcAttr.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: [nonce], defaultSrc: ["self"] } }),
    "contentSecurityPolicy.imgSrc[0]: a nonce has no meaning in imgSrc. It belongs in scriptSrc or styleSrc.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { styleSrc: ["unsafe-eval"], defaultSrc: ["self"] } }),
    'contentSecurityPolicy.styleSrc[0]: "unsafe-eval" has no meaning in styleSrc. It belongs in defaultSrc, scriptSrc.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { frameAncestors: ["unsafe-inline"] } }),
    'contentSecurityPolicy.frameAncestors[0]: "unsafe-inline" has no meaning in frameAncestors. It belongs in defaultSrc, scriptSrc, scriptSrcElem, scriptSrcAttr, styleSrc, styleSrcElem, styleSrcAttr.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { frameAncestors: "DENY" } }),
    'contentSecurityPolicy.frameAncestors: "DENY" is not a list. Write a list such as ["self", "https://cdn.example"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { frameAncestors: ["SAMEORIGIN"] } }),
    'contentSecurityPolicy.frameAncestors[0]: "SAMEORIGIN" is not a source. Did you mean "self"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { frameAncestors: ["DENY"] } }),
    'contentSecurityPolicy.frameAncestors[0]: "DENY" is not a source. Did you mean "none"?',
  ],
]);

refuses("hashes", [
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="] } }),
    `contentSecurityPolicy.scriptSrc[0]: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" is a hash without its single quotes. Write "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF='"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF='" has a digest of 42 characters, and sha256 has 43 (44 with padding). Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'sha256-abc'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha256-abc'" has a digest of 3 characters, and sha256 has 43 (44 with padding). Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'sha384-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha384-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='" has a digest of 43 characters, and sha384 has 64. This is the length of sha256: write 'sha256-…'.`,
  ],
  [
    () =>
      securityHeaders({
        contentSecurityPolicy: { scriptSrc: ["'sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'"] },
      }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'" has a digest of 64 characters, and sha256 has 43 (44 with padding). It is in hexadecimal. In base64: "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='".`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='" names a hash algorithm that CSP does not have. Use sha256, sha384 or sha512.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'md5-abc='"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'md5-abc='" names a hash algorithm that CSP does not have. Use sha256, sha384 or sha512.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'sha256-…'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha256-…'" is not a hash. Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'sha256'"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha256'" is not a hash. Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["'sha-256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"] } }),
    `contentSecurityPolicy.scriptSrc[0]: "'sha-256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='" is not a hash. Write "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='".`,
  ],
  [
    () =>
      securityHeaders({
        contentSecurityPolicy: { imgSrc: ["'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"], defaultSrc: ["self"] },
      }),
    "contentSecurityPolicy.imgSrc[0]: a hash has no meaning in imgSrc. It belongs in scriptSrc or styleSrc.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self", Promise.resolve(["'sha256-x'"])] } }),
    "contentSecurityPolicy.scriptSrc[1]: a promise is not a value. Write await before it.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: Promise.resolve(["'sha256-x'"]) } }),
    "contentSecurityPolicy.scriptSrc: a promise is not a value. Write await before it.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: append(Promise.resolve(["'sha256-x'"])) } }),
    "append[0]: a promise is not a source. Write await before it.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: append(...[Promise.resolve([])]) } }),
    "append[0]: a promise is not a source. Write await before it.",
  ],
]);

refuses("directives beside each other, and their own grammars", [
  [
    () => securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["strict-dynamic", "https://cdn.example"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "strict-dynamic" needs a nonce or a hash; without one no script runs. Add nonce (import { nonce } from "portcullis") or a hash, or take "strict-dynamic" out.',
  ],
  [
    () => securityHeaders("none", { contentSecurityPolicy: { imgSrc: ["self"] } }),
    'contentSecurityPolicy.scriptSrc: imgSrc is limited, but scripts may come from anywhere. Write scriptSrc or defaultSrc, for example defaultSrc: ["self"].',
  ],
  [
    () => securityHeaders("none", { contentSecurityPolicy: { imgSrc: append("https://img.example") } }),
    'contentSecurityPolicy.imgSrc: an append has nothing to start from: imgSrc is not set, and neither is a directive that it falls back to. Write the list: imgSrc: ["https://img.example"].',
    'contentSecurityPolicy.scriptSrc: imgSrc is limited, but scripts may come from anywhere. Write scriptSrc or defaultSrc, for example defaultSrc: ["self"].',
  ],
  [
    () => securityHeaders("none", { contentSecurityPolicy: { frameAncestors: append("https://partner.example") } }),
    'contentSecurityPolicy.frameAncestors: an append has nothing to start from: frameAncestors is not set, and it has no fallback. Write the list: frameAncestors: ["https://partner.example"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: append() } }),
    'contentSecurityPolicy.scriptSrc: append() names no source. Write append("https://cdn.example"), or leave the key out.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: append(["https://a.example", "https://b.example"]) } }),
    "append[0]: a list is not a source. Spread it: ...sources, or ...hosts.map(source) for strings that are not literals.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: append("https://a.example https://b.example") } }),
    'contentSecurityPolicy.scriptSrc[0]: "https://a.example https://b.example" contains a space. Write one source per string: "https://a.example", "https://b.example".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: append(...["a.example/x y"]) } }),
    'contentSecurityPolicy.scriptSrc[0]: "a.example/x y" contains a space. Write one source per string: "a.example/x", "y".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { scriptSrc: append(nonce, "none") } }),
    'contentSecurityPolicy.scriptSrc[1]: "none" has no effect beside other sources. Write ["none"] alone, or take it out.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportUri: append("/r") } }),
    'contentSecurityPolicy.reportUri: an append has nothing to start from: reportUri is not set, and it has no fallback. Write the list: reportUri: ["/r"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportUri: "/csp-report" } }),
    'contentSecurityPolicy.reportUri: "/csp-report" is not a list. Write ["/csp-report"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportTo: ["csp"] } }),
    'contentSecurityPolicy.reportTo: a list is not the name of an endpoint. Write "csp".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportTo: "csp-endpoint" } }),
    'contentSecurityPolicy.reportTo: "csp-endpoint" names no endpoint, so that nothing is reported. Write reportingEndpoints: { "csp-endpoint": "/csp-report" }, or just reporting: "/csp-report".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportTo: "/csp-report" } }),
    'contentSecurityPolicy.reportTo: "/csp-report" is not the name of an endpoint. Write reporting: "/csp-report", beside this header.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportUri: ["csp-report"] } }),
    'contentSecurityPolicy.reportUri[0]: "csp-report" is not a URL to report to. Write a path ("/csp-report") or an https URL, ";" and "," as %3B and %2C.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { sandbox: true, scriptSrc: ["report-sha256", "self"] } }),
    'contentSecurityPolicy.scriptSrc[0]: "report-sha256" has nowhere to report to. Write reporting: "/csp-report", or reportTo.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { sandbox: ["allow-script"] } }),
    'contentSecurityPolicy.sandbox[0]: "allow-script" is not a sandbox token. Did you mean "allow-scripts"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { sandbox: "allow-scripts allow-forms" } }),
    'contentSecurityPolicy.sandbox: "allow-scripts allow-forms" is not a list. Write ["allow-scripts", "allow-forms"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { requireTrustedTypesFor: "script" } }),
    'contentSecurityPolicy.requireTrustedTypesFor: "script" is not a list. Write ["script"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { requireTrustedTypesFor: ["'scripts'"] } }),
    `contentSecurityPolicy.requireTrustedTypesFor[0]: "'scripts'" is not a group of sinks. Write ["script"].`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { trustedTypes: "default" } }),
    'contentSecurityPolicy.trustedTypes: "default" is not a list. Write ["default"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { trustedTypes: ["none", "default"] } }),
    'contentSecurityPolicy.trustedTypes[0]: "none" has no effect beside other names. Write ["none"] alone, or take it out.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicyReportOnly: { scriptSrc: ["self"], upgradeInsecureRequests: true } }),
    "contentSecurityPolicyReportOnly.upgradeInsecureRequests: browsers ignore upgrade-insecure-requests in a Report-Only policy. Write it under contentSecurityPolicy.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicyReportOnly: { scriptSrc: ["self"], sandbox: [] } }),
    "contentSecurityPolicyReportOnly.sandbox: browsers ignore sandbox in a Report-Only policy. Write it under contentSecurityPolicy.",
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "default-src self" }),
    `contentSecurityPolicy.defaultSrc[0]: "self" is not a source. Write 'self', in single quotes.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "default-src 'self', script-src 'self'" }),
    `contentSecurityPolicy: "default-src 'self', script-src 'self'" contains a ',', which begins another policy. End a directive with ';'; in a path, write %2C.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "default-src: 'self'" }),
    'contentSecurityPolicy: "default-src:" is not a directive. Did you mean "default-src"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "defaultSrc 'self'" }),
    'contentSecurityPolicy: "defaultsrc" is not a directive. Did you mean "default-src"?',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "script-src 'self' 'nonce-abc'" }),
    `contentSecurityPolicy.scriptSrc[1]: "'nonce-abc'" is a nonce written as text. Write the directives as an object, with the slot nonce in the list.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "default-src 'self'; default-src 'none'" }),
    'contentSecurityPolicy: "default-src" is written twice, and browsers drop the second. Write one list.',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "Content-Security-Policy: default-src 'self'" }),
    `contentSecurityPolicy: "content-security-policy:" is not a directive. Leave out the header's name.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "strict" }),
    `contentSecurityPolicy: "strict" is not a directive. Write a directive such as default-src 'self', or false for no header.`,
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: "" }),
    `contentSecurityPolicy: "" is not a policy. Write a directive such as default-src 'self', or false for no header.`,
  ],
]);

refuses("other headers", [
  [() => securityHeaders({ xFrameOptions: "deny" }), 'xFrameOptions: "deny" is not one of its values. Did you mean "DENY"?'],
  [
    () => securityHeaders({ xFrameOptions: "SAME-ORIGIN" }),
    'xFrameOptions: "SAME-ORIGIN" is not one of its values. Did you mean "SAMEORIGIN"?',
  ],
  [
    () => securityHeaders({ xFrameOptions: "sameorigin" }),
    'xFrameOptions: "sameorigin" is not one of its values. Did you mean "SAMEORIGIN"?',
  ],
  [
    () => securityHeaders({ xFrameOptions: "ALLOWALL" }),
    'xFrameOptions: "ALLOWALL" is not one of its values. Write false: without the header every site may frame the page.',
  ],
  [
    () => securityHeaders({ xFrameOptions: "ALLOW-FROM https://partner.example" }),
    'xFrameOptions: "ALLOW-FROM https://partner.example" is not one of its values. Browsers ignore it: write contentSecurityPolicy: { frameAncestors: ["https://partner.example"] }.',
  ],
  [() => securityHeaders({ xFrameOptions: ["DENY"] }), 'xFrameOptions: a list is not one of its values. Write "DENY".'],
  [() => securityHeaders({ xFrameOptions: null }), "xFrameOptions: null is not one of its values. Leave the key out, or write false."],
  [
    () => securityHeaders({ xContentTypeOptions: "no-sniff" }),
    'xContentTypeOptions: "no-sniff" is not one of its values. Did you mean "nosniff"?',
  ],
  [
    () => securityHeaders({ xXssProtection: "1;mode=block" }),
    'xXssProtection: "1;mode=block" is not one of its values. Did you mean "1; mode=block"?',
  ],
  [() => securityHeaders({ xXssProtection: 0 }), 'xXssProtection: 0 is not one of its values. Write "0".'],
  [() => securityHeaders({ xXssProtection: 1 }), 'xXssProtection: 1 is not one of its values. Write "1".'],
  [() => securityHeaders({ xDownloadOptions: "no-open" }), 'xDownloadOptions: "no-open" is not one of its values. Did you mean "noopen"?'],
  [() => securityHeaders({ originAgentCluster: "1" }), 'originAgentCluster: "1" is not one of its values. Did you mean "?1"?'],
  [() => securityHeaders({ originAgentCluster: "true" }), 'originAgentCluster: "true" is not one of its values. Write "?1" or "?0".'],
  [() => securityHeaders({ xDnsPrefetchControl: "of" }), 'xDnsPrefetchControl: "of" is not one of its values. Did you mean "off"?'],
  [
    () => securityHeaders({ referrerPolicy: "same_origin" }),
    'referrerPolicy: "same_origin" is not one of its values. Did you mean "same-origin"?',
  ],
  [() => securityHeaders({ referrerPolicy: "none" }), 'referrerPolicy: "none" is not one of its values. Did you mean "no-referrer"?'],
  [
    () => securityHeaders({ referrerPolicy: "no-referrer, strict-origin-when-cross-origin" }),
    'referrerPolicy: "no-referrer, strict-origin-when-cross-origin" is not one of its values. Write ["no-referrer", "strict-origin-when-cross-origin"].',
  ],
  [
    () => securityHeaders({ referrerPolicy: "" }),
    'referrerPolicy: "" is not one of its values. Write "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin" or "unsafe-url".',
  ],
  [
    () => securityHeaders({ crossOriginOpenerPolicy: "sameorigin" }),
    'crossOriginOpenerPolicy: "sameorigin" is not one of its values. Did you mean "same-origin"?',
  ],
  [
    () => securityHeaders({ crossOriginEmbedderPolicy: "require_corp" }),
    'crossOriginEmbedderPolicy: "require_corp" is not one of its values. Did you mean "require-corp"?',
  ],
  [
    () => securityHeaders({ crossOriginEmbedderPolicy: "credentialles" }),
    'crossOriginEmbedderPolicy: "credentialles" is not one of its values. Did you mean "credentialless"?',
  ],
  [
    () => securityHeaders({ crossOriginResourcePolicy: "same_site" }),
    'crossOriginResourcePolicy: "same_site" is not one of its values. Did you mean "same-site"?',
  ],
  [
    () => securityHeaders({ crossOriginResourcePolicy: "*" }),
    'crossOriginResourcePolicy: "*" is not one of its values. Write "same-origin", "same-site" or "cross-origin".',
  ],
  [
    () => securityHeaders({ cacheControl: false, clearSiteData: true }),
    'clearSiteData: true needs a default, and this key has none. Write ["*"].',
  ],
  [
    () => securityHeaders({ cacheControl: { noStore: true } }),
    'cacheControl: an object is not a string of cache directives. Write a string such as "no-store".',
  ],
  [
    () => securityHeaders({ cacheControl: "no-sotre" }),
    'cacheControl: "no-sotre" has "no-sotre", which no cache knows. Did you mean "no-store"?',
  ],
  [
    () => securityHeaders({ cacheControl: "max-age" }),
    'cacheControl: "max-age" has max-age without a number of seconds. Write max-age=3600.',
  ],
  [() => securityHeaders({ clearSiteData: "cookies" }), 'clearSiteData: "cookies" is not a list. Write ["cookies"].'],
  [() => securityHeaders({ clearSiteData: ["cookie"] }), 'clearSiteData[0]: "cookie" is not one of its values. Did you mean "cookies"?'],
  [() => securityHeaders({ clearSiteData: "*" }), 'clearSiteData: "*" is not a list. Write ["*"].'],
  [() => securityHeaders({ stripHeaders: "X-Powered-By" }), 'stripHeaders: "X-Powered-By" is not a list. Write ["X-Powered-By"].'],
  [
    () => securityHeaders({ stripHeaders: ["X-Frame-Options"] }),
    'stripHeaders[0]: "X-Frame-Options" has a key of its own. Write xFrameOptions: false.',
  ],
  [() => securityHeaders({ stripHeaders: true }), 'stripHeaders: true needs a default, and this key has none. Write ["X-Powered-By"].'],
  [
    () => securityHeaders({ custom: { "X-Frame-Options": "DENY" } }),
    'custom["X-Frame-Options"]: "X-Frame-Options" has a key of its own. Write xFrameOptions.',
  ],
  [
    () => securityHeaders({ custom: { "X Robots": "noindex" } }),
    'custom["X Robots"]: "X Robots" is not the name of a header. Write letters, digits and hyphens.',
  ],
  [
    () => securityHeaders({ custom: { "Set-Cookie": "a=b" } }),
    'custom["Set-Cookie"]: "Set-Cookie" cannot be part of a policy. Set it per response, for example with res.cookie().',
  ],
  [
    () => securityHeaders({ custom: { "X-Robots-Tag": ["noindex", "nofollow"] } }),
    'custom["X-Robots-Tag"]: a list is not a string. Write "noindex, nofollow".',
  ],
  [
    () => securityHeaders({ custom: { "X-Robots-Tag": "noindex\n" } }),
    'custom["X-Robots-Tag"]: "noindex\\n" is not a field value. Write visible ASCII on one line, without blanks around it.',
  ],
  [() => securityHeaders({ custom: { "X-Count": 5 } }), 'custom["X-Count"]: 5 is not a string. Write "5", in quotes.'],
  [
    () => securityHeaders({ custom: ["X-A: b"] }),
    'custom: a list is not an object. Write { "X-Robots-Tag": "noindex" }, or false to switch it off.',
  ],
  [
    () => securityHeaders({ integrityPolicy: { blockedDestinations: "script" } }),
    'integrityPolicy.blockedDestinations: "script" is not a list. Write ["script"].',
  ],
  [
    () => securityHeaders({ integrityPolicy: { blockedDestinations: ["scripts"] } }),
    'integrityPolicy.blockedDestinations[0]: "scripts" is not one of its values. Did you mean "script"?',
  ],
  [
    () => securityHeaders({ documentPolicy: { "sync-xhr": false } }),
    'documentPolicy["sync-xhr"]: configuration points are written in camelCase. Write syncXhr.',
  ],
  [
    () => securityHeaders({ documentPolicy: { documentWrite: "?0" } }),
    'documentPolicy.documentWrite: "?0" is not true or false. Write false.',
  ],
  [
    () => securityHeaders({ maxBytes: "16kb" }),
    'maxBytes: "16kb" is not a number of bytes from 1 to 1048576. Write a whole number such as 32768.',
  ],
  [
    () => securityHeaders({ maxBytes: 10_000_000 }),
    "maxBytes: 10000000 is not a number of bytes from 1 to 1048576. Write a whole number such as 32768.",
  ],
]);

refuses("Permissions-Policy", [
  [
    () => securityHeaders({ permissionsPolicy: { camera: false } }),
    "permissionsPolicy.camera: false is not an allowlist. Write [] for nobody.",
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: true } }),
    'permissionsPolicy.camera: true is not an allowlist. Write ["self"] for this site, or "*" for every site.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: "()" } }),
    'permissionsPolicy.camera: "()" is not an allowlist. Write [] for nobody.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: "none" } }),
    'permissionsPolicy.camera: "none" is not an allowlist. Write [] for nobody.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: "'none'" } }),
    `permissionsPolicy.camera: "'none'" is not an allowlist. Write [] for nobody.`,
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: "self" } }),
    'permissionsPolicy.camera: "self" is not an allowlist. Write ["self"].',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: "(self)" } }),
    'permissionsPolicy.camera: "(self)" is not an allowlist. Write ["self"].',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: "https://a.example" } }),
    'permissionsPolicy.camera: "https://a.example" is not an allowlist. Write ["https://a.example"].',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ["*"] } }),
    'permissionsPolicy.camera[0]: "*" cannot be a member of a list. Write "*" instead of the list.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ["none"] } }),
    'permissionsPolicy.camera[0]: "none" is spelt as in Feature-Policy. Write [] for nobody.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ["'self'"] } }),
    `permissionsPolicy.camera[0]: "'self'" is spelt as in Feature-Policy. Write "self".`,
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ["a.example"] } }),
    'permissionsPolicy.camera[0]: "a.example" is not an origin. Write "https://a.example".',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ["https://a.example/"] } }),
    'permissionsPolicy.camera[0]: "https://a.example/" is not an origin. Write "https://a.example".',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ["self https://a.example"] } }),
    'permissionsPolicy.camera[0]: "self https://a.example" is not an origin. Write one origin per string: "self", "https://a.example".',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ['"https://a.example"'] } }),
    'permissionsPolicy.camera[0]: "\\"https://a.example\\"" is not an origin. Write "https://a.example".',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: null } }),
    "permissionsPolicy.camera: null is not an allowlist. Leave the key out, or write [] for nobody.",
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: ["()"] } }),
    'permissionsPolicy.camera[0]: "()" is spelt as in the header. Write [] for nobody.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: append("https://a.example") } }),
    "permissionsPolicy.camera: append(…) works on directives of contentSecurityPolicy only. Write the whole value.",
  ],
  [
    () => securityHeaders({ permissionsPolicy: { camera: { self: true } } }),
    'permissionsPolicy.camera.allow: undefined is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
    "permissionsPolicy.camera.self: unknown option. It takes allow and reportTo.",
  ],
  [
    () => securityHeaders({ permissionsPolicy: { thermostat: [] } } as never),
    "permissionsPolicy.thermostat: unknown feature. See reference/features in the documentation.",
  ],
  [
    () => securityHeaders({ permissionsPolicy: { "ch-dpr": [] } } as never),
    'permissionsPolicy["ch-dpr"]: features are written in camelCase. Write chDpr.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { chDrp: ["self"] } } as never),
    'permissionsPolicy.chDrp: unknown feature. Did you mean "chDpr"?',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { features: { camera: [] } } }),
    "permissionsPolicy.features: unknown feature. Write the features directly: permissionsPolicy: { camera: [] }.",
  ],
  [
    () => securityHeaders({ permissionsPolicy: { "picture-in-picture": [] } }),
    'permissionsPolicy["picture-in-picture"]: features are written in camelCase. Write pictureInPicture.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: { geoLocation: [] } }),
    "permissionsPolicy.geoLocation: features are written in camelCase. Write geolocation.",
  ],
  [() => securityHeaders({ permissionsPolicy: { mic: [] } }), 'permissionsPolicy.mic: unknown feature. Did you mean "microphone"?'],
  [
    () => securityHeaders({ permissionsPolicy: { vibrate: [] } }),
    "permissionsPolicy.vibrate: unknown feature. Browsers have removed it: take it out.",
  ],
  [
    () => securityHeaders({ permissionsPolicy: "camera=(), microphone=()" }),
    'permissionsPolicy: "camera=(), microphone=()" is not an object. Write { camera: [], microphone: [] }.',
  ],
  [
    () => securityHeaders({ permissionsPolicy: "camera 'none'" }),
    `permissionsPolicy: "camera 'none'" is not an object. Write { camera: [] }, or false to switch it off.`,
  ],
  [
    () => securityHeaders({ permissionsPolicy: ["camera=()"] }),
    "permissionsPolicy: a list is not an object. Write { camera: [] }, or false to switch it off.",
  ],
]);

refuses("Reporting", [
  [
    () => securityHeaders({ reporting: "csp-report" }),
    'reporting.default: "csp-report" is a relative URL, and browsers report nothing there. Write "/csp-report", or an https URL.',
  ],
  [
    () => securityHeaders({ reporting: "http://reports.example/csp" }),
    'reporting.default: "http://reports.example/csp" is not trustworthy, and browsers report nothing there. Write "https://reports.example/csp".',
  ],
  [() => securityHeaders({ reporting: true }), 'reporting: true needs a default, and this key has none. Write "/csp-report".'],
  [
    () => securityHeaders({ reporting: ["/csp-report"] }),
    'reporting: a list is not a string or an object. Write "/csp-report", or false to switch it off.',
  ],
  [() => securityHeaders({ reporting: { url: "/csp-report" } }), "reporting.url: unknown option. It takes csp, default and sample."],
  [
    () => securityHeaders({ reporting: { csp: ["/r"] } }),
    'reporting.csp: a list is not a URL. Write a path such as "/csp-report", or an https URL.',
  ],
  [() => securityHeaders({ reporting: { endpoint: "/r" } }), "reporting.endpoint: unknown option. It takes csp, default and sample."],
  [() => securityHeaders({ reporting: "" }), 'reporting.default: "" is not a URL. Write a path such as "/reports", or an https URL.'],
  [() => securityHeaders({ reportingEndpoints: { Csp: "/r" } }), "reportingEndpoints.Csp: an endpoint cannot have this name. Write csp."],
  [
    () => securityHeaders({ reportingEndpoints: { csp: ["/r"] } }),
    'reportingEndpoints.csp: a list is not a URL. Write a path such as "/csp-report", or an https URL.',
  ],
  [() => securityHeaders({ reportingEndpoints: 'csp="/r"' }), 'reportingEndpoints: "csp=\\"/r\\"" is not an object. Write { csp: "/r" }.'],
  [
    () => securityHeaders({ reportingEndpoints: { csp: { url: "/r" } } }),
    'reportingEndpoints.csp: an object is not a URL. Write a path such as "/csp-report", or an https URL.',
  ],
  [
    () => securityHeaders({ "Report-To": "{}" }),
    '"Report-To": unknown header. Write reporting: "/csp-report", which every header that reports follows.',
  ],
]);

refuses("layers", [
  [() => securityHeaders("stric"), 'stric: unknown preset. Did you mean "strict"?'],
  [() => securityHeaders("Strict"), 'Strict: unknown preset. Did you mean "strict"?'],
  [() => securityHeaders("strict-dynamic"), '"strict-dynamic": unknown preset. Did you mean "strictDynamic"?'],
  [() => securityHeaders("strict_dynamic"), 'strict_dynamic: unknown preset. Did you mean "strictDynamic"?'],
  [
    () => securityHeaders("default"),
    'default: unknown preset. Write "recommended", "strict", "strictDynamic", "api", "streamlit", "streamlitStrict", "streamlitMedia", "streamlitMapbox", "development" or "none". Recipes are functions of "portcullis/services": securityHeaders("strict", stripe()). Presets of applications are in "portcullis/applications".',
  ],
  [
    () => securityHeaders("production"),
    'production: unknown preset. Write "recommended", "strict", "strictDynamic", "api", "streamlit", "streamlitStrict", "streamlitMedia", "streamlitMapbox", "development" or "none". Recipes are functions of "portcullis/services": securityHeaders("strict", stripe()). Presets of applications are in "portcullis/applications".',
  ],
  [
    () => securityHeaders("helmet"),
    'helmet: unknown preset. Write "recommended", "strict", "strictDynamic", "api", "streamlit", "streamlitStrict", "streamlitMedia", "streamlitMapbox", "development" or "none". Recipes are functions of "portcullis/services": securityHeaders("strict", stripe()). Presets of applications are in "portcullis/applications".',
  ],
  [() => securityHeaders("dev"), 'dev: unknown preset. Did you mean "development"?'],
  [() => securityHeaders(null), `layers[0]: null is not a layer. Write a preset's name, or an object such as { xFrameOptions: "DENY" }.`],
  [() => securityHeaders(true), `layers[0]: true is not a layer. Write a preset's name, or an object such as { xFrameOptions: "DENY" }.`],
  [() => securityHeaders(5), `layers[0]: 5 is not a layer. Write a preset's name, or an object such as { xFrameOptions: "DENY" }.`],
  [
    () => securityHeaders(["strict", { xFrameOptions: "DENY" }]),
    "layers[0]: a list is not a layer. Spread it: securityHeaders(...layers).",
  ],
  [
    () => securityHeaders({ ...presets.strict, xFrameOptions: "DENY" }),
    "layers[0]: a preset was copied into another object, which is not a layer. Write securityHeaders(strict, { xFrameOptions: … }).",
  ],
  [() => securityHeaders({ strict: true }), 'strict: unknown header. This is a preset: write securityHeaders("strict", { … }).'],
  [() => securityHeaders(Promise.resolve({})), "layers[0]: a promise is not a layer. Write await before it."],
  [
    () => securityHeaders(override({ xFrameOptions: "DENY" })),
    'layers[0]: override(…) is not a layer. Mount it on the route: app.get("/path", override({ … }), handler).',
  ],
  [
    () => securityHeaders("strict", override),
    'layers[1]: override(…) is not a layer. Mount it on the route: app.get("/path", override({ … }), handler).',
  ],
  [
    () => definePolicy(securityHeaders("strict")),
    "layers[0]: securityHeaders(…) is not a layer. Pass its layers themselves; the middleware is mounted: app.use(securityHeaders(…)).",
  ],
  [
    () => securityHeaders("./policy.json"),
    '"./policy.json": unknown preset. Read the file: JSON.parse(readFileSync("./policy.json", "utf8")), or import it.',
  ],
  [() => securityHeaders("policy.mjs"), 'policy.mjs: unknown preset. Import the file: import policy from "./policy.mjs".'],
  [
    () => securityHeaders("../site/strict.ts"),
    '"../site/strict.ts": unknown preset. Import the file: import policy from "../site/strict.js".',
  ],
  [
    () => securityHeaders(() => ({})),
    `layers[0]: a function is not a layer. Write a preset's name, or an object such as { xFrameOptions: "DENY" }.`,
  ],
  [
    () => securityHeaders(new Map([["xFrameOptions", "DENY"]])),
    `layers[0]: an instance of Map is not a layer. Write a preset's name, or an object such as { xFrameOptions: "DENY" }.`,
  ],
  [() => securityHeaders("strict", "xFrameOptions: DENY"), '"xFrameOptions: DENY": unknown preset. Write { xFrameOptions: "DENY" }.'],
  [
    () => securityHeaders(append("https://cdn.example")),
    "layers[0]: append(…) is not a layer. Write it at a directive: { contentSecurityPolicy: { scriptSrc: append(…) } }.",
  ],
  [
    () => securityHeaders("default-src 'self'"),
    `"default-src 'self'": unknown preset. Write { contentSecurityPolicy: "default-src 'self'" }.`,
  ],
  [
    () => securityHeaders("max-age=31536000"),
    '"max-age=31536000": unknown preset. Write "recommended", "strict", "strictDynamic", "api", "streamlit", "streamlitStrict", "streamlitMedia", "streamlitMapbox", "development" or "none". Recipes are functions of "portcullis/services": securityHeaders("strict", stripe()). Presets of applications are in "portcullis/applications".',
  ],
  [
    () => securityHeaders(nonce),
    'layers[0]: nonce is not a layer. Write it at a directive: { contentSecurityPolicy: { scriptSrc: ["self", nonce] } }.',
  ],
  [
    () => securityHeaders({ req: 1, res: 2 }),
    "req: unknown header. Write a key such as xFrameOptions; other headers are written under custom.",
    "res: unknown header. Write a key such as xFrameOptions; other headers are written under custom.",
  ],
]);

refuses("directives without a default, turned on", [
  [
    () => securityHeaders({ contentSecurityPolicy: { requireTrustedTypesFor: true } }),
    'contentSecurityPolicy.requireTrustedTypesFor: true needs a default, and this directive has none. Write ["script"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { trustedTypes: true } }),
    'contentSecurityPolicy.trustedTypes: true needs a default, and this directive has none. Write the names of policies, such as ["default"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { reportUri: true } }),
    'contentSecurityPolicy.reportUri: true needs a default, and this directive has none. Write a list such as ["/csp-report"].',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { connectSrc: true } }),
    'contentSecurityPolicy.connectSrc: true needs a default, and this directive has none. Write a list such as ["self", "https://cdn.example"].',
  ],
]);

refuses("addresses with too many colons", [
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["http:://a"] } }),
    'contentSecurityPolicy.imgSrc[0]: "http:://a" is not a source. Write "http://a".',
  ],
  [
    () => securityHeaders({ contentSecurityPolicy: { imgSrc: ["https:://cdn.example/img"] } }),
    'contentSecurityPolicy.imgSrc[0]: "https:://cdn.example/img" is not a source. Write "https://cdn.example/img".',
  ],
]);

refuses("functions", [
  [() => source(undefined), "source: undefined is not a string. Is the environment variable set?"],
  [
    () => source("self https://cdn.example"),
    'source: "self https://cdn.example" contains a space. Write one source per string: "self", "https://cdn.example".',
  ],
  [() => source(["https://cdn.example"]), "source: a list is not a string. Call it for each: hosts.map(source)."],
  [() => source("http://"), 'source: "http://" names no host. Write "http:" for the whole scheme, or scheme://host.'],
  [() => source(""), 'source: "" is not a source. Is the environment variable set?'],
  [
    () => perRequest("https://tenant.example"),
    'perRequest: "https://tenant.example" is not a function. Write perRequest((req) => "https://tenant.example").',
  ],
  [() => perRequest(), 'perRequest: undefined is not a function. Write perRequest((req) => "https://tenant.example").'],
  [() => perRequest(nonce), 'perRequest: an object is not a function. Write perRequest((req) => "https://tenant.example").'],
  [
    () => append(undefined),
    "append[0]: undefined is not a source. Take it out, or check it with source(…): is the environment variable set?",
  ],
  [() => append(null), "append[0]: null is not a source. Take it out: ...(condition ? [source] : []) adds a source on a condition."],
  [
    () => append(["https://a.example"]),
    "append[0]: a list is not a source. Spread it: ...sources, or ...hosts.map(source) for strings that are not literals.",
  ],
  [() => append(Promise.resolve("x")), "append[0]: a promise is not a source. Write await before it."],
  [
    () => append(remove("self")),
    "append[0]: remove(…) is not a source. Write one append(…) per directive, and a second layer for remove(…).",
  ],
  [() => append(5), 'append[0]: 5 is not a source. Write a string such as "self", or nonce, or perRequest(…).'],
  [() => append({}), 'append[0]: an object is not a source. Write a string such as "self", or nonce, or perRequest(…).'],
  [
    () => remove(["self"]),
    "remove[0]: a list is not a source. Spread it: ...sources, or ...hosts.map(source) for strings that are not literals.",
  ],
  [
    () => remove(() => 1),
    'remove[0]: a function is not a source. Write perRequest((req) => …), or for a nonce the slot: import { nonce } from "portcullis".',
  ],
  [
    () => parseHeaders(),
    'parseHeaders: undefined is not a set of headers. Pass a Headers, pairs, or an object such as { "X-Frame-Options": "DENY" }.',
  ],
  [
    () => parseHeaders("X-Frame-Options: DENY"),
    'parseHeaders: "X-Frame-Options: DENY" is not a set of headers. Pass a Headers, pairs, or an object such as { "X-Frame-Options": "DENY" }.',
  ],
  [
    () => parseHeaders(5),
    'parseHeaders: 5 is not a set of headers. Pass a Headers, pairs, or an object such as { "X-Frame-Options": "DENY" }.',
  ],
  [
    () =>
      parseHeaders([
        ["X-Frame-Options", "DENY"],
        ["X-Frame-Options", "SAMEORIGIN"],
      ]),
    '"X-Frame-Options": occurs 2 times. Send it once.',
  ],
  [
    () => parseHeaders({ "X-Frame-Options": true }),
    'parseHeaders["X-Frame-Options"]: its value is not a string. Pass a string, or a list of strings.',
  ],
  [() => parseHeaders(Promise.resolve({})), "parseHeaders: a promise is not a set of headers. Write await before it."],
  [
    () => parseHeaders(["X-Frame-Options: DENY"]),
    'parseHeaders: "X-Frame-Options: DENY" is not a pair of a name and a value. Pass a Headers, pairs, or an object such as { "X-Frame-Options": "DENY" }.',
  ],
  [
    () => parseHeaders({ "Content-Security-Policy": "default-src self" }),
    `"Content-Security-Policy".defaultSrc[0]: "self" is not a source. Write 'self', in single quotes.`,
  ],
  [() => reportOnly(), "reportOnly: undefined is not a policy. Wrap it: reportOnly(definePolicy(…))."],
  [() => reportOnly("strict"), 'reportOnly: "strict" is not a policy. Wrap it: reportOnly(definePolicy(…)).'],
  [
    () => reportOnly({ contentSecurityPolicy: { defaultSrc: ["self"] } }),
    "reportOnly: an object is not a policy. Wrap it: reportOnly(definePolicy(…)).",
  ],
  [() => reportOnly(null), "reportOnly: null is not a policy. Wrap it: reportOnly(definePolicy(…))."],
  [
    () => reportOnly(definePolicy("strict", observe("strict"))),
    "contentSecurityPolicyReportOnly: is in the policy already, and contentSecurityPolicy would replace it. Write contentSecurityPolicyReportOnly: false, or contentSecurityPolicy: false.",
    "permissionsPolicyReportOnly: is in the policy already, and permissionsPolicy would replace it. Write permissionsPolicyReportOnly: false, or permissionsPolicy: false.",
    "crossOriginOpenerPolicyReportOnly: is in the policy already, and crossOriginOpenerPolicy would replace it. Write crossOriginOpenerPolicyReportOnly: false, or crossOriginOpenerPolicy: false.",
  ],
  [() => observe("stric"), 'stric: unknown preset. Did you mean "strict"?'],
  [() => observe(null), `layers[0]: null is not a layer. Write a preset's name, or an object such as { xFrameOptions: "DENY" }.`],
  [() => observe([]), "layers[0]: a list is not a layer. Spread it: securityHeaders(...layers)."],
  [() => definePolicy("stric"), 'stric: unknown preset. Did you mean "strict"?'],
  [() => definePolicy([]), "layers[0]: a list is not a layer. Spread it: securityHeaders(...layers)."],
]);
