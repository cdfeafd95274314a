import { describe, expect, it } from "vitest";
import { compile, compilers } from "./compiler.js";

const HEAD = `
  import { append, type CheckedLayers, definePolicy, type Edit, type HeaderSet, type Layer, type Middleware, nonce, nonceOf, observe,
    override, parseHeaders, type Patch, perRequest, type Policy, PolicyError, policyOf, type PresetName, remove, renderHeaders,
    reportOnly, securityHeaders, source } from "portcullis";
  import { api, development, none, recommended, streamlit, strict, strictDynamic, presets } from "portcullis/presets";
  declare const isDev: boolean;
  declare const process: { readonly env: Record<string, string | undefined> };
  declare const hosts: string[];
`;

const ACCEPTED: readonly (readonly [what: string, statements: string])[] = [
  ["no layer", "securityHeaders();"],
  ["every preset by name", `securityHeaders("recommended", "strict", "strictDynamic", "api", "streamlit", "development", "none");`],
  ["every preset by import", "securityHeaders(recommended, strict, strictDynamic, api, streamlit, development, none, presets.strict);"],
  ["a preset, a patch and a condition", `securityHeaders("streamlit", { xFrameOptions: "SAMEORIGIN" }, isDev && "development");`],
  [
    "conditions of every kind",
    `securityHeaders("", undefined, false, isDev ? "strict" : "api", isDev && { xFrameOptions: false }, isDev ? development : undefined);`,
  ],
  ["a name that is known to be a preset's", "declare const name: PresetName; securityHeaders(name, { xFrameOptions: true });"],
  [
    "lists, slots and edits",
    `securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self", nonce], imgSrc: append("https://img.example") } });`,
  ],
  [
    "override on a route",
    `override({ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } });
     override({ contentSecurityPolicy: false });`,
  ],
  [
    "a policy as a layer",
    `const policy: Policy = definePolicy("strict"); securityHeaders(policy, { xFrameOptions: false }); override(policy);`,
  ],
  [
    "observe and reportOnly as layers",
    `securityHeaders("recommended", observe("strict")); securityHeaders(reportOnly(definePolicy("strict")));`,
  ],
  ["source of an environment variable", `securityHeaders({ contentSecurityPolicy: { imgSrc: ["self", source(process.env["CDN"])] } });`],
  ["source in an edit", `securityHeaders({ contentSecurityPolicy: { scriptSrc: append(source("intranet"), nonce) } });`],
  [
    "perRequest without an annotation",
    `perRequest((req) => { const method: string | undefined = req.method; return \`https://\${req.headers["x-tenant"]}.example/\${method}\`; });
     securityHeaders({ contentSecurityPolicy: { imgSrc: [perRequest((req) => ["https://a.example", req.url ?? ""])] } });`,
  ],
  [
    "perRequest with an annotation",
    `interface Tenant { readonly tenant: string }
     securityHeaders({ contentSecurityPolicy: { imgSrc: append(perRequest((req: Tenant, res: { locals: object }) => [req.tenant])) } });`,
  ],
  [
    "every form of a source",
    `securityHeaders({ contentSecurityPolicy: { scriptSrc: [
      "self", "'self'", "strict-dynamic", "'unsafe-inline'", "wasm-unsafe-eval", "report-sample", "'sha256-+/ab=='", "'sha384-abc'", "'sha512-abc'",
      "*", "https:", "data:", "blob:", "custom-scheme:", "*.a.example", "a.example:8080", "a.example:*", "https://a.example/x.js",
      "https://*.a.example:443", "localhost", "localhost:3000", "http://localhost:3000", "wss://a.example", "shared.example", "shop.example", nonce,
    ] } });`,
  ],
  [
    "directives with grammars of their own",
    `securityHeaders({ contentSecurityPolicy: { sandbox: ["allow-scripts"], trustedTypes: ["my-policy", "allow-duplicates"], webrtc: "block",
      requireTrustedTypesFor: ["script"], upgradeInsecureRequests: true, reportUri: ["/r"], reportTo: "csp" } });
     securityHeaders({ contentSecurityPolicy: { sandbox: [], trustedTypes: ["none"], upgradeInsecureRequests: false } });
     securityHeaders({ contentSecurityPolicy: { sandbox: append("allow-forms") } });`,
  ],
  [
    "a directive switched on, off, or passed over",
    "securityHeaders({ contentSecurityPolicy: { imgSrc: true, fontSrc: false, mediaSrc: undefined } });",
  ],
  ["a policy as text", `securityHeaders({ contentSecurityPolicy: "default-src 'self'; img-src *" });`],
  [
    "Report-Only twins",
    `securityHeaders({
     contentSecurityPolicyReportOnly: { scriptSrc: ["self"], requireTrustedTypesFor: ["script"] },
     permissionsPolicyReportOnly: { camera: [] },
     crossOriginOpenerPolicyReportOnly: "same-origin",
     crossOriginEmbedderPolicyReportOnly: { policy: "require-corp", reportTo: "coep" },
   });`,
  ],
  [
    "headers switched on, off, or passed over",
    "securityHeaders({ contentSecurityPolicy: true, strictTransportSecurity: false, xFrameOptions: true, referrerPolicy: undefined });",
  ],
  ["reporting", `securityHeaders({ reporting: "/csp-report" }, { reporting: { csp: "/r", default: "/s" } }, { reporting: false });`],
  [
    "custom and stripHeaders",
    `securityHeaders({ custom: { "X-Robots-Tag": "noindex", "X-Old": false }, stripHeaders: ["X-Powered-By", "Server"] });`,
  ],
  [
    "allowlists of every form",
    `securityHeaders({ permissionsPolicy: { camera: "*", microphone: [], geolocation: ["self", "https://a.example"],
      fullscreen: { allow: ["self"], reportTo: "x" } } });`,
  ],
  [
    "the other headers",
    `securityHeaders({ integrityPolicy: { blockedDestinations: ["script"] }, documentPolicy: { syncXhr: false }, clearSiteData: ["cookies"],
      cacheControl: "no-store", referrerPolicy: ["no-referrer", "strict-origin"], strictTransportSecurity: { maxAge: 3 } });`,
  ],
  [
    "a patch that satisfies",
    `const patch = { contentSecurityPolicy: { scriptSrc: ["self", nonce], imgSrc: append("data:") }, xFrameOptions: "DENY" } satisfies Patch; securityHeaders(patch);`,
  ],
  [
    "a constant patch that satisfies",
    `const patch = { contentSecurityPolicy: { scriptSrc: ["self", nonce] } } as const satisfies Patch; securityHeaders(patch);`,
  ],
  [
    "an annotated patch",
    `const patch: Patch = { contentSecurityPolicy: { scriptSrc: ["self", nonce] } }; securityHeaders(patch); override("strict", patch);`,
  ],
  [
    "a constant patch",
    `const patch = { xFrameOptions: "DENY", permissionsPolicy: { camera: ["self", "https://a.example"] } } as const; securityHeaders(patch);`,
  ],
  ["a preset's patch, spread", `securityHeaders({ ...strict.patch, xFrameOptions: "SAMEORIGIN" });`],
  ["layers in a list", "declare const layers: Layer[]; securityHeaders(...layers); declare const layer: Layer; override(layer, layer);"],
  [
    "hosts that are constants, spread",
    `const known = ["https://a.example", "https://b.example"] as const; securityHeaders({ contentSecurityPolicy: { imgSrc: ["self", ...known], fontSrc: append(...known) } });`,
  ],
  [
    "hosts of a configuration, spread as sources",
    `securityHeaders({ contentSecurityPolicy: { imgSrc: ["self", ...hosts.map(source)], fontSrc: append(...hosts.map(source)) } });`,
  ],
  [
    "conditions inside a patch",
    `securityHeaders({ xFrameOptions: isDev ? false : "DENY", contentSecurityPolicy: isDev && {
     imgSrc: isDev ? ["self"] : append("data:"), scriptSrc: isDev && ["self"], fontSrc: ["self", isDev ? "https://a.example" : "https://b.example"],
     ...(isDev && { connectSrc: ["self"] }),
   } });`,
  ],
  [
    "an adapter that checks what it is given",
    `function plugin<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): Middleware { return securityHeaders(...(layers as readonly Layer[])); }
     plugin("strict", { xFrameOptions: "DENY" });`,
  ],
  [
    "what is read back",
    `const set: HeaderSet = renderHeaders(definePolicy("strict"), { nonce: "abc", slots: new Map(), transport: "plain" });
     const csp: string | undefined = set["Content-Security-Policy"];
     const all: Record<string, string> = set;
     declare const res: import("portcullis").ResponseLike;
     const text: string = nonceOf(res);
     const policy: Policy | undefined = policyOf(res);
     try { definePolicy() } catch (error) { if (error instanceof PolicyError) { const path: string = error.issues[0]?.path ?? error.hint; } }`,
  ],
  [
    "headers of every form",
    `parseHeaders({ "x-frame-options": "DENY", "set-cookie": ["a"] }); parseHeaders([["A", "b"]]); parseHeaders(new Map([["A", "b"]]));`,
  ],
  [
    "edits kept in a variable",
    `const more: Edit<"https://a.example"> = append("https://a.example"); securityHeaders({ contentSecurityPolicy: { imgSrc: more, fontSrc: remove("data:") } });`,
  ],
];

/** Those with something that may be undefined in them, which is all that exactOptionalPropertyTypes looks at. */
const OPTIONAL = ["conditions of every kind", "headers switched on, off, or passed over", "conditions inside a patch", "what is read back"];

describe.each(compilers)("TypeScript %s compiles", (_, ts) => {
  const fixtures = ACCEPTED.map(([what, statements]) => [what, `${HEAD}${statements}\n`] as const);
  const named = (list: typeof fixtures) => Object.fromEntries(list.map(([, text], index) => [`f${index}`, text]));
  const found = compile(ts, named(fixtures));

  it.each(fixtures.map(([what], index) => [what, `f${index}`] as const))("%s", (_what, file) => {
    expect(found[file]).toEqual([]);
  });

  const optional = fixtures.filter(([what]) => OPTIONAL.includes(what));
  const exact = compile(ts, named(optional), { exactOptionalPropertyTypes: true });

  it.each(optional.map(([what], index) => [what, `f${index}`] as const))("%s, under exactOptionalPropertyTypes", (_what, file) => {
    expect(exact[file]).toEqual([]);
  });
});
