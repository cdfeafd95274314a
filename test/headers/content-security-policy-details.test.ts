import { describe, expect, it } from "vitest";
import { nonceAdvice } from "../../src/headers/content-security-policy/nonce-advice.js";
import { parsePolicy } from "../../src/headers/content-security-policy/parse.js";
import { definePolicy } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const refused = (contentSecurityPolicy: unknown) => issuesOf(() => definePolicy("none", { contentSecurityPolicy } as never));

describe("a Content-Security-Policy that is read has", () => {
  it.each<[string, unknown]>([
    ["script-src 'self' a.example", { scriptSrc: ["self", "a.example"] }],
    ["webrtc 'allow'", { webrtc: "allow" }],
    ["report-to csp", { reportTo: "csp" }],
    ["upgrade-insecure-requests", { upgradeInsecureRequests: true }],
    ["img-src", { imgSrc: ["none"] }],
    ["trusted-types", { trustedTypes: ["none"] }],
    ["sandbox", { sandbox: [] }],
  ])("of %s its options", (text, options) => {
    expect(parsePolicy(text)).toEqual(options);
  });

  it("the place of a member in the text, after one that is no source", () => {
    expect(issuesOf(() => parsePolicy("img-src a_ b 'unsafe-eval'"))).toEqual([
      'imgSrc[0]: "a_" is not a source. Use a host name without an underscore.',
      'imgSrc[2]: "unsafe-eval" has no meaning in imgSrc. It belongs in defaultSrc, scriptSrc.',
    ]);
  });
});

it("keywords have no quotes in a resolved policy", () => {
  const { resolved } = definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["'self'"] } } as never);
  expect(resolved["contentSecurityPolicy"]).toEqual({ scriptSrc: ["self"] });
});

describe("a list written as text", () => {
  it.each([
    [" 'self'  https: ", 'Write ["self", "https:"].'],
    ["'nonce-abc'", 'Write a list such as ["self", "https://cdn.example"].'],
    ["'slef'", 'Write a list such as ["self", "https://cdn.example"].'],
    ["  ", 'Write a list such as ["self", "https://cdn.example"].'],
  ])("%j is refused with the list", (text, hint) => {
    expect(refused({ scriptSrc: text })[0]).toBe(`contentSecurityPolicy.scriptSrc: ${JSON.stringify(text)} is not a list. ${hint}`);
  });
});

it.each(["none", "'none'"])("trustedTypes does not take %s beside names", (none) => {
  expect(refused({ defaultSrc: ["self"], trustedTypes: ["a", none] })).toEqual([
    'contentSecurityPolicy.trustedTypes[1]: "none" has no effect beside other names. Write ["none"] alone, or take it out.',
  ]);
});

it.each([
  [undefined, ""],
  ["'nonce-…'", "Add 'nonce-…'. "],
])("the advice for a script's tag, with %s to add, begins with %j", (list, first) => {
  expect(nonceAdvice("https://a.example/b.js", list)).toBe(
    `${first}Add nonce="…" to the tag <script src="https://a.example/b.js"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`,
  );
});
