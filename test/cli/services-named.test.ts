import { describe, expect, it, vi } from "vitest";
import { audit } from "../../src/audit/index.js";
import { checkText } from "../../src/cli/check-text.js";
import { reportOf } from "../../src/cli/record/html.js";
import { recordingJson } from "../../src/cli/record/json.js";
import { fromRecordings } from "../../src/cli/record/learned.js";
import { summaryOf } from "../../src/cli/record/summary.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { definePolicy } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import type { Recording } from "../../src/record/record.js";
import { newSaved } from "../../src/record/saved.js";
import type { LearnedFormat } from "../../src/reports/index.js";
import { GROUP } from "../reports/support.js";

vi.mock("../../src/services/index.js", async () => (await import("../audit/made-up-services.js")).madeUpServices());

const same = (text: string) => text;
const PAINT = { bold: same, green: same, yellow: same, red: same };

const evidence = collectEvidence(() => true).evidence();
const walk = { pages: [], addresses: [], left: 0, uncovered: [], documents: [], notes: [] };
const blockedFrame = { ...GROUP, directive: "frame-src", blocked: "https://hooks.pay.test", urls: [] };

/** A recording whose proposal allows these sources, and whose proof has these groups. */
function recordingOf(sources: readonly (readonly [directive: string, source: string])[], blocked: readonly (typeof GROUP)[]): Recording {
  const allowed = sources.map(([directive, source]) => ({ directive, source, why: "requested on /", code: undefined }));
  const urls = [{ value: "https://www.shared.test/robots/api.js", count: 1 }];
  return {
    outcome: "not proven",
    observed: definePolicy("strict"),
    proposal: { patch: {}, policy: definePolicy("strict"), allowed, pending: [], needed: [], notes: [] },
    evidence: { ...evidence, groups: [{ ...GROUP, blocked: "https://www.shared.test", urls }] },
    walks: [walk, walk],
    proof: { isClean: false, evidence: { ...evidence, groups: blocked }, pages: [], masks: [], notes: [] },
    notes: [],
  };
}

const NAMED = recordingOf(
  [
    ["scriptSrc", "https://js.pay.test"],
    ["scriptSrc", "https://www.shared.test"],
    ["scriptSrc", "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"],
  ],
  [],
);

describe("record and prove", () => {
  it("name the recipes in place of the sources that are proposed", () => {
    expect(summaryOf(NAMED, PAINT)).toContain(
      'Third parties by name:\n  Acme Pay: add pay() from "portcullis/services" in place of: scriptSrc\n    https://js.pay.test.\n  Robots: add robots() from "portcullis/services" in place of: scriptSrc\n    https://www.shared.test.\n',
    );
  });

  it("name the recipe of what the enforced policy blocked, once", () => {
    expect(summaryOf(recordingOf([], [blockedFrame, { ...blockedFrame, route: "/b" }]), PAINT)).toContain(
      'Third parties by name:\n  Acme Pay is blocked: add pay() from "portcullis/services" if the site uses it.\n\n',
    );
  });

  it("name the options that allow what the enforced policy blocked", () => {
    const blocked = { ...blockedFrame, directive: "connect-src", blocked: "https://api-eu.pay.test" };
    expect(summaryOf(recordingOf([], [blocked]), PAINT)).toContain('Acme Pay is blocked: add pay({ region: "eu" }) from');
  });

  it("name no recipe that does not allow what was blocked", () => {
    const blocked = { ...blockedFrame, directive: "script-src-elem", blocked: "https://evil.tenants.test" };
    expect(summaryOf(recordingOf([], [blocked]), PAINT)).toContain("Tenants is blocked, and its recipe does not allow what was.\n");
  });

  it("have no such section where nobody is known", () => {
    expect(summaryOf(recordingOf([["imgSrc", "https://img.example"]], [GROUP]), PAINT)).not.toContain("Third parties");
  });

  it("--json has the services of the proposal", () => {
    expect(recordingJson(NAMED)).toMatchObject({
      services: [
        { name: "pay", title: "Acme Pay", call: "pay()", sources: [{ directive: "scriptSrc", source: "https://js.pay.test" }], beyond: [] },
        { name: "robots", sources: [{ directive: "scriptSrc", source: "https://www.shared.test" }], beyond: [] },
      ],
    });
  });

  it("--report has the same sentences", () => {
    expect(reportOf(NAMED)).toContain(
      "<h2>Third parties by name</h2><ul><li>Acme Pay: add pay() from &quot;portcullis/services&quot; in place of: scriptSrc https://js.pay.test.</li>",
    );
  });
});

describe("learn, of recordings", () => {
  const IMAGE = { ...GROUP, blocked: "https://img.pay.test", urls: [] };
  const saved = {
    ...{ ...newSaved(definePolicy("strict")), sessions: 1, groups: [IMAGE], violations: 1 },
    pages: [{ page: "http://localhost/", loads: 1, sessions: 1 }],
  };
  const print = async (format: LearnedFormat) => (await fromRecordings(new Map([["a.json", saved]]), {}, {} as Terminal))(format);

  it("names the recipes in text", async () => {
    expect(await print("text")).toContain(
      'Third parties by name:\n  Acme Pay: add pay() from "portcullis/services" in place of: imgSrc\n    https://img.pay.test.\n',
    );
  });

  it("names them in a comment of the module", async () => {
    expect(await print("typescript")).toContain(
      '\n// Acme Pay: add pay() from "portcullis/services" in place of: imgSrc https://img.pay.test.\nexport const learned = ',
    );
  });

  it("has services in JSON", async () => {
    expect(JSON.parse(await print("json"))).toMatchObject({ services: [{ name: "pay", call: "pay()", beyond: [] }] });
  });
});

describe("check", () => {
  const textOf = (csp: string) => {
    const headers = [["Content-Security-Policy", csp]] as const;
    const input = Object.fromEntries(headers);
    return checkText({ name: "x", headers, context: {}, hops: [], proof: undefined }, audit(input), PAINT);
  };

  it("lists the third parties that the policy allows", () => {
    expect(textOf("script-src https://js.pay.test https://cdn.files.test/vue@3/")).toMatch(
      /missing\n\nThird parties: Acme Pay, Files\n\nFindings\n/,
    );
  });

  it("names the hosts on which any customer can publish", () => {
    expect(textOf("script-src https://acme.tenants.test")).toContain(
      "Third parties: Tenants (any customer can publish on acme.tenants.test)",
    );
  });

  it("has no such line where nobody is known", () => {
    expect(textOf("script-src 'self'")).toMatch(/missing\n\nFindings\n/);
  });
});
