import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { securityHeaders as fetchHeaders } from "../../src/adapters/fetch.js";
import { nextHeaders } from "../../src/adapters/next.js";
import { exportPolicy } from "../../src/export/index.js";
import { append, definePolicy, type Middleware, nonce, override, policyOf, sealHeaders, securityHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

afterEach(() => vi.restoreAllMocks());

const policy = { contentSecurityPolicy: { defaultSrc: ["self"] }, reporting: { csp: "/r", sample: 0.25 } } as const;
const SAMPLED = { "content-security-policy": "default-src 'self'; report-uri /r; report-to csp", "reporting-endpoints": 'csp="/r"' };
const SILENT = { "content-security-policy": "default-src 'self'" };

/** The headers of one response behind these middlewares. */
function answer(...middlewares: Middleware[]): Record<string, string> {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  for (const middleware of middlewares) middleware(req, res);
  res.writeHead(200);
  return res.getHeaders() as Record<string, string>;
}

/** The headers of one response for which chance draws this number. */
function headersFor(drawn: number, ...middlewares: Middleware[]): Record<string, string> {
  vi.spyOn(Math, "random").mockReturnValue(drawn);
  return answer(...middlewares);
}

describe("reporting.sample", () => {
  it("asks for reports on its share of the responses", () => {
    const put = securityHeaders("none", policy);
    expect([0, 0.2499, 0.25, 0.999].map((drawn) => headersFor(drawn, put))).toEqual([SAMPLED, SAMPLED, SILENT, SILENT]);
  });

  it("is decided for each response", () => {
    const put = securityHeaders("none", policy);
    const asking = Array.from({ length: 4_000 }, () => answer(put)).filter((headers) => "reporting-endpoints" in headers).length;
    // Binomial, 1000 expected with a deviation of 27: seven deviations.
    expect(Math.abs(asking - 1_000)).toBeLessThan(190);
  });

  it("draws no number where every response asks", () => {
    const random = vi.spyOn(Math, "random");
    answer(securityHeaders("none", { ...policy, reporting: { csp: "/r", sample: 1 } }));
    expect(random).not.toHaveBeenCalled();
  });

  it.each([
    [0.1, { ...SAMPLED, "x-frame-options": "DENY" }],
    [0.9, { ...SILENT, "x-frame-options": "DENY" }],
  ])("an override keeps what was drawn: %s", (drawn, headers) => {
    expect(headersFor(drawn, securityHeaders("none", policy), override({ xFrameOptions: "DENY" }))).toEqual(headers);
  });

  it.each([
    [0.1, "default-src 'self'; report-uri /other; report-to csp"],
    [0.9, "default-src 'self'"],
  ])("an override changes the endpoint of the sample alone: %s", (drawn, csp) => {
    const headers = headersFor(drawn, securityHeaders("none", policy), override({ reporting: { csp: "/other" } }));
    expect(headers["content-security-policy"]).toBe(csp);
  });

  it("an override cannot change the share", () => {
    expect(issuesOf(() => answer(securityHeaders("none", policy), override({ reporting: { sample: 0.5 } })))).toEqual([
      "override.reporting.sample: is decided before overrides, once a response. Write it in securityHeaders: an override may change the endpoints.",
    ]);
  });

  it("sealed headers keep what was drawn", () => {
    expect(headersFor(0.9, securityHeaders("none", policy), sealHeaders())).toEqual(SILENT);
  });

  it("a nonce works in both forms", () => {
    const put = securityHeaders("none", policy, { contentSecurityPolicy: { scriptSrc: append(nonce) } });
    const form = (drawn: number) => headersFor(drawn, put)["content-security-policy"]?.replace(/'nonce-[^']{24}'/, "NONCE");
    expect([form(0.1), form(0.9)]).toEqual([
      "default-src 'self'; script-src 'self' NONCE; report-uri /r; report-to csp",
      "default-src 'self'; script-src 'self' NONCE",
    ]);
  });

  it("policyOf returns the whole policy for every response", () => {
    let seen: unknown;
    const look: Middleware = (_req, res, next) => {
      seen = policyOf(res)?.resolved.reporting;
      next?.();
    };
    headersFor(0.9, securityHeaders("none", policy), look);
    expect(seen).toEqual({ csp: "/r", sample: 0.25 });
  });

  it.each([
    [0.1, "default-src 'self'; report-uri /r; report-to csp"],
    [0.9, "default-src 'self'"],
  ])("works with a Fetch handler: %s", async (drawn, csp) => {
    vi.spyOn(Math, "random").mockReturnValue(drawn);
    const response = await fetchHeaders("none", policy)(() => new Response("A page."))(new Request("https://site.example/"));
    expect(response.headers.get("content-security-policy")).toBe(csp);
  });
});

describe("what cannot sample", () => {
  it("an export refuses it", () => {
    expect(issuesOf(() => exportPolicy("nginx", { policy: definePolicy("none", policy) }))).toEqual([
      "reporting.sample: differs per response, but printed values are static. Write sample: 1, or let the application send the headers.",
    ]);
  });

  it("next.config refuses it", () => {
    expect(issuesOf(() => nextHeaders("none", policy))).toEqual([
      'nextHeaders.reporting.sample: differs per response, and next.config is static. Remove sample, or set the policy in proxy.ts (middleware.ts before Next 16) with securityHeaders of "portcullis/fetch".',
    ]);
  });
});

describe("a wrong sample", () => {
  const HINT = "Write a number above 0 and up to 1, such as 0.1 for every tenth response.";
  it.each([
    [0, `reporting.sample: 0 is not a share. ${HINT}`],
    [1.5, `reporting.sample: 1.5 is not a share. ${HINT}`],
    [Number.NaN, `reporting.sample: NaN is not a share. ${HINT}`],
    ["10%", `reporting.sample: "10%" is not a share. ${HINT}`],
  ])("%s", (sample, message) => {
    expect(issuesOf(() => definePolicy("none", { reporting: { csp: "/r", sample: sample as number } }))).toEqual([message]);
  });

  it("without an endpoint", () => {
    expect(issuesOf(() => definePolicy("none", { reporting: { sample: 0.5 } }))).toEqual([
      'reporting.sample: has no endpoint to send a sample to. Write an endpoint beside it, such as default: "/reports".',
    ]);
  });
});
