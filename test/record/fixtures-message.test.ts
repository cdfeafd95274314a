import { describe, expect, it } from "vitest";
import { describeViolation } from "../../src/testing/advice.js";
import { violationOf } from "../../src/testing/violation.js";

const VIOLATION = violationOf({
  header: "Content-Security-Policy",
  directive: "script-src-elem",
  blockedURL: "inline",
  documentURL: "http://localhost/frame",
  sourceFile: "http://localhost/app.js",
  lineNumber: 2,
  columnNumber: 9,
});

/** How V8 and test runners know the lines of a stack, which follow the message. */
const STACK_LINE = /^\s*at\s/;

describe("the message of a violation", () => {
  const lines = describeViolation(VIOLATION, [], "http://localhost/").split("\n");

  it("names the place and the document", () => {
    expect(lines.slice(0, 3)).toEqual([
      "  Content-Security-Policy: script-src-elem blocked inline",
      "    place: http://localhost/app.js:2:9",
      "    document: http://localhost/frame",
    ]);
  });

  it("has no line that reads as one of a stack", () => {
    expect(lines.filter((line) => STACK_LINE.test(line))).toEqual([]);
  });
});
