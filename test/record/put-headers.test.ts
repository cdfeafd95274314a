import { describe, expect, it } from "vitest";
import { definePolicy, nonce } from "../../src/index.js";
import { headersWith, type Mode, reporting } from "../../src/record/headers.js";
import type { HeaderEntry } from "../../src/record/network.js";

const REPORTS = "https://reports.invalid/";

interface Response {
  readonly mode?: Mode;
  readonly url?: string;
  readonly kind?: "document" | "worker" | "subresource";
  /** Of the site itself. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** The headers that a browser gets, as `"Name: value"`. */
function sent(
  policy: ReturnType<typeof definePolicy>,
  { mode = "enforce", url = "https://site.example/", kind = "document", headers = [] }: Response,
) {
  const own: readonly HeaderEntry[] = headers.map(([name, value]) => ({ name, value }));
  return headersWith(
    policy,
    mode,
    REPORTS,
  )({ url, kind, status: 200, headers: own, html: "" }).map(({ name, value }) => `${name}: ${value}`);
}

const UPGRADE = definePolicy("none", {
  contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true },
  strictTransportSecurity: { maxAge: 300 },
});

const HSTS = "Strict-Transport-Security: max-age=300";
const REPORTED = "report-uri https://reports.invalid/";

describe("a policy is put on a document as the middleware would send it", () => {
  it.each<[string, string, readonly string[]]>([
    ["over https", "https://site.example/", [`default-src 'self' 'report-sample'; upgrade-insecure-requests; ${REPORTED}`, HSTS]],
    ["over http", "http://site.example/", [`default-src 'self' 'report-sample'; ${REPORTED}`]],
    ["from this machine over https", "https://localhost:8443/", [`default-src 'self' 'report-sample'; ${REPORTED}`, HSTS]],
    ["from this machine over http", "http://127.0.0.1:8080/", [`default-src 'self' 'report-sample'; ${REPORTED}`, HSTS]],
  ])("%s", (_, url, [csp, ...others]) => {
    expect(sent(UPGRADE, { url })).toEqual([`Content-Security-Policy: ${csp}`, ...others]);
  });
});

describe("the nonce of a policy is", () => {
  const NONCE = definePolicy("none", { contentSecurityPolicy: { scriptSrc: [nonce] } });
  const scriptsOf = (headers: NonNullable<Response["headers"]>) =>
    sent(NONCE, { headers })
      .filter((line) => line.startsWith("Content-Security-Policy: "))
      .map((line) => line.split("; ")[0]);

  it.each<[string, NonNullable<Response["headers"]>, string]>([
    ["that of the site's policy", [["Content-Security-Policy", "script-src 'nonce-c2l0ZQ=='"]], "c2l0ZQ=="],
    ["that of the site's report-only policy", [["Content-Security-Policy-Report-Only", "script-src 'nonce-c2l0ZQ=='"]], "c2l0ZQ=="],
    [
      "that of the enforced one of two",
      [
        ["content-security-policy-report-only", "script-src 'nonce-b3RoZXI='"],
        ["content-security-policy", "script-src 'nonce-c2l0ZQ=='"],
      ],
      "c2l0ZQ==",
    ],
    ["in the second policy of a header", [["Content-Security-Policy", "img-src *, script-src 'self' 'nonce-c2l0ZQ=='"]], "c2l0ZQ=="],
    ["one that no page has where the site sends none", [], "bm9uY2U="],
  ])("%s", (_, headers, expected) => {
    expect(scriptsOf(headers)).toEqual([`Content-Security-Policy: script-src 'nonce-${expected}' 'report-sample'`]);
  });
});

describe("a policy that reports to the recorder", () => {
  it.each([
    ["samples the code that it blocks", "script-src 'self'; img-src *", `script-src 'self' 'report-sample'; img-src *; ${REPORTED}`],
    ["asks for samples once", "script-src 'self' 'report-sample'", `script-src 'self' 'report-sample'; ${REPORTED}`],
    ["asks for samples once, in capitals", "style-src-attr 'Report-Sample'", `style-src-attr 'Report-Sample'; ${REPORTED}`],
    [
      "samples styles and attributes",
      "style-src 'none'; script-src-attr 'none'",
      `style-src 'none' 'report-sample'; script-src-attr 'none' 'report-sample'; ${REPORTED}`,
    ],
    [
      "reports to nobody else",
      "default-src *; report-uri /r https://r.test/; report-to main",
      `default-src * 'report-sample'; ${REPORTED}`,
    ],
    ["reports from each policy of a header", "img-src *, font-src *", `img-src *; ${REPORTED}, font-src *; ${REPORTED}`],
  ])("%s", (_, csp, expected) => {
    expect(reporting(csp, REPORTS)).toBe(expected);
  });
});

describe("an enforced policy", () => {
  const POLICY = definePolicy("none", { contentSecurityPolicy: { baseUri: ["none"] }, xFrameOptions: "DENY" });

  it("replaces the site's headers of the same names, and its report-only policies", () => {
    const headers = [
      ["x-frame-options", "SAMEORIGIN"],
      ["content-security-policy", "default-src 'none'"],
      ["Content-Security-Policy-Report-Only", "default-src 'none'"],
      ["Server", "shop"],
    ] as const;
    expect(sent(POLICY, { headers })).toEqual([
      "Server: shop",
      `Content-Security-Policy: base-uri 'none'; ${REPORTED}`,
      "X-Frame-Options: DENY",
    ]);
  });

  it("adds no CSP to what a document loads", () => {
    expect(sent(POLICY, { kind: "subresource", headers: [["X-Frame-Options", "SAMEORIGIN"]] })).toEqual(["X-Frame-Options: DENY"]);
  });

  it("is put on workers too", () => {
    expect(sent(POLICY, { kind: "worker" })[0]).toBe(`Content-Security-Policy: base-uri 'none'; ${REPORTED}`);
  });
});

describe("an observed policy", () => {
  const POLICY = definePolicy("none", { contentSecurityPolicy: { baseUri: ["none"] }, crossOriginOpenerPolicy: "same-origin" });

  it("is beside the site's CSP, and replaces other report-only headers: browsers read two of them as none", () => {
    const headers = [
      ["Content-Security-Policy", "default-src 'none'"],
      ["Content-Security-Policy-Report-Only", "font-src 'none'"],
      ["cross-origin-opener-policy-report-only", "unsafe-none"],
      ["Cross-Origin-Opener-Policy", "unsafe-none"],
    ] as const;
    expect(sent(POLICY, { mode: "observe", headers })).toEqual([
      "Content-Security-Policy: default-src 'none'",
      "Content-Security-Policy-Report-Only: font-src 'none'",
      "Cross-Origin-Opener-Policy: unsafe-none",
      `Content-Security-Policy-Report-Only: base-uri 'none'; ${REPORTED}`,
      "Cross-Origin-Opener-Policy-Report-Only: same-origin",
    ]);
  });
});
