import { describe, expect, it } from "vitest";
import { linkFilter } from "../../src/record/links.js";

const START = "https://site.example/items/delete";

const filter = () => linkFilter({ origins: new Set(["https://site.example"]), include: [], exclude: [] });

describe("a start address that looks unsafe", () => {
  it("is not among the links that are not followed", () => {
    const { start, follow, unsafe } = filter();
    start(new URL(START));
    expect(follow({ href: `${START}#top`, label: "Delete" })).toBeUndefined();
    expect([...unsafe]).toEqual([]);
  });

  it("allows no other address", () => {
    const { start, follow, unsafe } = filter();
    start(new URL(START));
    expect(follow({ href: `${START}?all`, label: "" })).toBeUndefined();
    expect([...unsafe]).toEqual([[START, "delete"]]);
  });
});
