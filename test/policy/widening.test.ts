import { describe, expect, it } from "vitest";
import { allow, definePolicy, type Layer, type Patch, renderHeaders } from "../../src/index.js";
import { googleSignIn, stripe } from "../../src/services/index.js";
import { faultOf } from "../messages.js";

// `allow(…)` where two parts of a policy meet: attributes and elements, words in their order, report-only headers.

const HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

const headers = (...layers: readonly Layer[]) => renderHeaders(definePolicy("none", ...layers));
const csp = (...layers: readonly NonNullable<Patch["contentSecurityPolicy"]>[]) =>
  headers(...layers.map((contentSecurityPolicy) => ({ contentSecurityPolicy })))["Content-Security-Policy"];

describe("allow and event handlers", () => {
  const below = { scriptSrc: ["self"], scriptSrcAttr: ["none"] } as const;

  it("inline scripts that are allowed reach script-src-attr", () => {
    expect(csp(below, { scriptSrc: allow("unsafe-inline") })).toBe("script-src 'self' 'unsafe-inline'; script-src-attr 'unsafe-inline'");
  });

  it("inline elements that are allowed do not", () => {
    expect(csp(below, { scriptSrcElem: allow("unsafe-inline") })).toBe(
      "script-src 'self'; script-src-attr 'none'; script-src-elem 'self' 'unsafe-inline'",
    );
  });

  it("a hash without unsafe-hashes is for elements alone", () => {
    expect(csp(below, { scriptSrc: allow(HASH) })).toBe(`script-src 'self' ${HASH}; script-src-attr 'none'`);
  });

  it("a hash with unsafe-hashes is for attributes too", () => {
    expect(csp(below, { scriptSrc: allow(HASH, "unsafe-hashes") })).toBe(
      `script-src 'self' ${HASH} 'unsafe-hashes'; script-src-attr ${HASH} 'unsafe-hashes'`,
    );
  });
});

describe("true above allow", () => {
  it("keeps what is allowed at a directive that another one governs", () => {
    expect(csp({ defaultSrc: ["none"] }, { imgSrc: allow("https://a.example") }, { imgSrc: true })).toBe(
      "default-src 'none'; img-src 'self' data: https://a.example",
    );
  });

  it("keeps what is allowed at a directive with a list", () => {
    expect(csp({ scriptSrc: ["self"], imgSrc: ["self"] }, { imgSrc: allow("https://a.example") }, { imgSrc: true })).toBe(
      "script-src 'self'; img-src 'self' https://a.example",
    );
  });
});

it("allow() without an origin is refused at a feature", () => {
  expect(faultOf(() => definePolicy("strict", { permissionsPolicy: { camera: allow() } }))).toBe(
    'permissionsPolicy.camera: allow() names no source. Write allow("https://cdn.example"), or leave the key out.',
  );
});

it("allow() without a word is refused at Cross-Origin-Opener-Policy", () => {
  expect(faultOf(() => definePolicy("strict", { crossOriginOpenerPolicy: { policy: allow() } }))).toBe(
    'crossOriginOpenerPolicy.policy: allow() names no source. Write allow("https://cdn.example"), or leave the key out.',
  );
});

describe("the order of words, from the one that allows least", () => {
  it.each([
    ["crossOriginOpenerPolicy", "Cross-Origin-Opener-Policy", ["same-origin", "same-origin-allow-popups", "unsafe-none"]],
    ["crossOriginEmbedderPolicy", "Cross-Origin-Embedder-Policy", ["require-corp", "credentialless", "unsafe-none"]],
  ] as const)("of %s", (key, name, words) => {
    const found = words.map((below) =>
      words.map((word) => headers({ [key]: below } as Patch, { [key]: { policy: allow(word) } } as Patch)[name]),
    );
    const [least, middle, most] = words;
    expect(found).toEqual([
      [least, middle, most],
      [middle, middle, most],
      [most, most, most],
    ]);
  });

  it("noopener-allow-popups is between same-origin-allow-popups and unsafe-none", () => {
    const above = (word: "same-origin-allow-popups" | "unsafe-none") =>
      headers({ crossOriginOpenerPolicy: "noopener-allow-popups" }, { crossOriginOpenerPolicy: { policy: allow(word) } })[
        "Cross-Origin-Opener-Policy"
      ];
    expect([above("same-origin-allow-popups"), above("unsafe-none")]).toEqual(["noopener-allow-popups", "unsafe-none"]);
  });
});

it("a recipe widens every report-only header that it widens in its enforced form", () => {
  const observed = {
    contentSecurityPolicyReportOnly: { scriptSrc: ["self"] },
    permissionsPolicyReportOnly: { payment: [] },
    crossOriginEmbedderPolicyReportOnly: "require-corp",
  } as const satisfies Patch;
  expect(headers(observed, stripe())).toEqual({
    "Content-Security-Policy-Report-Only": "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
    "Permissions-Policy-Report-Only": 'payment=(self "https://js.stripe.com" "https://*.js.stripe.com")',
    "Cross-Origin-Embedder-Policy-Report-Only": "unsafe-none",
  });
});

it("a recipe with a popup widens the opener policy that is observed", () => {
  expect(headers({ crossOriginOpenerPolicyReportOnly: "same-origin" }, googleSignIn())).toEqual({
    "Cross-Origin-Opener-Policy-Report-Only": "same-origin-allow-popups",
  });
});
