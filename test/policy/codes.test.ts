import { expect, it } from "vitest";
import {
  append,
  definePolicy,
  nonce,
  nonceOf,
  PolicyError,
  parseHeaders,
  perRequest,
  renderHeaders,
  reportOnly,
  secureCookies,
  source,
} from "../../src/index.js";
import { wrongCall } from "../../src/middleware/wrong-entry.js";
import { issuesOf } from "../messages.js";

/** The code and the place of each issue. */
const codesOf = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    if (error instanceof PolicyError) return error.issues.map(({ code, path }) => `${code} ${path}`);
    throw error;
  }
  return [];
};
const patch =
  (value: unknown, ...more: unknown[]) =>
  () =>
    definePolicy("none", value as never, ...(more as never[]));
const slotted = definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self", nonce] } });

it.each<[string, () => unknown, ...string[]]>([
  ["an unknown key", patch({ xFrameOption: "DENY" }), "unknown-name xFrameOption"],
  ["an unknown preset", () => definePolicy("stirct" as never), "unknown-name stirct"],
  ["an unknown directive", patch({ contentSecurityPolicy: { scripts: [] } }), "unknown-name contentSecurityPolicy.scripts"],
  ["a directive by its wire name", patch({ contentSecurityPolicy: { "img-src": [] } }), 'unknown-name contentSecurityPolicy["img-src"]'],
  ["an option of helmet", patch({ contentSecurityPolicy: { useDefaults: true } }), "unknown-name contentSecurityPolicy.useDefaults"],
  ["an unknown feature", patch({ permissionsPolicy: { camra: [] } }), "unknown-name permissionsPolicy.camra"],
  ["an unknown option", () => secureCookies({ secured: true } as never), "unknown-name secureCookies.secured"],
  ["options that are none", () => secureCookies(1 as never), "wrong-type secureCookies"],
  ["a layer that is none", () => definePolicy(1 as never), "wrong-type layers[0]"],
  ["true without a default", patch({ custom: true }), "wrong-type custom"],
  ["an edit in its wrong place", patch({ permissionsPolicy: { camera: append("self") } }), "wrong-type permissionsPolicy.camera"],
  ["a source that is no text", () => source(1 as never), "wrong-type source"],
  ["a source that is none", () => source("a b"), "invalid-value source"],
  ["a function that is none", () => perRequest(1 as never), "wrong-type perRequest"],
  ["a member of an edit", () => append(1 as never), "wrong-type append[0]"],
  ["a policy that is none", () => renderHeaders({} as never), "wrong-type renderHeaders"],
  ["a policy to observe that is none", () => reportOnly({} as never), "wrong-type reportOnly"],
  ["a missing nonce", () => renderHeaders(slotted), "slot-empty nonce"],
  ["a wrong nonce", () => renderHeaders(slotted, { nonce: "a b" }), "invalid-value nonce"],
  ["a number for a nonce", () => renderHeaders(slotted, { nonce: 1234 as never }), "invalid-value nonce"],
  ["a response that is none", () => nonceOf(1 as never), "wrong-type nonceOf"],
  ["a response without a policy", () => nonceOf({ setHeader: () => undefined } as never), "no-policy nonceOf"],
  ["two options that exclude each other", () => secureCookies({ only: ["a"], except: ["b"] }), "conflict secureCookies"],
  ["SameSite=None without Secure", () => secureCookies({ sameSite: "None", secure: false }), "conflict secureCookies.sameSite"],
  [
    "a header twice",
    () =>
      parseHeaders([
        ["X-Frame-Options", "DENY"],
        ["x-frame-options", "DENY"],
      ]),
    'conflict "X-Frame-Options"',
  ],
  ["no headers", () => parseHeaders(1 as never), "wrong-type parseHeaders"],
  ["a custom header with a key", patch({ custom: { "X-Frame-Options": "DENY" } }), 'conflict custom["X-Frame-Options"]'],
  ["a custom header in two spellings", patch({ custom: { "X-A": "1", "x-a": "2" } }), 'conflict custom["x-a"]'],
  ["a header to strip with a key", patch({ stripHeaders: ["X-Frame-Options"] }), "conflict stripHeaders[0]"],
  ["a header to strip that is set", patch({ custom: { "X-A": "1" }, stripHeaders: ["x-a"] }), "conflict stripHeaders[0]"],
  ["preload for a day", patch({ strictTransportSecurity: { maxAge: 86_400, preload: true } }), "conflict strictTransportSecurity.preload"],
  ["a required option", patch({ strictTransportSecurity: { includeSubDomains: true } }), "missing strictTransportSecurity.maxAge"],
  [
    "an endpoint without a name",
    patch({ crossOriginOpenerPolicy: { policy: "same-origin", reportTo: "a" } }),
    "unknown-endpoint crossOriginOpenerPolicy.reportTo",
  ],
  [
    "an edit without a list",
    patch({ contentSecurityPolicy: { scriptSrc: ["self"], imgSrc: append("https://a.example") } }),
    "unresolved-edit contentSecurityPolicy.imgSrc",
  ],
  [
    "an edit that takes scripts from workers",
    patch({ contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["https://a.example"], childSrc: append("https://b.example") } }),
    "unresolved-edit contentSecurityPolicy.childSrc",
  ],
])("%s has its code", (_, make, ...codes) => {
  expect(codesOf(make)).toEqual(codes);
});

it("the name of a preset that nearly ends as a file is not the name of a file", () => {
  expect(issuesOf(() => definePolicy("policy.jsonx" as never))[0]).not.toContain("Read the file");
});

it("Fastify's override is written in the route", () => {
  expect(wrongCall("override", "portcullis/fastify", 1).hint).toBe("Write config: { securityHeaders: override(…) } in the route.");
});

it("Fastify's securityHeaders is registered", () => {
  expect(wrongCall("securityHeaders", "portcullis/fastify", 1).hint).toBe("Write app.register(securityHeaders(…)).");
});

it("a wrong call names the argument that is no object", () => {
  expect(wrongCall("securityHeaders", "portcullis", {}, 5).issues[0]?.message).toBe("the middleware was called with 5");
});
