import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { MOST, mergeSaved, newSaved, type SavedCode, type SavedRecording } from "../../src/record/saved.js";
import { GROUP } from "../reports/support.js";

const EMPTY = newSaved(definePolicy("strict"));

const code = (more: Partial<SavedCode> = {}): SavedCode => ({
  ...{ kind: "script", directive: "script-src-elem", text: "go()", hash: `'sha256-${"a".repeat(43)}='`, element: "<script>" },
  ...{ isServed: false, hasNonce: false, place: "http://a.test/:3:1", pages: ["http://a.test/"], around: [], loads: 1, sessions: 1 },
  ...more,
});

const withCode = (...inline: readonly SavedCode[]): SavedRecording => ({ ...EMPTY, inline });

describe("two recordings of one policy", () => {
  it("have what both had, each once, with the loads and sessions of both", () => {
    const page = (path: string, loads: number, sessions: number) => ({ page: `http://a.test${path}`, loads, sessions });
    const one = { ...EMPTY, sessions: 2, violations: 3, pages: [page("/", 4, 2), page("/a", 1, 1)], notes: ["x", "y"] };
    const other = { ...EMPTY, sessions: 3, violations: 5, pages: [page("/b", 7, 3), page("/", 10, 3)], notes: ["y", "z"] };
    const { sessions, violations, pages, notes } = mergeSaved(one, other);
    expect({ sessions, violations, pages, notes }).toEqual({
      sessions: 5,
      violations: 8,
      pages: [page("/", 14, 5), page("/a", 1, 1), page("/b", 7, 3)],
      notes: ["x", "y", "z"],
    });
  });

  it("have dropped what each has dropped", () => {
    expect(mergeSaved({ ...EMPTY, dropped: 2 }, { ...EMPTY, dropped: 5 }).dropped).toBe(7);
  });

  it.each([
    ["pages", 5_000],
    ["inline", 2_000],
    ["groups", 5_000],
  ] as const)("drop the %s beyond those that are kept, and count them", (kind, most) => {
    const some = (from: number, count: number): SavedRecording => {
      const numbers = Array.from({ length: count }, (_, index) => from + index);
      if (kind === "pages")
        return { ...EMPTY, pages: numbers.map((number) => ({ page: `http://a.test/${number}`, loads: 1, sessions: 1 })) };
      if (kind === "groups") return { ...EMPTY, groups: numbers.map((number) => ({ ...GROUP, id: String(number) })) };
      return { ...EMPTY, inline: numbers.map((number) => code({ hash: undefined, text: String(number) })) };
    };
    const merged = mergeSaved({ ...some(0, most - 10), dropped: 1 }, { ...some(most - 20, 33), dropped: 2 });
    // 10 are in both, and 23 are new: 13 too many.
    expect([merged[kind].length, merged.dropped]).toEqual([most, 16]);
    expect(MOST[kind]).toBe(most);
  });

  it("keep 100 notes", () => {
    const notes = (from: number) => Array.from({ length: 80 }, (_, index) => `note ${from + index}`);
    const merged = mergeSaved({ ...EMPTY, notes: notes(0) }, { ...EMPTY, notes: notes(80) });
    expect([merged.notes.length, merged.notes.at(-1)]).toEqual([100, "note 99"]);
  });

  it("keep 1000 popups, each once", () => {
    const popups = (from: number) => Array.from({ length: 600 }, (_, index) => `http://${from + index}.test`);
    const merged = mergeSaved({ ...EMPTY, popups: popups(0) }, { ...EMPTY, popups: popups(100) });
    expect([merged.popups.length, mergeSaved({ ...EMPTY, popups: popups(0) }, { ...EMPTY, popups: popups(500) }).popups.length]).toEqual([
      700, 1_000,
    ]);
  });

  it("have each name, popup, frame and origin once", () => {
    const signs = {
      origins: ["http://a.test"],
      policyNames: [{ name: "shop", page: "http://a.test/", disposition: "report" as const }],
      popups: ["http://b.test"],
      framedBy: [{ by: "self", page: "http://a.test/" }],
    };
    const other = {
      origins: ["http://a.test", "http://c.test"],
      policyNames: [{ name: "shop", page: "http://a.test/", disposition: "enforce" as const }],
      popups: ["http://b.test", "http://d.test"],
      framedBy: [{ by: "http://b.test", page: "http://a.test/" }],
    };
    const { origins, policyNames, popups, framedBy } = mergeSaved({ ...EMPTY, ...signs }, { ...EMPTY, ...other });
    expect({ origins, policyNames, popups, framedBy }).toEqual({
      origins: ["http://a.test", "http://c.test"],
      policyNames: [
        { name: "shop", page: "http://a.test/", disposition: "report" },
        { name: "shop", page: "http://a.test/", disposition: "enforce" },
      ],
      popups: ["http://b.test", "http://d.test"],
      framedBy: [
        { by: "self", page: "http://a.test/" },
        { by: "http://b.test", page: "http://a.test/" },
      ],
    });
  });
});

describe("one piece of code of two recordings", () => {
  const merged = (one: Partial<SavedCode>, other: Partial<SavedCode>) => mergeSaved(withCode(code(one)), withCode(code(other))).inline;

  it.each([
    [true, false, true],
    [false, true, true],
    [false, false, false],
    [true, true, true],
  ])("is served where one of them had it in its HTML: %s, %s", (one, other, expected) => {
    expect(merged({ isServed: one }, { isServed: other }).map(({ isServed }) => isServed)).toEqual([expected]);
  });

  it.each([
    [true, false, false],
    [false, true, false],
    [true, true, true],
  ])("has a nonce where both had it on an element with one: %s, %s", (one, other, expected) => {
    expect(merged({ hasNonce: one }, { hasNonce: other }).map(({ hasNonce }) => hasNonce)).toEqual([expected]);
  });

  it("has the pages of both, each once, and the loads and sessions of both", () => {
    const all = merged(
      { pages: ["http://a.test/", "http://a.test/b"], loads: 3 },
      { pages: ["http://a.test/b", "http://a.test/c"], loads: 4 },
    );
    expect(all.map(({ pages, loads, sessions }) => ({ pages, loads, sessions }))).toEqual([
      { pages: ["http://a.test/", "http://a.test/b", "http://a.test/c"], loads: 7, sessions: 2 },
    ]);
  });

  it("has 50 of its surroundings, each once", () => {
    const around = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ address: String(from + index), near: "n", top: "t" }));
    const [first] = merged({ around: around(0, 20) }, { around: around(10, 20) });
    const [second] = merged({ around: around(0, 40) }, { around: around(30, 40) });
    expect([first?.around.length, second?.around.length]).toEqual([30, 50]);
  });

  it.each<[string, Partial<SavedCode>, number]>([
    ["one, wherever it was", { place: "http://a.test/b:9:9" }, 1],
    ["two of different kinds", { kind: "style" }, 2],
    ["two of different hashes", { hash: `'sha256-${"b".repeat(43)}='` }, 2],
  ])("is %s", (_, other, count) => {
    expect(merged({}, other)).toHaveLength(count);
  });

  it.each<[string, Partial<SavedCode>, number]>([
    ["one of the same place and text", {}, 1],
    ["two of different places", { place: "http://a.test/b:9:9" }, 2],
    ["two of different texts", { text: "other()" }, 2],
  ])("is, without a hash, %s", (_, other, count) => {
    expect(merged({ hash: undefined }, { hash: undefined, ...other })).toHaveLength(count);
  });
});
