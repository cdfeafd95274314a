import { expect, it } from "vitest";
import { REQUEST_BYTES } from "../../src/reports/body.js";
import { LIMITS, TOKEN_BYTES } from "../../src/reports/limits.js";

it("the limits are those that the documentation names", () => {
  expect(LIMITS).toEqual({
    bodyBytes: 262_144,
    bodyMs: 10_000,
    reports: 200,
    newGroups: 10,
    addressNewGroups: 200,
    inFlightBytes: 8_388_608,
    addressBurst: 500,
    addressPerSecond: 20,
    burst: 5_000,
    perSecond: 500,
  });
  expect([TOKEN_BYTES, REQUEST_BYTES]).toEqual([16_384, 4_096]);
});
