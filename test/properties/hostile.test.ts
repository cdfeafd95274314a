import { validateHeaderName, validateHeaderValue } from "node:http";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { append, definePolicy, override, PolicyError, parseHeaders, remove, renderHeaders, source } from "../../src/index.js";
import { runs } from "./arbitraries.js";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "a.example; script-src *",
    "a.example, default-src *",
    "x\r\nSet-Cookie: a=b",
    "\0",
    "é.example",
    "__proto__",
    "constructor",
    "'self'",
    "self",
    "none",
    "'none' *",
    "'nonce-YWJj'",
    "data:",
    "https://",
    "*",
    "'sha256-'",
    "ALLOW-FROM x",
    " DENY",
    "DENY ",
    "no-store\n",
    "\u2028",
    "default-src 'self'; script-src *",
    "default-src 'self'\nX: y",
    "/r;x",
    "/r,x",
    "javascript:alert(1)",
    "max-age=1",
  ),
);

const odd = fc.constantFrom<unknown>(class X {}, new Date(0), new Map([["a", "b"]]), Symbol("s"), 10n, Number.NaN, () => ["a"]);

const junk: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true, withSparseArray: true, maxDepth: 2 }) },
  { weight: 1, arbitrary: odd },
  { weight: 2, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }).map((list) => append(...(list as never[]))) },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }).map((list) => remove(...(list as never[]))) },
);

const directives = [
  "defaultSrc",
  "scriptSrc",
  "imgSrc",
  "styleSrc",
  "sandbox",
  "reportUri",
  "reportTo",
  "trustedTypes",
  "frameAncestors",
  "webrtc",
  "requireTrustedTypesFor",
];
const keys = [
  "contentSecurityPolicyReportOnly",
  "strictTransportSecurity",
  "xFrameOptions",
  "referrerPolicy",
  "permissionsPolicy",
  "crossOriginOpenerPolicy",
  "documentPolicy",
  "integrityPolicy",
  "clearSiteData",
  "cacheControl",
  "reporting",
  "reportingEndpoints",
  "custom",
  "stripHeaders",
  "xXssProtection",
];
const fields = [
  "camera",
  "maxAge",
  "policy",
  "reportTo",
  "blockedDestinations",
  "endpoints",
  "default",
  "csp",
  "X-A",
  "__proto__",
  "oversizedImages",
];

const patch = fc.record(
  {
    contentSecurityPolicy: fc.oneof(junk, fc.dictionary(fc.constantFrom(...directives), junk, { maxKeys: 3 })),
    ...Object.fromEntries(keys.map((key) => [key, fc.oneof(junk, fc.dictionary(fc.constantFrom(...fields), junk, { maxKeys: 2 }))])),
  },
  { requiredKeys: [] },
);

/** The value, or undefined for a PolicyError; anything else that is thrown fails the test. */
function orRefused<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const issue of error.issues) expect(issue.hint.length).toBeGreaterThan(3);
    expect(error.message).not.toMatch(/[^\n\x20-\x7e…✖]/);
    return undefined;
  }
}

/** Every line is one that Node takes, and every directive one whose key was written. */
function expectClean(headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    expect(value).toMatch(/^[\x20-\x7e]+$/);
  }
}

// Ten thousand cases each on a busy machine with two cores.
vi.setConfig({ testTimeout: 400_000 });

describe("for input of any shape", () => {
  it("there is a PolicyError, or headers that Node takes", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(patch, patch, junk), { maxLength: 3 }), (layers) => {
        const policy = orRefused(() => definePolicy(...(layers as never[])));
        if (policy !== undefined) expectClean(orRefused(() => renderHeaders(policy, { nonce: "YWJj" })) ?? {});
      }),
      runs,
    );
  });

  it("a directive that nobody wrote never appears", () => {
    const one = fc.tuple(fc.constantFrom("imgSrc", "scriptSrc", "frameAncestors", "sandbox", "reportUri", "trustedTypes"), junk);
    fc.assert(
      fc.property(one, ([key, value]) => {
        const policy = orRefused(() => definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], [key]: value } } as never));
        const csp = policy && renderHeaders(policy, { nonce: "YWJj" })["Content-Security-Policy"];
        if (csp === undefined) return;
        const names = csp.split(";").map((directive) => directive.trim().split(" ")[0]);
        const wire = {
          imgSrc: "img-src",
          scriptSrc: "script-src",
          frameAncestors: "frame-ancestors",
          sandbox: "sandbox",
          reportUri: "report-uri",
          trustedTypes: "trusted-types",
        }[key];
        expect([["default-src"], ["default-src", wire]]).toContainEqual(names);
        expect(csp).not.toContain(",");
      }),
      runs,
    );
  });

  it("override, source and parseHeaders throw nothing but PolicyError", () => {
    fc.assert(
      fc.property(patch, junk, text, (layer, any, name) => {
        orRefused(() => override(layer as never));
        orRefused(() => override(any as never));
        orRefused(() => source(any as never));
        orRefused(() => parseHeaders(any as never));
        orRefused(() => parseHeaders({ "Content-Security-Policy": name, "Permissions-Policy": name, "Strict-Transport-Security": name }));
      }),
      runs,
    );
  });
});
