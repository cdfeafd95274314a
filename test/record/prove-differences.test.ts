import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { comparePages } from "../../src/record/differences.js";
import type { PageSeen } from "../../src/record/visit.js";

/** A white picture with black rectangles. */
function picture(width: number, height: number, ...boxes: readonly (readonly [x: number, y: number, width: number, height: number])[]) {
  const png = new PNG({ width, height });
  png.data.fill(255);
  for (const [left, top, wide, high] of boxes) {
    for (let y = top; y < top + high; y += 1)
      for (let x = left; x < left + wide; x += 1) png.data.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
  }
  return PNG.sync.write(png);
}

const page = (seen: Partial<PageSeen>): PageSeen => ({
  url: "http://localhost/",
  viewport: "desktop",
  status: 200,
  title: "t",
  text: [],
  picture: undefined,
  errors: [],
  failed: [],
  links: [],
  notes: [],
  ...seen,
});

/** The sentences about three visits; the last is the one with the policy. */
function differencesOf(one: Partial<PageSeen>, other: Partial<PageSeen>, after: Partial<PageSeen>): readonly string[] {
  return comparePages([page(one), page(other)], page(after)).difference.differences;
}

/** The same page twice, then with the policy. */
const changed = (before: Partial<PageSeen>, after: Partial<PageSeen>) => differencesOf(before, before, after);

describe("pictures", () => {
  it("a page that is longer with the policy differs by what is new", () => {
    expect(changed({ picture: picture(100, 100) }, { picture: picture(100, 125) })).toEqual(["20.0 % of the picture differs."]);
  });

  it("a page that is shorter with the policy differs by what is gone", () => {
    expect(changed({ picture: picture(100, 100) }, { picture: picture(100, 50) })).toEqual(["50.0 % of the picture differs."]);
  });

  it("an icon of 16 by 16 pixels that is gone is a difference, on a page of any size", () => {
    const before = { picture: picture(1_280, 1_000, [40, 40, 16, 16]) };
    expect(changed(before, { picture: picture(1_280, 1_000) })).toEqual(["less than 0.1 % of the picture differs."]);
  });

  it("a hairline of 100 pixels is not a difference", () => {
    expect(changed({ picture: picture(200, 200) }, { picture: picture(200, 200, [10, 10, 100, 1]) })).toEqual([]);
  });

  it("a hairline of 101 pixels is a difference", () => {
    expect(changed({ picture: picture(200, 200) }, { picture: picture(200, 200, [10, 10, 101, 1]) })).toEqual([
      "0.3 % of the picture differs.",
    ]);
  });

  it("what differs without the policy is not compared, with the blocks around it", () => {
    const { difference, mask } = comparePages(
      [page({ picture: picture(160, 160, [64, 64, 16, 16]) }), page({ picture: picture(160, 160) })],
      page({ picture: picture(160, 160, [48, 48, 48, 48]) }),
    );
    // 9 of 100 blocks.
    expect([difference.differences, mask.pixels]).toEqual([[], 0.09]);
  });

  it("reads the pictures of a page that differs when they are asked for, and keeps only what marks them", () => {
    const kept: Uint8Array[] = [];
    const before = page({ picture: picture(10, 10) });
    const after = page({ picture: picture(20, 20) });
    const store = (bytes: Uint8Array | undefined) => {
      if (bytes !== undefined) kept.push(bytes);
      return () => bytes;
    };
    const { pictures } = comparePages([before, before], after, store).difference;
    expect([kept.length, pictures?.before, pictures?.after, pictures?.marked]).toEqual([1, before.picture, after.picture, kept[0]]);
  });

  it("a picture that could not be taken with the policy is a difference", () => {
    expect(changed({ picture: picture(10, 10) }, {})).toEqual(["No picture could be taken."]);
  });

  it("without a picture of each visit before, nothing of it is compared, and the mask says so", () => {
    const { mask } = comparePages([page({ picture: picture(10, 10) }), page({})], page({ picture: picture(10, 10) }));
    expect(mask).toEqual({ url: "http://localhost/", viewport: "desktop", lines: 0, texts: [], pixels: 1 });
  });
});

describe("text", () => {
  it("a number that was the same in both visits is compared", () => {
    expect(changed({ text: ["12 results"] }, { text: ["0 results"] })).toEqual([
      'This text is missing: "12 results"',
      'This text is new: "0 results"',
    ]);
  });

  it("a number that differs between visits is not compared, and the rest of its line is", () => {
    expect(differencesOf({ text: ["12 visits"] }, { text: ["13 visits"] }, { text: ["14 visits"] })).toEqual([]);
    expect(differencesOf({ text: ["12 visits"] }, { text: ["13 visits"] }, { text: [] })).toEqual(['This text is missing: "0 visits"']);
  });

  it("a line that is there less often is missing", () => {
    expect(changed({ text: ["Buy", "Buy", "Buy"] }, { text: ["Buy"] })).toEqual(['This text is missing: "Buy"']);
  });

  it("as many lines may be new as differ between the visits, and not one more", () => {
    expect(differencesOf({ text: ["red"] }, { text: ["blue"] }, { text: ["green"] })).toEqual([]);
    expect(differencesOf({ text: ["red"] }, { text: ["blue"] }, { text: ["green", "Something failed."] })).toEqual([
      'This text is new: "green"',
      'This text is new: "Something failed."',
    ]);
  });

  it("another status and another title are differences", () => {
    expect(changed({}, { status: 500, title: "Error" })).toEqual([
      "The page has status 500, and had 200.",
      'The title is "Error", and was "t".',
    ]);
  });

  it("an error or a failed request that was there before is not a difference, whatever its numbers are", () => {
    const before = { errors: ["Error: 1"], failed: ["GET http://localhost/1: status 404"] };
    expect(changed(before, { errors: ["Error: 2"], failed: ["GET http://localhost/2: status 404"] })).toEqual([]);
    expect(changed(before, { failed: ["GET http://localhost/2: status 503"] })).toEqual([
      "New failed request: GET http://localhost/2: status 503",
    ]);
  });
});
