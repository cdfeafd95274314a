import http from "node:http";
import express from "express";
import request from "supertest";
import { describe, expect, it } from "vitest";
import {
  definePolicy,
  nonce,
  override,
  type Policy,
  type PresetName,
  perRequest,
  renderHeaders,
  sealHeaders,
  securityHeaders,
} from "../../src/index.js";
import { strict } from "../../src/presets/index.js";
import { describeViolation } from "../../src/testing/advice.js";
import { isSame, readMessage } from "../../src/testing/console.js";
import { type SecuredOptions, type SecuredPolicy, secured, toBeSecured } from "../../src/testing/index.js";
import { type Violation, violationOf } from "../../src/testing/violation.js";
import { serve } from "../http/support.js";
import { issuesOf } from "../messages.js";

expect.extend({ toBeSecured });

/** What is said of a response that is not right; undefined of one that is. */
function saidOf(response: object, policy: SecuredPolicy, options?: SecuredOptions): string | undefined {
  try {
    secured(policy, options)(response);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const small = definePolicy("none", {
  contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", "data:"], upgradeInsecureRequests: true },
  xFrameOptions: "DENY",
  stripHeaders: ["X-Powered-By"],
});
const SMALL = {
  "content-security-policy": "default-src 'self'; img-src 'self' data:; upgrade-insecure-requests",
  "x-frame-options": "DENY",
};

const nonced = definePolicy("none", { contentSecurityPolicy: { scriptSrc: [nonce], styleSrc: [nonce] } });
const tenant = perRequest(() => "https://tenant.example");
const perTenant = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self", tenant] } });

function app(policy: Policy | PresetName = "recommended") {
  const site = express();
  site.disable("x-powered-by").set("trust proxy", true);
  site.use(securityHeaders(policy));
  site.get("/", (_req, res) => void res.send("page"));
  site.get("/loose", override({ xFrameOptions: false }), (_req, res) => void res.send("page"));
  return site;
}

describe("what is right", () => {
  it("is what securityHeaders has sent, for supertest", async () => {
    await request(app("strict")).get("/").expect(secured("strict"));
  });

  it("is the preset itself, as well as its name", async () => {
    await request(app("strict")).get("/").expect(secured(strict));
  });

  it("is what securityHeaders has sent, for fetch and a matcher of Vitest", async () => {
    const port = await serve(app());
    expect(await fetch(`http://127.0.0.1:${port}/`)).toBeSecured("recommended");
  });

  it("is what securityHeaders has sent, for node:http", async () => {
    const port = await serve(app());
    const response = await new Promise<http.IncomingMessage>((resolve) => http.get({ port, host: "127.0.0.1" }, resolve));
    response.resume();
    expect(response).toBeSecured("recommended");
  });

  it.each<[string, object]>([
    ["headers in any case", { "CONTENT-SECURITY-POLICY": SMALL["content-security-policy"], "X-Frame-Options": "DENY" }],
    ["a Fetch Headers", new Headers(SMALL)],
    ["pairs", Object.entries(SMALL)],
    ["a response whose headers() is called, as Playwright's", { headers: () => SMALL }],
    ["lists of values, as res.getHeaders() has them", { ...SMALL, "x-frame-options": ["DENY"], "set-cookie": ["a=1", "b=2"], age: 3 }],
    ["other headers, and a Cache-Control that the policy says nothing of", { ...SMALL, "cache-control": "max-age=1", server: "it" }],
    [
      "directives and sources in another order",
      { ...SMALL, "content-security-policy": "img-src data: 'self'; upgrade-insecure-requests; default-src 'self'" },
    ],
    [
      "no upgrade-insecure-requests, which a local page does without",
      { ...SMALL, "content-security-policy": "default-src 'self'; img-src 'self' data:" },
    ],
  ])("is, as well: %s", (_, response) => {
    expect(saidOf(response, small)).toBeUndefined();
  });

  it("is any nonce, the same in all places", () => {
    expect(renderHeaders(nonced, { nonce: "abc123==" })).toBeSecured(nonced);
  });

  it("is the new nonce of every response", async () => {
    const site = app("strictDynamic");
    await request(site).get("/").expect(secured("strictDynamic"));
    await request(site).get("/").expect(secured("strictDynamic"));
  });

  it("is what a perRequest slot gave", () => {
    const slots = new Map([[tenant, "https://tenant.example"]]);
    expect({ "content-security-policy": "default-src 'self' https://tenant.example" }).toBeSecured(perTenant, { slots });
  });

  it("is, over plain http, what is left of the policy there", async () => {
    await request(app("strict"))
      .get("/")
      .set("X-Forwarded-Proto", "http")
      .expect(secured("strict", { transport: "plain" }));
  });
});

describe("what differs is told header by header:", () => {
  const csp = (value: string) => ({ ...SMALL, "content-security-policy": value });

  it.each<[string, object, SecuredPolicy, SecuredOptions, string[]]>([
    [
      "a header that is missing",
      { ...SMALL, "x-frame-options": undefined },
      small,
      {},
      ["1 difference from the policy:", "  X-Frame-Options", "    expected  DENY", "    got       (nothing)"],
    ],
    [
      "another value",
      { ...SMALL, "x-frame-options": "SAMEORIGIN" },
      small,
      {},
      ["1 difference from the policy:", "  X-Frame-Options", "    expected  DENY", "    got       SAMEORIGIN"],
    ],
    [
      "a CSP, directive by directive",
      csp("default-src 'self'; img-src 'self'; font-src data:"),
      small,
      { transport: "secure" },
      [
        "3 differences from the policy:",
        "  Content-Security-Policy, img-src",
        "    expected  'self' data:",
        "    got       'self'",
        "  Content-Security-Policy, upgrade-insecure-requests",
        "    expected  (no value)",
        "    got       (nothing)",
        "  Content-Security-Policy, font-src",
        "    expected  (nothing)",
        "    got       data:",
      ],
    ],
    [
      "of two directives of one name the first, which counts",
      csp("default-src 'self'; img-src 'self'; img-src 'self' data:"),
      small,
      {},
      ["1 difference from the policy:", "  Content-Security-Policy, img-src", "    expected  'self' data:", "    got       'self'"],
    ],
    [
      "a CSP that is missing, as a whole",
      { "x-frame-options": "DENY" },
      small,
      {},
      [
        "1 difference from the policy:",
        "  Content-Security-Policy",
        "    expected  default-src 'self'; img-src 'self' data:; upgrade-insecure-requests",
        "    got       (nothing)",
      ],
    ],
    [
      "two policies in one CSP",
      csp(`${SMALL["content-security-policy"]}, default-src 'none'`),
      small,
      {},
      [
        "1 difference from the policy:",
        "  Content-Security-Policy",
        "    expected  default-src 'self'; img-src 'self' data:; upgrade-insecure-requests",
        "    got       default-src 'self'; img-src 'self' data:; upgrade-insecure-requests, default-src 'none'",
        "This CSP has two policies: something else sends one too.",
      ],
    ],
    [
      "a header that came twice",
      new Headers([...Object.entries(SMALL), ["X-Frame-Options", "DENY"]]),
      small,
      {},
      ["1 difference from the policy:", "  X-Frame-Options", "    expected  DENY", "    got       DENY, DENY"],
    ],
    [
      "security headers that the policy has not, and what it strips",
      { ...SMALL, "referrer-policy": "origin", "X-Powered-By": "Express" },
      small,
      {},
      [
        "2 differences from the policy:",
        "  Referrer-Policy",
        "    expected  (nothing)",
        "    got       origin",
        "  X-Powered-By",
        "    expected  (nothing)",
        "    got       Express",
      ],
    ],
    [
      "a Cache-Control that is switched off",
      { ...SMALL, "cache-control": "no-store" },
      definePolicy(small, { cacheControl: false }),
      {},
      ["1 difference from the policy:", "  Cache-Control", "    expected  (nothing)", "    got       no-store"],
    ],
    [
      "a nonce that is missing",
      { "content-security-policy": "script-src 'nonce-'; style-src 'self'" },
      nonced,
      {},
      [
        "2 differences from the policy:",
        "  Content-Security-Policy, script-src",
        "    expected  'nonce-…'",
        "    got       'nonce-'",
        "  Content-Security-Policy, style-src",
        "    expected  'nonce-…'",
        "    got       'self'",
      ],
    ],
    [
      "two nonces in one response",
      { "content-security-policy": "script-src 'nonce-one'; style-src 'nonce-two'" },
      nonced,
      {},
      ["1 difference from the policy:", "  Content-Security-Policy, style-src", "    expected  'nonce-one'", "    got       'nonce-two'"],
    ],
    [
      "another nonce than the one that is given",
      { "content-security-policy": "script-src 'nonce-one'; style-src 'nonce-two'" },
      nonced,
      { nonce: "two" },
      ["1 difference from the policy:", "  Content-Security-Policy, script-src", "    expected  'nonce-two'", "    got       'nonce-one'"],
    ],
  ])("%s", (_, response, policy, options, lines) => {
    expect(saidOf(response, policy, options)?.split("\n")).toEqual(lines);
  });

  it("what a response over plain http goes without, and what to write if that is right", async () => {
    const policy = definePolicy("none", { strictTransportSecurity: { maxAge: 300 } });
    const response = await request(app(policy)).get("/").set("X-Forwarded-Proto", "http");
    expect(saidOf(response, policy)?.split("\n")).toEqual([
      "1 difference from the policy:",
      "  Strict-Transport-Security",
      "    expected  max-age=300",
      "    got       (nothing)",
      'This is what plain http gets. If the request came that way, pass { transport: "plain" }.',
    ]);
  });

  it("Express's own error page, which replaces the CSP", async () => {
    const policy = definePolicy("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], frameAncestors: ["none"] },
      xContentTypeOptions: true,
    });
    const response = await request(app(policy)).get("/nowhere");
    expect(saidOf(response, policy)?.split("\n")).toEqual([
      "2 differences from the policy:",
      "  Content-Security-Policy, default-src",
      "    expected  'self'",
      "    got       'none'",
      "  Content-Security-Policy, frame-ancestors",
      "    expected  'none'",
      "    got       (nothing)",
      "Express's own error and redirect pages send this CSP: mount sealHeaders(), or respond in your own handler.",
    ]);
  });

  it("an error page under sealHeaders has nothing that differs", async () => {
    const site = express();
    site.use(securityHeaders("strict"), sealHeaders());
    await request(site).get("/nowhere").expect(secured("strict"));
  });

  it("what an override has switched off", async () => {
    const response = await request(app()).get("/loose");
    expect(saidOf(response, "recommended")).toContain("X-Frame-Options\n    expected  SAMEORIGIN\n    got       (nothing)");
    expect(response).toBeSecured(definePolicy({ xFrameOptions: false }));
  });

  it("to supertest, which fails with it", async () => {
    const failed = request(app("none")).get("/").expect(200).expect(secured(small));
    await expect(failed).rejects.toThrow("2 differences from the policy:\n  Content-Security-Policy\n");
  });

  it("to Vitest, which fails with it", () => {
    expect(() => expect({}).toBeSecured(small)).toThrow("2 differences from the policy:\n  Content-Security-Policy\n");
  });

  it("to Vitest, where nothing was to be right", () => {
    expect({}).not.toBeSecured(small);
    expect(() => expect(SMALL).not.toBeSecured(small)).toThrow(
      "The response has all headers of the policy, and no other security headers.",
    );
  });
});

describe("mistakes in a test are told at once:", () => {
  it.each<[string, () => unknown, string[]]>([
    [
      "a policy that is none",
      () => secured(undefined as never),
      ['secured: undefined is not a policy. Write secured("strict"), or a policy.'],
    ],
    ["a preset that is none", () => secured("strct" as never), ['strct: unknown preset. Did you mean "strict"?']],
    [
      "options",
      () => secured("strict", { nonse: "a", transport: "https" } as never),
      [
        'secured.nonse: unknown option. Did you mean "nonce"?',
        'secured.transport: "https" is not one of its values. Write "secure", "plain" or "loopback".',
      ],
    ],
    [
      "a nonce that is none",
      () => secured(nonced, { nonce: "'nonce-a'" }),
      ["nonce: \"'nonce-a'\" is not a nonce. Write base64, without 'nonce-."],
    ],
    [
      "a perRequest slot without a value",
      () => secured(perTenant),
      [
        "slots: the policy has a perRequest slot, and there is no value for it. Write renderHeaders(policy, { slots: new Map([[slot, value]]) }).",
      ],
    ],
    [
      "a response that is none",
      () => secured("strict")(undefined as never),
      ["secured: undefined is not a response. Pass a response, or its headers."],
    ],
  ])("%s", (_, make, issues) => {
    expect(issuesOf(make)).toEqual(issues);
  });
});

it("the console's hash is the one that Chromium suggests, and not one of the policy", () => {
  const text =
    "Executing inline script violates the following Content Security Policy directive 'script-src 'sha256-jzgBGA4UWFFmpOBq0JpdsySukE1FrEN5bUpoK8Z29fY=''. " +
    "Either the 'unsafe-inline' keyword, a hash ('sha256-5SSlT9wrVT/5iQ/m1JxPxM9mCGn3zuT2Dv5LHkWkYXk='), or a nonce ('nonce-...') is required to enable inline execution.";
  const message = { text: () => text, location: () => ({ url: "https://site.example/", lineNumber: 0 }) };
  expect(readMessage(message, "https://site.example/")?.hash).toBe("'sha256-5SSlT9wrVT/5iQ/m1JxPxM9mCGn3zuT2Dv5LHkWkYXk='");
});

describe("an event and a console message", () => {
  const event = violationOf({
    header: "Content-Security-Policy",
    directive: "script-src-elem",
    blockedURL: "https://cdn.example/a.js",
    disposition: "enforce",
  });

  it.each<[string, Partial<Violation>, boolean]>([
    ["are the same of one script", {}, true],
    ["are the same where the console names the general directive", { directive: "script-src" }, true],
    ["are the same where the console names the directive of attributes", { directive: "script-src-attr" }, true],
    ["are the same where only the event has a fragment", { blockedURL: "https://cdn.example/a.js#x" }, true],
    ["are the same where the console names no address", { blockedURL: "inline" }, true],
    ["differ where one of the policies is report-only", { disposition: "report" }, false],
    ["differ in the header", { header: "X-Frame-Options" }, false],
    ["differ in the directive", { directive: "style-src-elem" }, false],
    ["differ in the address", { blockedURL: "https://cdn.example/b.js" }, false],
  ])("%s", (_, logged, same) => {
    expect(isSame(event, { ...event, ...logged })).toBe(same);
  });

  it("are the same where the event has only the scheme", () => {
    expect(isSame({ ...event, blockedURL: "data" }, { ...event, blockedURL: "data:text/javascript,1" })).toBe(true);
  });
});

it.each([
  ["a", "b", 'trustedTypes: ["a", "b"]'],
  ["a 'allow-duplicates'", "b", 'trustedTypes: ["a", "allow-duplicates", "b"]'],
  ["a b", "b", 'trustedTypes: ["a", "b", "allow-duplicates"]'],
  ["'none'", "b", 'trustedTypes: ["b"]'],
])("advises on trusted-types %s, where a script created the policy %s", (names, sample, advice) => {
  const violation = violationOf({
    header: "Content-Security-Policy",
    directive: "trusted-types",
    sample,
    originalPolicy: `trusted-types ${names}`,
  });
  expect(describeViolation(violation, [], "https://site.example/").split("\n").at(-1)).toBe(
    `    Add contentSecurityPolicy: { ${advice} }.`,
  );
});
