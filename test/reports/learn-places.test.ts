import { expect, it, vi } from "vitest";
import { definePolicy } from "../../src/index.js";
import { type Group, learn, policyHash } from "../../src/reports/index.js";
import { AT, GROUP } from "./support.js";

vi.mock("../../src/services/index.js", async () => (await import("../audit/made-up-services.js")).madeUpServices());

const POLICY = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });

/** The services of what was blocked at these addresses. */
function servicesOf(directive: string, blocked: string, ...urls: readonly string[]) {
  const group: Group = {
    ...{ ...GROUP, id: blocked, policyHash: policyHash("default-src 'self'"), firstSeen: AT - 172_800_000 },
    ...{ directive, blocked, urls: urls.map((value) => ({ value, count: 20 })) },
  };
  return learn(POLICY, [group]).services;
}

it("an address on a host that begins like the source is not on the source", () => {
  const found = servicesOf(
    "script-src-elem",
    "https://www.shared.test",
    "https://www.shared.test/robots/api.js",
    "https://www.shared.test.evil.example/x.js",
  );
  expect(found.map(({ name }) => name)).toEqual(["robots"]);
});

it("a source of which no address is known is beyond a recipe that does not allow it", () => {
  expect(servicesOf("connect-src", "https://new.pay.test").map(({ beyond }) => beyond)).toEqual([
    [{ directive: "connectSrc", source: "https://new.pay.test" }],
  ]);
});
