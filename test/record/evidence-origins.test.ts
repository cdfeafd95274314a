import { describe, expect, it } from "vitest";
import { collectEvidence, type EvidenceCollector } from "../../src/record/evidence.js";
import type { Report } from "../../src/reports/parse.js";

const SITE = "https://site.example";
const OTHER = "https://other.example";

/** What is collected on a page of the site, on whose origin the policy was put. */
function collected(use: (evidence: EvidenceCollector) => void) {
  const evidence = collectEvidence(() => true);
  evidence.visiting(`${SITE}/`, "desktop");
  evidence.addServed(`${SITE}/`, "");
  use(evidence);
  return evidence.evidence();
}

const report = (more: Partial<Report>): Report => ({
  ...{ type: "permissions-policy-violation", disposition: "enforce", directive: "camera", blocked: "", document: `${SITE}/` },
  ...{ policy: "", sourceFile: "", position: "", sample: "", userAgent: "" },
  ...more,
});

describe("a report", () => {
  const count = (more: Partial<Report>) => {
    const { violations, groups } = collected((evidence) => evidence.addReport(report(more)));
    return [violations, groups.length];
  };

  it.each<[string, Partial<Report>, number]>([
    ["about a document of the site counts", {}, 1],
    ["about a document of another origin does not count", { document: `${OTHER}/` }, 0],
    ["about the same host over http does not count", { document: "http://site.example/" }, 0],
    ["about the same host at another port does not count", { document: "https://site.example:8443/" }, 0],
    ["about a document without an address does not count", { document: "about" }, 0],
    [
      "of the CSP counts wherever its document is: only the policy of the recording reports here",
      { type: "csp-violation", document: `${OTHER}/` },
      1,
    ],
  ])("%s", (_, more, expected) => {
    expect(count(more)).toEqual([expected, expected]);
  });

  const COEP = { type: "coep", directive: "navigation", disposition: "report", blocked: `${SITE}/frame` } as const;

  it.each<[string, Partial<Report>, number]>([
    ["a frame of the site, which has the policy as soon as it is enforced, does not count", COEP, 0],
    ["a frame of another origin counts", { ...COEP, blocked: `${OTHER}/frame` }, 1],
    ["a frame of the site counts where the policy is enforced", { ...COEP, disposition: "enforce" }, 1],
    ["what the site loads counts", { ...COEP, directive: "image" }, 1],
  ])("that Cross-Origin-Embedder-Policy refuses %s", (_, more, expected) => {
    expect(count(more)[0]).toBe(expected);
  });
});

describe("a message of a window", () => {
  const popups = (document: string) =>
    collected((evidence) => evidence.addPopupMessage({ document, origin: "https://popup.example" })).popups;

  it("to a page of the site counts", () => {
    expect(popups(`${SITE}/a`)).toEqual(["https://popup.example"]);
  });

  it.each([`${OTHER}/`, "http://site.example/", "about:blank", ""])("to another document does not count: %s", (document) => {
    expect(popups(document)).toEqual([]);
  });
});

describe("a frame", () => {
  const framedBy = (document: string, ...ancestors: readonly string[]) =>
    collected((evidence) => evidence.addFramed({ document, ancestors })).framedBy;

  it("of the site is framed by itself, and by others, each once", () => {
    expect(framedBy(`${SITE}/a?token=1`, SITE, OTHER, SITE)).toEqual([
      { by: "self", page: `${SITE}/a` },
      { by: OTHER, page: `${SITE}/a` },
    ]);
  });

  it.each([`${OTHER}/`, "http://site.example/", "about:srcdoc", ""])("of another origin does not count: %s", (document) => {
    expect(framedBy(document, SITE)).toEqual([]);
  });
});

describe("a request that was blocked without a report", () => {
  const blocked = (document: string, url = `${OTHER}/a.js`, resourceType = "script") =>
    collected((evidence) => evidence.addBlocked({ document, url, resourceType })).groups.map((group) => [group.directive, group.blocked]);

  it("of a document of the site counts", () => {
    expect(blocked(`${SITE}/`)).toEqual([["script-src-elem", OTHER]]);
  });

  it.each([`${OTHER}/`, "http://site.example/", "", "data:text/html,x"])("of another document does not count: %s", (document) => {
    expect(blocked(document)).toEqual([]);
  });

  it.each([
    ["stylesheet", "style-src-elem"],
    ["image", "img-src"],
    ["font", "font-src"],
    ["media", "media-src"],
    ["fetch", "connect-src"],
    ["manifest", "manifest-src"],
    ["document", "frame-src"],
    ["texttrack", "default-src"],
  ])("is of the directive of its type: %s", (type, directive) => {
    expect(blocked(`${SITE}/`, undefined, type)).toEqual([[directive, OTHER]]);
  });

  it("does not count beside a report of its host", () => {
    const csp = report({ type: "csp-violation", directive: "script-src-elem", blocked: `${OTHER}/b.js` });
    const { violations, groups } = collected((evidence) => {
      evidence.addReport(csp);
      evidence.addBlocked({ document: `${SITE}/`, url: `${OTHER}/a.js`, resourceType: "script" });
      evidence.addBlocked({ document: `${SITE}/`, url: "https://third.example/a.js", resourceType: "script" });
    });
    expect([violations, groups.map((group) => group.blocked)]).toEqual([2, [OTHER, "https://third.example"]]);
  });
});

describe("a report of a worker or a frame without an address", () => {
  it("is about the page that was loaded then", () => {
    const { groups } = collected((evidence) =>
      evidence.addReport(report({ type: "csp-violation", directive: "connect-src", document: "blob", blocked: OTHER })),
    );
    expect(groups.map(({ pages }) => pages.map(({ value }) => value))).toEqual([[`${SITE}/`]]);
  });

  it("names the data: URL that Chromium leaves out", () => {
    const { groups } = collected((evidence) => evidence.addReport(report({ type: "csp-violation", directive: "frame-src", blocked: "" })));
    expect(groups.map((group) => group.blocked)).toEqual(["data"]);
  });
});

describe("a report that comes late", () => {
  it("is about the load that it names", () => {
    const evidence = collectEvidence(() => true);
    evidence.visiting(`${SITE}/a`, "desktop", 1);
    evidence.visiting(`${SITE}/b`, "desktop", 2);
    evidence.addReport(report({ type: "csp-violation", directive: "img-src", blocked: OTHER, document: "blob" }), 1);
    expect(evidence.evidence().groups.map(({ pages }) => pages.map(({ value }) => value))).toEqual([[`${SITE}/a`]]);
  });

  it("of another walk does not count", () => {
    const evidence = collectEvidence(() => true);
    evidence.visiting(`${SITE}/a`, "desktop", 2);
    evidence.addReport(report({ type: "csp-violation", directive: "img-src", blocked: OTHER }), 1);
    expect(evidence.evidence().violations).toBe(0);
  });
});

it("inline code of another policy than that of the recording does not count", () => {
  const evidence = collectEvidence(({ policy }) => policy.includes("reports.invalid"));
  evidence.visiting(`${SITE}/`, "desktop");
  for (const [text, policy] of [
    ["own()", "script-src 'self'; report-uri https://reports.invalid/1/"],
    ["foreign()", "script-src 'self'"],
  ] as const) {
    evidence.addDetail({
      ...{ document: `${SITE}/`, directive: "script-src-elem", blocked: "inline", line: 1, column: 1, sourceFile: "", sample: "" },
      ...{ element: "<script>", text, hasNonce: false, policy },
    });
  }
  expect(evidence.evidence().inline.map(({ text }) => text)).toEqual(["own()"]);
});
