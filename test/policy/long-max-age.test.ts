import { describe, expect, it, vi } from "vitest";
import { fromHelmet } from "../../src/adapters/helmet.js";
import { parseConfig } from "../../src/export/index.js";
import { definePolicy, parseHeaders, renderHeaders, reportOnly } from "../../src/index.js";
import { issuesOf } from "../messages.js";

/** A thousand years: a browser stores it as it stores any other number of seconds. RFC 6797 §6.1.1. */
const TEXT = "max-age=31536000000; includeSubDomains";
const SENT = { "Strict-Transport-Security": TEXT };

describe("a max-age of a thousand years", () => {
  it("is read by parseHeaders", () => {
    expect(renderHeaders(parseHeaders(SENT))).toEqual(SENT);
  });

  it("is read by parseConfig", () => {
    const { policy, notes } = parseConfig("nginx", `server { listen 443 ssl; add_header Strict-Transport-Security "${TEXT}" always; }`);
    expect([renderHeaders(policy), notes]).toEqual([SENT, []]);
  });

  it("is read by fromHelmet", () => {
    const policy = fromHelmet({ strictTransportSecurity: { maxAge: 31_536_000_000 } });
    expect(renderHeaders(policy)["Strict-Transport-Security"]).toBe(TEXT);
  });

  it("stays in a policy with a layer on top", () => {
    expect(renderHeaders(definePolicy(parseHeaders(SENT), { xFrameOptions: "DENY" }))).toEqual({ ...SENT, "X-Frame-Options": "DENY" });
  });

  it("stays in a report-only policy", () => {
    const headers = { ...SENT, "Content-Security-Policy": "default-src 'self'" };
    expect(renderHeaders(reportOnly(parseHeaders(headers)))).toEqual({
      ...SENT,
      "Content-Security-Policy-Report-Only": "default-src 'self'",
    });
  });

  it("stays in a policy that another copy of the package made", async () => {
    vi.resetModules();
    const other = await import("../../src/index.js");
    expect(other.parseHeaders).not.toBe(parseHeaders);
    expect(renderHeaders(definePolicy(other.parseHeaders(SENT)))).toEqual(SENT);
  });

  it("is refused where a developer writes it", () => {
    expect(issuesOf(() => definePolicy("none", { strictTransportSecurity: { maxAge: 31_536_000_000 } }))).toEqual([
      "strictTransportSecurity.maxAge: 31536000000 seconds are more than 100 years. If it is milliseconds, write 31536000.",
    ]);
  });

  it("is refused in a patch over headers that were read", () => {
    expect(issuesOf(() => definePolicy(parseHeaders(SENT), { strictTransportSecurity: { maxAge: 31_536_000_000 } }))).toEqual([
      "strictTransportSecurity.maxAge: 31536000000 seconds are more than 100 years. If it is milliseconds, write 31536000.",
    ]);
  });
});

it.each([
  ["9007199254740991", "9007199254740991"],
  ["99999999999999999999", "9007199254740991"],
])("parseHeaders reads a max-age of %s as browsers do, as %s", (text, seconds) => {
  expect(renderHeaders(parseHeaders({ "Strict-Transport-Security": `max-age=${text}` }))).toEqual({
    "Strict-Transport-Security": `max-age=${seconds}`,
  });
});
