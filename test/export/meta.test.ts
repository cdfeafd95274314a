import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import { definePolicy } from "../../src/index.js";
import { CHROMIUM, newPage } from "../hashes/chromium.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";

const INLINE = "window.ran.push('inline')";
// The SHA-256 of that text, by openssl.
const HASH = "'sha256-f1zpxnr+MC9NLYisSzBJcT/T7B/ZXa7gzZeQhKi5u1U='";

const tagOf = (scriptSrc: readonly string[]) => {
  const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: scriptSrc as ["self"] } });
  return exportPolicy("meta", { policy }).files[0]?.text ?? "";
};

describe("a <meta> for a page", () => {
  it("has the directives that work there, and says which it has not", () => {
    const policy = definePolicy("none", {
      contentSecurityPolicy: {
        defaultSrc: ["self"],
        frameAncestors: ["none"],
        imgSrc: ["self", "https://img.example/a&b"],
        sandbox: ["allow-scripts"],
        reportUri: ["/csp"],
        reportTo: "csp",
      },
      reportingEndpoints: { csp: "/csp" },
      xFrameOptions: "DENY",
      stripHeaders: ["X-Powered-By"],
      contentSecurityPolicyReportOnly: { defaultSrc: ["none"] },
    });
    expect(exportPolicy("meta", { policy, upstream: "http://a", routes: [{ path: "/a/*", layers: [] }] })).toEqual({
      files: [
        {
          path: "portcullis.html",
          text: `<!-- First in <head>, after the charset: it applies only to what follows it. -->
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src 'self' https://img.example/a&#38;b">
`,
        },
      ],
      warnings: [
        "A <meta> element cannot be report-only. Left out: Content-Security-Policy-Report-Only.",
        "A <meta> element cannot set these headers. Left out: X-Frame-Options, Reporting-Endpoints, X-Powered-By.",
        "A <meta> element applies to its page only. Left out: the routes /a/*.",
        "The upstream is not printed: a page is not a server.",
        "Browsers ignore these directives in a <meta> element. Left out: frame-ancestors, sandbox, report-uri, report-to.",
      ],
    });
  });

  it("prints no file if the policy has no directive for it", () => {
    expect(exportPolicy("meta", { policy: definePolicy("none", { contentSecurityPolicy: { frameAncestors: ["none"] } }) })).toEqual({
      files: [],
      warnings: [
        "Browsers ignore these directives in a <meta> element. Left out: frame-ancestors.",
        "No part of the policy can be set in a <meta> element: no file is printed.",
      ],
    });
  });
});

declare const window: { ran: string[]; blocked: string[] };

describe.skipIf(skipWithout("what a <meta> does in a browser", [CHROMIUM]))("a <meta> in Chromium", () => {
  it.each([
    ["blocks an inline script", ["self"], [], ["script-src-elem inline"]],
    ["lets one run whose hash it has", ["self", HASH], ["inline"], []],
  ])("%s", async (_, scriptSrc, ran, blocked) => {
    const tag = tagOf(scriptSrc);
    const port = await serve((_req, res) => {
      res.setHeader("Content-Type", "text/html; charset=utf-8");
      res.end(`<!doctype html><html><head><meta charset="utf-8">${tag}</head><body><script>${INLINE}</script></body></html>`);
    });
    const page = await newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(await page.evaluate(() => ({ ran: window.ran, blocked: window.blocked }))).toEqual({ ran, blocked });
  });
});
