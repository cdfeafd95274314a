import type { AuditContext } from "../../../src/audit/index.js";
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

/** What a reader of one rule's page has to know beside its doc comment and its findings. */
export interface RuleText {
  /** Why it matters: one or two sentences. */
  readonly text: string;
  /** How to mend it with a policy. */
  readonly mend: string;
  /** The first is the page's example; all show which headers the rule judges. */
  readonly examples: readonly RuleExample[];
}

const csp = (value: string): RuleExample => ({ headers: [["Content-Security-Policy", value]] });
const header = (name: string, value: string): RuleExample => ({ headers: [[name, value]] });
const NONCE = "'nonce-R4nd0mN0nceR4nd0mN0nce=='";
const STRICT = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** One row for each rule of the registry: the pages cannot be made where one is missing. */
export const ruleTexts: Readonly<Record<string, RuleText>> = {
  "missing-header": {
    text: "Each header closes a hole that browsers leave open by default. Which headers a response needs depends on whether it is a page.",
    mend: "Put `securityHeaders()` in front of every route: the preset `recommended` sends those that break few sites, `strictDynamic` all of them.",
    examples: [{ headers: [["Content-Type", "text/html"]], context: { url: "https://site.example/" } }],
  },
  "insecure-transport": {
    text: "On plain http, anyone on the network can read and change the page, and no other header helps.",
    mend: "Redirect http to https with `httpsRedirect()`, and send `strictTransportSecurity`.",
    examples: [
      { headers: [["Content-Type", "text/html"]], context: { url: "http://site.example/" } },
      { headers: [["Strict-Transport-Security", "max-age=31536000"]], context: { url: "http://site.example/" } },
    ],
  },
  "broken-value": {
    text: "A browser ignores what it cannot read, without a word to the visitor: the header seems to protect, and does not.",
    mend: "Let `definePolicy` write the value: it refuses what browsers would ignore, and names what to write.",
    examples: [
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
  },
  "ignored-part": {
    text: "The rest of the header is in effect, so the mistake is easy to miss.",
    mend: "Correct the spelling, or take the part out.",
    examples: [
      header("Permissions-Policy", "camera=(), geolocaton=()"),
      header("Strict-Transport-Security", "max-age=31536000; includeSubdomain"),
      header("Clear-Site-Data", '"cookies", "cookie"'),
      header("Cache-Control", "max-age=soon"),
      header("Referrer-Policy", "no-referer, no-referrer"),
      header("Document-Policy", "document-writ=?0"),
      header("Reporting-Endpoints", 'csp="/r", other="r"'),
      header("Integrity-Policy", "blocked-destinations=(script image)"),
    ],
  },
  "duplicate-header": {
    text: "A server, a proxy and an application that all set a header often disagree, and browsers differ in which value they use.",
    mend: "Set it in one place. `sealHeaders()` makes the policy win over what handlers and a proxied application write.",
    examples: [
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
  },
  "frame-options-overruled": {
    text: "Current browsers follow `frame-ancestors` and ignore X-Frame-Options; old ones do the opposite.",
    mend: 'Write the same in both: `xFrameOptions: "DENY"` with `frameAncestors: ["none"]`, `"SAMEORIGIN"` with `["self"]`. For other origins write `xFrameOptions: false`.',
    examples: [
      {
        headers: [
          ["X-Frame-Options", "DENY"],
          ["Content-Security-Policy", "frame-ancestors https://partner.example"],
        ],
      },
    ],
  },
  "report-endpoint": {
    text: "Without the endpoint the browser drops the reports, and a report-only policy shows nothing.",
    mend: 'Write `reporting: "/csp-report"`: it adds Reporting-Endpoints and every `report-to`.',
    examples: [
      csp(`${STRICT}; report-to csp`),
      header("Cross-Origin-Opener-Policy", 'same-origin; report-to="coop"'),
      header("Cross-Origin-Embedder-Policy", 'require-corp; report-to="coep"'),
      header("Permissions-Policy", "camera=();report-to=pp"),
      header("Integrity-Policy", "blocked-destinations=(script), endpoints=(integrity)"),
    ],
  },
  "embedder-without-resource-policy": {
    text: "Under `require-corp`, a page of a subdomain cannot load images and scripts of this site that do not say who may embed them.",
    mend: 'Write `crossOriginResourcePolicy: "same-origin"` or `"same-site"` beside it.',
    examples: [header("Cross-Origin-Embedder-Policy", "require-corp")],
  },
  "preload-refused": {
    text: "A site is put on browsers' preload lists only if its header asks for a year or more, with all subdomains.",
    mend: "Write `strictTransportSecurity: { maxAge: 63072000, includeSubDomains: true, preload: true }`, or leave `preload` out.",
    examples: [header("Strict-Transport-Security", "max-age=86400; preload")],
  },
  "strict-dynamic-inert": {
    text: "With `'strict-dynamic'`, only scripts with a nonce or a hash run, and what they load. Hosts in the list count in old browsers only.",
    mend: 'Write `scriptSrc: [nonce, "strict-dynamic"]`, and the nonce into every `<script>`.',
    examples: [
      csp("script-src 'strict-dynamic' 'self'; object-src 'none'; base-uri 'none'"),
      csp(`script-src ${NONCE} 'strict-dynamic' https://cdn.example`),
    ],
  },
  "unsafe-inline-inert": {
    text: "Browsers ignore `'unsafe-inline'` as soon as the list has a nonce or a hash, so that inline code may be blocked that was meant to run.",
    mend: 'Take `"unsafe-inline"` out of the list.',
    examples: [csp(`script-src 'self' 'unsafe-inline' ${NONCE}`), csp(`style-src 'self' 'unsafe-inline' ${NONCE}`)],
  },
  "trusted-types": {
    text: "One directive requires Trusted Types, the other one limits which policies can make them. Each has little effect alone.",
    mend: 'Write both: `requireTrustedTypesFor: ["script"]` and `trustedTypes` with the names of your policies.',
    examples: [csp(`${STRICT}; require-trusted-types-for 'script'`), csp(`${STRICT}; trusted-types default`)],
  },
  "connection-allowlist": {
    text: "The header is new, and only Chromium reads it: it does not replace `connect-src`.",
    mend: "Write `connectSrc` in the Content-Security-Policy, and send this header under `custom` if you want both.",
    examples: [header("Connection-Allowlist", '(response-origin "https://api.example/*")')],
  },
  "csp-bypass": {
    text: "A policy can look strict and still let an attacker run a script, for example from a host that serves JSONP. The checks are those of Google's csp_evaluator.",
    mend: 'Start from the preset `strict` or `strictDynamic`. Prefer a nonce with `"strict-dynamic"` to lists of hosts.',
    examples: [
      csp("script-src 'unsafe-inline' https:; object-src 'self'"),
      csp("default-src *"),
      csp("script-src 'self' https://ajax.googleapis.com; object-src 'none'; base-uri 'none'"),
      csp(`script-src ${NONCE}; object-src 'none'`),
      csp("script-src 'self' 'unsafe-eval' data:; object-src 'none'; base-uri 'none'"),
    ],
  },
  "csp-weak": {
    text: "These openings do not run scripts by themselves. They let an attacker cover the page, send forms elsewhere or frame it.",
    mend: "Start from the preset `strict`, which closes all of them.",
    examples: [
      csp("default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors *"),
      csp("default-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src http:; webrtc 'block'"),
    ],
  },
  "weak-value": {
    text: "The header is present and valid, and a stronger value exists that most sites can send.",
    mend: "Take the value of the preset `recommended` or `strict`.",
    examples: [
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
  },
  "weak-cookie": {
    text: "A session cookie that scripts or plain http can read is as good as a password.",
    mend: "Mount `secureCookies()`: it adds the missing attributes to every cookie.",
    examples: [
      header("Set-Cookie", "sessionid=8f14e45f; Path=/"),
      header("Set-Cookie", "theme=dark; Secure; SameSite=Sometimes"),
      header("Set-Cookie", "embed=1; SameSite=None"),
    ],
  },
  "cors-universal": {
    text: "A response with a visitor's data must not be readable by every site.",
    mend: "Name the one origin that may read the response in your CORS middleware.",
    examples: [
      {
        headers: [
          ["Access-Control-Allow-Origin", "null"],
          ["Access-Control-Allow-Credentials", "true"],
        ],
      },
    ],
  },
  "timing-universal": {
    text: "How long a response takes, and how large it is, can depend on who is logged in.",
    mend: "Take the header out, or name origins under `custom`.",
    examples: [header("Timing-Allow-Origin", "*")],
  },
  "missing-integrity": {
    text: "Whoever can change a file on a CDN can run scripts in every page that loads it.",
    mend: "Add `integrity` and `crossorigin` to the element, or serve the file yourself. `integrityPolicy` blocks scripts without the attribute.",
    examples: [
      {
        headers: [["Content-Type", "text/html"]],
        context: { url: "https://site.example/", html: '<!doctype html><script src="https://cdn.example/lib.js"></script>' },
      },
    ],
  },
  "wide-service": {
    text: "The recipe of a third party has the hosts that its documentation lists. A wider source also allows what other customers of it have there.",
    mend: "Write the recipe of `portcullis/services` in place of the source.",
    examples: [csp("script-src 'self' https://*.stripe.com; object-src 'none'; base-uri 'none'")],
  },
  "nonce-cached": {
    text: "A nonce protects because nobody can guess it. A cache sends the same one to everybody.",
    mend: 'Write `cacheControl: "no-store"` on pages with a nonce; for pages in a cache use hashes.',
    examples: [
      {
        headers: [
          ["Content-Security-Policy", `script-src ${NONCE} 'strict-dynamic'; object-src 'none'; base-uri 'none'`],
          ["Cache-Control", "public, max-age=3600"],
        ],
      },
    ],
  },
  "deprecated-header": {
    text: "These headers have no effect any more, or did harm in the browsers that knew them.",
    mend: "Take the header out, with `stripHeaders` where an upstream server sends it.",
    examples: [
      header("X-XSS-Protection", "1; mode=block"),
      header("X-Permitted-Cross-Domain-Policies", "none"),
      header("X-Download-Options", "noopen"),
      header("Feature-Policy", "camera 'none'"),
      header("Expect-CT", "max-age=86400"),
      header("Public-Key-Pins", 'pin-sha256="…"; max-age=300'),
    ],
  },
  "information-leak": {
    text: "Names and versions of software help attackers to choose an exploit.",
    mend: 'Write `stripHeaders: ["X-Powered-By", "Server"]`. A server in front may add its own again.',
    examples: [header("X-Powered-By", "Express"), header("Server", "nginx/1.22.1")],
  },
  "large-header": {
    text: "nginx, Apache and Tomcat refuse responses or requests with large headers by default, and a visitor sees an error page.",
    mend: 'Write fewer sources: a wildcard, or a nonce with `"strict-dynamic"`.',
    examples: [csp(`img-src ${Array.from({ length: 330 }, (_, index) => `https://images-${index}.example`).join(" ")}`)],
  },
  "source-on-trial": {
    text: "Other browsers ignore such a source, so that what it allows works in one browser only.",
    mend: "Keep a nonce or a hash beside it.",
    examples: [csp("script-src 'url-sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; object-src 'none'; base-uri 'none'")],
  },
  "not-judged": {
    text: "The audit has limits, so that a hostile response cannot keep it busy. What is beyond them is not checked.",
    mend: "Send one policy, and close the elements of the page.",
    examples: [
      {
        headers: Array.from(
          { length: MOST_POLICIES + 1 },
          (_, index) => ["Content-Security-Policy", `img-src https://images-${index}.example`] as const,
        ),
      },
    ],
  },
  "per-request-slot": {
    text: "The function of a `perRequest` slot runs with a request only, so an audit of the policy cannot see its sources.",
    mend: "Run `portcullis check` against the running site too.",
    examples: [
      {
        headers: [],
        policy: {
          code: 'audit(definePolicy("strict", { contentSecurityPolicy: { imgSrc: ["self", perRequest((req) => cdnOf(req))] } }))',
          layers: ["strict", { contentSecurityPolicy: { imgSrc: ["self", perRequest(() => "https://cdn.example")] } }],
        },
      },
    ],
  },
};
