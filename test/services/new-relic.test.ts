import { expect, it } from "vitest";
import { newRelic } from "../../src/services/new-relic.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", newRelic())).toEqual({
    "script-src": "'self' https://js-agent.newrelic.com",
    "connect-src": "'self' https://bam.nr-data.net https://bam-cell.nr-data.net",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", newRelic())).toEqual({
    "connect-src": "'self' https://bam.nr-data.net https://bam-cell.nr-data.net",
  });
});

it("on recommended", () => {
  expect(changes("recommended", newRelic())).toEqual({
    "script-src": "'self' https://js-agent.newrelic.com",
    "connect-src": "'self' https://bam.nr-data.net https://bam-cell.nr-data.net",
  });
});

it.each([
  ["eu", "https://bam.eu01.nr-data.net"],
  ["gov", "https://gov-bam.nr-data.net"],
] as const)("of the region %s", (region, collector) => {
  expect(changes("strict", newRelic({ region }))).toMatchObject({ "connect-src": `'self' ${collector}` });
});

it("a region that there is not", () => {
  expect(fault(() => newRelic({ region: "ap" } as never))).toBe(
    'newRelic.region: "ap" is not one of its values. Write "us" or "eu" or "gov".',
  );
});
