import { describe, expect, it } from "vitest";
import { type AuditContext, audit } from "../../src/audit/index.js";
import { total } from "../../src/audit/score/index.js";
import { definePolicy, type HeadersInput, type PresetName } from "../../src/index.js";

const HTTPS = "https://site.example/";

function resultOf(test: string, headers: HeadersInput, context: AuditContext = {}) {
  const { tests, unseen } = audit(headers, context).score;
  const found = tests.find((one) => one.test === test);
  return found === undefined ? unseen.find((one) => one.test === test)?.why : [found.result, found.modifier];
}

const csp = (value: string) => resultOf("content-security-policy", { "Content-Security-Policy": value });

describe("What was not read", () => {
  const html = Array.from({ length: 3_000 }, (_, index) => `<font a=${index}><p>`).join("");

  it("of policies does not make the rest safe", () => {
    expect(csp(`${"img-src 'self',".repeat(64)}default-src 'none'`)).toEqual(["unsafe-inline", -20]);
  });

  it.each(["subresource-integrity", "referrer-policy"])("of a page leaves %s unseen", (test) => {
    expect(resultOf(test, { "Referrer-Policy": "no-referrer" }, { html })).toBe("Only the beginning of the page was read.");
  });
});

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
    ["default-src 'self'; script-src 'unsafe-inline' 'sha256-abcdefgh'", "no-unsafe", 5],
    // Chromium does not decode it, and runs every inline script.
    ["default-src 'self'; script-src 'unsafe-inline' 'sha256-abcdefgh='", "unsafe-inline", -20],
    ["default-src 'self'; script-src http://a.example", "insecure-scheme", -20],
    ["default-src 'self'; connect-src http:", "insecure-scheme", -20],
    ["default-src 'self'; script-src 'self' http://a.example 'unsafe-eval'", "insecure-scheme", -20],
    ["default-src 'self'; script-src 'strict-dynamic' 'nonce-abcdefgh' https: http: 'self' 'unsafe-inline'", "no-unsafe", 5],
    ["default-src 'self'; script-src 'strict-dynamic'", "invalid", -25],
    ["default-src 'self'; default-src 'none'", "invalid", -25],
    ["default-src 'self'; report-uri /a; report-uri /b", "repeated-reporting", 0],
    ["default-src 'none'; report-to a; report-to b", "repeated-reporting", 0],
    ["default-src 'self'; img-src http:; report-uri /a; report-uri /b", "repeated-reporting", 0],
    ["default-src 'self'; script-src 'unsafe-eval'; report-uri /a; report-uri /b", "unsafe-eval", -10],
    ["default-src", "no-unsafe-default-none", 10],
    ["default-src 'none' 'none'", "no-unsafe-default-none", 10],
    ["default-src 'self'; form-action http://a.example", "insecure-scheme", -20],
    ["default-src 'self'; base-uri http://a.example", "insecure-scheme", -20],
    ["default-src 'self'; frame-ancestors http:", "insecure-scheme", -20],
    ["default-src 'self'; script-src-elem http://a.example", "insecure-scheme", -20],
    ["default-src 'self'; report-uri HTTP://a.example/csp", "insecure-scheme", -20],
    ["default-src http://a.example; script-src 'self'; object-src 'none'; style-src 'self'", "insecure-scheme", -20],
    ["default-src 'self'; style-src 'unsafe-eval'", "unsafe-eval", -10],
    ["default-src 'self' 'unsafe-eval'; script-src 'self'", "unsafe-eval", -10],
    ["default-src 'self' 'unsafe-eval'; script-src 'self'; style-src 'self'", "no-unsafe", 5],
    ["x y", "invalid", -25],
    ["five5", "invalid", -25],
    ["sixsix", "unsafe-inline", -20],
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

  // A browser enforces every policy there is: what counts is what all of them allow.
  it.each([
    ["frame-ancestors 'none', default-src 'none'", "no-unsafe-default-none", 10],
    ["script-src 'self', object-src 'none'; style-src 'self'", "no-unsafe", 5],
    ["default-src 'self'; script-src 'unsafe-inline', default-src 'self'; script-src https:", "no-unsafe", 5],
    ["default-src 'self'; script-src 'unsafe-inline', default-src 'self'; script-src 'unsafe-inline'", "unsafe-inline", -20],
    ["default-src 'self'; script-src https:, default-src 'self'; script-src *", "unsafe-inline", -20],
    ["default-src 'self'; script-src 'unsafe-inline' 'nonce-abcdefgh', default-src 'self'; script-src 'unsafe-inline'", "no-unsafe", 5],
    ["default-src 'self'; connect-src http:, default-src 'self'", "no-unsafe", 5],
    ["default-src 'self'; connect-src http://a.example, default-src 'self'; connect-src *", "insecure-scheme", -20],
    ["default-src 'self'; connect-src http://a.example, default-src 'self'; connect-src https:", "no-unsafe", 5],
    ["default-src 'self', default-src https://a.example", "no-unsafe-default-none", 10],
    ["default-src 'none', img-src a; img-src b", "invalid", -25],
    ["default-src 'none', default-src 'self'; report-uri /a; report-uri /b", "repeated-reporting", 0],
  ])("both enforced, %s is %s", (value, result, modifier) => {
    expect(csp(value)).toEqual([result, modifier]);
  });

  // Here the Observatory would say something else: docs/audit.md.
  it.each([
    ["default-src 'none',", "no-unsafe-default-none", 10],
    ["default-src 'self'; script-src https://*:*", "unsafe-inline", -20],
    ["default-src 'self'; script-src *:*", "unsafe-inline", -20],
    ["default-src 'self'; script-src *.*", "no-unsafe", 5],
    ["default-src 'strict-dynamic' 'nonce-abcdefgh' https:", "unsafe-inline", -20],
    ["img-src 'self', default-src 'self'; script-src 'unsafe-inline'", "unsafe-inline", -20],
    ["script-src 'unsafe-inline', default-src 'none'", "no-unsafe-default-none", 10],
    ["default-src 'none'; script-src 'self'; script-src-elem 'unsafe-inline'", "unsafe-inline", -20],
    ["default-src 'none'; script-src-elem 'unsafe-inline'", "unsafe-inline", -20],
    ["default-src 'none'; script-src 'self'; script-src-attr 'unsafe-inline'", "unsafe-inline", -20],
    ["default-src 'none'; script-src 'self'; script-src-elem https:", "unsafe-inline", -20],
    ["default-src 'self'; script-src 'strict-dynamic' 'nonce-abcdefgh'; script-src-elem http:", "unsafe-inline", -20],
    ["default-src 'none'; script-src 'self'; script-src-elem data:", "unsafe-inline", -20],
    ["default-src 'none'; script-src 'self'; script-src-elem 'unsafe-inline' 'nonce-abcdefgh'", "no-unsafe-default-none", 10],
    ["default-src 'none'; script-src 'self'; script-src-elem 'strict-dynamic' 'nonce-abcdefgh' https:", "no-unsafe-default-none", 10],
    ["default-src 'none'; script-src 'self'; script-src-elem 'strict-dynamic'", "invalid", -25],
    // A handler has no address and no nonce, and eval is governed by script-src.
    ["default-src 'none'; script-src 'self'; script-src-attr https:", "no-unsafe-default-none", 10],
    ["default-src 'none'; script-src 'self'; script-src-attr 'unsafe-inline' 'strict-dynamic'", "no-unsafe-default-none", 10],
    ["default-src 'none'; script-src 'self'; script-src-elem 'self' 'unsafe-eval'", "no-unsafe-default-none", 10],
    // Browsers without -elem and -attr read script-src.
    ["default-src 'none'; script-src 'unsafe-inline'; script-src-elem 'self'; script-src-attr 'none'", "unsafe-inline", -20],
    ["default-src 'none'; style-src-elem 'unsafe-inline'", "unsafe-inline-in-style-only", 0],
    ["default-src 'none'; style-src-attr 'unsafe-inline'", "unsafe-inline-in-style-only", 0],
    ["default-src 'none'; style-src-elem https:", "unsafe-inline-in-style-only", 0],
    ["default-src 'none'; style-src-attr https:", "no-unsafe-default-none", 10],
    ["default-src 'none'; script-src-elem 'unsafe-inline', default-src 'none'", "no-unsafe-default-none", 10],
  ])("as browsers read it, %s is %s", (value, result, modifier) => {
    expect(csp(value)).toEqual([result, modifier]);
  });

  it("http: costs nothing on a site over plain http", () => {
    const headers = { "Content-Security-Policy": "default-src 'self'; connect-src http:; img-src http:" };
    expect(resultOf("content-security-policy", headers, { url: "http://site.example/" })).toEqual(["no-unsafe", 5]);
  });

  it("that of a <meta> counts too", () => {
    const html = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`;
    expect(resultOf("content-security-policy", {}, { html })).toEqual(["no-unsafe-default-none", 10]);
  });

  it("that of a <meta> and that of the header are read together", () => {
    const html = `<meta http-equiv="Content-Security-Policy" content="object-src 'none'; style-src 'self'">`;
    expect(resultOf("content-security-policy", { "Content-Security-Policy": "script-src 'self'" }, { html })).toEqual(["no-unsafe", 5]);
  });

  it("a <meta> with nothing that counts there is none", () => {
    const html = `<meta http-equiv="Content-Security-Policy" content="frame-ancestors 'none'">`;
    expect(resultOf("content-security-policy", {}, { html })).toEqual(["missing", -25]);
  });

  it("a <meta> in the body is none: browsers ignore it", () => {
    const html = `<p>A page</p><meta http-equiv="Content-Security-Policy" content="default-src 'none'">`;
    expect(resultOf("content-security-policy", {}, { html })).toEqual(["missing", -25]);
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
    [["login=1; Secure; SameSite=Lax"], {}, "session-without-httponly", -30],
    [["csrf_session=1; Secure; SameSite=Lax"], {}, "session-without-httponly", -30],
    [["connect.sid=1; Secure; SameSite=Lax"], {}, "secure-with-httponly-sessions-and-samesite", 5],
    [["XSRF-TOKEN=1; Secure"], {}, "secure-with-httponly-sessions", 0],
    [["a=1; Secure; SameSite"], {}, "samesite-invalid", -20],
    [["a=1; SameSite=None"], HSTS, "samesite-invalid", -20],
    [["a=1; SameSite=None"], {}, "samesite-invalid", -20],
    [["a=1; Secure; SameSite=None"], {}, "secure-with-httponly-sessions-and-samesite", 5],
    [["heroku-session-affinity=1"], {}, "none", 0],
    [["heroku-session-affinity=1", "a=1; Secure; SameSite=Lax"], {}, "secure-with-httponly-sessions-and-samesite", 5],
    [["no name", "a=1; Secure; SameSite=Lax"], {}, "secure-with-httponly-sessions-and-samesite", 5],
    [["__Host-session=1; HttpOnly"], {}, "none", 0],
    [["__Http-session=1; Secure; SameSite=Lax"], {}, "none", 0],
    [["a=1; Secure; SameSite=Never; SameSite=Lax"], {}, "secure-with-httponly-sessions-and-samesite", 5],
    [["__Secure-a=1", "b=1; Secure; SameSite=Lax"], {}, "secure-with-httponly-sessions-and-samesite", 5],
    [["PHPSESSID=1; HttpOnly; SameSite=Lax"], {}, "session-without-secure", -40],
    [["PHPSESSID=1", "a=1", "csrf=1"], {}, "session-without-secure", -40],
  ])("%j is %s %s", (list, headers, result, modifier) => {
    expect(cookies(list, headers as HeadersInput)).toEqual([result, modifier]);
  });

  it("without Secure cost less on a preloaded host", () => {
    expect(resultOf("cookies", {}, { cookies: ["a=1; SameSite=Lax"], preloaded: true })).toEqual(["without-secure-but-hsts", -5]);
  });

  it("are read from Set-Cookie where they are not given", () => {
    expect(resultOf("cookies", { "set-cookie": ["a=1", "b=2; Secure"] })).toEqual(["without-secure", -20]);
  });

  it("are unseen where neither is there", () => {
    expect(resultOf("cookies", {})).toBe("The cookies are not known.");
  });
});

describe("the other headers", () => {
  it.each([
    ["cross-origin-resource-sharing", {}, "none", 0],
    ["cross-origin-resource-sharing", { "Access-Control-Allow-Origin": "*" }, "public", 0],
    ["cross-origin-resource-sharing", { "Access-Control-Allow-Origin": "https://a.example" }, "restricted", 0],
    ["cross-origin-resource-sharing", { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true" }, "public", 0],
    [
      "cross-origin-resource-sharing",
      { "Access-Control-Allow-Origin": "null", "Access-Control-Allow-Credentials": "true" },
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
    ["referrer-policy", { "Referrer-Policy": "" }, "invalid", -5],
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
    ["x-frame-options", { "Content-Security-Policy": "frame-ancestors *", "X-Frame-Options": "DENY" }, "absent", -20],
    ["x-frame-options", { "Content-Security-Policy": "frame-ancestors" }, "by-frame-ancestors", 5],
    ["x-frame-options", { "Content-Security-Policy": "frame-ancestors *, frame-ancestors 'self'" }, "by-frame-ancestors", 5],
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

  it.each([
    ["no-referrer", "private", 5],
    ["", "absent", 0],
    ["unsafe-url", "unsafe", -5],
  ])('<meta name="referrer" content="%s"> is %s', (content, result, modifier) => {
    expect(resultOf("referrer-policy", {}, { html: `<meta name="referrer" content="${content}">` })).toEqual([result, modifier]);
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
    expect(redirection({ redirects: [{ url: HTTPS }] })).toBe(
      "The redirects begin with https: those of a request over http are not known.",
    );
  });
});

const page = (html: string, headers: HeadersInput = {}) => resultOf("subresource-integrity", headers, { html, url: HTTPS });
const hash = 'integrity="sha384-abc"';

describe("subresource integrity", () => {
  it.each([
    [`<script src="/a.js" ${hash}></script><script src="https://cdn.example/b.js" ${hash}></script>`, "own-scripts", 5],
    [`<script src="/a.js" ${hash}></script><script src="/b.js"></script>`, "own-scripts", 5],
    [`<script src="/a.js" ${hash}></script><script src="https://cdn.example/b.js"></script>`, "external-without-integrity", -5],
    [`<script src="http://site.example/a.js" ${hash}></script>`, "same-origin", 0],
    ['<script src="http://site.example/a.js"></script>', "same-origin", 0],
    ['<script src="https://static.site.example/a.js"></script>', "same-origin", 0],
    [`<script src="https://static.site.example/a.js" ${hash}></script>`, "own-scripts", 5],
    [`<script src="//site.example/a.js" ${hash}></script>`, "integrity-over-http", -20],
    ['<script src="//site.example/a.js"></script>', "external-without-integrity-over-http", -50],
    ['<base href="https://cdn.example/"><script src="//cdn.example/b.js"></script>', "external-without-integrity", -5],
    ['<base href="/app/"><script src="//cdn.example/b.js"></script>', "external-without-integrity-over-http", -50],
    // Browsers ignore such a <base>.
    ['<base href="data:,x"><script src="/a.js"></script>', "same-origin", 0],
    ['<base href="javascript:1"><script src="b.js"></script>', "same-origin", 0],
    ['<base href="https://["><script src="b.js"></script>', "same-origin", 0],
    [
      `<script src="http://cdn.example/a.js" ${hash}></script><script src="https://cdn.example/b.js"></script>`,
      "external-without-integrity",
      -5,
    ],
    ['<script src="https://cdn.example/b.js" integrity="md5-abc"></script>', "external-without-integrity", -5],
    [`<script src="/a.js"></script><script src="https://cdn.example/b.js" ${hash}></script>`, "external-scripts", 5],
    ["<p>No script", "no-scripts", 0],
    ['<link href="https://cdn.example/"><script src="a.js"></script>', "same-origin", 0],
    ['<img src="https://cdn.example/a.png">', "no-scripts", 0],
    ["<script>1</script>", "no-scripts", 0],
    ['<script src="a.js"></script><script src="https://site.example/b.js"></script>', "same-origin", 0],
    ['<script src="//cdn.example/b.js"></script>', "external-without-integrity-over-http", -50],
    ['<base href="https://cdn.example/"><script src="b.js"></script>', "external-without-integrity", -5],
    [`<script src="http://cdn.example/b.js" ${hash}></script>`, "integrity-over-http", -20],
    ['<script src="http://cdn.example/b.js"></script>', "external-without-integrity-over-http", -50],
  ])("%s is %s", (html, result, modifier) => {
    expect(page(html)).toEqual([result, modifier]);
  });

  it("a script's own integrity counts nothing on a page over plain http", () => {
    expect(resultOf("subresource-integrity", {}, { html: `<script src="/a.js" ${hash}></script>`, url: "http://site.example/" })).toEqual([
      "same-origin",
      0,
    ]);
  });

  it.each([
    ["https://www.site.example/", "https://static.site.example/a.js", "same-origin"],
    ["https://site.example/", "https://cdn.site.example/a.js", "same-origin"],
    ["https://site.example/", "https://notsite.example/a.js", "external-without-integrity"],
    ["https://www.site.co.uk/", "https://static.site.co.uk/a.js", "same-origin"],
    ["https://one.co.uk/", "https://two.co.uk/a.js", "external-without-integrity"],
    ["https://one.com.au/", "https://two.com.au/a.js", "external-without-integrity"],
    ["https://one.github.io/", "https://two.github.io/a.js", "same-origin"],
    ["https://site.example./", "https://static.site.example/a.js", "same-origin"],
    ["https://192.0.2.1/", "https://192.0.2.2/a.js", "external-without-integrity"],
    ["https://192.0.2.1/", "https://1.0.2.1/a.js", "external-without-integrity"],
    ["https://[2001:db8::1]/", "https://[2001:db8::1]:8443/a.js", "same-origin"],
    ["https://[2001:db8::1]/", "https://[2001:db8::2]/a.js", "external-without-integrity"],
    ["https://localhost/", "https://localhost:8443/a.js", "same-origin"],
    ["https://localhost/", "https://intranet/a.js", "external-without-integrity"],
  ])("on %s, %s is %s", (url, src, result) => {
    expect(resultOf("subresource-integrity", {}, { html: `<script src="${src}"></script>`, url })?.[0]).toBe(result);
  });

  it.each(['<meta name="referrer">', '<meta name="referrer" content="">', '<meta name="author" content="unsafe-url">'])(
    "%s leaves Referrer-Policy in force",
    (html) => {
      expect(resultOf("referrer-policy", { "Referrer-Policy": "no-referrer" }, { html })).toEqual(["private", 5]);
    },
  );

  it("a <meta> without content is no Referrer-Policy", () => {
    expect(resultOf("referrer-policy", {}, { html: '<meta name="referrer">' })).toEqual(["absent", 0]);
  });

  it("what is no page is 0", () => {
    expect(resultOf("subresource-integrity", { "Content-Type": "application/json" })).toEqual(["not-html", 0]);
  });

  it("is unseen without the page", () => {
    expect(resultOf("subresource-integrity", {})).toBe("The page is not known.");
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

describe("a site that answers over http on this machine", () => {
  const unseen = (headers: Record<string, string>, url: string) => {
    const { score } = audit(headers, { url, redirects: [{ url, status: 200 }] });
    return score.unseen
      .map(({ test, why }) => `${test}: ${why}`)
      .filter((text) => /^(?:redirection|strict-transport-security):/.test(text));
  };
  const HSTS = { "Strict-Transport-Security": "max-age=31536000" };

  it("is not judged by its redirection, and not by a Strict-Transport-Security that is missing", () => {
    expect(unseen({}, "http://localhost:3000/")).toEqual([
      "redirection: The site answered over http on this machine: there is no https address to redirect to. Check the deployed site.",
      "strict-transport-security: The site answered over http on this machine: Strict-Transport-Security has no effect there. Check the deployed site.",
    ]);
  });
  it("is judged by the Strict-Transport-Security that it sends", () => {
    const { tests } = audit(HSTS, { url: "http://localhost:3000/" }).score;
    expect(tests.find(({ test }) => test === "strict-transport-security")).toMatchObject({ result: "at-least-six-months", modifier: 0 });
  });
  it("is judged by both where it is another machine", () => {
    expect(unseen({}, "http://site.example/")).toEqual([]);
  });
});
