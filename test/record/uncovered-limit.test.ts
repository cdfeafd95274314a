import { describe, expect, it } from "vitest";
import { collectUncovered, isShown } from "../../src/record/uncovered.js";

describe("documents without the policy", () => {
  it("are kept up to 1000", () => {
    const uncovered = collectUncovered();
    uncovered.visiting("https://site.example/?token=1", "desktop");
    for (let index = 0; index < 1_100; index += 1) uncovered.add(`https://site.example/${index}`, "bare", "why");
    expect([uncovered.all().length, uncovered.all().at(-1)]).toEqual([
      1_000,
      { page: "https://site.example/", viewport: "desktop", url: "https://site.example/999", kind: "bare", why: "why" },
    ]);
  });

  it("are kept once for each page and viewport, with the first reason", () => {
    const uncovered = collectUncovered();
    for (const [page, viewport] of [
      ["https://site.example/a", "desktop"],
      ["https://site.example/a", "phone"],
      ["https://site.example/b", "phone"],
    ] as const) {
      uncovered.visiting(page, viewport);
      uncovered.add("https://site.example/frame?a=1", "cut", "first");
      uncovered.add("https://site.example/frame?a=2", "bare", "second");
    }
    expect(uncovered.all().map(({ page, viewport, kind, why }) => [page, viewport, kind, why])).toEqual([
      ["https://site.example/a", "desktop", "cut", "first"],
      ["https://site.example/a", "phone", "cut", "first"],
      ["https://site.example/b", "phone", "cut", "first"],
    ]);
  });
});

it.each([
  [200, "", true],
  [404, "inline", true],
  [302, "", false],
  [204, "", false],
  [205, "", false],
  [304, "", false],
  [0, "", false],
  [200, " ATTACHMENT; filename=a", false],
])("a response with status %i and the disposition %j shows a document: %s", (status, disposition, expected) => {
  expect(isShown(status, disposition)).toBe(expected);
});
