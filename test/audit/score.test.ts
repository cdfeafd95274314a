import { describe, expect, it } from "vitest";
import { type AuditContext, audit } from "../../src/audit/index.js";
import { total } from "../../src/audit/score.js";
import { definePolicy, type HeadersInput, type PresetName } from "../../src/index.js";

const HTTPS = "https://site.example/";

function resultOf(test: string, headers: HeadersInput, context: AuditContext = {}) {
  const { tests, unseen } = audit(headers, context).score;
  const found = tests.find((one) => one.test === test);
  return found === undefined ? unseen.find((one) => one.test === test)?.why : [found.result, found.modifier];
}

const csp = (value: string) => resultOf("content-security-policy", { "Content-Security-Policy": value });

describe("Content-Security-Policy", () => {
  it.each([
    ["default-src 'none'", "no-unsafe-default-none", 10],
    ["default-src 'none'; script-src 'self'; style-src 'self'", "no-unsafe-default-none", 10],
    ["default-src 'self'", "no-unsafe", 5],
    ["default-src 'self' 'none'", "no-unsafe", 5],
    ["script-src 'self'; object-src 'none'; style-src 'self'; default-src https://a.example", "no-unsafe", 5],
    ["default-src 'self'; style-src 'self' 'unsafe-inline'", "unsafe-inline-in-style-only", 0],
    ["default-src 'self'; style-src 'self' data:", "unsafe-inline-in-style-only", 0],
    ["default-src 'self'; style-src 'unsafe-inline' 'nonce-abcdefgh'", "no-unsafe", 5],
    ["default-src 'self'; img-src http://a.example", "insecure-scheme-in-passive-content", -10],
    ["default-src 'self'; media-src ftp:", "insecure-scheme-in-passive-content", -10],
    ["default-src 'self'; script-src 'self' 'unsafe-eval'", "unsafe-eval", -10],
    ["default-src 'self'; script-src 'self' 'unsafe-eval'; img-src http:", "unsafe-eval", -10],
    ["default-src 'self'; script-src 'self' 'unsafe-inline'", "unsafe-inline", -20],
    ["default-src 'self'; script-src 'self' data:", "unsafe-inline", -20],
    ["default-src 'self'; script-src https:", "unsafe-inline", -20],
    ["default-src 'self'; script-src *", "unsafe-inline", -20],
    ["default-src 'self'; script-src https://*", "unsafe-inline", -20],
    ["default-src 'self'; object-src *", "unsafe-inline", -20],
    ["script-src 'self'", "unsafe-inline", -20],
    ["object-src 'none'", "unsafe-inline", -20],
    ["default-src 'self'; script-src 'unsafe-inline' 'sha256-abcdefgh='", "no-unsafe", 5],
    ["default-src 'self'; script-src http://a.example", "insecure-scheme", -20],
    ["default-src 'self'; connect-src http:", "insecure-scheme", -20],
    ["default-src 'self'; script-src 'self' http://a.example 'unsafe-eval'", "insecure-scheme", -20],
    ["default-src 'self'; script-src 'strict-dynamic' 'nonce-abcdefgh' https: http: 'self' 'unsafe-inline'", "no-unsafe", 5],
    ["default-src 'self'; script-src 'strict-dynamic'", "invalid", -25],
    ["default-src 'self'; default-src 'none'", "invalid", -25],
    ["default-src 'self'; report-uri /a; report-uri /b", "no-unsafe", 5],
    ["", "missing", -25],
  ])("%s is %s", (value, result, modifier) => {
    expect(csp(value)).toEqual([result, modifier]);
  });

  it("missing is -25", () => {
    expect(resultOf("content-security-policy", {})).toEqual(["missing", -25]);
  });

  it("Report-Only alone is -25", () => {
    expect(resultOf("content-security-policy", { "Content-Security-Policy-Report-Only": "default-src 'none'" })).toEqual([
      "report-only",
      -25,
    ]);
  });

  it("of two policies, both enforced, the better one counts", () => {
    expect(csp("frame-ancestors 'none', default-src 'none'")).toEqual(["no-unsafe-default-none", 10]);
  });

  it("that of a <meta> counts too", () => {
    const html = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`;
    expect(resultOf("content-security-policy", {}, { html })).toEqual(["no-unsafe-default-none", 10]);
  });
});

const HSTS = { "Strict-Transport-Security": "max-age=31536000" };
const cookies = (list: readonly string[], headers: HeadersInput = {}) => resultOf("cookies", headers, { cookies: list });

describe("cookies", () => {
  it.each([
    [["a=1; Secure; SameSite=Lax", "sessionid=1; Secure; HttpOnly; SameSite=Strict"], {}, "secure-with-httponly-sessions-and-samesite", 5],
    [["a=1; Secure", "sessionid=1; Secure; HttpOnly; SameSite=Strict"], {}, "secure-with-httponly-sessions", 0],
    [[], {}, "none", 0],
    [["a=1; SameSite=Lax"], HSTS, "without-secure-but-hsts", -5],
    [["sessionid=1; HttpOnly; SameSite=Lax"], HSTS, "session-without-secure-but-hsts", -10],
    [["a=1; SameSite=Lax"], {}, "without-secure", -20],
    [["a=1; SameSite=Lax"], { "Strict-Transport-Security": "max-age=300" }, "without-secure", -20],
    [["a=1; Secure; SameSite=Sometimes"], {}, "samesite-invalid", -20],
    [["csrftoken=1; Secure"], {}, "anti-csrf-without-samesite", -20],
    [["connect.sid=1; Secure; SameSite=Lax"], {}, "session-without-httponly", -30],
    [["PHPSESSID=1; HttpOnly; SameSite=Lax"], {}, "session-without-secure", -40],
    [["PHPSESSID=1", "a=1", "csrf=1"], {}, "session-without-secure", -40],
  ])("%j is %s %s", (list, headers, result, modifier) => {
    expect(cookies(list, headers as HeadersInput)).toEqual([result, modifier]);
  });

  it("are read from Set-Cookie where they are not given", () => {
    expect(resultOf("cookies", { "set-cookie": ["a=1", "b=2; Secure"] })).toEqual(["without-secure", -20]);
  });

  it("are unseen where neither is there", () => {
    expect(resultOf("cookies", {})).toBe("No cookie was seen. Give the Set-Cookie values, or [] for none.");
  });
});

describe("the other headers", () => {
  it.each([
    ["cross-origin-resource-sharing", {}, "none", 0],
    ["cross-origin-resource-sharing", { "Access-Control-Allow-Origin": "*" }, "public", 0],
    ["cross-origin-resource-sharing", { "Access-Control-Allow-Origin": "https://a.example" }, "restricted", 0],
    [
      "cross-origin-resource-sharing",
      { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true" },
      "universal-with-credentials",
      -50,
    ],
    ["referrer-policy", { "Referrer-Policy": "no-referrer" }, "private", 5],
    ["referrer-policy", { "Referrer-Policy": "same-origin" }, "private", 5],
    ["referrer-policy", { "Referrer-Policy": "strict-origin" }, "private", 5],
    ["referrer-policy", { "Referrer-Policy": "unsafe-url, strict-origin-when-cross-origin" }, "private", 5],
    ["referrer-policy", {}, "absent", 0],
    ["referrer-policy", { "Referrer-Policy": "unsafe-url" }, "unsafe", -5],
    ["referrer-policy", { "Referrer-Policy": "origin" }, "unsafe", -5],
    ["referrer-policy", { "Referrer-Policy": "origin-when-cross-origin" }, "unsafe", -5],
    ["referrer-policy", { "Referrer-Policy": "no-referrer-when-downgrade" }, "unsafe", -5],
    ["referrer-policy", { "Referrer-Policy": "nobody" }, "invalid", -5],
    ["strict-transport-security", { "Strict-Transport-Security": "max-age=15552000" }, "at-least-six-months", 0],
    ["strict-transport-security", { "Strict-Transport-Security": "max-age=15551999" }, "less-than-six-months", -10],
    ["strict-transport-security", {}, "absent", -20],
    ["strict-transport-security", { "Strict-Transport-Security": "max-age=soon" }, "invalid", -20],
    ["x-content-type-options", { "X-Content-Type-Options": "nosniff" }, "nosniff", 0],
    ["x-content-type-options", {}, "absent", -5],
    ["x-content-type-options", { "X-Content-Type-Options": "sniff" }, "invalid", -5],
    ["x-frame-options", { "Content-Security-Policy": "frame-ancestors 'self'" }, "by-frame-ancestors", 5],
    ["x-frame-options", { "X-Frame-Options": "DENY" }, "deny-or-sameorigin", 5],
    ["x-frame-options", { "X-Frame-Options": "sameorigin" }, "deny-or-sameorigin", 5],
    ["x-frame-options", { "X-Frame-Options": "ALLOW-FROM https://a.example" }, "allow-from", 0],
    ["x-frame-options", {}, "absent", -20],
    ["x-frame-options", { "Content-Security-Policy": "frame-ancestors *" }, "absent", -20],
    ["x-frame-options", { "X-Frame-Options": "NEVER" }, "invalid", -20],
    ["x-frame-options", { "X-Frame-Options": ["DENY", "SAMEORIGIN"] }, "invalid", -20],
    ["x-frame-options", { "X-Frame-Options": ["DENY", "DENY"] }, "deny-or-sameorigin", 5],
    ["cross-origin-resource-policy", { "Cross-Origin-Resource-Policy": "same-origin" }, "same-origin", 10],
    ["cross-origin-resource-policy", { "Cross-Origin-Resource-Policy": "same-site" }, "same-site", 10],
    ["cross-origin-resource-policy", { "Cross-Origin-Resource-Policy": "cross-origin" }, "cross-origin", 0],
    ["cross-origin-resource-policy", {}, "absent", 0],
    ["cross-origin-resource-policy", { "Cross-Origin-Resource-Policy": "none" }, "invalid", -5],
    ["cross-origin-embedder-policy", { "Cross-Origin-Embedder-Policy": "require-corp" }, "require-corp", 10],
    ["cross-origin-embedder-policy", { "Cross-Origin-Embedder-Policy": "credentialless" }, "credentialless", 10],
    ["cross-origin-embedder-policy", { "Cross-Origin-Embedder-Policy": "unsafe-none" }, "unsafe-none", 0],
    ["cross-origin-embedder-policy", {}, "absent", 0],
    ["cross-origin-embedder-policy", { "Cross-Origin-Embedder-Policy": "all" }, "invalid", -5],
    ["cross-origin-opener-policy", { "Cross-Origin-Opener-Policy": 'same-origin; report-to="a"' }, "same-origin", 10],
    ["cross-origin-opener-policy", { "Cross-Origin-Opener-Policy": "same-origin-allow-popups" }, "same-origin-allow-popups", 10],
    ["cross-origin-opener-policy", { "Cross-Origin-Opener-Policy": "noopener-allow-popups" }, "noopener-allow-popups", 10],
    ["cross-origin-opener-policy", { "Cross-Origin-Opener-Policy": "unsafe-none" }, "unsafe-none", 0],
    ["cross-origin-opener-policy", {}, "absent", 0],
    ["cross-origin-opener-policy", { "Cross-Origin-Opener-Policy": "popups" }, "invalid", -5],
  ])("%s of %j is %s", (test, headers, result, modifier) => {
    expect(resultOf(test, headers as HeadersInput)).toEqual([result, modifier]);
  });

  it("a preloaded host is +5", () => {
    expect(resultOf("strict-transport-security", HSTS, { preloaded: true })).toEqual(["preloaded", 5]);
  });

  it("HSTS over plain http counts nothing", () => {
    expect(resultOf("strict-transport-security", HSTS, { url: "http://site.example/" })).toEqual(["no-https", -20]);
  });

  it("whether every origin is allowed with credentials cannot be seen in one response", () => {
    const headers = { "Access-Control-Allow-Origin": "https://a.example", "Access-Control-Allow-Credentials": "true" };
    expect(resultOf("cross-origin-resource-sharing", headers)).toBe(
      "One response does not show whether the server allows every origin that asks.",
    );
  });
});

const http = { url: "http://site.example/", status: 301 };
const redirection = (context: AuditContext) => resultOf("redirection", {}, context);

describe("redirection", () => {
  it.each([
    [{ redirects: [http, { url: HTTPS }] }, "to-https", 0],
    [{ redirects: [http, { url: HTTPS }, { url: "https://www.site.example/" }] }, "to-https", 0],
    [{ redirects: [http], preloaded: true }, "preloaded", 0],
    [{ redirects: [{ url: "http://site.example/", fault: "unreachable" as const }] }, "no-http", 0],
    [{ redirects: [http, { url: "https://www.site.example/" }] }, "off-host", -5],
    [{ redirects: [http, { url: "http://www.site.example/" }, { url: "https://www.site.example/" }] }, "first-hop-not-https", -10],
    [{ redirects: [http] }, "none", -20],
    [{ url: "http://site.example/" }, "none", -20],
    [{ redirects: [http, { url: HTTPS, fault: "certificate" as const }] }, "bad-certificate", -20],
  ])("%j is %s", (context, result, modifier) => {
    expect(redirection(context)).toEqual([result, modifier]);
  });

  it("is unseen where no request over http is given", () => {
    expect(redirection({ redirects: [{ url: HTTPS }] })).toBe("The redirects begin with https. Give those of a request over http.");
  });
});

const page = (html: string, headers: HeadersInput = {}) => resultOf("subresource-integrity", headers, { html, url: HTTPS });
const hash = 'integrity="sha384-abc"';

describe("subresource integrity", () => {
  it.each([
    [`<script src="/a.js" ${hash}></script><script src="https://cdn.example/b.js" ${hash}></script>`, "all-scripts", 5],
    [`<script src="/a.js"></script><script src="https://cdn.example/b.js" ${hash}></script>`, "external-scripts", 5],
    ["<p>No script", "no-scripts", 0],
    ["<script>1</script>", "no-scripts", 0],
    ['<script src="a.js"></script><script src="https://site.example/b.js"></script>', "same-origin", 0],
    ['<script src="//cdn.example/b.js"></script>', "external-without-integrity", -5],
    ['<base href="https://cdn.example/"><script src="b.js"></script>', "external-without-integrity", -5],
    [`<script src="http://cdn.example/b.js" ${hash}></script>`, "integrity-over-http", -20],
    ['<script src="http://cdn.example/b.js"></script>', "external-without-integrity-over-http", -50],
  ])("%s is %s", (html, result, modifier) => {
    expect(page(html)).toEqual([result, modifier]);
  });

  it("what is no page is 0", () => {
    expect(resultOf("subresource-integrity", { "Content-Type": "application/json" })).toEqual(["not-html", 0]);
  });

  it("is unseen without the page", () => {
    expect(resultOf("subresource-integrity", {})).toBe("The page was not given.");
  });
});

describe("the sum", () => {
  it.each([
    [[], 100, "A+"],
    [[10, 5], 115, "A+"],
    [[-5], 95, "A"],
    [[-10], 90, "A"],
    [[-10, 10], 100, "A+"],
    [[-15, 10], 85, "A-"],
    [[-20], 80, "B+"],
    [[-25], 75, "B"],
    [[-30], 70, "B"],
    [[-35], 65, "B-"],
    [[-40], 60, "C+"],
    [[-45], 55, "C"],
    [[-50], 50, "C"],
    [[-55], 45, "C-"],
    [[-60], 40, "D+"],
    [[-65], 35, "D"],
    [[-70], 30, "D"],
    [[-75], 25, "D-"],
    [[-80], 20, "F"],
    [[-50, -40, -25], 0, "F"],
  ])("of %j is %i, %s", (modifiers, points, grade) => {
    expect(total(modifiers.map((modifier) => ({ modifier })))).toEqual({ points, grade });
  });
});

describe("presets, added up by hand", () => {
  it.each<[PresetName, number, string]>([
    // CSP 10, Referrer-Policy 5, frame-ancestors 5, CORP 10, COEP 10, COOP 10: all that headers can give.
    ["strictDynamic", 150, "A+"],
    ["strict", 140, "A+"],
    // Inline styles take the CSP's bonus.
    ["recommended", 130, "A+"],
    // No COOP.
    ["api", 130, "A+"],
    // Inline scripts take 20, and with that every bonus.
    ["streamlit", 80, "B+"],
    // CSP -25, HSTS -20, frames -20, nosniff -5.
    ["none", 30, "D"],
  ])("%s has %i points, %s", (name, points, grade) => {
    expect(audit(definePolicy(name)).score).toMatchObject({ points, grade });
  });

  it("what no header shows is said", () => {
    expect(audit(definePolicy("strictDynamic")).score.unseen.map(({ test }) => test)).toEqual([
      "cookies",
      "redirection",
      "subresource-integrity",
    ]);
  });
});
