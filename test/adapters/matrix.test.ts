// What every adapter does alike: each case runs in each framework of rows.ts. An adapter is one file in src/adapters and one row there;
// what is particular to a framework is in its own test file.
import { readdirSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { definePolicy, nonce, type Patch, type Policy, renderHeaders } from "../../src/index.js";
import { type Answer, ask, ours, type Question } from "../http/support.js";
import { ROWS, type Row } from "./rows.js";

const POLICY = definePolicy("none", {
  contentSecurityPolicy: { defaultSrc: ["self"], frameAncestors: ["none"] },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  xFrameOptions: "DENY",
  xContentTypeOptions: true,
  stripHeaders: ["X-Powered-By"],
});

const HEADERS = {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
};

const ROUTE: Patch = { xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } };

const ON_ROUTE = {
  "content-security-policy": "default-src 'self'; frame-ancestors https://partner.example",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
};

/** A policy of the nonce alone. */
const NONCE = definePolicy("none", { contentSecurityPolicy: { scriptSrc: [nonce] }, stripHeaders: ["X-Powered-By"] });

const STRICT = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "permissions-policy":
    "accelerometer=(), camera=(), captured-surface-control=(), compute-pressure=(), display-capture=(), geolocation=(), gyroscope=(), " +
    "hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), local-network-access=(), magnetometer=(), " +
    "microphone=(), midi=(), otp-credentials=(), payment=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), " +
    "window-management=(), xr-spatial-tracking=()",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-frame-options": "DENY",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

/** The headers of a response, without those that every server sends; names in lower case, as Fetch has them. */
function headersOf(answer: Answer): Record<string, string> {
  return Object.fromEntries(Object.entries(ours(answer)).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A new application for one request after the other, until the test is over. */
async function started({ start }: Row, site: Policy = POLICY): Promise<(path: string, question?: Question) => Promise<Answer>> {
  const { port, stop } = await start(site, ROUTE);
  onTestFinished(async () => void (await stop()));
  // A host that is not loopback: a policy may differ there.
  return (path, { method = "GET", headers = {} } = {}) => ask(port, path, { method, headers: { Host: "site.example", ...headers } });
}

/** What a proxy adds that terminates TLS, or passes plain http on. */
const forwarded = (scheme: string) => ({ headers: { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": scheme } });

/** The sentence of a case, with the reason why this adapter differs in it. */
const said = (sentence: string, difference: { readonly reason: string } | undefined) =>
  difference === undefined ? sentence : `${sentence}, differently: ${difference.reason}`;

describe.each(ROWS)("$framework", (row) => {
  const { differs = {} } = row;

  it("sends the headers of a preset", async () => {
    const request = await started(row, definePolicy("strict"));
    expect(headersOf(await request("/page"))).toEqual(STRICT);
  });

  it("sends each header once", async () => {
    const request = await started(row);
    const names = (await request("/page")).names.map((name) => name.toLowerCase());
    expect(names.filter((name) => name in HEADERS).sort()).toEqual(Object.keys(HEADERS).sort());
  });

  it("sends the policy with the page's own status and body", async () => {
    const request = await started(row);
    const answer = await request("/page");
    expect([answer.status, headersOf(answer), answer.body]).toEqual([200, HEADERS, "A page."]);
  });

  it("sends the nonce that nonceOf returns", async () => {
    const request = await started(row, NONCE);
    const answer = await request("/nonce");
    expect(answer.body).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(headersOf(answer)).toEqual({ "content-security-policy": `script-src 'nonce-${answer.body}'` });
  });

  it("sends a new nonce with each response", async () => {
    const request = await started(row, NONCE);
    const bodies = [await request("/nonce"), await request("/nonce"), await request("/nonce")].map(({ body }) => body);
    expect(new Set(bodies).size).toBe(3);
  });

  it("policyOf returns the policy in force", async () => {
    const request = await started(row);
    expect(JSON.parse((await request("/policy")).body)).toEqual({
      "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Frame-Options": "DENY",
      "X-Content-Type-Options": "nosniff",
    });
  });

  it("changes the policy on the route of an override, and on no other", async () => {
    const request = await started(row);
    expect(headersOf(await request("/embed"))).toEqual(ON_ROUTE);
    expect(headersOf(await request("/page"))).toEqual(HEADERS);
  });

  it(said("sends the policy with the 404 of an unknown route", differs["unknown route"]), async () => {
    const request = await started(row);
    const answer = await request("/missing");
    expect([answer.status, headersOf(answer)]).toEqual([404, differs["unknown route"]?.headers(HEADERS) ?? HEADERS]);
  });

  it(said("sends the policy with the 500 of a thrown error", differs["thrown error"]), async () => {
    const request = await started(row);
    const answer = await request("/boom");
    expect([answer.status, headersOf(answer)]).toEqual([500, differs["thrown error"]?.headers(HEADERS) ?? HEADERS]);
  });

  it("sends the policy with the response to HEAD", async () => {
    const request = await started(row);
    const answer = await request("/page", { method: "HEAD" });
    expect([answer.status, headersOf(answer), answer.body]).toEqual([200, HEADERS, ""]);
  });

  it("sends the policy with a redirect", async () => {
    const request = await started(row);
    const answer = await request("/moved");
    const location = answer.headers["Location"] ?? answer.headers["location"];
    expect([answer.status, location, headersOf(answer)]).toEqual([302, "/elsewhere", HEADERS]);
  });

  it("sends the policy with a streamed body", async () => {
    const request = await started(row);
    const answer = await request("/stream");
    expect([answer.status, headersOf(answer), answer.body]).toEqual([200, HEADERS, "A streamed page."]);
  });

  it("keeps a header that the handler sets", async () => {
    const request = await started(row);
    expect(headersOf(await request("/own"))).toEqual({ ...HEADERS, "x-frame-options": "SAMEORIGIN" });
  });

  it("sends Strict-Transport-Security if a proxy reports https", async () => {
    const request = await started(row);
    expect(headersOf(await request("/page", forwarded("https")))).toEqual(HEADERS);
  });

  it(said("sends no Strict-Transport-Security if a trusted proxy reports plain http", differs["plain http"]), async () => {
    const request = await started(row);
    const { "strict-transport-security": _, ...plain } = HEADERS;
    expect(headersOf(await request("/page", forwarded("http")))).toEqual(differs["plain http"]?.headers(HEADERS) ?? plain);
  });
});

it("the headers of the preset are those of renderHeaders", () => {
  const rendered = Object.entries(renderHeaders(definePolicy("strict")));
  expect(Object.fromEntries(rendered.map(([name, value]) => [name.toLowerCase(), value]))).toEqual(STRICT);
});

it("every adapter has a row, but those that answer no requests", () => {
  const files = readdirSync(new URL("../../src/adapters", import.meta.url)).filter((file) => file.endsWith(".ts"));
  const withoutRequests = ["decorators", "helmet", "next"];
  const known = new Set([...withoutRequests, ...ROWS.flatMap(({ adapter }) => adapter ?? [])]);
  expect([...known].sort()).toEqual(files.map((file) => file.slice(0, -3)).sort());
});
