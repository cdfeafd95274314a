import { describe, expect, it } from "vitest";
import { siteNotes } from "../../src/cli/record/site-notes.js";
import { definePolicy } from "../../src/index.js";
import type { Detail } from "../../src/record/listen.js";
import type { HeaderEntry } from "../../src/record/network.js";
import type { Recording } from "../../src/record/record.js";
import { watchSitePolicy } from "../../src/record/site-policy.js";

const entry = (name: string, value: string): HeaderEntry => ({ name, value });

/** A document of a site with these headers; the policy of the recording is beside them. */
function watched(isIgnored: boolean, headers: readonly HeaderEntry[]) {
  const site = watchSitePolicy(isIgnored);
  const served = { url: "https://site.example/", kind: "document" as const, status: 200, headers, html: "" };
  const sent = site.headersOf(served, [...headers, entry("Content-Security-Policy", "img-src 'self'; report-uri https://r.invalid/1/")]);
  return { site, sent: sent.map(({ name, value }) => `${name}: ${value}`) };
}

const OWN = [
  entry("content-security-policy", "default-src 'self'"),
  entry("CONTENT-SECURITY-POLICY-REPORT-ONLY", "font-src 'none'"),
  entry("Server", "shop"),
];
const RECORDED = "Content-Security-Policy: img-src 'self'; report-uri https://r.invalid/1/";

/** A violation of another policy than that of the recording. */
const violation = (directive: string, policy: string): Detail => ({
  ...{ document: "https://site.example/", directive, blocked: "inline", line: 0, column: 0, sourceFile: "", sample: "" },
  ...{ element: "", text: "", hasNonce: false, policy },
});

describe("the site's own policy", () => {
  it("stays beside that of the recording", () => {
    expect(watched(false, OWN).sent).toEqual([
      "content-security-policy: default-src 'self'",
      "CONTENT-SECURITY-POLICY-REPORT-ONLY: font-src 'none'",
      "Server: shop",
      RECORDED,
    ]);
  });

  it("is removed where it is ignored, and that of the recording stays", () => {
    expect(watched(true, OWN).sent).toEqual(["Server: shop", RECORDED]);
  });

  it.each([
    [false, true],
    [true, false],
  ])("is said to be enforced where it is not ignored: %s", (isIgnored, enforcesCsp) => {
    expect(watched(isIgnored, OWN).site.seen()).toEqual({ enforcesCsp, hsts: [] });
  });

  it("is not said to be enforced where it is report-only", () => {
    expect(watched(false, [entry("Content-Security-Policy-Report-Only", "font-src 'none'")]).site.seen().enforcesCsp).toBe(false);
  });

  it.each([
    [false, "--ignore-site-policy removes its headers."],
    [true, "It is in the HTML, where --ignore-site-policy does not remove it."],
  ])("is named with what it blocks, and how to see it: %s", (isIgnored, remedy) => {
    const { site } = watched(isIgnored, OWN);
    for (const directive of ["img-src", "script-src-elem", "img-src"]) site.addDetail(violation(directive, "default-src 'self'"));
    expect(site.notes()).toEqual([
      `The site's own Content-Security-Policy blocks something (img-src, script-src-elem): what that would need is not seen. ${remedy}`,
    ]);
  });

  it("blocks nothing by a report-only header", () => {
    const { site } = watched(false, [entry("Content-Security-Policy-Report-Only", "font-src 'none', img-src 'none'")]);
    site.addDetail(violation("font-src", "font-src 'none'"));
    site.addDetail(violation("img-src", " img-src 'none' "));
    expect(site.notes()).toEqual([]);
  });

  it("has ten different values of Strict-Transport-Security that are kept", () => {
    const headers = Array.from({ length: 20 }, (_, index) => entry("strict-transport-security", `max-age=${index >> 1}`));
    const more = [...headers, entry("Strict-Transport-Security", "max-age=99")];
    expect(watched(false, more).site.seen().hsts).toEqual(Array.from({ length: 10 }, (_, index) => `max-age=${index}`));
  });
});

it("prove says with --ignore-site-policy nothing of a comparison with the site's own policy", () => {
  const { site } = watched(true, OWN);
  const walk = { pages: [], addresses: [], left: 0, notes: [], uncovered: [], documents: [], site: site.seen() };
  const policy = definePolicy("strict", { strictTransportSecurity: false });
  expect(siteNotes("prove", { proposal: { policy }, walks: [walk, walk] } as unknown as Recording)).toEqual([]);
});
