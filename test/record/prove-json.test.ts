import { describe, expect, it } from "vitest";
import { reportOf } from "../../src/cli/record/html.js";
import { recordingJson } from "../../src/cli/record/json.js";
import { append, definePolicy, nonce } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import type { Recording } from "../../src/record/record.js";

const HASH = "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='";

const code = {
  kind: "script",
  directive: "script-src-elem",
  text: "go()",
  hash: HASH,
  element: "<script>",
  isServed: true,
  place: "https://site.example/:3:1",
  pages: ["https://site.example/"],
  isStable: true,
  isOnce: false,
  hasNonce: false,
  differsAround: "nowhere",
} as const;

const seen = {
  url: "https://site.example/",
  viewport: "desktop",
  status: 200,
  title: "Home",
  text: ["Hello"],
  picture: undefined,
  errors: ["TypeError: x"],
  failed: [],
  links: [],
  notes: [],
};

const walk = { pages: [seen], addresses: ["https://site.example/?token=secret"], left: 0, uncovered: [], documents: [], notes: [] };

const group = {
  id: "1",
  type: "csp-violation",
  policyHash: "2",
  disposition: "report",
  directive: "img-src",
  blocked: "https://cdn.example",
  route: "/",
  count: 2,
  firstSeen: 0,
  lastSeen: 0,
  clients: 1,
  pages: [{ value: "https://site.example/", count: 2 }],
  browsers: [],
  urls: [],
  files: [],
  samples: [],
  days: [],
} as const;

const evidence = collectEvidence(() => true).evidence();
const observed = definePolicy("strict");

const recording: Recording = {
  outcome: "not proven",
  observed,
  proposal: {
    patch: {},
    policy: definePolicy("strict", { contentSecurityPolicy: { imgSrc: append("https://cdn.example"), scriptSrc: append(HASH) } }),
    allowed: [
      { directive: "imgSrc", source: "https://cdn.example", why: "requested on /", code: undefined },
      { directive: "scriptSrc", source: HASH, why: "on https://site.example/", code },
    ],
    pending: [],
    needed: [],
    notes: ["A remark."],
  },
  evidence: { ...evidence, groups: [group], violations: 2 },
  walks: [walk, walk],
  proof: {
    isClean: false,
    evidence,
    pages: [
      {
        url: "https://site.example/",
        viewport: "desktop",
        differences: ["5.0 % of the picture differs."],
        pixels: 0.05,
        pictures: { before: Uint8Array.of(1), after: Uint8Array.of(2), marked: Uint8Array.of(3) },
      },
    ],
    masks: [{ url: "https://site.example/", viewport: "desktop", lines: 1, texts: [], pixels: 0.1 }],
    notes: ["A note."],
  },
  notes: ["The walk ended early."],
};

describe("--json of a recording", () => {
  it("has these members, and no secrets of addresses", () => {
    const { headers, ...rest } = recordingJson(recording) as { readonly headers: Readonly<Record<string, string>> };
    expect(rest).toEqual({
      proven: false,
      outcome: "not proven",
      policy: ["strict", { contentSecurityPolicy: { imgSrc: { append: ["https://cdn.example"] }, scriptSrc: { append: [HASH] } } }],
      allowed: [
        { directive: "imgSrc", source: "https://cdn.example", why: "requested on /" },
        {
          directive: "scriptSrc",
          source: HASH,
          why: "on https://site.example/",
          code: { kind: "script", text: "go()", hash: HASH, place: "https://site.example/:3:1", pages: ["https://site.example/"] },
        },
      ],
      services: [],
      pending: [],
      needed: [],
      pages: [
        { url: "https://site.example/", viewport: "desktop", status: 200, title: "Home", errors: ["TypeError: x"], failed: [], notes: [] },
      ],
      violations: [
        {
          directive: "img-src",
          blocked: "https://cdn.example",
          route: "/",
          count: 2,
          pages: [{ value: "https://site.example/", count: 2 }],
          files: [],
          samples: [],
        },
      ],
      proof: {
        violations: [],
        pages: [{ url: "https://site.example/", viewport: "desktop", differences: ["5.0 % of the picture differs."], pixels: 0.05 }],
        notCompared: [{ url: "https://site.example/", viewport: "desktop", lines: 1, texts: [], pixels: 0.1 }],
        notes: ["A note."],
      },
      score: { before: 140, after: 140 },
      notes: ["The walk ended early.", "A remark."],
    });
    expect(headers["Content-Security-Policy"]).toContain("img-src 'self' https://cdn.example;");
  });

  it("has null where the policy has a nonce, which JSON cannot represent", () => {
    const policy = definePolicy("strict", { contentSecurityPolicy: { scriptSrc: append(nonce) } });
    expect(recordingJson({ ...recording, proposal: { ...recording.proposal, policy } })).toMatchObject({ policy: null });
  });
});

it("the HTML report shows what differs with pictures: before, with the policy, and marked", () => {
  const html = reportOf(recording);
  const pictures = [...html.matchAll(/<img src="data:image\/png;base64,([^"]*)" alt="([^"]*)">/g)].map(
    ([, data, alt]) => `${alt}: ${data}`,
  );
  expect(pictures).toEqual(["Before: AQ==", "With the policy enforced: Ag==", "Red differs, blue is not compared: Aw=="]);
  expect(html).toContain("<li>5.0 % of the picture differs.</li>");
});
