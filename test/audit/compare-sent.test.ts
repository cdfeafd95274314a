import { describe, expect, it } from "vitest";
import { compare, type Verdict } from "../../src/audit/compare.js";
import { definePolicy } from "../../src/index.js";

const csp = (...texts: string[]) => ({ "Content-Security-Policy": texts });
const verdict = (before: string, after: string) => compare(csp(before), csp(after)).verdict;
const message = (before: string, after: string) => compare(csp(before), csp(after)).headers[0]?.message;

const OPPOSITE = { same: "same", stronger: "weaker", weaker: "stronger", incomparable: "incomparable" } as const;

/** Both ways, so that a row also states what the other way round is. */
function each(rows: readonly (readonly [before: string, after: string, verdict: Verdict])[]) {
  it.each(rows)("%s → %s: %s", (before, after, expected) => {
    expect(verdict(before, after)).toBe(expected);
    expect(verdict(after, before)).toBe(OPPOSITE[expected]);
  });
}

describe("what browsers ignore in a Content-Security-Policy that was sent counts for nothing", () => {
  each([
    ["img-src 'self'", "img-src 'self'; foo-src *", "same"],
    ["img-src 'self'", "img-src 'self'; block-all-mixed-content", "same"],
    ["img-src 'self'", "img-src 'self'; Invented", "same"],
    ["img-src 'self'", "img-src 'self' https:/a.example", "same"],
    ["img-src 'self'", "img-src 'self' //cdn.example", "same"],
    ["img-src 'self'", "img-src 'self' 'none'", "same"],
    ["img-src 'self'", "img-src 'self' self", "same"],
    ["img-src 'self'", "img-src 'self' https://[::1]", "same"],
    ["img-src 'self'", "img-src 'self'; img-src *", "same"],
    ["img-src 'self'; IMG-SRC *", "img-src *", "weaker"],
    ["img-src 'self'", "img-src 'self'; font-src é.example", "same"],
    ["img-src 'none'", "img-src https:/a.example", "same"],
    ["script-src 'self'", "script-src 'self' 'nonce-'", "same"],
    ["script-src 'self'", "script-src 'self' 'sha256-?'", "same"],
    ["script-src 'self'", "script-src 'self' 'unsafe-allow-redirects'", "same"],
    ["img-src 'none'; foo-src *", "img-src 'self'; foo-src *", "weaker"],
    ["script-src 'slef' 'self'", "script-src 'slef' 'self' https:", "weaker"],
  ]);
});

describe("what browsers read though it is odd", () => {
  each([
    ["img-src https://a.example", "img-src https://a.example?x=1", "same"],
    ["img-src https://a.example/x", "img-src https://a.example/x#y", "same"],
    ["img-src https://a.example", "img-src https://a.example.", "incomparable"],
    ["img-src 'SELF'", "img-src 'self'", "same"],
    ["img-src 'self'", "\timg-src\f'self' ", "same"],
    ["img-src 'self' https://a.example/X", "img-src 'self' https://a.example/x", "incomparable"],
    ["img-src *", "img-src *; treat-as-public-address", "stronger"],
    ["trusted-types Abc", "trusted-types abc", "incomparable"],
  ]);
});

describe("a kind of source that is not known here", () => {
  each([
    ["img-src 'self'", "img-src 'self' 'origin-of-the-moon'", "incomparable"],
    ["img-src 'self' 'origin-of-the-moon'", "img-src 'self' 'origin-of-the-moon' https:", "weaker"],
    ["script-src 'self'", "script-src 'self' 'url-sha256-YWJj'", "incomparable"],
    ["script-src 'self' 'url-sha256-YWJj'", "script-src 'self' 'url-sha256-YWJj'; img-src *", "stronger"],
    ["script-src 'unsafe-eval'", "script-src 'unsafe-eval' 'eval-sha256-YWJj'", "incomparable"],
    ["script-src 'self'", "script-src 'self' 'strict-dynamic-url'", "incomparable"],
    ["default-src 'url-sha256-YWJj'; script-src 'self'", "default-src 'none'; script-src 'self'", "same"],
    ["script-src 'URL-SHA256-YWJj'", "script-src 'url-sha256-YWJj'", "same"],
    ["script-src 'url-sha256-YWJj'", "script-src 'url-sha256-ywjj'", "incomparable"],
  ]);

  it("is named", () => {
    expect(message("img-src 'self'", "img-src 'self' 'origin-of-the-moon'")).toBe(
      "Now allowed: what browsers that know 'origin-of-the-moon' make of it. No longer allowed: what browsers that know 'origin-of-the-moon' make of it.",
    );
  });
});

describe("several policies: all of them have to allow", () => {
  each([
    ["img-src 'self'", "img-src 'self', img-src *", "same"],
    ["img-src *", "img-src *, img-src 'self'", "stronger"],
    ["img-src 'self'", "img-src 'self', script-src 'none'", "stronger"],
    ["img-src 'self'; script-src 'none'", "img-src 'self', script-src 'none'", "same"],
    ["img-src https://a.example https://b.example, img-src https://b.example https://c.example", "img-src https://b.example", "same"],
    ["img-src https:, img-src *.a.example", "img-src https://*.a.example", "same"],
    ["img-src https://a.example:*, img-src http://a.example:8443", "img-src https://a.example:8443", "same"],
    ["img-src https://a.example/x/, img-src https://a.example/x/y", "img-src https://a.example/x/y", "same"],
    ["img-src 'self' https://a.example, img-src 'self' https://b.example", "img-src 'self'", "same"],
    ["img-src https://a.example, img-src https://b.example", "img-src 'none'", "same"],
    ["script-src 'self' 'unsafe-inline', script-src 'self'", "script-src 'self'", "same"],
    ["script-src 'unsafe-eval', script-src 'wasm-unsafe-eval'", "script-src 'wasm-unsafe-eval'", "same"],
    ["script-src 'nonce-YQ==' 'strict-dynamic'", "script-src 'nonce-YQ==' 'strict-dynamic', default-src https:", "stronger"],
    ["frame-ancestors 'self', frame-ancestors 'none'", "frame-ancestors 'none'", "same"],
    ["sandbox allow-scripts, sandbox", "sandbox", "same"],
    ["img-src *, require-trusted-types-for 'script'", "img-src *; require-trusted-types-for 'script'", "same"],
  ]);

  it("two lines are two policies, as a comma makes two", () => {
    expect(compare(csp("img-src *", "img-src 'self'"), csp("img-src *, img-src 'self'")).verdict).toBe("same");
  });
  it("what no other policy blocks is told by an example", () => {
    expect(message("img-src 'none', font-src 'none'", "img-src 'self', font-src 'none'")).toBe(
      "Now allowed: an image from https://(this site)/.",
    );
  });
  it("an example of one policy is not told as one of the whole", () => {
    expect(message("script-src 'none'", "script-src 'nonce-YQ==', script-src 'self'")).toBe(
      "Now allowed: what several policies allow together, as far as can be told here.",
    );
  });
  it("a policy that somebody writes is compared with them", () => {
    const written = definePolicy("none", { contentSecurityPolicy: { imgSrc: ["self"], scriptSrc: ["none"] } });
    expect(compare(csp("img-src 'self', script-src 'none'"), written).verdict).toBe("same");
  });
  it("X-Frame-Options stands in where none of them has frame-ancestors", () => {
    const both = { ...csp("img-src *", "font-src *"), "X-Frame-Options": "DENY" };
    expect(compare(both, csp("img-src *; font-src *; frame-ancestors 'none'")).verdict).toBe("same");
  });
});

describe("an example is newly allowed", () => {
  it.each([
    ["img-src https://*", "img-src *", "an image from https://anywhere.example:12345/ or http://anywhere.example/"],
    ["img-src https:", "img-src *", "an image from http://anywhere.example/"],
    ["img-src https://*", "img-src https:", "an image from https://anywhere.example:12345/"],
    ["img-src https://anywhere.example", "img-src https:", "an image from https://anywhere.example:12345/"],
    ["img-src https://any.a.example", "img-src https://*.a.example", "an image from https://any-2.a.example/"],
    ["img-src https://a.example/x/any", "img-src https://a.example/x/", "an image from https://a.example/x/any-2"],
    ["img-src a.example", "img-src http://a.example", "an image from http://a.example/"],
  ])("%s → %s: %s", (before, after, example) => {
    expect(message(before, after)).toContain(`Now allowed: ${example}`);
  });
});
