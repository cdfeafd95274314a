import { describe, expect, it } from "vitest";
import { reportOf } from "../../src/cli/record/html.js";
import { definePolicy } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import type { InlineCode } from "../../src/record/inline.js";
import { propose } from "../../src/record/proposal.js";
import type { Proof } from "../../src/record/prove.js";
import type { Recording } from "../../src/record/record.js";
import type { PageSeen } from "../../src/record/visit.js";
import type { Walked } from "../../src/record/walk.js";

const SITE = "https://site.example";
const EVIL = `"'><script>alert(1)</script>&\u202e`;
const ESCAPED = "&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;\ufffd";

const page = (more: Partial<PageSeen> = {}): PageSeen => ({
  ...{ url: `${SITE}/`, viewport: "desktop", status: 200, title: "page", text: [], picture: undefined, errors: [], failed: [], links: [] },
  notes: [],
  ...more,
});

const walk = (pages: readonly PageSeen[]): Walked => ({ pages, addresses: [], left: 0, uncovered: [], documents: [], notes: [] });

const CODE: InlineCode = {
  ...{ kind: "script", directive: "script-src-elem", text: "go()", hash: undefined, element: "<script>", hasNonce: false, isServed: true },
  ...{ place: `${SITE}/:3:1`, pages: [`${SITE}/`], isStable: true, isOnce: false, differsAround: "nowhere" },
};

const EMPTY = collectEvidence(() => true).evidence();
const PROOF: Proof = { isClean: true, evidence: EMPTY, pages: [], masks: [], notes: [] };

function reported(more: Partial<Recording> = {}, pages: readonly PageSeen[] = [page()]): string {
  const observed = definePolicy("strict");
  const proposal = propose(observed, EMPTY, new Set());
  const walks = [walk(pages), walk(pages)] as const;
  return reportOf({ outcome: "proven", observed, proposal, evidence: EMPTY, walks, proof: PROOF, notes: [], ...more });
}

const PICTURE = Uint8Array.of(1, 2, 3);
const PICTURES = { before: PICTURE, after: PICTURE, marked: PICTURE };
const differing = (index: number) => ({
  ...{ url: `${SITE}/${index}`, viewport: "desktop", differences: [`difference ${index}`], pixels: 1, pictures: PICTURES },
});
const imagesIn = (report: string) => report.split("<img ").length - 1;

describe("text of the site in the report", () => {
  const { proposal } = { proposal: propose(definePolicy("strict"), EMPTY, new Set()) };
  const point = { message: EVIL, pages: [EVIL], code: { ...CODE, text: EVIL } };

  it.each<[string, Partial<Recording>, readonly PageSeen[]]>([
    ["a note", { notes: [EVIL] }, [page()]],
    ["an address", {}, [page({ url: EVIL })]],
    ["a title", {}, [page({ title: EVIL })]],
    ["an address under a picture", {}, [page({ url: EVIL, picture: PICTURE })]],
    ["what is allowed", { proposal: { ...proposal, allowed: [{ directive: EVIL, source: EVIL, why: EVIL, code: point.code }] } }, [page()]],
    ["what is to be confirmed", { proposal: { ...proposal, pending: [{ ...point, consent: "inline" }] } }, [page()]],
    ["what is to be changed", { proposal: { ...proposal, needed: [point] } }, [page()]],
    ["a difference", { proof: { ...PROOF, pages: [{ ...differing(1), url: EVIL, differences: [EVIL] }] } }, [page()]],
    [
      "what is not compared",
      { proof: { ...PROOF, masks: [{ url: EVIL, viewport: EVIL, lines: 1, texts: [EVIL], pixels: 0 }], notes: [EVIL] } },
      [page()],
    ],
  ])("is escaped: %s", (_, more, pages) => {
    const report = reported(more, pages);
    expect([report.includes("<script"), report.includes(ESCAPED)]).toEqual([false, true]);
  });
});

describe("the report", () => {
  it("allows itself pictures and its own style, and nothing else", () => {
    const [, csp = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(reported()) ?? [];
    expect(csp).toMatch(/^default-src 'none'; img-src data:; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'$/);
  });

  it.each([
    [["/"], "1 page, 0 violations of the observed policy."],
    [["/", "/a"], "2 pages, 0 violations of the observed policy."],
    [["/ (script 1)", "/ (script, end)"], "1 page, 0 violations of the observed policy."],
  ])("counts pages as the text output does: %j", (paths, expected) => {
    const pages = paths.map((path) => page({ url: SITE + path }));
    expect(reported({}, pages)).toContain(`<p class="soft">${expected}</p>`);
  });

  it("shows the first 20 pages of the walk that have a picture", () => {
    expect(
      imagesIn(
        reported(
          {},
          Array.from({ length: 25 }, () => page({ picture: PICTURE })),
        ),
      ),
    ).toBe(20);
  });

  it("shows the pictures of 20 pages that differ, and names the others", () => {
    const report = reported({ proof: { ...PROOF, pages: Array.from({ length: 25 }, (_, index) => differing(index)) } });
    const left = report.split("Its pictures are left out: the report would be too large.").length - 1;
    expect([imagesIn(report), report.includes("difference 24"), left]).toEqual([60, true, 5]);
  });

  it("has pictures of at most 50 MB of the walk, and as many of what differs", () => {
    const large = new Uint8Array(26_000_000);
    const pictures = { before: PICTURE, after: PICTURE, marked: large };
    const proof = { ...PROOF, pages: [1, 2].map((index) => ({ ...differing(index), pictures })) };
    expect(
      imagesIn(
        reported(
          { proof },
          [large, large, PICTURE].map((picture) => page({ picture })),
        ),
      ),
    ).toBe(3 + 2);
  });

  it("cuts code after 4000 characters, and says so", () => {
    const needed = [{ message: "x", pages: [], code: { ...CODE, text: "y".repeat(4_001) } }];
    const proposal = { ...propose(definePolicy("strict"), EMPTY, new Set()), needed };
    expect(reported({ proposal })).toContain(`<pre>${"y".repeat(4_000)}…</pre>`);
  });

  it("says that the policy was not tried", () => {
    expect(reported({ proof: undefined })).toContain("<h2>With the policy enforced</h2><p>It was not tried.</p>");
  });
});
