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

const directive = (text: string) => explain({ "Content-Security-Policy": text })[0]?.directives[0]?.text;

describe("explain", () => {
  it("says what the preset streamlit does", () => {
    expect(told(definePolicy("streamlit"))).toEqual([
      "Content-Security-Policy: What a page may load, run, frame and send:",
      "  default-src: All that no other directive speaks of: from this site.",
      "  script-src: Scripts: from this site and blob: URLs. Inline scripts run, an attacker's too. eval may turn text into code.",
      "  style-src: Style sheets: from this site. Inline styles apply, an attacker's too.",
      "  img-src: Images: from this site, data: URLs, any https address and blob: URLs.",
      "  connect-src: fetch, WebSocket and the like: from this site, ws: URLs, wss: URLs, https://basemaps.cartocdn.com, https://*.basemaps.cartocdn.com, https://data.streamlit.io, https://api.mapbox.com and https://events.mapbox.com.",
      "  font-src: Fonts: from this site and data: URLs.",
      "  frame-ancestors: This page may be framed by this site.",
      "Strict-Transport-Security: For a year browsers use only https on this host, and on all its subdomains.",
      "X-Frame-Options: Only this site may show this page in a frame.",
      "X-Content-Type-Options: Scripts and style sheets load only under their own media type.",
      "Referrer-Policy: Other sites are told the origin alone, http ones nothing.",
      "Permissions-Policy: Nobody here may use geolocation, microphone and camera.",
      "X-XSS-Protection: Switches on a filter of old browsers that did harm; new ones have none.",
    ]);
  });

  it("says that a nonce switches 'unsafe-inline' off, and what 'strict-dynamic' makes of addresses", () => {
    const policy = definePolicy("none", {
      contentSecurityPolicy: { scriptSrc: ["self", "https:", nonce, "strict-dynamic", "unsafe-inline"] },
    });
    expect(told(policy)[1]).toBe(
      "  script-src: Scripts: what carries the nonce or hash below, and what that loads; addresses count for nothing. Inline scripts and others need the nonce of this very response. 'unsafe-inline' is for old browsers: others go by the nonce or hash.",
    );
  });

  it("says of a Report-Only twin that nothing is blocked", () => {
    const policy = definePolicy(
      "none",
      observe("none", { contentSecurityPolicy: { defaultSrc: ["none"] }, permissionsPolicy: { camera: ["self"] } }),
    );
    expect(told(policy)).toEqual([
      "Content-Security-Policy-Report-Only: Reported where a page breaks it, and nothing is blocked.",
      "  default-src: All that no other directive speaks of: not at all.",
      "Permissions-Policy-Report-Only: camera: this site. Only reported: nothing is blocked.",
    ]);
  });

  it.each([
    ["img-src 'none'", "Images: none at all."],
    ["img-src *", "Images: from any site."],
    ["IMG-SRC HTTPS:", "Images: from any https address."],
    ["default-src 'none'", "All that no other directive speaks of: not at all."],
    ["script-src 'sha256-AbC=' 'sha256-dEf='", "2 inline pieces are known by hash."],
    ["style-src 'nonce-AbC'", "Inline style sheets and others need the nonce of this very response."],
    ["base-uri 'none'", "<base> does nothing."],
    ["base-uri 'self' https://a.example", "<base> may name this site and https://a.example."],
    ["form-action 'none'", "No form can be sent."],
    ["frame-ancestors 'self'", "This page may be framed by this site."],
    ["sandbox", "The page is sandboxed, and may do nothing: no scripts, no forms."],
    ["sandbox allow-scripts allow-forms", "The page is sandboxed, but for: allow-scripts, allow-forms."],
    ["upgrade-insecure-requests", "http addresses in the page are asked for over https."],
    [
      "require-trusted-types-for 'script'",
      "innerHTML, eval, script.src, setTimeout with a string and other sinks take only what a Trusted Types policy made. Set plain text by textContent; which policies trustedTypes.createPolicy may make, trusted-types says.",
    ],
    ["require-trusted-types-for script", "No effect: browsers know no other word than 'script', in its quotes."],
    ["require-trusted-types-for", "No effect: browsers know no other word than 'script', in its quotes."],
    ["webrtc 'block'", "It asks for no WebRTC connections; no browser is known to enforce it."],
    ["img-src https://a.example 'strict-dynamic'", "Images: from https://a.example."],
    [
      "default-src https://a.example 'nonce-YQ==' 'strict-dynamic'",
      "All that no other directive speaks of: from https://a.example. Scripts among it: what carries the nonce or hash below, and what that loads; addresses count for nothing. Inline scripts and others need the nonce of this very response.",
    ],
    ["style-src 'unsafe-inline' 'strict-dynamic'", "Inline styles apply, an attacker's too."],
    ["worker-src 'self' 'strict-dynamic'", "Workers: from this site. Under 'strict-dynamic' Chromium lets a script start any worker."],
    [
      "script-src-elem 'self' 'unsafe-eval'",
      "<script> elements: from this site. 'unsafe-eval' counts for nothing here: eval goes by script-src.",
    ],
    ["script-src-attr 'nonce-YQ=='", "A nonce allows none: no attribute has one."],
    ["report-uri /r; report-to default", "Violations are posted to /r, but by browsers that go by report-to."],
    ["trusted-types a b", "Trusted Types policies may be called a and b."],
    ["trusted-types 'none'", "No Trusted Types policy may be made."],
    ["report-uri /r", "Violations are posted to /r."],
    ["report-to default", "Violations go to the endpoint “default” of Reporting-Endpoints."],
    ["referrer no-referrer", "Browsers do not know it, and ignore it."],
    ["constructor x", "Browsers do not know it, and ignore it."],
  ])("says of %s: %s", (text, sentence) => {
    expect(directive(text)).toBe(sentence);
  });

  it.each([
    ["Strict-Transport-Security", "max-age=300", "For 5 minutes browsers use only https on this host."],
    ["Strict-Transport-Security", "max-age=0", "Browsers forget that this site wanted https."],
    ["Strict-Transport-Security", "max-age=1", "For a second browsers use only https on this host."],
    ["Strict-Transport-Security", "max-age=3600", "For an hour browsers use only https on this host."],
    [
      "strict-transport-security",
      "max-age=63072000; includeSubDomains; preload",
      "For 2 years browsers use only https on this host, and on all its subdomains. It asks to be on browsers' preload list.",
    ],
    ["Strict-Transport-Security", "max-age=soon", "Browsers cannot read this value, and go on as if it were not there."],
    ["X-Frame-Options", "ALLOW-FROM https://a.example", "Browsers cannot read this value, and go on as if it were not there."],
    ["X-Frame-Options", "sameorigin", "Only this site may show this page in a frame."],
    ["Referrer-Policy", "no-referrer, strict-origin, invented", "https sites are told the origin alone, http ones nothing."],
    [
      "Cross-Origin-Opener-Policy",
      'same-origin; report-to="default"',
      "Windows of other sites can neither reach this one nor be reached by it.",
    ],
    [
      "Permissions-Policy",
      'camera=(), fullscreen=*, usb=(self "https://a.example")',
      "Nobody here may use camera. fullscreen: this page and every frame. usb: this site and https://a.example.",
    ],
    ["Cache-Control", "private, no-store", "Nobody keeps a copy of this response."],
    ["Cache-Control", "must-understand, no-store", "Who may keep this response, and for how long: must-understand, no-store."],
    [
      "Cache-Control",
      'private="x-no-store", max-age=60',
      'Who may keep this response, and for how long: private="x-no-store", max-age=60.',
    ],
    ["Clear-Site-Data", '"cookies", "cache"', "The browser forgets of this site: cookies, cache."],
    ["Clear-Site-Data", "cookies", 'No effect. "cookies" is not a kind of data.'],
    ["Reporting-Endpoints", "default=/r", "Browsers cannot read this value, and go on as if it were not there."],
    ["X-XSS-Protection", "0", "Old browsers' harmful filters are off."],
  ])("says of %s: %s", (header, value, sentence) => {
    expect(explain({ [header]: value })[0]?.text).toBe(sentence);
  });

  it("says that X-Frame-Options is overruled where frame-ancestors says otherwise", () => {
    expect(told({ "X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors *" })[0]).toBe(
      "X-Frame-Options: Overruled: browsers go by frame-ancestors * instead.",
    );
  });
  it("says nothing of the kind where frame-ancestors is only observed", () => {
    expect(told({ "X-Frame-Options": "DENY", "Content-Security-Policy-Report-Only": "frame-ancestors *" })[0]).toBe(
      "X-Frame-Options: Nobody may show this page in a frame.",
    );
  });
  it("says of two lines of a Permissions-Policy what they come to", () => {
    expect(told({ "Permissions-Policy": ["geolocation=()", "geolocation=*"] })).toEqual([
      "Permissions-Policy: geolocation: this page and every frame.",
      "Permissions-Policy: Browsers read it as a part of the first line: see there.",
    ]);
  });
  it("says what is ignored where nothing is enforced", () => {
    expect(told({ "Content-Security-Policy-Report-Only": "sandbox; upgrade-insecure-requests" }).slice(1)).toEqual([
      "  sandbox: Ignored: it has no meaning where nothing is enforced.",
      "  upgrade-insecure-requests: Ignored: it has no meaning where nothing is enforced.",
    ]);
  });
  it("says what Chromium makes of an origin that is not written as one", () => {
    expect(told({ "Permissions-Policy": 'geolocation=(self "https://b.example/x")' })).toEqual([
      'Permissions-Policy: geolocation: this site and https://b.example. "https://b.example/x" is not an origin, and Chromium reads it as https://b.example.',
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
