import type { AuditContext } from "../../../src/audit/index.js";
import type { RuleName } from "../../../src/audit/rules/index.js";
import { MOST_POLICIES } from "../../../src/headers/content-security-policy/wire.js";
import { perRequest } from "../../../src/values/slots.js";

/** A response that a rule has a finding about. */
export interface RuleExample {
  /** Header lines, as they go over the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly context?: AuditContext;
  /** A policy in place of headers: code, and its layers. */
  readonly policy?: { readonly code: string; readonly layers: readonly unknown[] };
}

const csp = (value: string): RuleExample => ({ headers: [["Content-Security-Policy", value]] });
const header = (name: string, value: string): RuleExample => ({ headers: [[name, value]] });
const NONCE = "'nonce-R4nd0mN0nceR4nd0mN0nce=='";
const STRICT = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * One row for each rule of the registry. The first example is that of the rule's page; all
 * show which headers the rule judges.
 */
export const ruleExamples: Readonly<Record<RuleName, readonly [RuleExample, ...RuleExample[]]>> = {
  "missing-header": [{ headers: [["Content-Type", "text/html"]], context: { url: "https://site.example/" } }],
  "insecure-transport": [
    { headers: [["Content-Type", "text/html"]], context: { url: "http://site.example/" } },
    { headers: [["Strict-Transport-Security", "max-age=31536000"]], context: { url: "http://site.example/" } },
    { headers: [["Strict-Transport-Security", "max-age=31536000"]], context: { url: "http://localhost:3000/" } },
  ],
  "broken-value": [
    header("X-Frame-Options", "ALLOW-FROM https://partner.example"),
    csp("default-src 'self'; script-src slef 'self'; block-all-mixed-content"),
    header("Strict-Transport-Security", "includeSubDomains"),
    header("X-Content-Type-Options", "sniff"),
    header("Permissions-Policy", "camera 'none'"),
    header("Cross-Origin-Opener-Policy", "same-site"),
    header("Cross-Origin-Embedder-Policy", "require"),
    header("Cross-Origin-Resource-Policy", "none"),
    header("Origin-Agent-Cluster", "yes"),
    header("Document-Isolation-Policy", "isolate"),
    header("Integrity-Policy", "sources=(inline)"),
    header("Referrer-Policy", "none"),
  ],
  "ignored-part": [
    header("Permissions-Policy", "camera=(), geolocaton=()"),
    header("Strict-Transport-Security", "max-age=31536000; includeSubdomain"),
    header("Clear-Site-Data", '"cookies", "cookie"'),
    header("Cache-Control", "max-age=soon"),
    header("Referrer-Policy", "no-referer, no-referrer"),
    header("Document-Policy", "document-writ=?0"),
    header("Reporting-Endpoints", 'csp="/r", other="r"'),
    header("Integrity-Policy", "blocked-destinations=(script image)"),
  ],
  "duplicate-header": [
    {
      headers: [
        ["X-Frame-Options", "DENY"],
        ["X-Frame-Options", "SAMEORIGIN"],
      ],
    },
    {
      headers: [
        ["Strict-Transport-Security", "max-age=31536000"],
        ["Strict-Transport-Security", "max-age=300"],
      ],
    },
    {
      headers: [
        ["Content-Security-Policy", "default-src 'self'"],
        ["Content-Security-Policy", "script-src 'self'"],
      ],
    },
    header("X-Content-Type-Options", "nosniff, nosniff"),
  ],
  "frame-options-overruled": [
    {
      headers: [
        ["X-Frame-Options", "DENY"],
        ["Content-Security-Policy", "frame-ancestors https://partner.example"],
      ],
    },
  ],
  "report-endpoint": [
    csp(`${STRICT}; report-to csp`),
    header("Cross-Origin-Opener-Policy", 'same-origin; report-to="coop"'),
    header("Cross-Origin-Embedder-Policy", 'require-corp; report-to="coep"'),
    header("Permissions-Policy", "camera=();report-to=pp"),
    header("Integrity-Policy", "blocked-destinations=(script), endpoints=(integrity)"),
  ],
  "embedder-without-resource-policy": [header("Cross-Origin-Embedder-Policy", "require-corp")],
  "preload-refused": [
    header("Strict-Transport-Security", "max-age=86400; preload"),
    header("Strict-Transport-Security", "max-age=999999999; includeSubDomains; preload"),
  ],
  "strict-dynamic-inert": [
    csp("script-src 'strict-dynamic' 'self'; object-src 'none'; base-uri 'none'"),
    csp(`script-src ${NONCE} 'strict-dynamic' https://cdn.example`),
  ],
  "unsafe-inline-inert": [csp(`script-src 'self' 'unsafe-inline' ${NONCE}`), csp(`style-src 'self' 'unsafe-inline' ${NONCE}`)],
  "trusted-types": [csp(`${STRICT}; require-trusted-types-for 'script'`), csp(`${STRICT}; trusted-types default`)],
  "connection-allowlist": [
    header("Connection-Allowlist", '(response-origin "https://api.example/*")'),
    header("Connection-Allowlist", "https://api.example"),
    header("Connection-Allowlist", "(response-origin https://api.example)"),
  ],
  "csp-bypass": [
    csp("script-src 'unsafe-inline' https:; object-src 'self'"),
    csp("default-src *"),
    csp("script-src 'self' https://ajax.googleapis.com; object-src 'none'; base-uri 'none'"),
    csp(`script-src ${NONCE}; object-src 'none'`),
    csp("script-src 'self' 'unsafe-eval' data:; object-src 'none'; base-uri 'none'"),
    csp("script-src 'self' https://192.0.2.1; object-src 'none'; base-uri 'none'"),
  ],
  "csp-weak": [
    csp("default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors *"),
    csp("default-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src http:; webrtc 'block'"),
  ],
  "weak-value": [
    header("Strict-Transport-Security", "max-age=86400"),
    header("Strict-Transport-Security", "max-age=0"),
    header("Referrer-Policy", "unsafe-url"),
    header(
      "Permissions-Policy",
      "camera=*, microphone=*, geolocation=*, payment=*, usb=*, bluetooth=*, serial=*, hid=*, display-capture=*",
    ),
    header("Cross-Origin-Opener-Policy", "unsafe-none"),
    header("Cross-Origin-Embedder-Policy", "unsafe-none"),
    header("Cross-Origin-Resource-Policy", "cross-origin"),
    header("X-Permitted-Cross-Domain-Policies", "all"),
    header("Origin-Agent-Cluster", "?0"),
  ],
  "weak-cookie": [
    header("Set-Cookie", "sessionid=8f14e45f; Path=/"),
    header("Set-Cookie", "theme=dark; Secure; SameSite=Sometimes"),
    header("Set-Cookie", "embed=1; SameSite=None"),
  ],
  "cors-universal": [
    {
      headers: [
        ["Access-Control-Allow-Origin", "null"],
        ["Access-Control-Allow-Credentials", "true"],
      ],
    },
    {
      headers: [
        ["Access-Control-Allow-Origin", "*"],
        ["Access-Control-Allow-Credentials", "true"],
      ],
    },
  ],
  "timing-universal": [header("Timing-Allow-Origin", "*")],
  "missing-integrity": [
    {
      headers: [["Content-Type", "text/html"]],
      context: { url: "https://site.example/", html: '<!doctype html><script src="https://cdn.example/lib.js"></script>' },
    },
    {
      headers: [["Content-Type", "text/html"]],
      context: { url: "https://site.example/", html: '<!doctype html><script src="http://cdn.example/lib.js"></script>' },
    },
    {
      headers: [["Content-Type", "text/html"]],
      context: {
        url: "https://site.example/",
        html: '<!doctype html><script src="http://cdn.example/lib.js" integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="></script>',
      },
    },
  ],
  "wide-service": [csp("script-src 'self' https://*.stripe.com; object-src 'none'; base-uri 'none'")],
  "nonce-cached": [
    {
      headers: [
        ["Content-Security-Policy", `script-src ${NONCE} 'strict-dynamic'; object-src 'none'; base-uri 'none'`],
        ["Cache-Control", "public, max-age=3600"],
      ],
    },
    {
      headers: [
        ["Content-Security-Policy", `script-src ${NONCE} 'strict-dynamic'; object-src 'none'; base-uri 'none'`],
        ["Cache-Control", "no-cache"],
        ["ETag", '"33a64df5"'],
      ],
    },
  ],
  "deprecated-header": [
    header("X-XSS-Protection", "1; mode=block"),
    header("X-Permitted-Cross-Domain-Policies", "master-only"),
    header("X-Download-Options", "noopen"),
    header("Feature-Policy", "camera 'none'"),
    header("Expect-CT", "max-age=86400"),
    header("Public-Key-Pins", 'pin-sha256="…"; max-age=300'),
  ],
  "information-leak": [header("X-Powered-By", "Express"), header("Server", "nginx/1.22.1"), header("Server", "nginx")],
  "large-header": [csp(`img-src ${Array.from({ length: 330 }, (_, index) => `https://images-${index}.example`).join(" ")}`)],
  "source-on-trial": [csp("script-src 'url-sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; object-src 'none'; base-uri 'none'")],
  "not-judged": [
    {
      headers: Array.from(
        { length: MOST_POLICIES + 1 },
        (_, index) => ["Content-Security-Policy", `img-src https://images-${index}.example`] as const,
      ),
    },
  ],
  "per-request-slot": [
    {
      headers: [],
      policy: {
        code: 'audit(definePolicy("strict", { contentSecurityPolicy: { imgSrc: ["self", perRequest((req) => cdnOf(req))] } }))',
        layers: ["strict", { contentSecurityPolicy: { imgSrc: ["self", perRequest(() => "https://cdn.example")] } }],
      },
    },
  ],
};
