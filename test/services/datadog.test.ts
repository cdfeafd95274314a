import { expect, it } from "vitest";
import { datadog } from "../../src/services/datadog.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", datadog())).toEqual({ "connect-src": "'self' https://browser-intake-datadoghq.com" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", datadog())).toEqual({ "connect-src": "'self' https://browser-intake-datadoghq.com" });
});

it("on recommended", () => {
  expect(changes("recommended", datadog())).toEqual({ "connect-src": "'self' https://browser-intake-datadoghq.com" });
});

it.each([
  ["datadoghq.eu", "browser-intake-datadoghq.eu"],
  ["us3.datadoghq.com", "browser-intake-us3-datadoghq.com"],
  ["ddog-gov.com", "browser-intake-ddog-gov.com"],
  ["us2.ddog-gov.com", "browser-intake-us2-ddog-gov.com"],
] as const)("of the site %s", (site, intake) => {
  expect(changes("strict", datadog({ site }))).toEqual({ "connect-src": `'self' https://${intake}` });
});

it("with the SDK of the CDN", () => {
  expect(changes("strict", datadog({ cdn: true }))).toMatchObject({ "script-src": "'self' https://www.datadoghq-browser-agent.com" });
});

it("with Session Replay", () => {
  expect(changes("strict", datadog({ replay: true }))).toEqual({
    "connect-src": "'self' https://browser-intake-datadoghq.com",
    "worker-src": "'self' blob:",
  });
});

it("is known by the host of every site", () => {
  expect(datadog.about.hosts).toContain("browser-intake-uk1-datadoghq.com");
});

it("an option that it does not have", () => {
  expect(fault(() => datadog({ region: "eu" } as never))).toBe('datadog.region: unknown option. Write "site", "cdn" or "replay".');
});
