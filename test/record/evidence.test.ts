import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { collectEvidence, type EvidenceCollector } from "../../src/record/evidence.js";
import type { Detail } from "../../src/record/listen.js";
import { propose } from "../../src/record/proposal.js";

const SITE = "https://site.example";
const HASH = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='";

/** An inline script or style attribute that the policy blocks. */
const detail = (directive = "script-src-elem"): Detail => ({
  document: `${SITE}/`,
  directive,
  blocked: "inline",
  line: 3,
  column: 1,
  sourceFile: `${SITE}/`,
  sample: "",
  element: directive === "script-src-elem" ? "<script>" : "<p>",
  text: "go()",
  hasNonce: false,
  policy: "",
});

/** One load of a page that ends: its HTML has the code, or has not. */
function load(evidence: EvidenceCollector, path: string, has: boolean, viewport = "desktop") {
  begin(evidence, path, has, viewport);
  evidence.loaded();
}

/** A load that is interrupted. */
function begin(evidence: EvidenceCollector, path: string, has: boolean, viewport = "desktop") {
  evidence.visiting(SITE + path, viewport);
  evidence.addServed(SITE + path, has ? "<script>go()</script>" : "");
  if (has) evidence.addDetail(detail());
}

function proposed(visits: (evidence: EvidenceCollector) => void) {
  const evidence = collectEvidence(() => true);
  visits(evidence);
  const { allowed, pending, needed } = propose(definePolicy("strict"), evidence.evidence(), new Set());
  return { allowed: allowed.map(({ source }) => source), pending: pending.length, needed: needed.map(({ message }) => message) };
}

const ONCE = {
  allowed: [],
  pending: 0,
  needed: [
    `An inline script, <script> at ${SITE}/:3:1, was seen in one load only: whether it stays the same is not known. Record again, so that the page is loaded twice.`,
  ],
};

describe("The hash of an inline script", () => {
  it("is proposed where two loads of its page had it", () => {
    const seen = proposed((evidence) => {
      load(evidence, "/", true);
      load(evidence, "/", true);
    });
    expect(seen).toEqual({ allowed: [HASH], pending: 0, needed: [] });
  });

  it("is not proposed where its page was loaded once", () => {
    expect(proposed((evidence) => load(evidence, "/", true))).toEqual(ONCE);
  });

  it("is not proposed where the second load of its page failed", () => {
    const seen = proposed((evidence) => {
      load(evidence, "/", true);
      begin(evidence, "/", false);
    });
    expect(seen).toEqual(ONCE);
  });

  it("is proposed where a second load had it and was interrupted then", () => {
    const seen = proposed((evidence) => {
      load(evidence, "/", true);
      begin(evidence, "/", true);
    });
    expect(seen.allowed).toEqual([HASH]);
  });

  it("is not proposed where a second load did not have it, and the message says that it differs", () => {
    const seen = proposed((evidence) => {
      load(evidence, "/", true);
      load(evidence, "/", false);
    });
    expect(seen.needed).toEqual([
      `An inline script, <script> at ${SITE}/:3:1, differs between loads: write nonce="…" on its element, and scriptSrc: append(nonce) in the policy.`,
    ]);
  });

  it("is proposed where a page of many was loaded once, and another that has it twice", () => {
    const seen = proposed((evidence) => {
      load(evidence, "/", true);
      load(evidence, "/a", true);
      load(evidence, "/", true);
    });
    expect(seen.allowed).toEqual([HASH]);
  });

  it("is not proposed where two pages have it and each was loaded once", () => {
    const seen = proposed((evidence) => {
      load(evidence, "/", true);
      load(evidence, "/a", true);
    });
    expect(seen.needed).toEqual(ONCE.needed);
  });

  it("is proposed where two viewports had it", () => {
    const seen = proposed((evidence) => {
      load(evidence, "/", true);
      load(evidence, "/", true, "phone");
    });
    expect(seen.allowed).toEqual([HASH]);
  });
});

it("an inline script within content that differs on the last of many pages has to be confirmed", () => {
  const evidence = collectEvidence(() => true);
  for (const _walk of [1, 2]) {
    for (let page = 1; page <= 60; page += 1) {
      evidence.visiting(`${SITE}/${page}`, "desktop");
      evidence.addServed(`${SITE}/${page}`, `<main>${page === 60 ? "other" : "same"}<script>go()</script></main>`);
      evidence.addDetail(detail());
      evidence.loaded();
    }
  }
  const { pending } = propose(definePolicy("strict"), evidence.evidence(), new Set());
  expect(pending.map(({ message }) => message)).toEqual([
    `An inline script, <script> at ${SITE}/:3:1, is within content that differs between 60 pages: it may be somebody's stored script.`,
  ]);
});

it("a style attribute that was seen once does not allow all style attributes", () => {
  const evidence = collectEvidence(() => true);
  evidence.visiting(`${SITE}/`, "desktop");
  evidence.addDetail(detail("style-src-attr"));
  evidence.loaded();
  const { allowed, needed } = propose(definePolicy("strict"), evidence.evidence(), new Set());
  expect({ allowed, needed: needed.length }).toEqual({ allowed: [], needed: 1 });
});

describe("A page of the site within a frame of another origin", () => {
  const FRAMED = {
    type: "csp-violation",
    disposition: "report",
    directive: "frame-ancestors",
    blocked: "https://cdn.example",
    document: `${SITE}/inner`,
    ...{ policy: "", sourceFile: "", position: "", sample: "", userAgent: "" },
  } as const;

  function framed(ancestors: readonly string[], accepted: readonly "frames"[] = []) {
    const evidence = collectEvidence(() => true);
    evidence.visiting(`${SITE}/`, "desktop");
    evidence.addServed(`${SITE}/inner`, "");
    evidence.addReport(FRAMED);
    evidence.addFramed({ document: `${SITE}/inner?token=secret`, ancestors });
    evidence.loaded();
    const { allowed, pending } = propose(definePolicy("strict"), evidence.evidence(), new Set(accepted));
    return {
      allowed: allowed.map(({ directive, source }) => `${directive} ${source}`),
      pending: pending.map(({ consent, message, pages }) => [consent, message, ...pages]),
    };
  }

  it("is allowed only after somebody has confirmed it, and the message says who frames what", () => {
    expect(framed([SITE, "https://cdn.example"])).toEqual({
      allowed: ["frameAncestors self", "xFrameOptions SAMEORIGIN"],
      pending: [
        [
          "frames",
          `https://cdn.example frames ${SITE}/inner: a page around it can mislead its visitors into clicking on it.`,
          `${SITE}/inner`,
        ],
      ],
    });
  });

  it("is allowed once it is confirmed", () => {
    expect(framed([SITE, "https://cdn.example"], ["frames"])).toEqual({
      allowed: ["frameAncestors self", "frameAncestors https://cdn.example", "xFrameOptions false"],
      pending: [],
    });
  });

  it("needs no confirmation where the site frames itself", () => {
    expect(framed([SITE])).toEqual({ allowed: ["frameAncestors self", "xFrameOptions SAMEORIGIN"], pending: [] });
  });

  it("needs confirmation where X-Frame-Options alone has kept it out", () => {
    const evidence = collectEvidence(() => true);
    evidence.addRefusedFrame(`${SITE}/inner`);
    const policy = definePolicy("none", { xFrameOptions: "SAMEORIGIN" });
    const { allowed, pending } = propose(policy, evidence.evidence(), new Set());
    expect({ allowed, pending: pending.map(({ message }) => message) }).toEqual({
      allowed: [],
      pending: [`A page of another origin frames ${SITE}/inner: a page around it can mislead its visitors into clicking on it.`],
    });
  });
});

describe("The name of a Trusted Types policy", () => {
  const created = (...paths: readonly string[]) => {
    const evidence = collectEvidence(() => true);
    for (const path of paths) {
      evidence.visiting(SITE + path, "desktop");
      evidence.addServed(SITE + path, "");
      evidence.addReport({
        ...{ type: "csp-violation", disposition: "report", directive: "trusted-types", blocked: "trusted-types-policy" },
        ...{ document: SITE + path, sample: "shop", policy: "", sourceFile: "", position: "", userAgent: "" },
      });
    }
    const { allowed } = propose(definePolicy("strictDynamic"), evidence.evidence(), new Set());
    return allowed.map(({ source, why }) => `${source} ${why}`);
  };

  it("is proposed with the page that creates it", () => {
    expect(created("/admin", "/admin")).toEqual([`shop created on ${SITE}/admin`]);
  });

  it("is proposed with the first of several pages, and how many more there are", () => {
    expect(created("/", "/admin", "/cart")).toEqual([`shop created on ${SITE}/ and 2 more`]);
  });
});

it("an inline style on one page of several may be somebody's stored style", () => {
  const evidence = collectEvidence(() => true);
  for (const path of ["/", "/a", "/", "/a"]) {
    evidence.visiting(SITE + path, "desktop");
    evidence.addServed(SITE + path, path === "/" ? "<p>1" : "<style>go()</style>");
    if (path === "/a") evidence.addDetail({ ...detail("style-src-elem"), element: "<style>" });
    evidence.loaded();
  }
  expect(propose(definePolicy("strict"), evidence.evidence(), new Set()).pending.map(({ message }) => message)).toEqual([
    `An inline style, <style> at ${SITE}/:3:1, is on one page of 2: it may be somebody's stored style.`,
  ]);
});
