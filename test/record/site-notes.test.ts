import { describe, expect, it } from "vitest";
import { siteNotes } from "../../src/cli/record/site-notes.js";
import { definePolicy } from "../../src/index.js";
import type { Recording } from "../../src/record/record.js";
import type { SiteHeaders } from "../../src/record/site-policy.js";

/** The notes on a site that sends these headers, for a policy. */
function notes(policy: ReturnType<typeof definePolicy>, site: Partial<SiteHeaders>, command = "record"): readonly string[] {
  const walk = { pages: [], addresses: [], left: 0, notes: [], site: { enforcesCsp: false, hsts: [], ...site } };
  return siteNotes(command, { proposal: { policy }, walks: [walk, walk] } as unknown as Recording);
}

const hsts = (maxAge: number) => definePolicy("strict", { strictTransportSecurity: { maxAge, includeSubDomains: false } });

describe("a recording of a policy with HSTS", () => {
  it("says that it cannot be taken back at once, and how to begin", () => {
    expect(notes(definePolicy("strict"), {})).toEqual([
      "Strict-Transport-Security: the policy makes browsers use https only for 730 days, for this host and all its subdomains, and the site does not send that yet. It cannot be taken back at once. Begin with strictTransportSecurity: { maxAge: 300, includeSubDomains: false }.",
    ]);
  });

  it("says what preload is", () => {
    const policy = definePolicy("strict", { strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true, preload: true } });
    expect(notes(policy, {})[0]).toContain("Its preload asks for a place in the lists of browsers, which is harder still to undo.");
  });

  it.each<[string, readonly string[], number]>([
    ["the site sends as much", ["max-age=63072000; includeSubDomains"], 0],
    ["the site sends more", ["max-age=99999999; includeSubDomains; preload"], 0],
    ["one response sends as much", ["max-age=1", "max-age=63072000; includeSubDomains"], 0],
    ["the site sends less", ["max-age=300; includeSubDomains"], 1],
    ["the site leaves its subdomains out", ["max-age=63072000"], 1],
    ["what the site sends is no HSTS", ["max-age=many"], 1],
  ])("where %s", (_, sent, count) => {
    expect(notes(definePolicy("strict"), { hsts: sent })).toHaveLength(count);
  });

  it.each([
    [300, 0],
    [2_591_999, 0],
    [2_592_000, 1],
  ])("of %i seconds", (maxAge, count) => {
    expect(notes(hsts(maxAge), {})).toHaveLength(count);
  });

  it("says nothing without HSTS", () => {
    expect(notes(definePolicy("strict", { strictTransportSecurity: false }), {})).toEqual([]);
  });
});

describe("a site that enforces its own policy", () => {
  it("is compared with itself by prove", () => {
    expect(notes(hsts(300), { enforcesCsp: true }, "prove")).toEqual([
      "The site enforces a Content-Security-Policy of its own: its pages were compared with pages under that policy. What that policy blocks is not seen. --ignore-site-policy removes its headers.",
    ]);
  });

  it("is recorded without that note", () => {
    expect(notes(hsts(300), { enforcesCsp: true }, "record")).toEqual([]);
  });
});
