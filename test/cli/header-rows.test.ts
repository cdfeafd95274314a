import { expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";
import { headerRows } from "../../src/cli/header-rows.js";

const verdictOf = (...lines: [name: string, value: string][]) =>
  headerRows(lines, audit(lines).findings).find(({ header }) => header === lines[0]?.[0])?.rating;

it("Strict-Transport-Security with an unknown directive is in effect, and fair", () => {
  expect(verdictOf(["Strict-Transport-Security", "max-age=31536000; includeSubDomains; foo"])).toBe("fair");
});
it("Strict-Transport-Security without a max-age is broken", () => {
  expect(verdictOf(["Strict-Transport-Security", "includeSubDomains"])).toBe("broken");
});
it("X-Frame-Options that is sent twice the same is fair", () => {
  expect(verdictOf(["X-Frame-Options", "DENY"], ["X-Frame-Options", "DENY"])).toBe("fair");
});
it("Cross-Origin-Opener-Policy that is sent twice the same is broken", () => {
  expect(verdictOf(["Cross-Origin-Opener-Policy", "same-origin"], ["Cross-Origin-Opener-Policy", "same-origin"])).toBe("broken");
});
it.each(["Expect-CT", "P3P", "X-UA-Compatible"])("%s, which no browser reads any more, is to be removed", (name) => {
  expect(verdictOf([name, "max-age=86400"])).toBe("remove");
});
it("X-Download-Options, which no browser reads any more either, is to be removed", () => {
  expect(verdictOf(["X-Download-Options", "noopen"])).toBe("remove");
});
it.each([
  ["Cross-Origin-Embedder-Policy", "unsafe-none"],
  ["Cross-Origin-Resource-Policy", "cross-origin"],
  ["Origin-Agent-Cluster", "?0"],
])("%s: %s, of which a finding asks for another value, is fair", (name, value) => {
  expect(verdictOf([name, value])).toBe("fair");
});
it("X-Permitted-Cross-Domain-Policies: none, which presets send, is good", () => {
  expect(verdictOf(["X-Permitted-Cross-Domain-Policies", "none"])).toBe("good");
});
