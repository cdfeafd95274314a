import { describe, expect, it } from "vitest";
import type { Failure } from "../../src/cli/failure.js";
import { readHeaders } from "../../src/cli/input/headers.js";

/** Why a text is refused. */
function refused(text: string): Pick<Failure, "lines" | "hint"> {
  try {
    readHeaders(text, "a");
  } catch (error) {
    const { lines, hint } = error as Failure;
    return { lines, hint };
  }
  throw new Error("It was read.");
}

describe("The page behind headers", () => {
  it.each([
    ["text/html", "<p>"],
    ["TEXT/HTML; charset=utf-8", "<p>"],
    ["application/xhtml+xml", "<p>"],
    ["application/xhtml+xml; charset=utf-8", "<p>"],
    ["application/xml", undefined],
    ["text/htmlx", undefined],
    ["text/plain; a=text/html", undefined],
  ])("has the type %s", (type, html) => {
    expect(readHeaders(`HTTP/1.1 200 OK\nContent-Type: ${type}\n\n<p>`, "a").html).toBe(html);
  });
});

describe("Of the mistakes of a file", () => {
  it("ten lines are printed", () => {
    expect(refused("A: b\n".concat("<p>\n".repeat(11)))).toEqual({
      lines: ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"].map((line) => `a:${line}: "<p>" is not a header.`),
      hint: "Write lines such as X-Frame-Options: DENY, as curl -I prints them.",
    });
  });

  it("ten values of an object are printed", () => {
    const object = '{"X-0":{},"X-1":{},"X-2":{},"X-3":{},"X-4":{},"X-5":{},"X-6":{},"X-7":{},"X-8":{},"X-9":{},"X-A":{}}';
    expect(refused(object).lines).toEqual(
      ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].map((key) => `a: "X-${key}" has a value that is neither a string nor a number.`),
    );
  });
});

describe("The size of all headers", () => {
  // With ": " and the line break, "A" and its value are 5 bytes longer than the value.
  it("may be 65,536 bytes", () => {
    expect(readHeaders(`A: ${"b".repeat(65_531)}`, "a").headers).toHaveLength(1);
  });

  it.each([
    ["of lines", `A: ${"b".repeat(65_532)}`],
    ["of two lines", `A: ${"b".repeat(65_526)}\nB: c`],
    ["of an object", `{"X-A":"${"b".repeat(65_530)}"}`],
  ])("may not be 65,537 bytes: %s", (_, text) => {
    expect(refused(text)).toEqual({ lines: ["a: its headers are longer than 64 kB."], hint: undefined });
  });

  it.each([
    ["of two lines", `A: ${"b".repeat(65_525)}\nB: c`],
    ["of an object", `{"X-A":"${"b".repeat(65_529)}"}`],
  ])("may be 65,536 bytes: %s", (_, text) => {
    expect(readHeaders(text, "a").headers.length).toBeGreaterThan(0);
  });

  it("may be 1,000 lines", () => {
    expect(readHeaders("A: b\n".repeat(1_000), "a").headers).toHaveLength(1_000);
  });

  it.each([
    ["of lines", "A: b\n".repeat(1_001)],
    ["of an object", `{"X-A":[${"1,".repeat(1_000)}1]}`],
  ])("may not be 1,001 lines: %s", (_, text) => {
    expect(refused(text).lines).toEqual(["a has more than 1000 header lines."]);
  });
});
