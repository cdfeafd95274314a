import { describe, expect, it } from "vitest";
import { sourceEditor } from "../types/source-editor.js";

const { completions, errors, hover } = sourceEditor();

// The first question reads the standard library and all sources.
const FIRST = { timeout: 300_000 };

const NOT_LITERAL = `Argument of type 'string' is not assignable to parameter of type 'AnySource | \`write source(\${string}), or ...hosts.map(source), for text that is not a literal\`'.`;

const HEADERS = [
  "cacheControl",
  "clearSiteData",
  "contentSecurityPolicy",
  "contentSecurityPolicyReportOnly",
  "crossOriginEmbedderPolicy",
  "crossOriginEmbedderPolicyReportOnly",
  "crossOriginOpenerPolicy",
  "crossOriginOpenerPolicyReportOnly",
  "crossOriginResourcePolicy",
  "custom",
  "developmentOnly",
  "documentIsolationPolicy",
  "documentIsolationPolicyReportOnly",
  "documentPolicy",
  "integrityPolicy",
  "integrityPolicyReportOnly",
  "maxBytes",
  "originAgentCluster",
  "permissionsPolicy",
  "permissionsPolicyReportOnly",
  "referrerPolicy",
  "reporting",
  "reportingEndpoints",
  "strictTransportSecurity",
  "stripHeaders",
  "xContentTypeOptions",
  "xDnsPrefetchControl",
  "xDownloadOptions",
  "xFrameOptions",
  "xPermittedCrossDomainPolicies",
  "xXssProtection",
];

const DIRECTIVES = [
  "baseUri",
  "childSrc",
  "connectSrc",
  "defaultSrc",
  "fencedFrameSrc",
  "fontSrc",
  "formAction",
  "frameAncestors",
  "frameSrc",
  "imgSrc",
  "manifestSrc",
  "mediaSrc",
  "objectSrc",
  "reportTo",
  "reportUri",
  "requireTrustedTypesFor",
  "sandbox",
  "scriptSrc",
  "scriptSrcAttr",
  "scriptSrcElem",
  "styleSrc",
  "styleSrcAttr",
  "styleSrcElem",
  "treatAsPublicAddress",
  "trustedTypes",
  "upgradeInsecureRequests",
  "webrtc",
  "workerSrc",
];

describe("an editor", FIRST, () => {
  it("offers headers, report-only headers and settings in an empty patch, and nothing else", () => {
    expect(completions("securityHeaders({ ▮ });")).toEqual(HEADERS);
  });

  it("offers the directives in an empty Content-Security-Policy, and nothing else", () => {
    expect(completions("securityHeaders({ contentSecurityPolicy: { ▮ } });")).toEqual(DIRECTIVES);
  });

  it("offers the presets as text, and nothing else", () => {
    expect(completions('securityHeaders("▮");').filter((name) => name !== "")).toEqual([
      "recommended",
      "strict",
      "strictDynamic",
      "api",
      "streamlit",
      "streamlitStrict",
      "streamlitMedia",
      "streamlitMapbox",
      "development",
      "none",
    ]);
  });

  it("offers keywords in an append, and no sentence of an error", () => {
    const offered = completions('securityHeaders({ contentSecurityPolicy: { scriptSrc: append("▮") } });');
    expect(offered).toEqual(expect.arrayContaining(["self", "strict-dynamic", "https:"]));
    expect(offered.filter((name) => name.includes("write"))).toEqual([]);
  });

  it.each([
    ["{ ▮xFrameOptions: 'DENY' }", 'xFrameOptions?: boolean | "SAMEORIGIN" | "DENY" | undefined'],
    ["{ ▮xContentTypeOptions: true }", 'xContentTypeOptions?: boolean | "nosniff" | undefined'],
    [
      "{ ▮referrerPolicy: 'origin' }",
      'referrerPolicy?: boolean | "no-referrer" | "no-referrer-when-downgrade" | "origin" | "origin-when-cross-origin" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" | "unsafe-url" | readonly ("no-referrer" | "no-referrer-when-downgrade" | "origin" | "origin-when-cross-origin" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" | "unsafe-url")[] | undefined',
    ],
    ["{ strictTransportSecurity: { ▮maxAge: 300 } }", "maxAge?: number | undefined"],
    ["{ ▮contentSecurityPolicy: { scriptSrc: ['self'] } }", "contentSecurityPolicy?: string | boolean | ContentSecurityPolicy | undefined"],
    [
      "{ contentSecurityPolicy: { ▮scriptSrc: ['self', nonce] } }",
      'scriptSrc?: boolean | readonly SourcesOf<"script">[] | Edit<SourcesOf<"script">> | undefined',
    ],
    [
      "{ contentSecurityPolicy: { ▮imgSrc: append('data:') } }",
      'imgSrc?: boolean | readonly SourcesOf<"basic">[] | Edit<SourcesOf<"basic">> | undefined',
    ],
    ["{ contentSecurityPolicy: { ▮upgradeInsecureRequests: true } }", "upgradeInsecureRequests?: boolean | undefined"],
    ["{ permissionsPolicy: { ▮camera: [] } }", "camera?: Allowlist | ReportedAllowlist | Edit<Origin> | undefined"],
    ["{ ▮permissionsPolicy: { camera: [] } }", "permissionsPolicy?: boolean | PermissionsPolicy | undefined"],
    [
      "{ ▮crossOriginOpenerPolicy: 'same-origin' }",
      'crossOriginOpenerPolicy?: boolean | "same-origin" | "same-origin-allow-popups" | "noopener-allow-popups" | "unsafe-none" | { readonly policy?: "same-origin" | "same-origin-allow-popups" | "noopener-allow-popups" | "unsafe-none" | Edit<"same-origin" | "same-origin-allow-popups" | "noopener-allow-popups" | "unsafe-none"> | undefined; readonly reportTo?: string | false | undefined | undefined; } | undefined',
    ],
    ["{ ▮cacheControl: 'no-store' }", "cacheControl?: string | boolean | undefined"],
    ["{ ▮reporting: '/csp-report' }", "reporting?: string | false | Reporting | undefined"],
    ["{ ▮maxBytes: 32768 }", "maxBytes?: number | false | undefined"],
  ])("shows the type of the option in %s", (patch, type) => {
    expect(hover(`securityHeaders(${patch});`)).toBe(`(property) ${type}`);
  });

  it("shows the same type in a patch with an annotation", () => {
    expect(hover('const patch: Patch = { ▮xFrameOptions: "DENY" };')).toBe(
      '(property) xFrameOptions?: boolean | "SAMEORIGIN" | "DENY" | undefined',
    );
  });
});

describe("the compiler", FIRST, () => {
  it.each([
    [
      'securityHeaders("stric");',
      `Argument of type '"stric"' is not assignable to parameter of type '"✖ unknown preset: did you mean 'strict'?" | "✖ unknown preset: did you mean 'strictDynamic'?"'.`,
    ],
    [
      'override("Streamlit-Media");',
      `Argument of type '"Streamlit-Media"' is not assignable to parameter of type '"✖ unknown preset: did you mean 'streamlit'?" | "✖ unknown preset: did you mean 'streamlitStrict'?" | "✖ unknown preset: did you mean 'streamlitMedia'?" | "✖ unknown preset: did you mean 'streamlitMapbox'?"'.`,
    ],
    [
      'definePolicy("strict", "developement");',
      `Argument of type '"developement"' is not assignable to parameter of type '"✖ unknown preset: did you mean 'development'?"'.`,
    ],
    ['observe("apis");', `Argument of type '"apis"' is not assignable to parameter of type '"✖ unknown preset: did you mean 'api'?"'.`],
    [
      'securityHeaders("secure");',
      `Argument of type '"secure"' is not assignable to parameter of type '"recommended" | "strict" | "strictDynamic" | "api" | "streamlit" | "streamlitStrict" | "streamlitMedia" | "streamlitMapbox" | "development" | "none"'.`,
    ],
    [
      "declare const name: string; securityHeaders(name);",
      `Argument of type 'string' is not assignable to parameter of type '"recommended" | "strict" | "strictDynamic" | "api" | "streamlit" | "streamlitStrict" | "streamlitMedia" | "streamlitMapbox" | "development" | "none"'.`,
    ],
    ["declare const hosts: string[]; append(...hosts);", NOT_LITERAL],
    ['declare const host: string; remove("self", host);', NOT_LITERAL],
  ])("refuses %s and says what to write", (program, message) => {
    expect(errors(program)).toEqual([message]);
  });

  it.each([
    'declare const isDev: boolean; securityHeaders("strict", isDev && "development", isDev ? { xFrameOptions: false } : undefined);',
    "declare const hosts: string[]; securityHeaders({ contentSecurityPolicy: { imgSrc: append(...hosts.map(source)) } });",
    'declare const urls: string[]; securityHeaders({ contentSecurityPolicy: { defaultSrc: ["self"], reportUri: urls } });',
    "declare const patch: Patch; securityHeaders(patch, definePolicy(patch));",
  ])("accepts %s", (program) => {
    expect(errors(program)).toEqual([]);
  });
});

describe.each([
  ["securityHeaders of portcullis/fastify", "securityHeaders", "fastify", ""],
  ["override of portcullis/fastify", "override", "fastify", ""],
  ["securityHeaders of portcullis/koa", "securityHeaders", "koa", ""],
  ["override of portcullis/koa", "override", "koa", ""],
  ["securityHeaders of portcullis/fetch", "securityHeaders", "fetch", ""],
  ["override of portcullis/fetch", "override", "fetch", ""],
  ["nextHeaders of portcullis/next", "nextHeaders", "next", ""],
  ["override of portcullis/next", "override", "next", '"/", '],
  ["SecurityHeaders of portcullis/nest", "SecurityHeaders", "nest", ""],
  ["secureNest of portcullis/nest", "secureNest", "nest", "{} as never, "],
])("%s", FIRST, (_, name, adapter, first) => {
  const call = (layer: string) => `import { ${name} as call } from "../../src/adapters/${adapter}.js"; call(${first}${layer});`;

  it("offers the headers of a patch, and nothing else", () => {
    expect(completions(call("{ ▮ }"))).toEqual(HEADERS);
  });

  it("offers the directives of a policy, and nothing else", () => {
    expect(completions(call("{ contentSecurityPolicy: { ▮ } }"))).toEqual(DIRECTIVES);
  });

  it("names the preset that was meant", () => {
    expect(errors(call('"streamlitMedi"'))).toEqual([
      `Argument of type '"streamlitMedi"' is not assignable to parameter of type '"✖ unknown preset: did you mean 'streamlit'?" | "✖ unknown preset: did you mean 'streamlitStrict'?" | "✖ unknown preset: did you mean 'streamlitMedia'?" | "✖ unknown preset: did you mean 'streamlitMapbox'?"'.`,
    ]);
  });
});
