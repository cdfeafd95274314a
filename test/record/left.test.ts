import { describe, expect, it } from "vitest";
import { leftNotes } from "../../src/record/left.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, notesOf, servePages, walkOver } from "./walking.js";

const LIMITS = { pages: 50, depth: 1 };

describe("links that are not followed", () => {
  it("have no note where there are none", () => {
    expect(leftNotes({ pages: 0, depth: 0, routes: 0 }, LIMITS)).toEqual([]);
  });

  it("name the option of the limit that the walk was at", () => {
    expect(leftNotes({ pages: 2, depth: 1, routes: 30 }, LIMITS)).toEqual([
      "2 links were not followed: the walk ended at 50 pages, the limit of --pages.",
      "1 link was not followed: more than 1 link from a start address, the limit of --depth.",
      "30 links were not followed: enough pages of their route were visited. To visit one, write --start with its address.",
    ]);
  });
});

describe.skipIf(skipWithout("limits of a walk", [CHROMIUM]))("a walk", () => {
  it("has a note of each limit that it was at", async () => {
    const many = Array.from({ length: 6 }, (_, day) => `<a href=/day/${day}>${day}</a>`).join(" ");
    const pages = Object.fromEntries(Array.from({ length: 5 }, (_, day) => [`/day/${day}`, day === 0 ? "<a href=/deep>deep</a>" : "day"]));
    const { port } = await servePages({ "/": `${many} <a href=/a>a</a>`, ...pages });
    const { walked } = await walkOver(`http://localhost:${port}/`, { depth: 1, pages: 6 });
    expect([walked.left, notesOf(walked)]).toEqual([
      3,
      [
        "1 link was not followed: the walk ended at 6 pages, the limit of --pages.",
        "1 link was not followed: more than 1 link from a start address, the limit of --depth.",
        "1 link was not followed: enough pages of their route were visited. To visit one, write --start with its address.",
      ],
    ]);
  });
});
