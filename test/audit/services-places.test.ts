import { expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";
import type { HeadersInput } from "../../src/index.js";

const CSP = "Content-Security-Policy";
const named = (...policies: readonly string[]) => audit({ [CSP]: policies } as HeadersInput).services.map(({ name }) => name);
const wide = (policy: string) => audit({ [CSP]: policy }).findings.filter(({ rule }) => rule === "wide-service");

it("a service is named where another policy has no list for the same requests", () => {
  expect(named("script-src https://js.stripe.com", "img-src 'self'")).toEqual(["stripe"]);
});

it("a service is not named where the list of another policy is empty", () => {
  expect(named("script-src https://js.stripe.com", "script-src 'none'")).toEqual([]);
});

it.each(["https://notstripe.com", "https://js.notstripe.com", "https://stripe.com.example", "https://notsentry.io"])(
  "%s is of no service",
  (source) => {
    expect(named(`script-src ${source}`)).toEqual([]);
  },
);

it("the bare domain of a recipe that has all hosts below it is not wider than that", () => {
  expect(wide("script-src https://paypal.com")).toEqual([]);
});
