import { describe, expect, it } from "vitest";
import { explain } from "../../src/audit/explain.js";
import { definePolicy, nonce, observe, parseHeaders } from "../../src/index.js";
import { presets } from "../../src/presets/index.js";

/** `"Name: text"`, and directives below their header. */
function told(subject: Parameters<typeof explain>[0]): string[] {
  return explain(subject).flatMap(({ header, text, directives }) => [
    `${header}: ${text}`,
    ...directives.map((one) => `  ${one.directive}: ${one.text}`),
  ]);
}

const STRICT_DYNAMIC = "Scripts: those with a nonce or a hash, and the scripts that these load; hosts and schemes are ignored.";

const directive = (text: string) => explain({ "Content-Security-Policy": text })[0]?.directives[0]?.text;

describe("explain", () => {
  it("says what the preset streamlit does", () => {
    expect(told(definePolicy("streamlit"))).toEqual([
      "Content-Security-Policy: What a page may load, run, frame and send:",
      "  default-src: Everything without its own directive: from this site.",
      "  script-src: Scripts: from this site and blob: URLs. Inline scripts run, injected ones too. eval() is allowed.",
      "  style-src: Style sheets: from this site. Inline styles apply, injected ones too.",
      "  img-src: Images: from this site, data: URLs, any https URL and blob: URLs.",
      "  connect-src: Connections by fetch(), WebSocket and similar APIs: from this site, ws: URLs, wss: URLs, https://basemaps.cartocdn.com, https://*.basemaps.cartocdn.com, https://data.streamlit.io and Mapbox (mapbox()).",
      "  font-src: Fonts: from this site and data: URLs.",
      "  frame-ancestors: This page may be framed by this site.",
      "Strict-Transport-Security: For a year, browsers use only https for this host and all its subdomains.",
      "X-Frame-Options: Only this site may frame this page.",
      "X-Content-Type-Options: Scripts and style sheets load only under their own media type.",
      "Referrer-Policy: Other sites are sent only the origin, http sites nothing.",
      "Permissions-Policy: Blocked: geolocation, microphone and camera.",
      "X-XSS-Protection: Switches on a filter of old browsers that did harm; current browsers have none.",
    ]);
  });

  it("says that a nonce switches 'unsafe-inline' off, and what 'strict-dynamic' makes of addresses", () => {
    const policy = definePolicy("none", {
      contentSecurityPolicy: { scriptSrc: ["self", "https:", nonce, "strict-dynamic", "unsafe-inline"] },
    });
    expect(told(policy)[1]).toBe(
      "  script-src: Scripts: those with a nonce or a hash, and the scripts that these load; hosts and schemes are ignored. Scripts with the nonce of this response run, inline ones too. Current browsers ignore 'unsafe-inline' here.",
    );
  });

  it("says of a Report-Only twin that nothing is blocked", () => {
    const policy = definePolicy(
      "none",
      observe("none", { contentSecurityPolicy: { defaultSrc: ["none"] }, permissionsPolicy: { camera: ["self"] } }),
    );
    expect(told(policy)).toEqual([
      "Content-Security-Policy-Report-Only: Violations are reported; nothing is blocked.",
      "  default-src: Everything without its own directive: blocked.",
      "Permissions-Policy-Report-Only: camera: allowed to this site. Report-only: nothing is blocked.",
    ]);
  });

  it.each([
    ["img-src 'none'", "Images: none allowed."],
    ["img-src *", "Images: from any site."],
    ["IMG-SRC HTTPS:", "Images: from any https URL."],
    ["default-src 'none'", "Everything without its own directive: blocked."],
    ["script-src 'sha256-AbC=' 'sha256-dEf='", "Inline content with one of 2 hashes is allowed."],
    ["style-src 'nonce-AbC'", "Style sheets with the nonce of this response apply, inline ones too."],
    ["base-uri 'none'", "<base> has no effect."],
    ["base-uri 'self' https://a.example", "<base> may point to this site and https://a.example."],
    ["form-action 'none'", "No form can be sent."],
    ["frame-ancestors 'self'", "This page may be framed by this site."],
    ["sandbox", "The page is sandboxed without exceptions: no scripts, no forms."],
    ["sandbox allow-scripts allow-forms", "The page is sandboxed, except for: allow-scripts, allow-forms."],
    ["upgrade-insecure-requests", "http URLs in the page are requested over https."],
    [
      "require-trusted-types-for 'script'",
      "innerHTML, eval(), script.src, setTimeout() with a string and other sinks accept only values made by a Trusted Types policy. Use textContent for plain text; trusted-types says which policies trustedTypes.createPolicy() may create.",
    ],
    ["require-trusted-types-for script", "No effect: the only value that browsers know is 'script', in single quotes."],
    ["require-trusted-types-for", "No effect: the only value that browsers know is 'script', in single quotes."],
    ["webrtc 'block'", "WebRTC connections are to be blocked; no browser is known to enforce this."],
    ["img-src https://a.example 'strict-dynamic'", "Images: from https://a.example."],
    [
      "default-src https://a.example 'nonce-YQ==' 'strict-dynamic'",
      "Everything without its own directive: from https://a.example. Scripts: those with a nonce or a hash, and the scripts that these load; hosts and schemes are ignored. Scripts with the nonce of this response run, inline ones too.",
    ],
    ["style-src 'unsafe-inline' 'strict-dynamic'", "Inline styles apply, injected ones too."],
    ["worker-src 'self' 'strict-dynamic'", "Workers: from this site. With 'strict-dynamic', Chromium lets a script start any worker."],
    [
      "script-src-elem 'self' 'unsafe-eval'",
      "<script> elements: from this site. 'unsafe-eval' has no effect here: script-src controls eval().",
    ],
    ["script-src-attr 'nonce-YQ=='", "A nonce has no effect: attributes cannot have one."],
    ["script-src-attr 'self' https:", "Inline event handlers such as onclick: none allowed."],
    ["script-src-attr 'strict-dynamic' 'unsafe-inline'", "Current browsers ignore 'unsafe-inline' here."],
    ["script-src-attr 'sha256-YWJj'", "Hashes have no effect here without 'unsafe-hashes'."],
    [
      "script-src-attr 'sha256-YWJj' 'unsafe-hashes'",
      "Inline content with this hash is allowed. Hashes also allow inline event handlers and style attributes.",
    ],
    ["script-src-attr 'unsafe-inline'", "Inline scripts run, injected ones too."],
    ["script-src 'unsafe-inline' 'strict-dynamic'", `${STRICT_DYNAMIC} Current browsers ignore 'unsafe-inline' here.`],
    ["style-src-attr 'self'", "style attributes: none allowed."],
    ["form-action 'self' https:", "Forms may be sent to this site and any https URL."],
    ["script-src-elem 'trusted-types-eval'", "'trusted-types-eval' has no effect here: script-src controls eval()."],
    [
      "script-src-elem 'unsafe-eval' 'wasm-unsafe-eval'",
      "'unsafe-eval' and 'wasm-unsafe-eval' have no effect here: script-src controls eval().",
    ],
    ["script-src 'wasm-unsafe-eval'", "WebAssembly may be compiled."],
    ["script-src 'trusted-types-eval'", "eval() is allowed for values made by a Trusted Types policy."],
    ["script-src 'inline-speculation-rules'", "Inline speculation rules are allowed."],
    ["script-src 'report-sample'", "Reports include the first 40 characters of what was blocked."],
    ["script-src 'report-sha256'", "Reports include the SHA-256 hashes of scripts."],
    ["script-src 'report-sha384'", "Reports include the SHA-384 hashes of scripts."],
    ["script-src 'report-sha512'", "Reports include the SHA-512 hashes of scripts."],
    ["font-src 'self'", "Fonts: from this site."],
    ["media-src 'self'", "Audio and video: from this site."],
    ["object-src 'self'", "Plugins: from this site."],
    ["frame-src 'self'", "Frames in the page: from this site."],
    ["child-src 'self'", "Frames and workers: from this site."],
    ["manifest-src 'self'", "The web app manifest: from this site."],
    ["fenced-frame-src https:", "Fenced frames: from any https URL."],
    ["style-src-elem 'self'", "<style> elements and linked style sheets: from this site."],
    ["frame-ancestors 'none'", "No page may frame this page."],
    ["webrtc 'allow'", "WebRTC connections are allowed."],
    ["upgrade-insecure-requests 1", "http URLs in the page are requested over https. Its value is ignored."],
    ["treat-as-public-address", "Chromium treats the page as one from the public internet when it requests local addresses."],
    ["trusted-types *", "Trusted Types policies may have any name."],
    ["report-uri", "No effect: it has no URL."],
    ["report-to", "No effect: it names no endpoint."],
    ["report-uri /r; report-to default", "Violations are posted to /r, except by browsers that use report-to."],
    ["trusted-types a b", "Trusted Types policies may only have the names a and b."],
    ["trusted-types 'none'", "No Trusted Types policy may be created."],
    ["report-uri /r", "Violations are posted to /r."],
    ["report-to default", 'Violations go to the endpoint "default" of Reporting-Endpoints.'],
    ["referrer no-referrer", "Obsolete: browsers ignore it."],
    ["block-all-mixed-content", "Obsolete; Chromium still blocks http: images, audio and video on an https page by it."],
    ["require-trusted-types-for 'SCRIPT'", "No effect: the only value that browsers know is 'script', in single quotes."],
    ["webrtc 'BLOCK'", "What this value does is not known here."],
    ["script-src 'unsafe-inline' 'sha256-abcde'", "Inline scripts run, injected ones too. 'sha256-abcde' is not known here."],
    ["constructor x", "Not known here: browsers ignore directives that they do not know."],
  ])("says of %s: %s", (text, sentence) => {
    expect(directive(text)).toBe(sentence);
  });

  it.each([
    ["Strict-Transport-Security", "max-age=300", "For 5 minutes, browsers use only https for this host."],
    ["Strict-Transport-Security", "max-age=0", "Browsers no longer require https for this site."],
    ["Strict-Transport-Security", "max-age=1", "For a second, browsers use only https for this host."],
    ["Strict-Transport-Security", "max-age=3600", "For an hour, browsers use only https for this host."],
    [
      "strict-transport-security",
      "max-age=63072000; includeSubDomains; preload",
      "For 2 years, browsers use only https for this host and all its subdomains. The site asks to be on browsers' preload list.",
    ],
    ["Strict-Transport-Security", "max-age=soon", "Browsers cannot read this value, and ignore the header."],
    ["X-Frame-Options", "ALLOW-FROM https://a.example", "Browsers cannot read this value, and ignore the header."],
    ["X-Frame-Options", "sameorigin", "Only this site may frame this page."],
    ["Referrer-Policy", "no-referrer, strict-origin, invented", "https sites are sent only the origin, http sites nothing."],
    [
      "Cross-Origin-Opener-Policy",
      'same-origin; report-to="default"',
      "Windows of other sites cannot access this one, and it cannot access them.",
    ],
    [
      "Permissions-Policy",
      'camera=(), fullscreen=*, usb=(self "https://a.example")',
      'Blocked: camera. fullscreen: allowed to this page and every frame with allow="fullscreen". usb: allowed to this site and https://a.example.',
    ],
    ["Cache-Control", "private, no-store", "No cache may store this response."],
    ["Cache-Control", "must-understand, no-store", "Who may store this response, and for how long: must-understand, no-store."],
    [
      "Cache-Control",
      'private="x-no-store", max-age=60',
      'Who may store this response, and for how long: private="x-no-store", max-age=60.',
    ],
    ["Clear-Site-Data", '"cookies", "cache"', "The browser deletes what it keeps of this site: cookies and cached files."],
    ["Clear-Site-Data", '"executionContexts"', "The browser loads open pages of this site again."],
    ["Clear-Site-Data", '"*"', "The browser deletes everything that it keeps of this site, and loads its open pages again."],
    ["Clear-Site-Data", "cookies", 'No effect. "cookies" is not a kind of data.'],
    ["Reporting-Endpoints", "default=/r", "Browsers cannot read this value, and ignore the header."],
    ["X-XSS-Protection", "0", "The harmful filter of old browsers is off."],
  ])("says of %s: %s", (header, value, sentence) => {
    expect(explain({ [header]: value })[0]?.text).toBe(sentence);
  });

  it("says that X-Frame-Options is overruled where frame-ancestors says otherwise", () => {
    expect(told({ "X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors *" })[0]).toBe(
      "X-Frame-Options: Ignored: browsers use frame-ancestors * instead.",
    );
  });
  it("says nothing of the kind where frame-ancestors is only observed", () => {
    expect(told({ "X-Frame-Options": "DENY", "Content-Security-Policy-Report-Only": "frame-ancestors *" })[0]).toBe(
      "X-Frame-Options: No page may frame this page.",
    );
  });
  it("says of the first of two lines of Strict-Transport-Security that it counts", () => {
    expect(told({ "Strict-Transport-Security": ["max-age=300", "max-age=600"] })).toEqual([
      "Strict-Transport-Security: For 5 minutes, browsers use only https for this host.",
      "Strict-Transport-Security: Ignored: browsers read only the first line.",
    ]);
  });
  it("says of values of X-Frame-Options that differ what browsers do", () => {
    expect(told({ "X-Frame-Options": "DENY, ALLOW-FROM https://a.example" })).toEqual([
      "X-Frame-Options: The values differ, and browsers block every frame.",
    ]);
  });
  it("says of two lines of a Permissions-Policy what they come to", () => {
    expect(told({ "Permissions-Policy": ["geolocation=()", "geolocation=*"] })).toEqual([
      'Permissions-Policy: geolocation: allowed to this page and every frame with allow="geolocation".',

      "Permissions-Policy: Part of one list with the first line: see there.",
    ]);
  });
  it("says what is ignored where nothing is enforced", () => {
    expect(told({ "Content-Security-Policy-Report-Only": "sandbox; upgrade-insecure-requests" }).slice(1)).toEqual([
      "  sandbox: Ignored: it has no meaning in a report-only policy.",
      "  upgrade-insecure-requests: Ignored: it has no meaning in a report-only policy.",
    ]);
  });
  it("says what Chromium makes of an origin that is not written as one", () => {
    expect(told({ "Permissions-Policy": 'geolocation=(self "https://b.example/x")' })).toEqual([
      'Permissions-Policy: geolocation: allowed to this site and https://b.example. "https://b.example/x" is not an origin, and Chromium reads it as https://b.example.',
    ]);
  });

  it("is silent of headers that are no matter of security", () => {
    expect(explain({ Date: "today", Server: "x", "Content-Type": "text/html" })).toEqual([]);
  });

  it("has a sentence for every header of every preset", () => {
    // The patches lie on the policy that they are for; all other presets replace it.
    for (const policy of Object.values(presets).map((preset) => definePolicy("streamlitStrict", preset))) {
      const names = Object.keys(parseHeaders(Object.fromEntries(explain(policy).map(({ header, value }) => [header, value]))).resolved);
      const sent = Object.entries(policy.resolved).flatMap(([key, value]) => (value === false || value === undefined ? [] : [key]));
      expect(names.sort()).toEqual(expect.arrayContaining(sent.filter((key) => key !== "stripHeaders" && key !== "custom").sort()));
    }
  });
});

it("says that there are more policies than are counted", () => {
  const many = Array.from({ length: 70 }, () => "img-src 'self'").join(", ");
  expect(explain({ "Content-Security-Policy": many })[0]?.text).toBe(
    "One of more than 64 policies, all of which have to allow a request. What a page may load, run, frame and send:",
  );
});
