import { expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import { propose } from "../../src/record/proposal.js";
import { withNeeded, withoutSecretSources } from "../../src/record/secret-sources.js";
import type { Report } from "../../src/reports/parse.js";

const SITE = "https://site.example";

const report = (directive: string, blocked: string, more: Partial<Report> = {}): Report => ({
  ...{ type: "csp-violation", disposition: "report", directive, blocked, document: `${SITE}/a` },
  ...{ policy: "", sourceFile: "", position: "", sample: "", userAgent: "", ...more },
});

/** The proposal for a page that needs these, without sources in which the word "zq41" is. */
function proposed(isSecret: ((text: string) => boolean) | undefined, ...reports: readonly Report[]) {
  const collector = collectEvidence(() => true);
  collector.visiting(`${SITE}/a`, "desktop", 1);
  collector.addServed(`${SITE}/a`, "");
  collector.loaded();
  for (const one of reports) collector.addReport(one, 1);
  collector.addFramed({ document: `${SITE}/a`, ancestors: ["https://zq41.frame.example"] });
  const { evidence, needed } = withoutSecretSources(collector.evidence(), isSecret);
  const csp = {
    defaultSrc: ["self"],
    imgSrc: ["self"],
    trustedTypes: ["one"],
    requireTrustedTypesFor: ["script"],
    frameAncestors: ["none"],
  } as const;
  return withNeeded(propose(definePolicy("none", { contentSecurityPolicy: csp }), evidence, new Set()), needed);
}

const WHY =
  "not proposed, since it contains a value of --header, --storage-state, a cookie or a query. If that is no secret, add it to the policy of --policy.";

const REPORTS = [
  report("img-src", "https://zq41.img.example/a.png"),
  report("img-src", "https://cdn.example/zq41.png"),
  report("trusted-types", "trusted-types-policy", { sample: "zq41-policy" }),
  report("frame-ancestors", "https://zq41.frame.example"),
];

it("a source with a secret is not proposed, and not asked about; what is at a path is", () => {
  const { allowed, pending, needed, patch } = proposed((text) => text.includes("zq41"), ...REPORTS);
  expect(allowed.map(({ directive, source }) => [directive, source])).toEqual([["imgSrc", "https://cdn.example"]]);
  expect(pending).toEqual([]);
  expect(JSON.stringify(patch)).not.toContain("zq41");
  expect(needed.map(({ message, pages }) => [message, pages])).toEqual([
    [`img-src https://zq41.img.example: ${WHY}`, [`${SITE}/a`]],
    [`frame-ancestors https://zq41.frame.example: ${WHY}`, [`${SITE}/a`]],
    [`trusted-types zq41-policy: ${WHY}`, [`${SITE}/a`]],
  ]);
});

it("keywords of reports are no sources, whatever is a secret", () => {
  expect(proposed((text) => text === "self", report("img-src", "self")).needed).toEqual([]);
});

it("without secrets, everything is proposed", () => {
  const { allowed, needed } = proposed(undefined, ...REPORTS);
  expect(allowed.map(({ source }) => source)).toContain("https://zq41.img.example");
  expect(needed).toEqual([]);
});
