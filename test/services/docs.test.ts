import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Recipe, services } from "../../src/services/index.js";

const text = readFileSync(new URL("../../docs/services.md", import.meta.url), "utf8");
const all = Object.entries(services) as readonly (readonly [string, Recipe<never>])[];

it("the table of docs/services.md has a row for every recipe, and no other", () => {
  const rows = [...text.matchAll(/^\| `(\w+)` \| ([^|]*) \| ([^|]*) \|([^|]*)\| (\w+) \|$/gm)].map(([, ...cells]) =>
    cells.map((cell) => cell.trim()),
  );
  expect(rows).toEqual(
    all.map(([name, { about }]) => [
      name,
      about.title,
      about.category,
      (about.required ?? []).map((one) => `\`${one}\``).join(", "),
      about.evidence,
    ]),
  );
});

it("docs/services.md says how many there are", () => {
  expect(text).toContain(`each of ${all.length} third parties`);
});

it.each(all)("%s names itself, its pages and the day they were read", (name, { about }) => {
  expect(about.name).toBe(name);
  expect(about.pages.length).toBeGreaterThanOrEqual(about.evidence === "vendor" ? 1 : 2);
  expect(about.pages.filter((page) => !/^https:\/\/[^\s]+$/.test(page))).toEqual([]);
  expect(about.checked).toMatch(/^20\d\d-\d\d-\d\d$/);
});

it("categories are those of the list", () => {
  expect([...new Set(all.map(([, { about }]) => about.category))].sort()).toEqual([
    "analytics",
    "bots",
    "chat",
    "errors",
    "files",
    "fonts",
    "maps",
    "media",
    "payment",
    "search",
    "sign-in",
    "social",
  ]);
});
