import { describe, expect, it } from "vitest";
import { definePolicy, nonce, perRequest, renderHeaders, securityHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `https://${String(index).padStart(6, "0")}.example` as const);
const images = (count: number) => ({ contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: hosts(count) } }) as const;

describe("a header's size", () => {
  it("over 16384 bytes is refused with the size and the largest directive", () => {
    expect(issuesOf(() => securityHeaders("none", images(800)))).toEqual([
      "contentSecurityPolicy: Content-Security-Policy has 18427 bytes, and a header has 16384 at most; the largest directive is img-src with 18407. Shorten it, or write maxBytes: 18427 if every server and proxy on the way accepts it.",
    ]);
  });

  it("of ninety thousand sources is refused", () => {
    expect(issuesOf(() => securityHeaders("none", images(90_000)))).toEqual([
      "contentSecurityPolicy: Content-Security-Policy has 2070027 bytes, and a header has 16384 at most; the largest directive is img-src with 2070007. Shorten it: maxBytes is 1048576 at most.",
    ]);
  });

  it("may be what maxBytes says", () => {
    expect(renderHeaders(definePolicy("none", images(800), { maxBytes: 18_427 }))["Content-Security-Policy"]).toHaveLength(18_427);
  });

  it("may not be a byte more", () => {
    expect(issuesOf(() => securityHeaders("none", images(800), { maxBytes: 18_426 }))).toHaveLength(1);
  });

  it("counts for a custom header", () => {
    expect(issuesOf(() => securityHeaders("none", { custom: { "X-A": "a".repeat(16_385) } }))).toEqual([
      "custom: X-A has 16385 bytes, and a header has 16384 at most. Shorten it, or write maxBytes: 16385 if every server and proxy on the way accepts it.",
    ]);
  });

  it("of exactly 16384 bytes passes", () => {
    expect(renderHeaders(definePolicy("none", { custom: { "X-A": "a".repeat(16_384) } }))["X-A"]).toHaveLength(16_384);
  });

  it("counts a nonce", () => {
    const policy = { contentSecurityPolicy: { scriptSrc: [nonce] } } as const;
    expect(issuesOf(() => securityHeaders("none", policy, { maxBytes: 42 }))[0]).toContain("has 43 bytes");
  });

  it("counts a nonce in the largest directive", () => {
    const policy = { contentSecurityPolicy: { scriptSrc: [nonce] } } as const;
    expect(issuesOf(() => securityHeaders("none", policy, { maxBytes: 42 }))[0]).toContain("the largest directive is script-src with 43.");
  });

  it.each([0, -1, 1.5, 1_048_577, "16384", true])("maxBytes is not %o", (maxBytes) => {
    expect(issuesOf(() => definePolicy("none", { maxBytes } as never))[0]).toMatch(/^maxBytes: /);
  });

  it("holds for what renderHeaders is given", () => {
    const slot = perRequest(() => []);
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", slot] }, maxBytes: 60 });
    expect(issuesOf(() => renderHeaders(policy, { slots: new Map([[slot, hosts(2)]]) }))).toEqual([
      "contentSecurityPolicy.imgSrc: perRequest returned 46 bytes, and the header has room for 26. Return fewer sources, or raise maxBytes in the policy.",
    ]);
  });
});
