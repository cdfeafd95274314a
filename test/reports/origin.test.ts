import express from "express";
import { describe, expect, it } from "vitest";
import { type CollectReportsOptions, collectReports } from "../../src/reports/index.js";
import { serve } from "../http/support.js";
import { legacy, post } from "./support.js";

async function collecting(options: CollectReportsOptions = {}) {
  const reports = collectReports(options);
  return { reports, port: await serve(express().use("/csp-report", reports)) };
}

/** What becomes of a report that a browser sent for a document of this origin; the request is for `site.example`. */
async function outcome(origin: string | undefined, options: CollectReportsOptions = {}, host = "site.example") {
  const { reports, port } = await collecting(options);
  const { statusCode, headers } = await post(port, legacy(), {
    headers: { Host: host, ...(origin === undefined ? {} : { Origin: origin }) },
  });
  await reports.flush();
  const { accepted, shed } = reports.stats();
  return [statusCode, accepted, shed["other-origin"], headers["access-control-allow-origin"]];
}

describe("without hosts, a report is taken", () => {
  it("of the origin that was asked", async () => {
    expect(await outcome("https://site.example")).toEqual([204, 1, 0, "https://site.example"]);
  });

  it("of the same host on another port", async () => {
    expect(await outcome("https://site.example:8443")).toEqual([204, 1, 0, "https://site.example:8443"]);
  });

  it("of a sandboxed document, by report-uri", async () => {
    expect(await outcome("null")).toEqual([204, 1, 0, undefined]);
  });

  it("without an Origin, which no browser sends", async () => {
    expect(await outcome(undefined)).toEqual([204, 1, 0, undefined]);
  });
});

describe("without hosts, a report is shed", () => {
  it.each([
    ["of another site's script", "https://evil.example"],
    ["of a subdomain", "https://www.site.example"],
    ["of a name that ends alike", "https://evilsite.example"],
    ["of an extension", "chrome-extension://site.example"],
    ["of what is no origin", "site.example"],
    ["of a scheme that ends in https", "web+https://site.example"],
    ["of two origins", "https://site.example https://evil.example"],
  ])("%s", async (_what, origin) => {
    expect(await outcome(origin)).toEqual([204, 0, 1, undefined]);
  });
});

describe("with hosts, a report is", () => {
  it("taken of an origin on the list, whatever Host was asked", async () => {
    expect(await outcome("https://site.example", { hosts: ["site.example"] }, "internal:3000")).toEqual([
      204,
      1,
      0,
      "https://site.example",
    ]);
  });

  it("taken of an origin that a pattern stands for", async () => {
    expect(await outcome("https://www.site.example", { hosts: ["site.example", "*.site.example"] })).toEqual([
      204,
      1,
      0,
      "https://www.site.example",
    ]);
  });

  it("shed of the Host that was asked, where it is not on the list", async () => {
    expect(await outcome("https://reports.example", { hosts: ["site.example"] }, "reports.example")).toEqual([204, 0, 1, undefined]);
  });
});

describe("a preflight", () => {
  const allowed = async (origin: string, options: CollectReportsOptions = {}) => {
    const { reports, port } = await collecting(options);
    const headers = { Origin: origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" };
    const answer = await post(port, "", { method: "OPTIONS", headers });
    expect([answer.statusCode, answer.headers.vary]).toEqual([204, "Origin"]);
    return [
      answer.headers["access-control-allow-origin"],
      answer.headers["access-control-allow-headers"],
      reports.stats().shed["other-origin"],
    ];
  };

  it("of the site is allowed", async () => {
    expect(await allowed("https://site.example", { hosts: ["site.example"] })).toEqual(["https://site.example", "Content-Type", 0]);
  });

  it("of another site is not, and counted", async () => {
    expect(await allowed("https://evil.example")).toEqual([undefined, undefined, 1]);
  });

  it("of a sandboxed document is not, since any site's script can send one", async () => {
    expect(await allowed("null", { hosts: ["site.example"] })).toEqual([undefined, undefined, 1]);
  });
});

it("a report of another origin costs nobody's tokens", async () => {
  const { reports, port } = await collecting({ limits: { burst: 1, perSecond: 1 } });
  for (let time = 0; time < 3; time += 1) await post(port, legacy(), { headers: { Origin: "https://evil.example" } });
  await post(port, legacy());
  await reports.flush();
  expect(reports.stats()).toMatchObject({ accepted: 1, shed: { "other-origin": 3, "over-rate": 0 } });
});
