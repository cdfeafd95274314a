import { describe, expect, it } from "vitest";
import { mergeGroups } from "../../src/record/merge-groups.js";
import type { Group } from "../../src/reports/group.js";
import { GROUP } from "../reports/support.js";

/** The one group of two stores. */
function merged(one: Partial<Group>, other: Partial<Group>): Group | undefined {
  const all = mergeGroups([
    { ...GROUP, ...one },
    { ...GROUP, ...other },
  ]);
  expect(all).toHaveLength(1);
  return all[0];
}

const counted = (...values: readonly string[]) => values.map((value) => ({ value, count: 1 }));

describe("one group of two stores", () => {
  it("has the reports of both, from the first time to the last, and the clients of the store with the most", () => {
    const { count, firstSeen, lastSeen, clients } = merged(
      { count: 3, firstSeen: 20, lastSeen: 90, clients: 4 },
      { count: 5, firstSeen: 10, lastSeen: 80, clients: 9 },
    ) as Group;
    expect({ count, firstSeen, lastSeen, clients }).toEqual({ count: 8, firstSeen: 10, lastSeen: 90, clients: 9 });
  });

  it.each(["pages", "browsers", "urls", "files", "samples"] as const)("has its %s counted together, the most frequent first", (name) => {
    const one = [
      { value: "a", count: 2 },
      { value: "b", count: 3 },
    ];
    const other = [
      { value: "c", count: 1 },
      { value: "a", count: 4 },
    ];
    expect(merged({ [name]: one }, { [name]: other })?.[name]).toEqual([
      { value: "a", count: 6 },
      { value: "b", count: 3 },
      { value: "c", count: 1 },
    ]);
  });

  it("keeps as many samples as a store does", () => {
    expect(merged({ samples: counted("a", "b", "c") }, { samples: counted("d", "e", "f") })?.samples).toHaveLength(5);
  });

  it("keeps its last 92 days, in order", () => {
    const days = (from: number) => counted(...Array.from({ length: 60 }, (_, index) => `day ${String(from + index).padStart(3, "0")}`));
    const all = merged({ days: days(60) }, { days: days(0) })?.days ?? [];
    expect([all.length, all[0]?.value, all.at(-1)?.value]).toEqual([92, "day 028", "day 119"]);
  });

  it.each([
    [{ policy: "img-src 'self'" }, {}],
    [{}, { policy: "img-src 'self'" }],
  ])("has the policy that one of them knows: %j, %j", (one, other) => {
    expect(merged(one, other)?.policy).toBe("img-src 'self'");
  });

  it.each<[Partial<Group>, Partial<Group>]>([
    [{ ignored: true }, {}],
    [{}, { ignored: true }],
  ])("is ignored where it is in one of them: %j, %j", (one, other) => {
    expect(merged(one, other)?.ignored).toBe(true);
  });

  it("has no policy and is not ignored where neither store says so", () => {
    expect(Object.keys(merged({}, {}) ?? {}).filter((name) => name === "policy" || name === "ignored")).toEqual([]);
  });
});

it("groups of other ids stay groups of their own, in order", () => {
  const ids = ["b", "a", "b", "c"].map((id) => ({ ...GROUP, id }));
  expect(mergeGroups(ids).map(({ id, count }) => [id, count])).toEqual([
    ["b", 80],
    ["a", 40],
    ["c", 40],
  ]);
});
