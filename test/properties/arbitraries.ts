import fc from "fast-check";
import { append, type Edit, nonce, type Patch, perRequest, remove, source } from "../../src/index.js";

/** Random inputs of a property: more on a machine of CI, and with `PROPERTIES=all` many. */
export function runsOf(few: number, more: number, many: number): { readonly numRuns: number } {
  if (process.env["PROPERTIES"] === "all") return { numRuns: many };
  return { numRuns: process.env["CI"] === undefined ? few : more };
}

/** How many cases a property is tried on. */
export const runs = runsOf(1_000, 3_000, 10_000);

const host = fc.constantFrom(
  "https://a.example",
  "*.b.example",
  "c.example:8443",
  "wss://d.example",
  "e.example/path/",
  "http://f.example:*",
  "localhost:3000",
  "https://*.g.example:443/x%3By",
);
const scheme = fc.constantFrom("https:", "data:", "blob:", "wss:");
const basicKeyword = fc.constantFrom("self", "'self'");
const inlineKeyword = fc.constantFrom("self", "'self'", "unsafe-inline", "'unsafe-inline'", "unsafe-hashes", "report-sample");
const hash = fc.constantFrom(
  "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='",
  "'sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn'",
  "'sha512-3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw'",
);
const basic = fc.oneof(basicKeyword, scheme, host, fc.constant(source("intranet")));
const inline = fc.oneof(inlineKeyword, scheme, host, hash, fc.constant(nonce));
const script = fc.oneof(inline, fc.constantFrom("unsafe-eval", "'wasm-unsafe-eval'", "trusted-types-eval"));

const fixed = perRequest(() => ["https://tenant.example"]);
const empty = perRequest(() => []);
export const slots = new Map([
  [fixed, ["https://tenant.example"]],
  [empty, []],
]);
const slot = fc.constantFrom(fixed, empty);

/** A list, `["none"]`, an edit, or a switch. */
function directive<T>(item: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  const list = fc.array(fc.oneof({ weight: 9, arbitrary: item }, { weight: 1, arbitrary: slot }), { minLength: 1, maxLength: 4 });
  return fc.oneof(
    { weight: 6, arbitrary: list },
    { weight: 1, arbitrary: fc.constant(["none"]) },
    { weight: 2, arbitrary: list.map((items) => append(...(items as never[])) as Edit) },
    { weight: 2, arbitrary: list.map((items) => remove(...(items as never[])) as Edit) },
    { weight: 1, arbitrary: fc.boolean() },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const csp = fc.record(
  {
    defaultSrc: directive(script),
    scriptSrc: directive(script),
    scriptSrcElem: directive(inline),
    styleSrc: directive(inline),
    imgSrc: directive(basic),
    connectSrc: directive(basic),
    workerSrc: directive(basic),
    childSrc: directive(basic),
    frameSrc: directive(basic),
    frameAncestors: directive(basic),
    formAction: directive(basic),
    sandbox: fc.oneof(fc.subarray(["allow-scripts", "allow-forms"]), fc.boolean()),
    trustedTypes: fc.constantFrom(["none"], ["*"], ["dompurify", "allow-duplicates"]),
    requireTrustedTypesFor: fc.constantFrom(["script"], false),
    webrtc: fc.constantFrom("allow", "block", false),
    upgradeInsecureRequests: fc.boolean(),
    reportUri: fc.constantFrom(["/r"], ["https://r.example/a", "/b"], false),
  },
  { requiredKeys: [] },
);

const allowlist = fc.constantFrom("*", [], ["self"], ["self", "https://a.example"], ["https://*.b.example"], {
  allow: ["self"],
  reportTo: "default",
});

/** Patches with valid literals; what they come to together may still be refused. */
export const patch: fc.Arbitrary<Patch> = fc.record(
  {
    contentSecurityPolicy: fc.oneof(
      { weight: 8, arbitrary: csp },
      { weight: 1, arbitrary: fc.boolean() },
      { weight: 1, arbitrary: fc.constant("default-src 'self'; img-src *") },
    ),
    contentSecurityPolicyReportOnly: fc.oneof(
      fc.record({ defaultSrc: directive(script), imgSrc: directive(basic) }, { requiredKeys: [] }),
      fc.boolean(),
    ),
    strictTransportSecurity: fc.oneof(
      fc.boolean(),
      fc.record({ maxAge: fc.nat(100_000_000), includeSubDomains: fc.boolean(), preload: fc.boolean() }, { requiredKeys: [] }),
    ),
    xFrameOptions: fc.constantFrom("DENY", "SAMEORIGIN", true, false),
    referrerPolicy: fc.constantFrom("no-referrer", ["no-referrer", "strict-origin"], true, false),
    permissionsPolicy: fc.oneof(
      fc.boolean(),
      fc.record({ camera: allowlist, geolocation: allowlist, browsingTopics: allowlist }, { requiredKeys: [] }),
    ),
    crossOriginOpenerPolicy: fc.constantFrom(
      "same-origin",
      "unsafe-none",
      { policy: "same-origin", reportTo: "default" },
      { reportTo: false },
      true,
      false,
    ),
    crossOriginEmbedderPolicyReportOnly: fc.constantFrom("require-corp", true, false),
    documentPolicy: fc.constantFrom({ oversizedImages: false }, { oversizedImages: 2.5, syncXhr: true }, false),
    integrityPolicy: fc.constantFrom({ blockedDestinations: ["script", "style"] }, true, false),
    clearSiteData: fc.constantFrom(["cache", "cookies"], ["*"], false),
    cacheControl: fc.constantFrom("no-store", 'private="x, y", max-age=5', true, false),
    reporting: fc.constantFrom("/reports", { csp: "/csp", default: "https://r.example/" }, { csp: "/only" }, false),
    reportingEndpoints: fc.constantFrom({ default: "/reports" }, { other: "/o" }, false),
    custom: fc.constantFrom({ "X-Robots-Tag": "noindex" }, { "x-robots-tag": "all", "X-A": "b c" }, { "X-Robots-Tag": false }),
    stripHeaders: fc.constantFrom(["Server"], [], false),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Patch>;

export const layer = fc.oneof(
  { weight: 6, arbitrary: patch },
  { weight: 2, arbitrary: fc.constantFrom("recommended", "strict", "strictDynamic", "api", "streamlit", "development", "none") },
  { weight: 1, arbitrary: fc.constantFrom(false, "", undefined) },
) as fc.Arbitrary<never>;

export const layers = fc.array(layer, { maxLength: 4 });
