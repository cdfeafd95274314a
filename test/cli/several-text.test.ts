import { afterEach, describe, expect, it } from "vitest";
import type { Audit, Finding, Severity } from "../../src/audit/index.js";
import type { Checked } from "../../src/cli/check/look.js";
import { severalText } from "../../src/cli/check/several.js";
import { checkText } from "../../src/cli/check-text.js";

const same = (text: string) => text;
const PAINT = { bold: same, green: same, yellow: same, red: (text: string) => `<${text}>` };

const finding = (severity: Severity, header: string): Finding =>
  ({
    ...{ severity, header, rule: "weak-value", path: "", message: "It is weak.", fix: "Make it strong." },
    ...{ owasp: "A05", cwe: "CWE-1", reference: "https://a.example/" },
  }) as Finding;

/** What was found in one site. */
function checked(name: string, findings: readonly Finding[], status = 200): Checked {
  const score = { points: 50, grade: "D", tests: [], unseen: [] };
  const audited = { findings, score, services: [] } as unknown as Audit;
  const seen = { input: {}, headers: [], context: { status }, routes: [], hops: [], notes: [] };
  return { ...seen, name, audited, proof: undefined, markup: undefined } as Checked;
}

/** Runs as in a terminal of this width. */
function wide(columns: number): void {
  process.stdout.columns = columns;
}

const before = process.stdout.columns;
afterEach(() => {
  process.stdout.columns = before;
});

describe("The text of several sites", () => {
  it("has the rows in the order of the arguments", () => {
    const text = severalText([checked("z.txt", []), checked("a.txt", [finding("high", "X-A")]), checked("m.txt", [])], PAINT);
    expect(
      text
        .split("\n")
        .map((line) => line.split(" ")[0])
        .slice(0, 4),
    ).toEqual(["Address", "z.txt", "a.txt", "m.txt"]);
  });

  it("has the most severe findings first, of these the most frequent, and of these the first", () => {
    const [low, medium, high, rare, often, next] = [
      finding("low", "X-Low"),
      finding("medium", "X-Medium"),
      finding("high", "X-High"),
      finding("medium", "X-Rare"),
      finding("medium", "X-Often"),
      finding("info", "X-Info"),
    ] as const;
    const text = severalText([checked("a.txt", [next, low, rare, often, medium, high]), checked("b.txt", [low, often])], PAINT);
    expect(text.match(/X-\w+/g)).toEqual(["X-High", "X-Often", "X-Rare", "X-Medium", "X-Low", "X-Info"]);
  });

  it("has the numbers of an address that is longer than the terminal below it", () => {
    wide(60);
    const text = severalText([checked(`${"long-".repeat(14)}name`, []), checked("b", [])], PAINT);
    expect(text).toBe(`Address              Status  Score  Grade  High  Medium  Low
long-long-long-long-long-long-long-long-long-long-long-lon
  g-long-long-name
                        200     50      D     0       0    0
b                       200     50      D     0       0    0

No findings.
`);
  });

  it("has the number of an error in red", () => {
    expect(severalText([checked("a", [], 400), checked("b", [], 399)], PAINT)).toContain(`a       <    400>     50      D     0       0    0
b           399     50      D     0       0    0
1 address answered with an error: the headers judged there are those of an error
  page.
`);
  });

  it("has control characters of names as escapes, in the table and beside the findings", () => {
    wide(80);
    const text = severalText([checked("a\u001b[2J.txt", [finding("high", "X-A")]), checked("b\u202e", [])], PAINT);
    expect(text).toBe(`Address         Status  Score  Grade  High  Medium  Low
a\\u001b[2J.txt     200     50      D     1       0    0
b\\u202e            200     50      D     0       0    0

Findings
<high  >  X-A (weak-value), on 1 of 2: a\\u001b[2J.txt
        It is weak.
Check one of the addresses alone, or write --json, for the fixes.
`);
  });

  it("has one finding for a header whose name differs in its case", () => {
    const text = severalText([checked("a", [finding("low", "X-One")]), checked("b", [finding("low", "x-one")])], PAINT);
    expect(text.match(/^low .*$/gm)).toEqual(["low     X-One (weak-value), on all 2"]);
  });

  it("has two findings for two headers", () => {
    const text = severalText([checked("a", [finding("low", "X-One")]), checked("b", [finding("low", "X-Two")])], PAINT);
    expect(text.match(/^low .*$/gm)).toEqual(["low     X-One (weak-value), on 1 of 2: a", "low     X-Two (weak-value), on 1 of 2: b"]);
  });

  it.each([
    [2, "low     X-A (weak-value), on 2 of 4: site-0, site-1"],
    [3, "low     X-A (weak-value), on 3 of 4: site-0, site-1, …"],
    [4, "low     X-A (weak-value), on all 4"],
  ])("has two of the %i sites with a finding", (count, line) => {
    const sites = [0, 1, 2, 3].map((index) => checked(`site-${index}`, index < count ? [finding("low", "X-A")] : []));
    expect(severalText(sites, PAINT).match(/^low .*$/gm)).toEqual([line]);
  });

  it("has no number of sites with a finding where one alone was read", () => {
    const text = severalText([checked("a", [finding("low", "X-A")]), { name: "b", errors: ["b does not exist."] }], PAINT);
    expect(text.match(/^(?:low|b) .*$/gm)).toEqual(["b       <  not read>", "low     X-A (weak-value)"]);
  });

  it("has 100 findings, and the number of the others", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => finding("low", `X-${index}`));
    const several = (count: number) => severalText([checked("a", many(count)), checked("b", [])], PAINT);
    const one = (count: number) => checkText(checked("a", many(count)), checked("a", many(count)).audited, PAINT);
    for (const text of [several(103), one(103)]) {
      expect([text.match(/\(weak-value/g)?.length, text.includes("\n3 more findings: --json prints all.\n")]).toEqual([100, true]);
    }
    for (const text of [several(100), one(100)]) {
      expect([text.match(/\(weak-value/g)?.length, text.includes("more findings")]).toEqual([100, false]);
    }
  });
});
